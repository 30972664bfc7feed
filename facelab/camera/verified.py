"""Verified: FFmpeg is held to a server's certificate, as facelab's own lines are.

FFmpeg verifies nothing unless it is told to, and says nothing when it refuses. So the server is
asked first, by Python: that gives the reason in words. Then FFmpeg is told whom to trust.
"""

from __future__ import annotations

import hashlib
import ipaddress
import socket
import ssl
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from facelab.camera.causes import cause
from facelab.camera.faults import NoLine
from facelab.camera.web_address import WebAddress
from facelab.contract.errors import FacelabError

OTHER = (
    "shows another certificate than the one that was to be trusted; compare its SHA-256 with that "
    "in the camera's settings"
)

ENCRYPTED = ("https", "rtsps")


@dataclass(frozen=True)
class Trust:
    """Whom to trust: ``context`` for Python, ``anchors`` (PEM) and the host's ``name`` for FFmpeg.

    An empty ``name`` is that of no host: of a pinned certificate none counts.
    """

    context: ssl.SSLContext
    anchors: str
    name: str


@contextmanager
def held_to_certificate(address: WebAddress, name: str, wait: float) -> Iterator[str]:
    """Within the block, give FFmpeg's options for an address; empty where nothing is encrypted.

    Raises FacelabError, which calls the camera by ``name``, where its certificate is not to be
    trusted: before path, user or password are told to it.
    """
    if address.scheme not in ENCRYPTED:
        yield ""
        return
    try:
        trust = trusted(address, wait)
    except (OSError, ValueError, NoLine) as error:
        raise FacelabError(f"{name}: {cause(error, address, wait)}") from None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "trusted.pem"
        file.write_text(trust.anchors, encoding="ascii")
        # the first one is OpenCV's own, which it leaves out where others are given
        options = ["rtsp_flags;prefer_tcp", "tls_verify;1", f"ca_file;{file}"]
        if trust.name:
            options.append(f"verifyhost;{trust.name}")
        yield "|".join(options)


def trusted(address: WebAddress, wait: float) -> Trust:
    """Return whom to trust at an address, once its server has shown such a certificate.

    Raises OSError or NoLine when it has not.
    """
    host = address.host.strip("[]")
    if address.pin:
        anchors = ssl.get_server_certificate((host, address.port), timeout=wait)
        shown = hashlib.sha256(ssl.PEM_cert_to_DER_cert(anchors)).hexdigest()
        if shown != address.pin:
            raise NoLine(OTHER)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False  # of this one certificate its host's name does not count
        context.load_verify_locations(cadata=anchors)
    else:
        context = ssl.create_default_context()
        anchors = _authorities(context)
    with (
        socket.create_connection((host, address.port), wait) as plain,
        context.wrap_socket(plain, server_hostname=host) as line,
    ):
        certificate = line.getpeercert() or {}
    if address.pin:
        return Trust(context, anchors, _a_name(certificate))
    with suppress(ValueError):
        ipaddress.ip_address(host)
        # FFmpeg compares names alone: of a number it would take anybody's certificate
        raise NoLine(
            "FFmpeg, which reads this, compares no certificate with a number; write the host's "
            "name, or append #sha256=… with the certificate's SHA-256"
        )
    return Trust(context, anchors, host)


def _authorities(context: ssl.SSLContext) -> str:
    """Return the certificates of the authorities that this computer trusts, as PEM."""
    known = map(ssl.DER_cert_to_PEM_cert, context.get_ca_certs(binary_form=True))
    if anchors := "".join(known):
        return anchors
    paths = ssl.get_default_verify_paths()
    for path in filter(None, (paths.cafile, "/etc/ssl/certs/ca-certificates.crt")):
        with suppress(OSError, UnicodeError):
            return Path(path).read_text(encoding="utf-8").encode("ascii", "ignore").decode()
    raise NoLine(
        "this computer has no list of authorities that FFmpeg could read; append #sha256=… with "
        "the SHA-256 of the camera's certificate"
    )


def _a_name(certificate: Mapping[str, Any]) -> str:
    """Return a name of a host that a certificate is for, empty where there is none."""
    names = [value for kind, value in certificate.get("subjectAltName", ()) if kind == "DNS"]
    for part in certificate.get("subject", ()):
        names += [value for kind, value in part if kind == "commonName"]
    # in FFmpeg's list of options these would begin another one
    return next((name for name in names if not set(name) & set(";|\\'\0*")), "")
