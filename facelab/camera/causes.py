"""Causes: why a camera on the network cannot be had, and what to do, in one line."""

from __future__ import annotations

import errno
import hashlib
import http.client
import socket
import ssl
from contextlib import suppress

from facelab.camera.faults import NoLine
from facelab.camera.web_address import WebAddress

_UNKNOWN, _EXPIRED, _OTHER = (18, 19, 20, 21), (9, 10), (62, 63, 64)
"""OpenSSL's codes of certificates that are signed by nobody known, too old, or for other hosts."""


def cause(error: Exception, address: WebAddress, wait: float) -> str:
    """Return what a failed connection means, and what to do.

    The text of an error is not told: it may quote the address, and Python's names explain nothing.
    """
    reason = getattr(error, "reason", None)
    error = reason if isinstance(reason, Exception) else error
    if isinstance(error, NoLine):
        return str(error)
    if isinstance(error, socket.gaierror):
        inside = (
            "; for # / ? @ in a password write %23 %2F %3F %40" if "@" in address.target else ""
        )
        return f"no such host; correct its name{inside}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return _certificate(error.verify_code, address, wait)
    if isinstance(error, ssl.SSLError):
        return _secure(error)
    if isinstance(error, ConnectionRefusedError):
        return (
            f"nobody listens on port {address.port} there (connection refused); is the port right, "
            "has the camera's server been started?"
        )
    if isinstance(error, TimeoutError):
        return f"no answer in {wait:g} s; is the camera on, is the address right?"
    if isinstance(error, http.client.RemoteDisconnected | ConnectionError):
        return "hangs up without an answer; does it speak http on this port, or https?"
    if isinstance(error, http.client.BadStatusLine | http.client.UnknownProtocol):
        return "does not speak HTTP; is the port right?"
    if isinstance(error, http.client.LineTooLong):
        return "answers with a header that is too long; is the address right?"
    if isinstance(error, http.client.HTTPException):
        return "answers with more headers than any camera; is the address right?"
    if getattr(error, "errno", None) in (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN):
        return f"no way there ({_words(error)}); is this computer in the camera's network?"
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be connected to ({_words(error)}); is the address right?"
    return "answers in a way that cannot be understood; is the address right?"


def broken_off(error: Exception) -> str:
    """Return why a stream broke off, in a few words."""
    if isinstance(error, TimeoutError):
        return "nothing came any more"
    if isinstance(error, OSError) and error.strerror:
        return _words(error)
    return "the stream ended"


def _words(error: Exception) -> str:
    return str(getattr(error, "strerror", "")).lower()


def _certificate(code: int, address: WebAddress, wait: float) -> str:
    if code in _EXPIRED:
        what = "is not valid at this time (too old, or a clock is wrong)"
    elif code in _OTHER:
        what = "is that of another host"
    else:
        what = "is signed by nobody known here"
    found = fingerprint(address, wait)
    cure = (
        f"if the camera's settings show the same SHA-256, trust it: append #sha256={found} to the "
        "address"
        if found
        else "look for its SHA-256 in the camera's settings, and append #sha256=… to the address"
    )
    said = f"its certificate {what}"
    return f"{said}; {cure}"


def fingerprint(address: WebAddress, wait: float) -> str:
    """Return the SHA-256 of the certificate that a host shows, empty if it shows none.

    Nothing is told to it, neither path nor password.
    """
    with suppress(OSError, ValueError):
        place = address.host.strip("[]"), address.port
        shown = ssl.get_server_certificate(place, timeout=wait)
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(shown)).hexdigest()
    return ""


def _secure(error: ssl.SSLError) -> str:
    why = (error.reason or "").lower().replace("_", " ")
    if why in ("wrong version number", "http request", "record layer failure"):
        return "speaks no https on this port; write http://"
    if "protocol" in why or "handshake" in why or "cipher" in why:
        return f"no secure connection ({why}): its TLS is too old; renew the camera's software"
    return f"no secure connection ({why or 'it broke off'}); does it speak https on this port?"
