"""Credentials: a user and a password, told to a camera by a scheme that both know.

Cameras offer several schemes, in headers of their own or in one, in any order. urllib takes the
first one or gives up, and knows no SHA-256.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from facelab.camera.address import hidden
from facelab.camera.faults import NoLine
from facelab.camera.web_address import WebAddress, read_address
from facelab.contract.errors import FacelabError
from facelab.contract.text import one_line

_HASHES: dict[str, Callable[[bytes], Any]] = {
    "MD5": hashlib.md5,
    "SHA-256": hashlib.sha256,
    "SHA-512-256": lambda content: hashlib.new("sha512_256", content),
}
_PARAMETER = re.compile(r"([\w*-]+)\s*=\s*(.*)", re.DOTALL)


@dataclass(frozen=True)
class Challenge:
    """A scheme that is offered, as it is called, and its parameters."""

    name: str
    told: dict[str, str]

    @property
    def scheme(self) -> str:
        """Its name in small letters."""
        return self.name.lower()

    @property
    def algorithm(self) -> str:
        """The hash of Digest, in capital letters."""
        return self.told.get("algorithm", "MD5").upper()

    @property
    def qop(self) -> list[str]:
        """The qualities of protection that Digest offers."""
        return [one.strip().lower() for one in self.told.get("qop", "").split(",") if one.strip()]

    @property
    def is_known(self) -> bool:
        """Whether it can be answered."""
        if self.scheme == "digest":
            known = self.algorithm.removesuffix("-SESS") in _HASHES
            return known and "nonce" in self.told and (not self.qop or "auth" in self.qop)
        return self.scheme == "basic"

    def __str__(self) -> str:
        if self.scheme == "digest" and self.algorithm.removesuffix("-SESS") not in _HASHES:
            return f"Digest with {self.algorithm}"
        if self.scheme == "digest":
            return f"Digest with qop {', '.join(self.qop) or 'and no nonce'}"
        return self.name


def read_challenges(headers: Iterable[str]) -> Iterator[Challenge]:
    """Yield what ``WWW-Authenticate`` headers offer: each may hold several challenges."""
    for header in headers:
        found: Challenge | None = None
        for part in urllib.request.parse_http_list(header):
            if not _PARAMETER.fullmatch(part):  # a scheme, and its first parameter
                name, _, part = part.strip().partition(" ")
                if found:
                    yield found
                found = Challenge(name, {}) if name else None
            if found and (match := _PARAMETER.fullmatch(part.strip())):
                value = match[2].strip()
                if value[:1] == '"':
                    value = re.sub(r"\\(.)", r"\1", value[1:].removesuffix('"'))
                found.told[match[1].lower()] = value
        if found:
            yield found


def answer(challenge: Challenge, user: str, password: str, method: str, target: str) -> str:
    """Return the header that answers a challenge for ``target``, path and query."""
    if challenge.scheme == "basic":
        return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"
    told, algorithm = challenge.told, challenge.algorithm
    nonce, cnonce, count = told["nonce"], secrets.token_hex(8), "00000001"

    def digest(text: str) -> str:
        return str(_HASHES[algorithm.removesuffix("-SESS")](text.encode()).hexdigest())

    secret = digest(f"{user}:{told.get('realm', '')}:{password}")
    if algorithm.endswith("-SESS"):
        secret = digest(f"{secret}:{nonce}:{cnonce}")
    middle = f"{nonce}:{count}:{cnonce}:auth" if challenge.qop else nonce
    said = {
        "username": user,
        "realm": told.get("realm", ""),
        "nonce": nonce,
        "uri": target,
        "response": digest(f"{secret}:{middle}:{digest(f'{method}:{target}')}"),
    }
    if "opaque" in told:
        said["opaque"] = told["opaque"]
    parts = [f"{name}={_quoted(value)}" for name, value in said.items()]
    if "algorithm" in told:
        parts.append(f"algorithm={told['algorithm']}")
    if challenge.qop or algorithm.endswith("-SESS"):
        parts.append(f'cnonce="{cnonce}"')
    if challenge.qop:
        parts.append(f"qop=auth, nc={count}")
    return f"Digest {', '.join(parts)}".encode().decode("latin-1")


def _quoted(text: str) -> str:
    return '"{}"'.format(text.replace("\\", "\\\\").replace('"', '\\"'))


class Credentials(urllib.request.BaseHandler):
    """Answers for one host alone, and where it sends on to itself."""

    handler_order = 490  # before what makes an error of an answer

    def __init__(self, address: WebAddress) -> None:
        self._address = address

    def http_error_401(
        self, req: urllib.request.Request, fp: Any, _code: int, _msg: str, headers: Any
    ) -> Any:
        """Ask again with an answer to the question; leave it at that if this was no help."""
        try:
            asked = read_address(req.full_url)
        except FacelabError:
            return None
        if self._address.user is None:
            return None
        if not self._address.is_same_host(asked):
            fp.close()
            raise NoLine(
                f"sends on to {hidden(asked.bare)}, which asks for a password, and it is not told "
                "to another host; if that is the camera, name its address"
            )
        offered = list(read_challenges(headers.get_all("WWW-Authenticate") or []))
        known = [challenge for challenge in offered if challenge.is_known]
        # the order is the camera's wish, but Basic shows the password to whoever listens
        chosen = next((one for one in known if one.scheme == "digest"), known[0] if known else None)
        if chosen is None:
            fp.close()
            names = one_line(", ".join(dict.fromkeys(map(str, offered))) or "none", 60)
            raise NoLine(
                f"asks for a password by {names}; facelab knows Basic and Digest (MD5, SHA-256, "
                "SHA-512-256); choose one of them in the camera's settings"
            )
        tried = getattr(req, "tried", 0)
        if tried > 1 or (tried and chosen.told.get("nonce") == req.nonce):  # type: ignore[attr-defined]
            return None  # a nonce that is too old is renewed, once
        fp.close()
        given = answer(
            chosen, self._address.user, self._address.password, req.get_method(), req.selector
        )
        req.add_unredirected_header("Authorization", given)
        req.tried, req.nonce = tried + 1, chosen.told.get("nonce")  # type: ignore[attr-defined]
        return self.parent.open(req, timeout=req.timeout)
