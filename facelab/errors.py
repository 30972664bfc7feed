"""What went wrong, in one line that a user can act on."""


class FacelabError(Exception):
    """Bad input, in one line: what is wrong, what was received, what is allowed, what to do."""
