"""Nobody gets in: each way is tried over HTTP or a WebSocket against a server that serves."""

from __future__ import annotations

import io
import socket
import struct
import time
import zlib
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from facelab.page import guard
from facelab.page.guard import HEADERS, is_loopback
from tests.conftest import draw
from tests.gallery.test_own_gallery import SIZE
from tests.page.client import Answer, Client, frame_message, heard, png, received
from tests.page.conftest import Serve

CLOSED = "this page is not open to you; open the address that `facelab page` has printed"
FOREIGN_HOST = "received a foreign Host; open the address that `facelab page` has printed"
FOREIGN_ORIGIN = "received a foreign Origin; only the page itself may ask this"

Opened = tuple[Path, str]


@pytest.mark.slow
def test_the_address_opens_the_page(opened: Opened, page: Client) -> None:
    url = urlsplit(opened[1])
    assert url.hostname == "127.0.0.1"
    answer = page.ask("GET", f"/?{url.query}", cookie=None)
    assert (answer.status, answer.headers["location"]) == (303, "/")
    name, _, attributes = answer.headers["set-cookie"].partition("=")
    assert name == f"facelab-{url.port}"
    for attribute in ("HttpOnly", "SameSite=strict", "Path=/"):
        assert attribute in attributes
    assert "expires" not in attributes.lower()  # it ends with the browser
    assert page.get("/").status == 200


@pytest.mark.parametrize("path", ["/", "/site/index.html", "/api/state", "/api/photo?file=x"])
def test_every_answer_tells_the_browser_what_to_refuse(page: Client, path: str) -> None:
    for answer in (page.get(path), page.ask("GET", path, cookie=None)):
        for name, value in HEADERS.items():
            assert answer.headers[name.lower()] == value
        assert "access-control-allow-origin" not in answer.headers
        assert "server" not in answer.headers


@pytest.mark.parametrize(
    "path", ["/", "/site/index.html", "/tensorflow.js", "/weights.bin", "/api/state", "/nothing"]
)
@pytest.mark.parametrize("cookie", [None, "facelab=1", "facelab-{port}=guessed", "facelab-{port}="])
def test_without_the_cookie_all_is_closed(page: Client, path: str, cookie: str | None) -> None:
    port = page.host.rpartition(":")[2]
    answer = page.ask("GET", path, cookie=cookie and cookie.format(port=port))
    assert answer.status == 403
    assert CLOSED in answer.body.decode()


@pytest.mark.parametrize("query", ["token=", "token=guessed", "token=%ff%00", "token=a&token=b"])
def test_a_wrong_token_opens_nothing(page: Client, query: str) -> None:
    for cookie in (None, page.cookie):
        answer = page.ask("GET", f"/?{query}", cookie=cookie)
        assert (answer.status, answer.body.decode()) == (403, CLOSED + "\n")
        assert "set-cookie" not in answer.headers


def test_the_token_opens_nothing_but_the_page(opened: Opened, page: Client) -> None:
    query = urlsplit(opened[1]).query
    assert page.ask("GET", f"/api/state?{query}", cookie=None).status == 403
    assert page.ask("POST", f"/?{query}", b"", cookie=None).status == 403


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",  # a name of the attacker's that is bound to 127.0.0.1 (DNS rebinding)
        "evil.example:{port}",
        "127.0.0.1.evil.example:{port}",
        "127.0.0.1",
        "127.0.0.1:1",
        "192.0.2.1:{port}",
        "[::1",
        "",
    ],
)
def test_a_foreign_host_is_refused(opened: Opened, page: Client, host: str) -> None:
    foreign = host.format(port=page.host.rpartition(":")[2])
    query = urlsplit(opened[1]).query
    for path in ("/api/state", f"/?{query}"):
        answer = page.ask("GET", path, host=foreign)
        assert answer.status == 403
        assert FOREIGN_HOST in answer.body.decode()
    answer = page.ask("POST", "/api/people", b"{}", host=foreign, origin=f"http://{foreign}")
    assert (answer.status, answer.line) == (403, FOREIGN_HOST)


def test_this_computer_has_two_names(page: Client) -> None:
    host = page.host.replace("127.0.0.1", "localhost")
    assert page.ask("GET", "/api/state", host=host).status == 200
    assert page.ask("GET", "/api/state", host=host.upper()).status == 200
    answer = page.ask("POST", "/api/people", b"{}", host=host)
    assert (answer.status, answer.line) == (403, FOREIGN_ORIGIN)  # 127.0.0.1 is another page's


ORIGINS = ["http://evil.example", "null", "https://{host}", "http://127.0.0.1:1", "{host}", ""]


@pytest.mark.parametrize("origin", [*ORIGINS, None])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_a_foreign_origin_changes_nothing(page: Client, method: str, origin: str | None) -> None:
    foreign = origin and origin.format(host=page.host)
    answer = page.ask(method, "/api/people", b'{"name": "Eve"}', origin=foreign)
    assert (answer.status, answer.line) == (403, FOREIGN_ORIGIN)
    assert "Eve" not in page.get("/api/state").body.decode()


@pytest.mark.parametrize("origin", ORIGINS)
def test_a_foreign_origin_reads_nothing(page: Client, origin: str) -> None:
    answer = page.ask("GET", "/api/state", origin=origin.format(host=page.host))
    assert (answer.status, answer.line) == (403, FOREIGN_ORIGIN)


@pytest.mark.parametrize("origin", ORIGINS)
def test_a_foreign_origin_opens_no_websocket(page: Client, origin: str) -> None:
    with pytest.raises(InvalidStatus) as error, page.socket(Origin=origin.format(host=page.host)):
        pass
    assert error.value.response.status_code == 403


@pytest.mark.parametrize("cookie", ["facelab=guessed", ""])
def test_no_websocket_without_the_cookie(page: Client, cookie: str) -> None:
    with pytest.raises(InvalidStatus) as error, page.socket(Cookie=cookie):
        pass
    assert error.value.response.status_code == 403


def test_no_websocket_by_another_name(page: Client) -> None:
    host = page.host.replace("127.0.0.1", "evil.example")
    with pytest.raises(InvalidStatus) as error, page.socket(host, Origin=f"http://{host}"):
        pass
    assert error.value.response.status_code == 403


def test_a_link_of_another_page_leads_in_by_the_page_itself(page: Client) -> None:
    # a browser keeps the cookie back on the whole way that another page's link has begun
    def asked(path: str, site: str, kind: str) -> bytes:
        headers = {"sec_fetch_site": site, "sec_fetch_dest": kind}
        answer = page.ask("GET", path, None, cookie=None, **headers)
        assert answer.status == 403
        return answer.body

    assert b'http-equiv="refresh" content="0;url=/"' in asked("/", "cross-site", "document")
    assert b"refresh" not in asked("/", "same-origin", "document")
    assert b"refresh" not in asked("/", "cross-site", "iframe")
    assert b"refresh" not in asked("/api/state", "cross-site", "document")


@pytest.mark.parametrize(
    "path",
    [
        "/api/people/Alex/forget",
        "/api/photos/remove",
        "/api/people/Alex/photos",
        "/api/people",
        "/api/models/1/remove",
    ],
)
def test_nothing_is_changed_by_get(page: Client, path: str) -> None:
    before = page.state()
    for method in ("GET", "HEAD"):
        assert page.ask(method, path).status == 405
    for method in ("DELETE", "PUT", "PATCH"):
        assert page.ask(method, path, b"{}").status == 405
    assert page.state() == before


NAMES = ["../Eve", "Eve/..", "..", ".", "", "a/b", "a\\b", "a:b", "a\0b", " a", "a\n", "é" * 81]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_no_path(opened: Opened, page: Client, name: str) -> None:
    before = sorted(opened[0].rglob("*"))
    answer = page.post("/api/people", {"name": name})
    assert answer.status == 422
    assert answer.line.startswith("a person's name: received ")
    for action in ("photos", "forget"):
        path = f"/api/people/{quote(name, safe='')}/{action}"
        assert page.post(path, png(draw(0, 0, SIZE))).status in (404, 405, 422)
    assert sorted(opened[0].rglob("*")) == before
    assert not list(opened[0].parent.glob("*Eve*"))


@pytest.mark.parametrize("name", [1, None, ["Eve"], {"a": 1}, True])
def test_a_name_is_a_text(page: Client, name: object) -> None:
    answer = page.post("/api/people", {"name": name})
    assert (answer.status, answer.line) == (422, "name: allowed is a text")


@pytest.mark.parametrize(
    "file",
    ["../secret", "/etc/hostname", "manifest.csv", ".facelab/lock", "gallery/Alex/../Alex/001.png"],
)
def test_a_photo_is_served_by_the_manifest_only(opened: Opened, page: Client, file: str) -> None:
    (opened[0].parent / "secret").write_bytes(png(draw(0, 0, SIZE)))
    assert page.get("/api/photo?file=gallery/Alex/001.png").status == 200
    for asked in (file, quote(file, safe="")):
        answer = page.get(f"/api/photo?file={asked}")
        assert (answer.status, answer.line) == (
            404,
            "there is no photo of that name in the gallery",
        )
    answer = page.post("/api/photos/remove", {"file": file})
    assert answer.status == 404
    assert (opened[0].parent / "secret").exists()


@pytest.mark.parametrize(
    "path", ["/site/../app.py", "/site/%2e%2e/app.py", "/site//etc/hostname", "/../page/app.py"]
)
def test_no_other_file_is_served(page: Client, path: str) -> None:
    assert page.get(path).status == 404


def test_a_link_in_the_gallery_leads_nowhere(tmp_path: Path, serve: Serve) -> None:
    folder, secret = tmp_path / "filmed", tmp_path / "secret.png"
    secret.write_bytes(png(draw(5, 0, SIZE)))
    page = serve(folder)
    page.post("/api/people", {"name": "Ann"})
    kept = page.post("/api/people/Ann/photos", png(draw(0, 0, SIZE))).told["file"]
    (folder / kept).unlink()
    (folder / kept).symlink_to(secret)
    answer = page.get(f"/api/photo?file={kept}")
    assert answer.status == 404
    assert answer.line == f"{kept}: lies outside of the folder filmed; take it out of it"
    assert page.post("/api/photos/remove", {"file": kept}).status == 200
    assert secret.exists()
    (folder / "gallery" / "Ann").rmdir()
    (folder / "gallery" / "Ann").symlink_to(tmp_path, target_is_directory=True)
    before = sorted(tmp_path.iterdir())
    answer = page.post("/api/people/Ann/photos", png(draw(0, 0, SIZE)))
    assert answer.status == 422
    assert answer.line.endswith("lies outside of the folder filmed; take it out of it")
    assert sorted(tmp_path.iterdir()) == before


def test_a_manifest_that_leads_out_is_not_followed(tmp_path: Path, serve: Serve) -> None:
    folder = tmp_path / "filmed"
    page = serve(folder)
    page.post("/api/people", {"name": "Ann"})
    (tmp_path / "secret.png").write_bytes(png(draw(0, 0, SIZE)))
    row = '{"file": "../secret.png", "sha256": "", "set": "gallery", "person": "Bo"}\n'
    half = row.replace("Bo", "\\ud800")  # of a character, which no file can hold
    (folder / "journal.jsonl").write_text(half + row)
    assert [person["name"] for person in page.state()["people"]] == ["Bo", "Ann"]
    answer = page.get("/api/photo?file=../secret.png")
    assert (answer.status, "lies outside of the folder" in answer.line) == (404, True)
    page.post("/api/photos/remove", {"file": "../secret.png"})
    assert (tmp_path / "secret.png").exists()


def test_a_body_is_counted_though_its_length_is_not_told(page: Client) -> None:
    chunk = b"100000\r\n" + bytes(1 << 20) + b"\r\n"
    answer = raw(page, "/api/people/Alex/photos", b"Transfer-Encoding: chunked", [chunk] * 40)
    assert (answer.status, answer.line) == (413, "received more than 32 MB; send less")


@pytest.mark.parametrize(
    ("path", "length", "most"),
    [
        ("/api/people/Alex/photos", 32_000_001, 32),
        ("/api/people", 1_000_001, 1),
        ("/api/models/file", (256 << 20) + 1, 268),
        ("/api/lesson", 10**18, 1),
    ],
)
def test_a_body_that_is_told_too_long_is_not_read(
    page: Client, path: str, length: int, most: int
) -> None:
    answer = raw(page, path, f"Content-Length: {length}".encode(), [])
    assert (answer.status, answer.line) == (413, f"received more than {most} MB; send less")


def test_a_slow_body_is_given_up(page: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "BODY_SECONDS", 0.3)
    began = time.monotonic()
    answer = raw(page, "/api/people", b"Content-Length: 100", [b"{"])
    assert (answer.status, answer.line) == (408, "the body took more than 0.3 s; send it again")
    assert time.monotonic() - began < 60
    assert page.get("/api/state").status == 200


def test_a_body_that_breaks_off_harms_nobody(
    page: Client, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.create_connection(page.place) as connection:
        connection.sendall(head(page, "/api/people", b"Content-Length: 100") + b'{"name"')
    assert page.get("/api/state").status == 200
    time.sleep(0.1)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "the photo: 0 bytes that are no picture; "),
        (b"<svg onload='alert(1)'/>", "the photo: an SVG drawing; convert it to JPEG or PNG; "),
        (b"GIF89a" + bytes(20), "the photo: a GIF picture; convert it to JPEG or PNG; "),
        (
            b"\x89PNG\r\n\x1a\n" + bytes(50),
            "the photo: the picture is damaged (a wrong checksum after 8 bytes); ",
        ),
    ],
)
def test_what_is_no_picture_is_refused(page: Client, content: bytes, line: str) -> None:
    answer = page.post("/api/people/Alex/photos", content)
    assert (answer.status, answer.line.startswith(line)) == (422, True), answer.line
    answer = page.post("/api/people/Alex/photos?name=my%20%1b[31mcat.gif", content)
    assert answer.line.startswith(line.replace("the photo", r"'my \x1b[31mcat.gif'"))


def bomb(side: int) -> bytes:
    """A PNG of a few bytes that says that it is very large."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    told = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    packed = zlib.compress(bytes(100_000), 9)
    whole = io.BytesIO(b"\x89PNG\r\n\x1a\n")
    whole.seek(0, io.SEEK_END)
    whole.write(chunk(b"IHDR", told) + chunk(b"IDAT", packed) + chunk(b"IEND", b""))
    return whole.getvalue()


def test_a_picture_that_unpacks_to_gigabytes_is_not_decoded(page: Client) -> None:
    began = time.process_time()  # the server's, too, which is in this process
    answer = page.post("/api/people/Alex/photos", bomb(50_000))
    assert answer.status == 422
    assert answer.line == (
        "the photo: received 50000 x 50000 pixels, allowed are 100 million; save it smaller"
    )
    assert time.process_time() - began < 2


def test_a_message_that_is_too_large_ends_the_websocket(page: Client) -> None:
    with page.socket() as tab, pytest.raises(ConnectionClosedError) as error:  # noqa: PT012
        tab.send(bytes((4 << 20) + 1))
        tab.recv(timeout=60)
    # where the system resets a connection of which it has bytes unread, the word is lost
    assert error.value.rcvd is None or error.value.rcvd.code == 1009
    with page.socket() as tab:
        tab.send(frame_message(1, draw(0, 0, SIZE)[..., 0]))
        assert heard(tab, "seen")["id"] == 1


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{", b"1", b"\xff\xfe", b"[" * 100_000, b'{"name": ' + b"9" * 5000]
)
@pytest.mark.parametrize("path", ["/api/people", "/api/lesson", "/api/photos/remove"])
def test_what_is_no_json_is_refused(page: Client, path: str, content: bytes) -> None:
    answer = page.ask("POST", path, content)
    assert (answer.status, answer.line) == (400, "received what is no object in JSON")


def head(page: Client, path: str, *more: bytes) -> bytes:
    told = f"POST {path} HTTP/1.1\r\nHost: {page.host}\r\nOrigin: {page.origin}\r\n"
    return b"\r\n".join([f"{told}Cookie: {page.cookie}".encode(), *more, b"", b""])


def raw(page: Client, path: str, header: bytes, parts: list[bytes]) -> Answer:
    """Send a request part by part, as long as the server takes it, and return what it answers."""
    with socket.create_connection(page.place, timeout=60) as connection:
        connection.sendall(head(page, path, header))
        for part in parts:
            connection.sendall(part)
        answer = HTTPResponse(connection)
        answer.begin()
        return received(answer)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("192.168.1.2", False),
        ("::", False),
        ("localhost.evil.example", False),
    ],
)
def test_which_hosts_are_this_computer_alone(host: str, expected: bool) -> None:
    assert is_loopback(host) == expected
