"""Faults of a camera, one exception each."""

from facelab.contract.errors import FacelabError


class BrokenPicture(FacelabError):
    """One picture of a stream is no whole picture; the next may be."""


class Dropped(Exception):
    """A live stream ended; the text gives the known reason."""
