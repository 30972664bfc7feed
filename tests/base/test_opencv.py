"""OpenCV: where the machine cannot load it, one line says what to do."""

from __future__ import annotations

import re

import pytest

from facelab.base.opencv import explained, opencv
from facelab.contract.errors import FacelabError


def test_opencv_starts_here() -> None:
    assert opencv().__name__ == "cv2"


def test_a_missing_library_is_explained() -> None:
    error = ImportError("libGL.so.1: cannot open shared object file: No such file or directory")
    message = (
        f"OpenCV cannot start: {error}; install what it needs, on Debian and Ubuntu with "
        "`apt-get install libgl1 libglib2.0-0`"
    )
    with pytest.raises(FacelabError, match=f"^{re.escape(message)}$"), explained():
        raise error


def test_other_import_errors_stay_what_they_are() -> None:
    with pytest.raises(ImportError, match=r"^no module of ours$"), explained():
        raise ImportError("no module of ours")
