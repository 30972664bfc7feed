"""RTSP: asks a server why FFmpeg, which says nothing, gets no film from it."""

from __future__ import annotations

import re
import socket

from facelab.camera.causes import cause
from facelab.camera.faults import NoLine
from facelab.camera.verified import trusted
from facelab.camera.web_address import WebAddress


def refusal(address: WebAddress, wait: float) -> str:
    """Return why no film comes from an address, and what to do.

    It is asked without user and password, an encrypted server once it has been verified.
    """
    unknown = "no film comes from there; are address, user and password right?"
    question = f"DESCRIBE {address.bare} RTSP/1.0\r\nCSeq: 1\r\nAccept: application/sdp\r\n\r\n"
    try:
        with _connected(address, wait) as line:
            line.sendall(question.encode("ascii", "replace"))
            said = line.recv(256)
    except (OSError, NoLine) as error:
        return cause(error, address, wait)
    match = re.match(rb"RTSP/\d\.\d (\d{3})", said)
    if match is None:
        return "does not speak RTSP; is the port right?"
    code = int(match[1])
    if code in (401, 403):
        return f"user or password is missing or wrong (RTSP {code}); write rtsp://user:password@…"
    if code in (404, 410):
        return f"no such stream there (RTSP {code}); is the path right?"
    if 200 <= code < 400:
        return unknown
    return f"refuses (RTSP {code}); look into the camera's settings, or close what else uses it"


def _connected(address: WebAddress, wait: float) -> socket.socket:
    """Connect, by TLS where the address says so."""
    context = trusted(address, wait).context if address.scheme == "rtsps" else None
    host = address.host.strip("[]")
    plain = socket.create_connection((host, address.port), wait)
    return context.wrap_socket(plain, server_hostname=host) if context else plain
