"""Webcam: a browser's webcam that is fed frame by frame.

A script stands in for the machine's webcam before any script of the page runs. Each frame is handed
over once; the page reads the pixels of the file exactly. A page that is slower than the feed drops
frames, as with any webcam: whoever counts waits for the page's own count.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from facelab.base.opencv import opencv
from facelab.contract.frame import Frame
from facelab.gallery.image import read_bytes
from facelab.gallery.pictures import Pictures

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

SCRIPT = Path(__file__).with_name("webcam.js")


@dataclass(frozen=True)
class Webcam:
    """What is plugged in when a page opens.

    ``devices``: the names of the webcams. ``size``: width and height in pixels while nothing has
    been shown; then a webcam is as large as what is before it. ``refusal``: the name of the
    DOMException with which it refuses (``NotAllowedError``, ``NotFoundError``,
    ``NotReadableError``); None: it films. ``way``: ``generator`` or ``canvas``, how frames become a
    track; None: the first where the browser has it.
    """

    devices: tuple[str, ...] = ("facelab camera",)
    size: tuple[int, int] = (320, 240)
    refusal: str | None = None
    way: str | None = None

    def install(self, context: BrowserContext) -> None:
        """Plug it in for every page that a context opens from now on."""
        context.add_init_script(
            f"({SCRIPT.read_text('utf-8').strip()})({json.dumps(asdict(self))})"
        )


def show(page: Page, frame: bytes | Frame, device: int = 0) -> int:
    """Hold a frame before a webcam, and return how many open tracks it was handed to.

    ``frame``: the bytes of a picture file, or pixels (height, width, 3) uint8 in blue-green-red.
    ``device``: the webcam's number, from 0. The page may not have looked at it yet.
    """
    told: int = page.evaluate(
        "([content, device]) => facelabWebcam.show(content, device)", [encoded(frame), device]
    )
    return told


def opened(page: Page) -> int:
    """Return how many tracks the page has open."""
    told: int = page.evaluate("facelabWebcam.opened()")
    return told


def refuse(page: Page, name: str | None) -> None:
    """Refuse from now on with the DOMException of this name; None: film again."""
    page.evaluate("name => facelabWebcam.refuse(name)", name)


def end(page: Page) -> None:
    """Pull the plug: every open track ends."""
    page.evaluate("facelabWebcam.end()")


def plug(page: Page, devices: tuple[str, ...]) -> None:
    """Plug in these webcams instead of those before; the page is told."""
    page.evaluate("names => facelabWebcam.plug(names)", list(devices))


def encoded(frame: bytes | Frame) -> str:
    """Return a frame as a page is handed it: base64 of the file, or of a PNG of the pixels."""
    return base64.b64encode(frame if isinstance(frame, bytes) else png(frame)).decode()


def png(frame: Frame) -> bytes:
    """Return a PNG of a frame, pixel for pixel, that is quick to write and to read."""
    cv2 = opencv()
    # one filter: what OpenCV does by itself takes twice as long
    how = {
        cv2.IMWRITE_PNG_COMPRESSION: 1,
        cv2.IMWRITE_PNG_STRATEGY: cv2.IMWRITE_PNG_STRATEGY_RLE,
        cv2.IMWRITE_PNG_FILTER: cv2.IMWRITE_PNG_FILTER_UP,
    }
    told = [number for one in how.items() for number in one]
    encoded: bytes = cv2.imencode(".png", frame, told)[1].tobytes()
    return encoded


def content_of(frames: Sequence[Frame], place: int) -> bytes | Frame:
    """Return a frame as it is best handed over: the bytes of its file, where it is a whole one."""
    if isinstance(frames, Pictures) and not frames.most:
        return read_bytes(frames.folder, frames.files[place])
    return frames[place]
