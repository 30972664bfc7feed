"""What went wrong, in one line that a user can act on."""


class FacelabError(Exception):
    """Bad input, in one line: what is wrong, what was received, what is allowed, what to do."""


class SystemFault(FacelabError, AssertionError):
    """The system under test broke its side of the protocol: it is refused, in one line."""


class Lacking(FacelabError):
    """What the source of the frames does not have: the scenario that needs it is not run."""
