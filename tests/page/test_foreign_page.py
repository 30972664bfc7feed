"""Another page in the same browser, with the cookie at hand: it gets and changes nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from facelab.page.server import serving
from tests.page.sitting import browser

pytestmark = pytest.mark.slow

TRIES = """async (own) => {
    const told = {};
    const tried = async (name, work) => {
        try { told[name] = await work(); } catch (error) { told[name] = error.name; }
    };
    const body = '{"name": "Eve"}';
    const sent = { method: 'POST', credentials: 'include', body };
    await tried('read', () => fetch(own + '/api/state', { credentials: 'include' }));
    await tried('write', () => fetch(own + '/api/people', sent));
    await tried('write blindly', () => fetch(own + '/api/people', { ...sent, mode: 'no-cors' }));
    const fired = (thing, good, bad) => new Promise((say) => {
        thing[`on${good}`] = () => say(good);
        thing[`on${bad}`] = () => say('refused');
    });
    const put = (kind, address) => {
        const thing = document.createElement(kind);
        thing.src = own + address;
        document.body.append(thing);
        return fired(thing, 'load', 'error');
    };
    const socket = own.replace('http', 'ws') + '/ws';
    await tried('listen', () => fired(new WebSocket(socket), 'open', 'error'));
    await tried('picture', () => put('img', '/api/photo?file=gallery/Ann/001.png'));
    await tried('script', () => put('script', '/site/page.js'));
    const form = document.createElement('form');
    Object.assign(form, { method: 'POST', action: own + '/api/people', target: 'frame' });
    const frame = document.createElement('iframe');
    frame.name = 'frame';
    document.body.append(form, frame);
    form.submit();
    await new Promise((done) => setTimeout(done, 500));
    return told;
}"""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """Another site, which is this computer by another name; its page has a link."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            link = self.path.partition("?to=")[2]
            self.wfile.write(f'<a href="{link}">the page</a>'.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def visit() -> Iterator[BrowserContext]:
    """A browser with a user's cookies."""
    with browser() as started:
        yield started.new_context()


def test_another_page_gets_nothing(tmp_path: Path, elsewhere: str, visit: BrowserContext) -> None:
    with serving(tmp_path / "filmed") as address:
        own = visit.new_page()
        own.goto(address, wait_until="domcontentloaded")
        foreign = visit.new_page()
        foreign.goto(elsewhere)
        told = foreign.evaluate(TRIES, address.partition("/?")[0])
        assert told == {
            "read": "TypeError",
            "write": "TypeError",
            "write blindly": "TypeError",
            "listen": "refused",
            "picture": "refused",
            "script": "refused",
        }
        state = "fetch('/api/state').then((answer) => answer.json())"
        assert own.evaluate(state)["people"] == []
        for page in (own, foreign):
            page.close()


def test_the_address_may_be_a_link_of_another_page(
    tmp_path: Path, elsewhere: str, visit: BrowserContext
) -> None:
    with serving(tmp_path / "filmed") as address:
        page: Page = visit.new_page()
        answers: list[int] = []
        page.on("response", lambda answer: answers.append(answer.status))
        page.goto(f"{elsewhere}?to={address}")
        page.click("a")
        page.wait_for_selector("#person-name")
        assert page.url == address.partition("?")[0]
        # the browser keeps the new cookie back until the page itself leads on
        assert answers[1:4] == [303, 403, 200]
        page.close()
