"""The core where TensorFlow cannot be imported: one line, no traceback."""

from __future__ import annotations

import sys

import pytest

from facelab.contract.errors import FacelabError
from facelab.learning.core import import_core


def test_a_missing_tensorflow_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorflow", None)  # how Python is told that it is not there
    with pytest.raises(FacelabError, match=r"^this takes TensorFlow, .*; install it, let the page"):
        import_core()
