"""Faults of a camera, one exception each."""

from __future__ import annotations

from facelab.contract.errors import FacelabError
from facelab.contract.frame import Frame

Shot = Frame | tuple[float, Frame]
"""A frame, of a film with the seconds at which it is shown."""


class BrokenPicture(FacelabError):
    """One picture of a stream is no whole picture; the next may be."""


class NoLine(Exception):
    """No connection to a camera; the text gives the reason and what to do."""


class Dropped(Exception):
    """A live stream ended; the text gives the known reason."""
