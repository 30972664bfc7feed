"""What goes wrong before the page: one clear line each, and nothing is lost."""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Route, WebSocketRoute

from facelab.browsing import webcam
from facelab.browsing.webcam import Webcam
from facelab.page.tensorflowjs import NAME, VERSION
from tests.page.sitting import Server, Sitter, recorded, sitter

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def address(server: Server, started: Browser) -> str:
    """Where a gallery of two people is served, four photos each."""
    opened = server.start()
    with sitter(started) as sits:
        sits.open(opened)
        for name in ("Alex", "Amine"):
            sits.add(name)
            sits.film(name, recorded(name, 0, 4))
    return opened


@pytest.fixture
def sits(started: Browser, address: str, server: Server) -> Iterator[Sitter]:
    """Somebody before the page, with Alex chosen and seen."""
    with sitter(started) as somebody:
        somebody.open(server.address or address)
        somebody.warm()
        somebody.page.click("#people [data-person=Alex] .choose")
        somebody.show(recorded("Alex", 4, 5)[0])
        yield somebody


REFUSALS = {
    "NotAllowedError": "The browser does not let this page use the camera. Allow it",
    "NotFoundError": "No camera is connected. Connect one",
    "NotReadableError": "Another program is using the camera. Close that program",
    "AbortError": "The camera cannot be opened (the webcam refuses: AbortError).",
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_camera_that_does_not_open(
    started: Browser, address: str, server: Server, name: str
) -> None:
    with sitter(started, Webcam(refusal=name)) as sits:
        sits.open(server.address or address)
        sits.page.wait_for_selector("#preview[data-camera=refused]")
        lines = sits.page.locator("#errors p span").all_text_contents()
        assert len(lines) == 1
        assert lines[0].startswith(REFUSALS[name])
        sits.page.click("#people [data-person=Alex] .choose")
        sits.page.click("#take")
        assert "There is no frame yet" in sits.text("#errors")
        webcam.refuse(sits.page, None)
        sits.page.click("#camera-on")
        sits.warm()
        sits.until("!document.querySelector('#errors').textContent.includes('camera')")


def test_a_browser_that_gives_frames_only_as_it_shows_them(
    started: Browser, address: str, server: Server
) -> None:
    """As in Firefox, there is no MediaStreamTrackProcessor: a video element's frames are read."""
    with sitter(started, Webcam(way="canvas")) as sits:
        sits.page.add_init_script("delete window.MediaStreamTrackProcessor")
        sits.open(server.address or address)
        sits.page.wait_for_selector("#preview[data-camera=on]")
        before = sits.count_of("Amine")
        film = recorded("Amine", 6, 9)
        sits.page.click("#people [data-person=Amine] .choose")
        for number, frame in enumerate(film, 1):
            sits.show(frame)
            sits.page.click("#take")
            sits.until(
                "document.querySelector('#people [data-person=Amine] .count').dataset.n"
                f" === '{before + number}'"
            )
        kept = sorted((server.gallery / "gallery/Amine").glob("*.png"))[-len(film) :]
        for path, frame in zip(kept, film, strict=True):
            np.testing.assert_array_equal(
                cv2.imread(str(path)), cv2.imdecode(np.frombuffer(frame, np.uint8), 1)
            )


def test_a_machine_without_a_camera(started: Browser, address: str, server: Server) -> None:
    """No webcam is fed here: it is the browser itself that finds none."""
    with sitter(started, None, permissions=["camera"]) as sits:
        sits.open(server.address or address)
        sits.page.wait_for_selector("#preview[data-camera=refused]")
        assert sits.text("#errors").startswith(REFUSALS["NotFoundError"])


def test_a_camera_that_is_pulled_out(sits: Sitter) -> None:
    webcam.end(sits.page)
    sits.page.wait_for_selector("#preview[data-camera=gone]")
    assert sits.text("#errors").startswith("The camera is gone: it was pulled out")
    sits.page.click("#camera-on")
    sits.warm()
    assert sits.text("#errors") == ""
    before = sits.count_of("Alex")
    sits.film("Alex", recorded("Alex", 5, 6))
    assert sits.count_of("Alex") == before + 1


def test_another_camera_is_chosen_and_remembered(
    started: Browser, address: str, server: Server
) -> None:
    with sitter(started, Webcam(devices=("left", "right"))) as sits:
        sits.open(server.address or address)
        sits.warm()
        sits.until("document.querySelectorAll('#camera option').length === 2")
        assert sits.page.locator("#camera option").all_text_contents() == ["left", "right"]
        sits.show(recorded("Alex", 1, 2)[0])
        sits.page.select_option("#camera", label="right")
        sits.until("document.querySelector('#preview').dataset.camera === 'on'")
        assert webcam.show(sits.page, recorded("Alex", 0, 1)[0], device=1) == 1
        sits.page.reload(wait_until="domcontentloaded")
        sits.warm()
        assert sits.page.locator("#camera option:checked").text_content() == "right"
        # unplugged while it is chosen: the other one opens at the next try
        webcam.plug(sits.page, ("left",))
        sits.page.wait_for_selector("#preview[data-camera=gone]")
        sits.page.click("#camera-on")
        sits.warm()
        assert sits.page.locator("#camera option:checked").text_content() == "left"


def test_a_camera_that_stands_still(sits: Sitter) -> None:
    sits.until("document.querySelector('#remark').dataset.remark === 'cameraStalled'")
    sits.show(recorded("Alex", 6, 7)[0])
    assert sits.page.get_attribute("#remark", "data-remark") == "fine"


def test_an_answer_that_is_lost_keeps_no_photo_twice(sits: Sitter, server: Server) -> None:
    """The server has kept the photo, and the connection is cut before it can say so."""
    cut: list[int] = []

    def lose(route: Route) -> None:
        if not cut:
            cut.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    sits.page.route("**/photos?burst=*", lose)
    before = len(list((server.gallery / "gallery/Alex").glob("*.png")))
    sits.page.click("#take")
    sits.until("document.querySelector('#status').textContent.startsWith('1 photo of Alex')")
    assert cut == [201]
    assert sits.page.get_attribute("#unsent", "data-count") == "0"
    assert sits.page.is_hidden("#unsent")
    assert len(list((server.gallery / "gallery/Alex").glob("*.png"))) == before + 1


@pytest.mark.skipif(sys.platform != "linux", reason="the limit of another process is Linux's")
def test_a_full_disk_is_told_and_the_photo_waits(sits: Sitter, server: Server) -> None:
    assert server.process is not None
    before = sits.count_of("Alex")
    _, hard = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (100, hard))
    sits.page.click("#take")
    sits.page.wait_for_selector("#send-again")
    assert "1 photo is not kept yet: " in sits.text("#unsent")
    assert "cannot be saved (file too large); make room" in sits.text("#unsent")
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
    sits.page.click("#send-again")
    sits.until(
        f"document.querySelector('#people [data-person=Alex] .count').dataset.n === '{before + 1}'"
    )
    assert sits.page.is_hidden("#unsent")


def through_a_switch(sits: Sitter) -> list[WebSocketRoute]:
    """Load the page anew; the last of these connections is the one that can be cut."""
    sockets: list[WebSocketRoute] = []

    def passed_on(socket: WebSocketRoute) -> None:
        sockets.append(socket)
        socket.connect_to_server()

    sits.page.route_web_socket("**/ws", passed_on)
    sits.page.reload(wait_until="domcontentloaded")
    sits.page.wait_for_selector("body[data-ready]")
    return sockets


def test_a_cut_in_mid_training(sits: Sitter) -> None:
    """The socket is cut; the server goes on, and the model comes with the next connection."""
    sockets = through_a_switch(sits)
    sits.set(learning_rate=1, epochs=280_000, batch_size=1)
    sits.page.click("#train")
    sits.until("+document.querySelector('#progress').dataset.updates > 500")
    # a connection may be there again before anybody looks: every word is heard
    sits.page.evaluate(
        """() => {
            const progress = document.querySelector('#progress');
            window.heard = [];
            new MutationObserver(() => window.heard.push(progress.textContent)).observe(
                progress, { childList: true, characterData: true, subtree: true });
        }"""
    )
    sockets[-1].close()
    sits.until("window.heard.some((text) => text.includes('was cut after'))")
    sits.until("document.querySelector('#progress').textContent.includes('goes on')")
    assert int(sits.page.get_attribute("#legend li", "data-updates") or 0) > 500
    sits.page.reload(wait_until="domcontentloaded")
    sits.until("document.querySelector('#progress').textContent.includes('goes on')")
    sits.page.click("#stop")
    sits.until("document.querySelector('#progress').dataset.state === 'interrupted'")
    model = sits.state["models"][-1]
    assert 500 < model["updates"] < model["total"]
    assert sits.page.is_checked(f"#models [data-model='{model['id']}'] input")
    sits.until("document.querySelectorAll('#legend li').length >= 1")
    assert sits.text("#legend").count("training now") == 0


def test_a_server_that_is_killed_and_started_again(sits: Sitter, server: Server) -> None:
    model = sits.train(learning_rate=1, epochs=5, batch_size=4)
    before = sits.count_of("Alex")
    server.end(kill=True)
    sits.page.wait_for_selector("#connection[data-open=false]")
    assert "The server does not answer. This page tries again by itself" in sits.text("#errors")
    sits.page.click("#take")
    sits.until("document.querySelector('#unsent').dataset.count === '1'")
    sits.until("document.querySelector('#unsent-line').textContent.includes('It is sent when')")
    opened = server.start()
    # the server is another one, which knows this browser once its address was opened in it
    sits.until("document.querySelector('#errors').textContent.includes('Open the address')")
    other = sits.page.context.new_page()
    other.goto(opened, wait_until="domcontentloaded")
    sits.until("document.querySelector('#connection').dataset.open === 'true'")
    sits.until(
        f"document.querySelector('#people [data-person=Alex] .count').dataset.n === '{before + 1}'"
    )
    sits.until("document.querySelector('#errors').textContent === ''")
    assert sits.page.get_attribute("#unsent", "data-count") == "0"
    assert len(list((server.gallery / "gallery/Alex").glob("*.png"))) == before + 1
    assert model["id"] in [one["id"] for one in sits.state["models"]]


def test_a_count_goes_on_after_a_cut(sits: Sitter) -> None:
    """Every frame is counted once, also that during which the socket was cut."""
    sockets = through_a_switch(sits)
    sits.warm()
    sits.show(recorded("Alex", 9, 10)[0])
    sits.page.click("#count")
    for number, frame in enumerate(recorded("Alex", 10, 16), 1):
        if number == 3:
            sockets[-1].close()
        webcam.show(sits.page, frame)
        sits.until(f"document.querySelector('#frames').textContent === '{number}'")
    sits.page.click("#end-count")
    tally = sits.page.locator("#tally td[data-n]").evaluate_all("all => all.map(c => +c.dataset.n)")
    assert sum(tally) == 6 * len(sits.state["models"][-1:])


def test_without_tensorflowjs_it_says_how_to_get_it(sits: Sitter, server: Server) -> None:
    """Absent, or changed on the disk: the other engine works, and the page says what to do."""
    line = "get it {}with `facelab page --get-tensorflowjs`, then load the page again."
    assert sits.page.is_disabled("input[name=engine][value=browser]")
    assert line.format("") in sits.text("#browser-what")
    file = server.home / "facelab/tensorflow.js" / VERSION / NAME
    file.parent.mkdir(parents=True)
    file.write_text("export const version = 'another one';")
    sits.page.reload(wait_until="domcontentloaded")
    sits.page.wait_for_selector("body[data-ready]")
    assert sits.page.is_disabled("input[name=engine][value=browser]")
    assert line.format("again ") in sits.text("#browser-what")
    assert sits.page.is_enabled("#train")


def hide(sits: Sitter, hidden: bool) -> str:
    """Have the tab hidden, or seen again, and return what the page says at once.

    A browser without a screen hides none by itself.
    """
    said: str = sits.page.evaluate(
        """hidden => {
            Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
            document.dispatchEvent(new Event('visibilitychange'));
            return document.querySelector('#status').textContent;
        }""",
        hidden,
    )
    return said


def test_a_hidden_tab_trains_on_and_counts_nothing(sits: Sitter) -> None:
    if not sits.state["models"]:
        sits.train(learning_rate=1, epochs=5, batch_size=4)
    sits.page.click("#count")
    frames = recorded("Alex", 10, 13)
    sits.show(frames[0])
    sits.until("document.querySelector('#frames').textContent === '1'")
    sits.set(learning_rate=1, epochs=2_000, batch_size=1)
    sits.page.click("#train")
    assert hide(sits, True) == "The count pauses while this tab is hidden."
    webcam.show(sits.page, frames[1])
    sits.until("document.querySelector('#progress').dataset.state === 'done'")
    assert sits.text("#frames") == "1"
    assert hide(sits, False) == "The count goes on."
    webcam.show(sits.page, frames[2])
    sits.until("document.querySelector('#frames').textContent === '2'")
    sits.page.click("#end-count")


def test_a_page_that_may_not_write_says_so(
    started: Browser, sits: Sitter, server: Server, tmp_path: Path
) -> None:
    """A second server of the same gallery reads, and says who writes."""
    writer = sits
    second = Server(server.gallery, tmp_path)
    try:
        with sitter(started) as sits:
            sits.open(second.start())
            assert writer.page.is_enabled("#take")
            assert "Photos cannot be saved here: " in sits.text("#errors")
            assert sits.page.is_disabled("#take")
            assert sits.page.is_enabled("#train")
            assert sits.count_of("Amine") == writer.count_of("Amine") > 0
    finally:
        second.end()
