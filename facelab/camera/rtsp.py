"""RTSP: asks a server why FFmpeg, which says nothing, gets no film from it."""

from __future__ import annotations

import re
import socket

from facelab.camera.causes import cause
from facelab.camera.web_address import WebAddress


def refusal(address: WebAddress, wait: float) -> str:
    """Return why no film comes from an address, and what to do.

    It is asked without user and password. An encrypted server is only connected to.
    """
    unknown = "no film comes from there; are address, user and password right?"
    host = address.host.strip("[]")
    question = f"DESCRIBE {address.bare} RTSP/1.0\r\nCSeq: 1\r\nAccept: application/sdp\r\n\r\n"
    try:
        with socket.create_connection((host, address.port), wait) as line:
            if address.scheme == "rtsps":
                return unknown
            line.settimeout(wait)
            line.sendall(question.encode("ascii", "replace"))
            said = line.recv(256)
    except OSError as error:
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
