"""Phrases: text with fields; docs/steps.md explains the kinds of fields."""

from facelab.playing.fields import Phrase


def phrase(text: str) -> Phrase:
    """Return the parser of a step, as ``"there are photos of at least {least:Count} people"``."""
    return Phrase(text)
