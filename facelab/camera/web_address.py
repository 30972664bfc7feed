"""Web address: a camera's address taken apart, as people write it."""

from __future__ import annotations

import re
import urllib.parse
from dataclasses import dataclass

from facelab.camera.address import hidden
from facelab.contract.errors import FacelabError

PORTS = {"http": 80, "https": 443, "rtsp": 554, "rtsps": 322}

LONGEST = 4000
"""Signs of an address, at most."""

_PARTS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)([^#]*)(?:#(.*))?", re.DOTALL)
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+(?:%25\w+)?\]|[^:\[\]]*)(?::(\d*))?")
_PIN = re.compile(r"(?i)sha256=(.*)")
_PLAIN = "%/:=&?~+!$,;'@()*|[]"
"""Signs of a path and its query that stay as they are."""


@dataclass(frozen=True)
class WebAddress:
    """Where a camera is. ``target``: path and query; ``user`` is None where nobody is named.

    ``pin``: the SHA-256 of the only certificate to be trusted, in small hexadecimal digits.
    """

    scheme: str
    host: str
    port: int
    target: str
    user: str | None = None
    password: str = ""
    pin: str = ""

    @property
    def bare(self) -> str:
        """The address without user and password."""
        port = "" if self.port == PORTS.get(self.scheme) else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}{self.target}"

    @property
    def whole(self) -> str:
        """The address with user and password, every odd sign written as others read it."""
        if self.user is None:
            return self.bare
        known = ":".join(urllib.parse.quote(one, safe="") for one in (self.user, self.password))
        return self.bare.replace("://", f"://{known}@", 1)

    def is_same_host(self, other: WebAddress) -> bool:
        """Return whether another address is of the same host, and no less secret."""
        upgraded = (self.scheme, self.port, other.scheme, other.port) == ("http", 80, "https", 443)
        same = (self.scheme, self.port) == (other.scheme, other.port)
        return self.host == other.host and (same or upgraded)


def read_address(text: str) -> WebAddress:
    """Take an address apart; spaces, umlauts and single % signs are written as servers read them.

    Raises FacelabError when it is none.
    """
    if len(text) > LONGEST:
        raise _refusal(text[:LONGEST], f"longer than {LONGEST:,} signs")
    parts = _PARTS.fullmatch(text.strip())
    if parts is None:
        raise _refusal(text, "no scheme and host")
    scheme, place, target, fragment = parts.groups()
    given, _, at = place.rpartition("@")
    host, port = _host(at)
    if not host or port is None:
        if not given and "@" in target + (fragment or ""):
            raise FacelabError(
                f"{hidden(text)}: the address breaks off within a user or password; write "
                "%23 %2F %3F %40 for # / ? @ in a user or password"
            )
        raise _refusal(text, "no host, or no port from 1 to 65535")
    user, mark, password = given.partition(":")
    pin = _PIN.fullmatch(fragment or "")
    wanted = pin[1].replace(":", "").lower() if pin else ""
    if pin and not re.fullmatch("[0-9a-f]{64}", wanted):
        raise FacelabError(
            f"{hidden(text)}: received a certificate's SHA-256 of {len(wanted)} signs, allowed are "
            "64 hexadecimal digits; copy it from the camera's settings"
        )
    target = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", target)
    target = urllib.parse.quote(target, safe=_PLAIN)
    return WebAddress(
        scheme.lower(),
        host,
        port or PORTS.get(scheme.lower(), 0),
        target if target[:1] == "/" else f"/{target}",
        urllib.parse.unquote(user) if given else None,
        urllib.parse.unquote(password) if mark else "",
        wanted,
    )


def _host(text: str) -> tuple[str, int | None]:
    """Return a host as the network knows it, empty if it is none, and its port, 0 for none."""
    match = _HOST.fullmatch(text)
    if match is None:
        return "", None
    host, port = match[1], int(match[2] or 0) if len(match[2] or "") < 6 else 65536
    if len(host) > 253:  # no name is longer
        return "", None
    if not host.startswith("["):
        try:
            host = host.encode("idna").decode().lower()
        except UnicodeError:
            return "", None
        if not re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]*", host):
            return "", None
    return host, port if port < 65536 and (port or not match[2]) else None


def _refusal(text: str, why: str) -> FacelabError:
    return FacelabError(
        f"{hidden(text)}: no address ({why}); write it as http://user:password@host:port/path"
    )
