"""Pages, servers and disks that do what nobody expects: one line each, in time, nothing left."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from facelab.browsing.own_page import OwnPage
from facelab.browsing.stranger import Stranger
from facelab.browsing.tab import Tab
from facelab.contract.errors import FacelabError, SystemFault
from facelab.contract.parameters import Parameters
from facelab.contract.photos import Photos
from facelab.contract.training import TrainingRequest
from facelab.gallery.source import Recording
from facelab.page.server import serving as page_served
from tests.browsing.conftest import Play
from tests.browsing.patient import described, idle
from tests.browsing.serving import answering, serving
from tests.conftest import Project

pytestmark = pytest.mark.slow

REQUEST = TrainingRequest(Parameters(epochs=2), (0,))

PATIENCE = 300.0
"""Seconds for what does come, however busy the computer is."""

SOON = 4.0
"""Seconds for what never comes."""


@pytest.fixture
def photos(frames: Recording) -> Photos:
    """Five photos of four people."""
    return frames.photos("gallery")


class Hasty(Stranger):
    """Loses its patience when a training begins."""

    def _learn(self, tab: Tab, *rest: object) -> None:
        tab.wait = SOON
        super()._learn(tab, *rest)  # type: ignore[arg-type]


def trained(browser: Browser, folder: Path, photos: Photos, does: str, *, late: bool) -> str:
    """Train on the strange page, which does something when it is to learn; return what came."""
    edits = {"strange.js": {"async function learn() {": f"async function learn() {{ {does}"}}
    with serving(edits) as address:
        kind = Hasty if late else Stranger
        page = kind(browser, address, described(folder), folder, load=idle)
        try:
            return f"{page.train(photos, REQUEST).history.updates} values"
        except FacelabError as error:
            return f"{type(error).__name__} {error}"
        finally:
            page.close()
            assert not browser.contexts


AWAY = ": the page was left, or loaded anew"

DOES: Mapping[str, tuple[str, str]] = {
    "it goes elsewhere": ("location.href = '/elsewhere.html';", AWAY),
    "it loads anew": ("location.reload();", AWAY),
    "it opens another page, which has something to say": (
        "window.open('about:blank').alert('Buy this!');", "4 values"),
    "it asks for what nobody grants": (
        "await Notification.requestPermission();"
        " await new Promise((done) => navigator.geolocation.getCurrentPosition(done, done));",
        "4 values"),
    "it does not want to be left": (
        "addEventListener('beforeunload', (event) => event.preventDefault());", "4 values"),
    "it writes another address into the bar": (
        "history.pushState({}, '', '/learning'); location.hash = 'now';", "4 values"),
}  # fmt: skip


@pytest.mark.parametrize("case", list(DOES))
def test_a_page_of_its_own_will(
    case: str, browser: Browser, tmp_path: Path, photos: Photos
) -> None:
    does, line = DOES[case]
    told = trained(browser, tmp_path, photos, does, late=False)
    # what the console says of it may follow
    fault = told.startswith("SystemFault the strange page: could not ") and line in told
    assert told == line or fault, told


def test_a_page_that_hangs(browser: Browser, tmp_path: Path, photos: Photos) -> None:
    """A script of ours in it would never end: Playwright has no time limit for scripts."""
    does = "setTimeout(() => { for (;;); }, 500); return;"
    told = trained(browser, tmp_path, photos, does, late=True)
    assert told in {
        f"SystemFault the strange page: could not {what}: {why}"
        for what, why in (
            ("look at it", "the page has not reacted for 4 s"),
            ("wait", "the page has not reacted for 4 s"),
            ("press #learn", "not within 4 s"),
        )
    }


def test_a_server_that_takes_a_call_and_says_nothing(browser: Browser) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        line = (
            f"^the strange page: {address} is not loaded within 4 s; look whether its server "
            "answers, and whether its scripts come$"
        )
        with pytest.raises(FacelabError, match=line):
            Tab(browser, address, "the strange page", wait=SOON, load=idle)
    assert not browser.contexts


def test_a_server_that_is_gone_between_two_trainings(
    browser: Browser, tmp_path: Path, photos: Photos
) -> None:
    with serving() as address:
        page = Stranger(browser, address, described(tmp_path), tmp_path)
        page.train(photos, REQUEST)
    with pytest.raises(FacelabError, match=r"nobody answers at .* \(net::ERR_CONNECTION_REFUSED\)"):
        page.train(photos, REQUEST)
    page.close()
    assert not browser.contexts


def renderers() -> list[int]:
    """Return the processes of Chromium, below this one, that draw pages."""
    parents, drawing = {}, []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes()
            after_its_name = (process / "stat").read_text().rsplit(")", 1)[1]
            parents[int(process.name)] = int(after_its_name.split()[1])
        except (OSError, IndexError):
            continue  # it has ended
        if b"--type=renderer" in words:
            drawing.append(int(process.name))

    def ours(number: int) -> bool:
        return number == os.getpid() or (number in parents and ours(parents[number]))

    return [number for number in drawing if ours(number)]


@pytest.mark.skipif(not Path("/proc/self/stat").is_file(), reason="looks processes up in /proc")
def test_a_page_whose_memory_is_taken(browser: Browser, tmp_path: Path, photos: Photos) -> None:
    """As the kernel does where memory runs out: the process that draws the page is killed."""
    with serving() as address:
        page = Stranger(browser, address, described(tmp_path), tmp_path)
        learnt = page.train(photos, REQUEST)
        for number in renderers():
            os.kill(number, signal.SIGKILL)
        with pytest.raises(SystemFault, match=r"could not press #look: the page has crashed$"):
            learnt.predict(photos.frames[:1])
        page.close()


WORKER = {
    "": b"""<title>waiting</title><script type="module">
      const worker = await navigator.serviceWorker.register('/worker.js');
      if (worker && !navigator.serviceWorker.controller)
        await new Promise((done) => (navigator.serviceWorker.oncontrollerchange = done));
      document.title = await (await fetch('/net.txt')).text();
    </script>""",
    "worker.js": b"""onactivate = (event) => event.waitUntil(clients.claim());
      onfetch = (event) => event.request.url.endsWith('/net.txt') &&
        event.respondWith(new Response('kept from last year'));""",
}


@pytest.fixture
def worker() -> Iterator[str]:
    """The address of a page whose service worker answers for the server."""
    with answering(WORKER.get) as address:
        yield address


@pytest.mark.parametrize("routed", [False, True])
def test_a_route_goes_before_a_service_worker(
    routed: bool, browser: Browser, tmp_path: Path, worker: str
) -> None:
    file = tmp_path / "net.txt"
    file.write_text("as described")
    routes = [("**/net.txt", file)] if routed else []
    tab = Tab(browser, worker, "the page", wait=PATIENCE, routes=routes)
    assert tab.missed(lambda: tab.page.title() != "waiting") is None
    assert tab.page.title() == ("as described" if routed else "kept from last year")
    tab.close()


def test_a_trace_that_cannot_be_kept(play: Play, book: Project) -> None:
    edits = {"index.html": {'value="1" selected': 'value="0.1" selected'}}
    (book.folder / "reports" / "trace-T0.1.zip" / "in the way").mkdir(parents=True)
    run = play("--page-trace", edits=edits)
    [step] = [step for step in run.sheets[0]["steps"] if step["verdict"] == "refused"]
    [(title, values)] = [(one["title"], one["values"]) for one in step["evidence"]]
    assert title == "trace of the browser"
    assert list(values) == ["not kept"]
    assert (run.folder / "acceptance.html").is_file()


def test_our_own_server_gone_between_two_trainings(
    browser: Browser, tmp_path: Path, frames: Recording
) -> None:
    photos = frames.photos("gallery")
    with page_served(tmp_path / "gallery") as address:
        page = OwnPage.open(browser, address, "the page", "computer")
        page.tab.wait = PATIENCE
        for person in photos.people[:2]:
            page.film(person, photos.of([person]).frames[:2])
        page.train(Parameters(epochs=2, batch_size=1), 0, None, lambda _: None)
    with pytest.raises(SystemFault, match="the page: a training failed: "):
        page.train(Parameters(epochs=2, batch_size=1), 1, None, lambda _: None)
    page.tab.close()
