"""Window: a preview, mirrored, if there is a display."""

from __future__ import annotations

import os
import subprocess
import sys

from facelab.base.opencv import opencv
from facelab.contract.frame import Frame

TITLE = "facelab"

_TRY = "import cv2; cv2.namedWindow('facelab'); cv2.waitKey(1)"


class Window:
    """A window of OpenCV's."""

    def show(self, frame: Frame, *, mirror: bool = True) -> str:
        """Show a frame and return the key that was pressed in the window, or nothing."""
        cv2 = opencv()
        cv2.imshow(TITLE, cv2.flip(frame, 1) if mirror else frame)
        key = cv2.waitKey(1)
        return chr(key & 0xFF) if key > 0 else ""

    def close(self) -> None:
        """Close it."""
        opencv().destroyAllWindows()
        opencv().waitKey(1)


def open_window() -> Window | None:
    """Return a window, None where there is no display, or an OpenCV without windows.

    It is tried in another process first: on a display that does not answer, Qt ends the program.
    """
    os.environ.setdefault("QT_LOGGING_RULES", "*=false")  # it would print of its fonts
    wanted = "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ
    if sys.platform == "linux" and not wanted:
        return None
    try:
        tried = subprocess.run(  # noqa: S603 (this very Python)
            [sys.executable, "-c", _TRY], capture_output=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return Window() if tried.returncode == 0 else None
