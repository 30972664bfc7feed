"""The preview, on a virtual display."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT

PREVIEW = """
import sys
import numpy as np
from facelab.camera.window import open_window
window = open_window()
if window is None:
    sys.exit("no window")
grey = np.zeros((240, 320, 3), np.uint8)
grey[:, :160] = 255
keys = [window.show(grey) for _ in range(5)]
import cv2
print(cv2.getWindowProperty("facelab", cv2.WND_PROP_VISIBLE), keys)
window.close()
print(window.show(grey) == "")
"""


def preview(display: str | None) -> subprocess.CompletedProcess[str]:
    """Show a preview in a process of its own, on a display."""
    rest = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    where = {"DISPLAY": display} if display else {}
    return subprocess.run(
        [sys.executable, "-c", PREVIEW],
        env=rest | where | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def display() -> Iterator[str]:
    """A virtual display that is up."""
    if not shutil.which("Xvfb"):
        pytest.skip("Xvfb is not installed (apt-get install xvfb)")
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "800x600x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as numbers:
            yield f":{numbers.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


@pytest.mark.slow
def test_it_is_shown(display: str) -> None:
    done = preview(display)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "1.0 ['', '', '', '', '']\nTrue\n"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")
@pytest.mark.parametrize("display", [None, ":4711"])
def test_no_display_is_no_window_and_no_crash(display: str | None) -> None:
    done = preview(display)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "no window\n")
