"""PGM: grey levels up to any number, in words (P2) or bytes (P5), scaled to 255.

OpenCV does not scale them: pictures of 12 bits would be 16 times too dark.
"""

from __future__ import annotations

import re

import numpy as np

from facelab.contract.frame import Frame
from facelab.gallery.picture_data import Broken, Damaged

_GAP = rb"(?:\s*#[^\n]*\n|\s)\s*"
_HEAD = re.compile(rb"P([25])" + 3 * (_GAP + rb"(\d{1,9})") + rb"(?:\s*#[^\n]*\n|\s)")


def is_pgm(content: bytes) -> bool:
    """Return whether a file begins as a PGM does."""
    return re.match(rb"P[25][\s#]", content) is not None


def read_pgm(content: bytes) -> Frame:
    """Return the picture in a PGM file, three equal channels. Raises Broken and Damaged."""
    match = _HEAD.match(content[:4096])
    if match is None:
        raise Damaged("no width, height and white in its first lines")
    width, height, white = map(int, match.groups()[1:])
    if not (width and height and 0 < white < 65536):
        raise Damaged(f"a size of {width} x {height}, white at {white}; allowed is 1 to 65,535")
    levels = (
        _words(content[match.end() :])
        if match[1] == b"2"
        else _bytes(content[match.end() :], white)
    )
    if len(levels) < width * height:
        raise Broken
    levels = levels[: width * height].reshape(height, width)
    if levels.max() > white:
        raise Damaged(f"a level of {levels.max()}, white is at {white}")
    scale = np.round(np.arange(white + 1) * 255 / white).astype(np.uint8)
    return np.repeat(scale[levels][..., None], 3, axis=2)


def _bytes(content: bytes, white: int) -> np.ndarray:
    kind = np.dtype(">u2" if white > 255 else "u1")
    return np.frombuffer(content, kind, len(content) // kind.itemsize)


def _words(content: bytes) -> np.ndarray:
    words = re.sub(rb"#[^\n]*", b"", content).split()
    if not all(len(word) <= 5 and word.isdigit() for word in words):
        raise Damaged("levels that are no numbers")
    return np.array(words, dtype="S5").astype(np.uint32)
