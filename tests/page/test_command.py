"""The command `facelab page`: what it prints, how it ends, what it refuses, what a kill leaves."""

from __future__ import annotations

import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection, HTTPSConnection, RemoteDisconnected
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from facelab.cli import main
from facelab.contract.errors import FacelabError
from facelab.gallery.gallery import Gallery
from facelab.page.server import own_port, place
from tests.conftest import ROOT, draw, eventually
from tests.gallery.test_own_gallery import SIZE
from tests.page.client import Client, heard, png
from tests.page.conftest import Start, address_of, fill
from tests.page.training import FOREVER, train

pytestmark = pytest.mark.slow

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of this computer's and its key, made now."""
    folder = tmp_path_factory.mktemp("certificate")
    names = folder / "certificate.pem", folder / "key.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    told = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    try:
        subprocess.run(
            [*command.split(), "-out", names[0], "-keyout", names[1], *told],
            check=True,
            capture_output=True,
        )
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    return names


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Wait for a process, and return its status and what it said."""
    said, wrong = process.communicate(timeout=300)
    # TensorFlow says some things before anybody can forbid it
    lines = [
        line for line in wrong.splitlines() if not re.match(r"WARNING: All log|[IWE]0000|To ", line)
    ]
    return process.returncode, said, "\n".join(lines)


@pytest.mark.parametrize("given", ["1.5", "nan", "much"])
def test_what_is_no_certainty(
    tmp_path: Path, given: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["page", str(tmp_path / "filmed"), "--certainty", given]) == 2
    assert capsys.readouterr().err == (
        f"facelab: --certainty: received {given}, allowed is a number between 0 and 1; choose the "
        "probability from which on a name is certain enough, for example 0.7\n"
    )


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_and_ends(tmp_path: Path, start: Start, number: signal.Signals) -> None:
    folder = tmp_path / "filmed"
    process = start(folder, "--no-browser")
    address = address_of(process)
    url = urlsplit(address)
    assert (url.hostname, url.port) == ("127.0.0.1", own_port(folder))
    page = Client(address)
    page.post("/api/people", {"name": "Ann"})
    page.post("/api/people/Ann/photos", png(draw(0, 0, SIZE)))
    assert (folder / "journal.jsonl").exists()
    with page.socket():  # a tab that stays open
        process.send_signal(number)
        status, said, wrong = ended(process)
    assert (status, wrong) == (0, "")
    assert said == f"{folder}: the page has ended, and all is kept\n"
    assert not (folder / "journal.jsonl").exists()
    assert not Gallery(folder).damage()
    assert len(Gallery(folder).table) == 1


@posix
def test_ctrl_c_ends_a_training_and_keeps_it(tmp_path: Path, start: Start) -> None:
    folder = fill(tmp_path / "filmed", photos=3)
    process = start(folder, "--no-browser", "--port", 0)
    page = Client(address_of(process))
    with page.socket() as tab:
        train(tab, "t", **FOREVER)
        heard(tab, "points")
        process.send_signal(signal.SIGINT)
        assert ended(process)[::2] == (0, "")
    process = start(folder, "--no-browser", "--port", 0)
    [model] = Client(address_of(process)).state()["models"]
    assert model["interrupted"]
    assert 0 < model["updates"] < model["total"]


@posix
def test_ctrl_c_waits_for_no_sender_that_is_stuck(tmp_path: Path, start: Start) -> None:
    process = start(tmp_path / "filmed", "--no-browser", "--port", 0)
    page = Client(address_of(process))
    request = (
        f"POST /api/people HTTP/1.1\r\nHost: {page.host}\r\nOrigin: {page.origin}\r\n"
        f"Cookie: {page.cookie}\r\nContent-Length: 9\r\n\r\n"
    )
    with socket.create_connection(page.place) as stuck:
        stuck.sendall(request.encode())
        page.state()  # it has come to the request before
        process.send_signal(signal.SIGINT)
        assert ended(process)[::2] == (0, "")


@posix
def test_ctrl_c_while_tensorflow_starts(tmp_path: Path, start: Start) -> None:
    process = start(tmp_path / "filmed", "--no-browser", "--port", 0)
    Client(address_of(process)).state()
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    assert ended(process)[::2] == (0, "")


@posix
def test_a_killed_server_loses_nothing(tmp_path: Path, start: Start) -> None:
    folder = tmp_path / "filmed"
    process = start(folder, "--no-browser")
    page = Client(address_of(process))
    page.post("/api/people", {"name": "Ann"})
    rows = [page.post("/api/people/Ann/photos", png(draw(0, n, SIZE))).told for n in range(3)]
    kept = [{name: row[name] for name in row.keys() - {"revision"}} for row in rows]
    process.kill()
    process.wait()
    again = start(folder, "--no-browser")
    address = address_of(again)
    assert urlsplit(address).netloc == page.host  # where the tab that was left open looks for it
    assert page.ask("GET", "/api/state").status == 403
    page = Client(address)
    told = page.state()
    assert told["writable"]
    photos = told["people"][0]["photos"]  # whether a face is found is told when it is looked for
    assert [{name: row[name] for name in row.keys() - {"face"}} for row in photos] == kept
    assert page.post("/api/people/Ann/photos", png(draw(0, 4, SIZE))).status == 201
    assert not Gallery(folder).damage()


def test_a_second_page_of_a_gallery_reads(tmp_path: Path, start: Start) -> None:
    folder = tmp_path / "filmed"
    first = start(folder, "--no-browser")
    Client(address_of(first)).post("/api/people", {"name": "Ann"})
    second = start(folder, "--no-browser")
    address = address_of(second)
    assert urlsplit(address).port != own_port(folder)
    assert second.stdout
    line = second.stdout.readline()
    assert line.startswith(f"photos cannot be kept now: {folder}: received a second program that")
    assert f"process {first.pid}" in line
    assert [person["name"] for person in Client(address).state()["people"]] == ["Ann"]


def test_where_no_browser_can_be_opened(tmp_path: Path, start: Start) -> None:
    env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "environ", env | {"BROWSER": "a-browser-that-is-not-there"})
        process = start(tmp_path / "filmed", "--port", 0)
    address_of(process)
    assert process.stdout
    line = process.stdout.readline()
    assert line == "no browser can be opened here; open the address yourself\n"


def test_the_browser_is_given_an_address_that_opens_once(tmp_path: Path, start: Start) -> None:
    program = tmp_path / "browser"
    program.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n')
    program.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BROWSER", f"{program} %s")
        process = start(tmp_path / "filmed", "--port", 0)
    printed = address_of(process)
    file = tmp_path / "opened"
    assert eventually(lambda: file.exists() and file.read_text().endswith("\n"))
    opened = file.read_text().strip()
    assert opened != printed
    page = Client(opened)
    assert page.get("/").status == 200
    query = urlsplit(opened).query
    assert page.ask("GET", f"/?{query}", cookie=None).status == 403
    assert Client(printed).get("/").status == 200  # that one opens it again and again


Refused = Callable[..., str]


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Refused:
    """Run the command and return the one line that it says is wrong."""

    def run(*arguments: object) -> str:
        assert main(["page", *map(str, arguments), "--no-browser"]) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.startswith("facelab: ")
        assert said.err.count("\n") == 1
        return said.err.removeprefix("facelab: ").rstrip("\n")

    return run


def test_a_port_that_is_in_use(tmp_path: Path, refused: Refused) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        line = refused(tmp_path / "filmed", "--port", port)
    assert line == f"--port: received {port}, which another program uses; choose another, or 0"
    assert not (tmp_path / "filmed").exists()


@pytest.mark.parametrize("port", ["x", "-1", "65536", "1.5", ""])
def test_a_port_that_is_none(tmp_path: Path, refused: Refused, port: str) -> None:
    line = refused(tmp_path / "filmed", f"--port={port}")
    assert line == (
        f"--port: received {port}, allowed is a whole number between 0 and 65,535; choose 0 for "
        "any free one"
    )


def test_a_gallery_that_can_be_none(tmp_path: Path, refused: Refused) -> None:
    (tmp_path / "file").write_text("")
    line = refused(tmp_path / "file")
    assert line == f"gallery: received {tmp_path / 'file'}, a file; allowed is a folder"


def test_a_manifest_that_cannot_be_understood(tmp_path: Path, refused: Refused) -> None:
    (tmp_path / "manifest.csv").write_text("nothing\n1\n")
    assert "received the columns nothing, missing file" in refused(tmp_path)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1"])
def test_others_get_in_with_a_certificate_only(tmp_path: Path, host: str) -> None:
    with pytest.raises(FacelabError) as error:
        place(tmp_path, host, 0)
    assert str(error.value) == (
        f"--host: received {host}, which others can reach; allowed is that only with --certificate "
        "and --key, since browsers open no camera without encryption"
    )


def test_a_bad_certificate(
    tmp_path: Path, certificate: tuple[Path, Path], refused: Refused
) -> None:
    good, key = certificate
    other = tmp_path / "other.pem"
    other.write_text("no certificate")
    line = r"--certificate and --key: received .+ and .+ \(.+\); allowed are the two PEM files of "
    for pair in ((other, key), (good, other), (good, good), (tmp_path / "none.pem", key)):
        with pytest.raises(FacelabError, match=line):
            place(tmp_path, "0.0.0.0", 0, *pair)
    for pair_of_one in ((good, None), (None, key)):
        with pytest.raises(FacelabError, match="received one, allowed are both or none"):
            place(tmp_path, "127.0.0.1", 0, *pair_of_one)
    told = ("--host", "0.0.0.0", "--certificate", other, "--key", key)
    line = refused(tmp_path / "filmed", *told)
    assert line.startswith("--certificate and --key: received ")


def test_a_host_that_is_not_this_computers(tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    with pytest.raises(
        FacelabError, match=r"^--host: received 192\.0\.2\.1 \(.+\); allowed is one"
    ):
        place(tmp_path, "192.0.2.1", 0, *certificate)


def test_tablets_come_in_by_tls(
    tmp_path: Path, certificate: tuple[Path, Path], start: Start
) -> None:
    good, key = certificate
    told = ("--host", "0.0.0.0", "--certificate", good, "--key", key)
    process = start(tmp_path / "filmed", "--no-browser", "--port", 0, *told)
    url = urlsplit(address_of(process))
    assert (url.scheme, url.hostname) == ("https", "localhost")
    assert process.stdout
    line = process.stdout.readline()
    assert line.startswith("tablets in the same network: https://")
    assert process.stdout.readline().startswith("whoever has this address can film, train and ")
    context = ssl.create_default_context(cafile=str(good))

    def asked(method: str, path: str, **headers: str) -> tuple[int, str, str]:
        connection = HTTPSConnection("localhost", url.port, context=context, timeout=120)
        connection.request(method, path, headers={"Host": url.netloc} | headers)
        with closing(connection), connection.getresponse() as answer:
            return answer.status, answer.getheader("set-cookie", ""), answer.read().decode()

    status, cookie, _ = asked("GET", f"/?{url.query}")
    assert status == 303
    assert "Secure" in cookie
    cookie = cookie.partition(";")[0]
    for name in (f"127.0.0.1:{url.port}", f"192.168.1.2:{url.port}", f"localhost:{url.port}"):
        assert asked("GET", "/api/state", Cookie=cookie, Host=name)[0] == 200
    name = f"evil.example:{url.port}"
    assert asked("GET", "/api/state", Cookie=cookie, Host=name)[0] == 403
    plain = HTTPConnection("127.0.0.1", url.port, timeout=120)
    with closing(plain), pytest.raises((RemoteDisconnected, ConnectionError)):  # noqa: PT012
        plain.request("GET", f"/?{url.query}")
        plain.getresponse()


def worked(process: subprocess.Popen[str]) -> float:
    """How many seconds a process has worked; a busy computer lets it wait, which is no work."""
    told = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.skipif(sys.platform != "linux", reason="what a process has worked is Linux's")
def test_the_page_is_ready_within_a_second(tmp_path: Path, start: Start) -> None:
    process = start(fill(tmp_path / "filmed"), "--no-browser", "--port", 0)
    address = address_of(process)
    began = worked(process)
    page = Client(address)
    assert page.get("/").status == page.get("/api/state").status == 200
    assert worked(process) - began < 1


def test_the_token_is_not_logged(tmp_path: Path, start: Start) -> None:
    process = start(tmp_path / "filmed", "--no-browser", "--port", 0)
    address = address_of(process)
    page = Client(address)
    page.ask("GET", "/?token=wrong", cookie=None)
    page.get("/nothing")
    page.ask("POST", "/api/people", b"{", origin="http://evil.example")
    with socket.create_connection(page.place) as connection:
        connection.sendall(f"GET /?{urlsplit(address).query} NONSENSE\r\n\r\n".encode())
        connection.recv(1000)
    process.terminate()
    _, said, wrong = ended(process)
    token = urlsplit(address).query.removeprefix("token=")
    assert token not in said + wrong
    assert wrong == ""


def test_no_request_leaves_this_computer(tmp_path: Path) -> None:
    """A whole visit, in a process that may connect to nothing but itself."""
    script = f"""
import socket, sys
sys.path.insert(0, {str(ROOT)!r})
own = socket.socket.connect
def connect(self, address):
    if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "localhost"):
        print("asked", address); sys.stdout.flush()
        raise OSError("no network")
    return own(self, address)
socket.socket.connect = connect
found = socket.getaddrinfo
def getaddrinfo(host, *rest, **more):
    if host not in ("127.0.0.1", "localhost", None): print("looked up", host); sys.stdout.flush()
    return found(host, *rest, **more)
socket.getaddrinfo = getaddrinfo
from pathlib import Path
from facelab.page.server import serving
from tests.page.client import Client, png
from tests.conftest import draw
with serving(Path({str(tmp_path / "filmed")!r})) as address:
    page = Client(address)
    page.get("/"); page.state()
    page.post("/api/people", {{"name": "Ann"}})
    page.post("/api/people/Ann/photos", png(draw(0, 0)))
    page.post("/api/people/Ann/forget")
    with page.socket(): pass
print("done")
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=300
    )
    assert done.stdout == "done\n", done.stderr
