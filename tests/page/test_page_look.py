"""The page by keyboard, for a screen reader, in the dark and on a small screen."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from importlib import resources
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.page.sitting import Server, Sitter, recorded, sitter

pytestmark = pytest.mark.slow

AXE = resources.files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")

SIZES = ((1280, 900), (400, 800))


@pytest.fixture(scope="module")
def sits(started: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sitter]:
    """Somebody before a page that nobody has used yet."""
    home = tmp_path_factory.mktemp("page")
    server = Server(home / "class", home)
    try:
        with sitter(started) as somebody:
            somebody.open(server.start())
            yield somebody
    finally:
        server.end()


def faults(sits: Sitter) -> list[Any]:
    """What axe-core finds, in both colours and sizes, and what is wider than the screen."""
    found: list[Any] = []
    for width, height in SIZES:
        sits.page.set_viewport_size({"width": width, "height": height})
        for colour in ("light", "dark"):
            sits.page.emulate_media(color_scheme=colour)
            sits.page.evaluate(AXE)
            told = sits.page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
            assert len(told["passes"]) > 20
            found += [
                (
                    width,
                    colour,
                    one["id"],
                    one["nodes"][0]["html"],
                    one["nodes"][0]["failureSummary"],
                )
                for one in told["violations"]
            ]
        over = sits.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        found += [(width, "wider than the screen by", over)] if over else []
    sits.page.emulate_media(color_scheme="light")
    sits.page.set_viewport_size({"width": 1280, "height": 900})
    return found


def reach(sits: Sitter, wanted: str) -> None:
    """Press Tab until what is wanted has the focus, and is seen to have it."""
    for _ in range(60):
        sits.page.keyboard.press("Tab")
        if sits.page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            style = "getComputedStyle(document.activeElement).outlineStyle"
            assert sits.page.evaluate(style) != "none"
            return
    raise AssertionError(f"Tab does not reach {wanted}")


def test_an_empty_page_says_what_to_do_and_is_accessible(sits: Sitter) -> None:
    assert sits.text("#people-next").startswith("Who sits there first?")
    assert sits.text("#train-next") == "Training needs photos of two people. Begin with step 1."
    assert sits.text("#answers-next").startswith("Train a model first")
    assert "opens when the first person has agreed" in sits.text("#camera-empty")
    for name in ("train", "stop", "count", "end-count", "ask", "ask-each", "answers-csv"):
        assert sits.page.is_disabled(f"#{name}")
    assert faults(sits) == []


def test_a_newcomer_comes_to_the_count_by_keyboard_alone(sits: Sitter) -> None:
    """Each step's own hint leads to the next, in the order of Tab."""
    press = sits.page.keyboard.press
    sits.page.reload(wait_until="domcontentloaded")
    sits.page.wait_for_selector("body[data-ready]")
    for place, name in enumerate(("Alex", "Amine")):
        reach(sits, "#person-name")
        sits.page.keyboard.type(name)
        press("Enter")  # consent comes first
        sits.until("document.querySelector('#errors').textContent.startsWith('Tick the sentence')")
        assert sits.page.evaluate("document.activeElement.id") == "agree"
        press("Space")
        press("Enter")
        sits.page.wait_for_selector(f"#people [data-person={name}]")
        assert sits.text("#people-next").startswith(f"Now take photos of {name}")
        sits.warm()
        reach(sits, "#take")
        for number, frame in enumerate(recorded(name, 0, 5), 1):
            sits.show(frame)
            press("Space")
            sits.until(
                f"document.querySelector('#people [data-person={name}] .count').dataset.n"
                f" === '{number}'"
            )
        hints = ("A classifier tells people apart, so it needs a second", "2 people, 10 photos.")
        assert sits.text("#people-next").startswith(hints[place])
        sits.page.evaluate("document.activeElement.blur()")
    reach(sits, "#train")
    press("Enter")
    sits.until("document.querySelector('#progress').dataset.state === 'done'")
    assert sits.text("#answers-next").startswith("Say who sits there")
    reach(sits, "#count")
    press("Enter")
    for number, frame in enumerate(recorded("Amine", 10, 13), 1):
        sits.show(frame)
        sits.until(f"document.querySelector('#frames').textContent === '{number}'")
    assert sits.page.evaluate("document.activeElement.id") == "end-count"
    press("Enter")
    sits.until("document.querySelector('#status').textContent.startsWith('3 frames counted.')")
    reach(sits, "#expected")
    press("A")
    reach(sits, "#ask")
    press("Enter")
    sits.until("document.querySelectorAll('#answers tbody tr').length === 1")


def test_a_page_in_use_is_accessible(sits: Sitter) -> None:
    sits.page.click("#people [data-person=Alex] .choose")
    sits.page.set_input_files(
        "#upload", {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no picture"}
    )
    sits.page.fill("#epochs", "0")
    assert sits.page.locator("#errors p").count() == 1
    assert faults(sits) == []
    sits.page.click("#people [data-person=Alex] .forget")
    assert sits.page.is_visible("#confirm")
    assert sits.page.evaluate("document.activeElement.id") == "confirm-no"
    assert faults(sits) == []
    sits.page.keyboard.press("Escape")
    sits.until("!document.querySelector('#confirm').open")
    assert sits.count_of("Alex") == 5


def test_the_preview_is_mirrored_and_the_photo_is_not(sits: Sitter) -> None:
    style = "id => getComputedStyle(document.getElementById(id)).transform"
    assert sits.page.evaluate(style, "video") == "matrix(-1, 0, 0, 1, 0, 0)"
    assert sits.page.evaluate(style, "boxes") == "matrix(-1, 0, 0, 1, 0, 0)"


def test_no_request_leaves_for_another_host(sits: Sitter) -> None:
    asked: list[str] = []
    sits.page.on("request", lambda request: asked.append(request.url))
    sits.page.reload(wait_until="load")
    sits.page.wait_for_selector("body[data-ready]")
    assert len(asked) > 20
    own = sits.page.url.split("/")[2]
    assert {address.split("/")[2] for address in asked if not address.startswith("data:")} == {own}


def test_a_fast_camera_is_looked_at_as_fast_as_can_be(sits: Sitter) -> None:
    """Of 60 frames in two seconds each that is read is looked at before the next is read."""
    sits.warm()
    sits.show(recorded("Alex", 0, 1)[0])
    read, looked = sits.page.evaluate(
        """async (frames) => {
            const { dataset } = document.querySelector('#preview');
            const before = +dataset.seen;
            let ahead = 0;
            for (let n = 0; n < 60; n++) {
                await facelabWebcam.show(frames[n % frames.length]);
                ahead = Math.max(ahead, dataset.seen - dataset.described);
                await new Promise((done) => setTimeout(done, 33));
            }
            return [dataset.seen - before, ahead];
        }""",
        [base64.b64encode(one).decode() for one in recorded("Alex", 0, 6)],
    )
    assert 2 < read <= 60
    assert looked <= 1
    sits.until(
        "(({ seen, described }) => seen === described)(document.querySelector('#preview').dataset)"
    )
