"""Errors: each is one line that a user can act on."""

from facelab.contract.text import one_line

LONGEST = 2000
"""Characters of a message, at most: it may quote what somebody else wrote."""


class FacelabError(Exception):
    """Bad input, in one line: what is wrong, what was received, what is allowed, what to do.

    The line is printable, even if it quotes text that is not.
    """

    def __str__(self) -> str:
        return one_line(super().__str__(), LONGEST)


class SystemFault(FacelabError, AssertionError):
    """The system under test broke its side of the protocol: it is refused, in one line."""


class Lacking(FacelabError):
    """What the source of the frames does not have: the scenario that needs it is not run."""


class Unoffered(Lacking):
    """What the system under test does not offer, as ``… does not offer a rate of 0.3``."""
