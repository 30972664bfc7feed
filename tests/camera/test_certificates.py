"""Encrypted cameras: whose certificate is trusted, and what is said where none is."""

from __future__ import annotations

import hashlib
import os
import re
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import cv2
import pytest

from facelab.camera.capture import captured
from facelab.camera.verified import held_to_certificate
from facelab.camera.web_address import read_address
from tests.camera.serving import KIND, PART, answering, plays, said, server


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A certificate that signed itself, with its key, and its fingerprint; made by openssl."""
    both = tmp_path_factory.mktemp("signed") / "both.pem"
    return both, make_certificate(both)


def make_certificate(both: Path, *options: str) -> str:
    """Write a certificate that signed itself, and its key; return its fingerprint."""
    key, certificate = both.with_name("key.pem"), both.with_name("cert.pem")
    done = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=camera", "-keyout", str(key), "-out",
         str(certificate), *options],
        capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode:
        pytest.skip("openssl is not here")
    both.write_bytes(certificate.read_bytes() + key.read_bytes())
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate.read_text())).hexdigest()


@contextmanager
def secure(both: Path) -> Iterator[tuple[str, list[bytes]]]:
    """Within the block, an encrypted camera: its address, and what it was asked."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    asked: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def answer(caller: socket.socket) -> None:
        with suppress(OSError), context.wrap_socket(caller, server_side=True) as wrapped:
            asked.append(wrapped.recv(1 << 16))
            if asked[-1]:
                kind = f"Content-Type: {KIND}\r\n\r\n".encode()
                wrapped.sendall(b"HTTP/1.1 200 OK\r\n" + kind + PART * 3)

    def run() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=answer, args=(listening.accept()[0],), daemon=True).start()

    threading.Thread(target=run, daemon=True).start()
    try:
        yield f"https://127.0.0.1:{listening.getsockname()[1]}/video", asked
    finally:
        listening.close()


def test_a_certificate_that_signed_itself_is_refused_and_can_be_trusted(
    signed: tuple[Path, str],
) -> None:
    both, print_ = signed
    with secure(both) as (url, asked):
        line = said(url)
        assert "its certificate is signed by nobody known here" in line
        assert f"#sha256={print_}" in line
        assert not any(asked)  # it was told nothing, neither path nor password
        assert plays(f"{url}#sha256={print_}")
        assert plays(f"{url}#SHA256={':'.join(re.findall('..', print_.upper()))}")
        wrong = said(f"{url}#sha256={print_[::-1]}")
        assert "another certificate than the one that was to be trusted" in wrong
        assert "allowed are 64 hexadecimal digits" in said(f"{url}#sha256=abc")


def test_a_plain_server_asked_for_https() -> None:
    with server(answering(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as url:
        assert "speaks no https on this port; write http://" in said(url.replace("http:", "https:"))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_stream_that_ffmpeg_reads_is_held_to_its_certificate(
    signed: tuple[Path, str], host: str
) -> None:
    both, print_ = signed
    with secure(both) as (address, asked):
        url = address.replace("https://127.0.0.1", f"rtsps://ann:hush@{host}")
        line = said(url, wait=3)
        assert "its certificate is signed by nobody known here" in line
        assert f"#sha256={print_}" in line
        assert "another certificate than" in said(f"{url}#sha256={print_[::-1]}", wait=3)
        assert not any(asked)  # nobody was told anything
        assert "does not speak RTSP; is the port right?" in said(f"{url}#sha256={print_}", wait=3)
        assert [one.split()[0] for one in asked if one] == [b"OPTIONS", b"DESCRIBE"]
        assert b"hush" not in b"".join(asked)


def test_ffmpeg_itself_refuses_another_certificate(
    signed: tuple[Path, str], tmp_path: Path
) -> None:
    """The server that is asked first and the one that FFmpeg asks may be two."""
    both, print_ = signed
    other = tmp_path / "other.pem"
    make_certificate(other)
    with secure(both) as (honest, _), secure(other) as (url, asked):
        address = read_address(f"{honest}#sha256={print_}")
        with (
            held_to_certificate(address, "camera", 3) as options,
            captured(url, cv2.CAP_FFMPEG, options=options) as capture,
        ):
            assert not capture.isOpened()
        assert not any(asked)
        assert "OPENCV_FFMPEG_CAPTURE_OPTIONS" not in os.environ


def test_an_unpinned_number_is_refused_since_ffmpeg_compares_names_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    both = tmp_path / "both.pem"
    make_certificate(both, "-addext", "subjectAltName=IP:127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(both))
    with secure(both) as (url, asked):
        line = said(url.replace("https:", "rtsps:"), wait=3)
        assert "compares no certificate with a number; write the host's name, or append" in line
        assert not any(asked)
