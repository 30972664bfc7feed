"""OpenCV, imported at its first use, with advice where the machine cannot load it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from facelab.contract.errors import FacelabError


def opencv() -> Any:
    """Return the module ``cv2``. Raises FacelabError where a library of the system is missing."""
    with explained():
        import cv2

    # what is wrong with a picture is said in facelab's words
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_FATAL)
    return cv2


@contextmanager
def explained() -> Iterator[None]:
    """Within the block, an OpenCV that lacks a library of the system is a FacelabError."""
    try:
        yield
    except ImportError as error:
        if "shared object" not in str(error):
            raise
        raise FacelabError(
            f"OpenCV cannot start: {error}; install what it needs, on Debian and Ubuntu with "
            "`apt-get install libgl1 libglib2.0-0`"
        ) from error
