"""Core: when TensorFlow is imported, which takes seconds: with the first thing that needs it."""

from __future__ import annotations

import sys
from importlib import import_module
from threading import Event, Lock

from facelab.base.garbage import long_lived
from facelab.base.packages import WITHOUT_TENSORFLOW, has_tensorflow
from facelab.contract.errors import FacelabError

NEEDED = "facelab.learning.classifier", "facelab.learning.replicates"
"""What trains and what puts a classifier together; both import TensorFlow and Keras."""

imported = Event()
"""Set once all that is there."""

_lock = Lock()


def import_core() -> None:
    """Import what trains with TensorFlow, unless that has been done; a second thread waits.

    Raises FacelabError where TensorFlow is not installed.
    """
    if not has_tensorflow():
        raise FacelabError(WITHOUT_TENSORFLOW)
    with _lock:
        if not all(name in sys.modules for name in NEEDED):
            with long_lived():
                for name in NEEDED:
                    import_module(name)
        imported.set()
