"""How a phrase is written: text with fields, whose kinds are explained in docs/steps.md."""

from facelab.playing.fields import Phrase


def phrase(text: str) -> Phrase:
    """Return the parser of a step, as ``"there are photos of at least {least:Count} people"``."""
    return Phrase(text)
