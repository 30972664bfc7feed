"""Address: the part of a camera's address that may be shown; the rest may hold a password."""

from __future__ import annotations

import re

_PLAIN = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?:[^/?#@]*@)?"
    r"(?P<host>(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?)(?P<rest>[/?#][^@]*)?"
)


def hidden(place: str) -> str:
    """Return an address as scheme and host alone, or a path as it is.

    Users, passwords and keys are before the host, in queries, with some cameras in the path. So
    only the host is shown, and not even that where an @ makes it doubtful which part it is.

    >>> hidden("http://ann:secret@10.0.0.7:8080/video?key=1")
    'http://10.0.0.7:8080/…'
    """
    scheme, mark, _ = place.partition("://")
    if not mark:
        before, at, after = place.rpartition("@")
        return f"…@{after}" if at else before + after
    plain = _PLAIN.fullmatch(place)
    if plain is None:
        return f"{scheme}://…" if re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*", scheme) else "…"
    rest = plain["rest"]
    return f"{plain['scheme']}://{plain['host']}{'/…' if rest and rest != '/' else rest or ''}"
