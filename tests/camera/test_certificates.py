"""Encrypted cameras: whose certificate is trusted, and what is said where none is."""

from __future__ import annotations

import hashlib
import re
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.camera.serving import KIND, PART, answering, plays, said, server


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A certificate that signed itself, with its key, and its fingerprint; made by openssl."""
    folder = tmp_path_factory.mktemp("signed")
    both = folder / "both.pem"
    done = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=camera", "-keyout", str(folder / "key.pem"), "-out",
         str(folder / "cert.pem")],
        capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode:
        pytest.skip("openssl is not here")
    both.write_bytes((folder / "cert.pem").read_bytes() + (folder / "key.pem").read_bytes())
    der = ssl.PEM_cert_to_DER_cert((folder / "cert.pem").read_text())
    return both, hashlib.sha256(der).hexdigest()


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
