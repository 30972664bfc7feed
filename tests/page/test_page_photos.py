"""Photos that come to the page as files and in bursts, in a real browser."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from facelab.gallery.forget import forget
from tests.page.sitting import Server, Sitter, decoded, recorded, sitter

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def class_(server: Server, started: Browser) -> Iterator[Sitter]:
    """Two people, of whom there are no photos yet."""
    with sitter(started) as sits:
        sits.open(server.start())
        for name in ("Lara", "Naomie"):
            sits.add(name)
        yield sits


def test_files_are_uploaded_as_they_are(class_: Sitter, server: Server, tmp_path: Path) -> None:
    (tmp_path / "one.jpg").write_bytes(recorded("Lara", 10, 11)[0])
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / "broken.png").write_bytes(b"\x89PNG of which the rest is missing")
    class_.page.click("#people [data-person=Lara] .choose")
    class_.page.set_input_files("#upload", sorted(tmp_path.iterdir()))
    class_.until("document.querySelector('#people [data-person=Lara] .count').dataset.n === '1'")
    kept = sorted((server.gallery / "gallery/Lara").glob("*.png"))[-1]
    np.testing.assert_array_equal(cv2.imread(str(kept)), decoded(recorded("Lara", 10, 11)[0]))
    class_.until("document.querySelectorAll('#errors p').length >= 2")
    # and dropped on the step
    dropped = class_.page.evaluate_handle(
        """content => {
            const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
            const files = new DataTransfer();
            files.items.add(new File([bytes], 'dropped.jpg', { type: 'image/jpeg' }));
            return files;
        }""",
        base64.b64encode(recorded("Lara", 11, 12)[0]).decode(),
    )
    class_.page.dispatch_event("#preview", "drop", {"dataTransfer": dropped})
    class_.until("document.querySelector('#people [data-person=Lara] .count').dataset.n === '2'")
    assert "notes.txt is no picture (its kind is text/plain)" in class_.text("#errors")
    assert "A photo of Lara was not kept: broken.png" in class_.text("#errors")


def test_a_burst_takes_each_frame_once(class_: Sitter, server: Server) -> None:
    class_.page.click("#people [data-person=Naomie] .choose")
    for field, value in (("count", 4), ("wait", 0), ("gap", 0)):
        class_.page.fill(f"#burst-{field}", str(value))
    film = recorded("Naomie", 5, 9)
    class_.show(film[0])
    class_.page.click("#burst")
    for number, frame in enumerate(film, 1):
        if number > 1:
            class_.show(frame)
        class_.until(
            f"+document.querySelector('#people [data-person=Naomie] .count').dataset.n === {number}"
        )
    kept = sorted((server.gallery / "gallery/Naomie").glob("*.png"))[-4:]
    for path, frame in zip(kept, film, strict=True):
        np.testing.assert_array_equal(cv2.imread(str(path)), decoded(frame))
    rows = {p["name"]: p["photos"] for p in class_.state["people"]}["Naomie"]
    assert len({row["burst"] for row in rows}) == 1
    class_.until("document.querySelector('#status').textContent.startsWith('4 photos of Naomie')")


def test_the_state_is_read_once_a_photo(class_: Sitter) -> None:
    """The server tells of the change and answers the page: these are one piece of news."""
    read: list[str] = []
    class_.page.on("request", lambda asked: read.append(asked.url))
    before = class_.count_of("Naomie")
    for number in range(1, 4):
        class_.page.click("#take")
        class_.until(
            "+document.querySelector('#people [data-person=Naomie] .count').dataset.n"
            f" === {before + number}"
        )
    assert sum(url.endswith("/api/state") for url in read) == 3


def test_a_burst_ends_at_once_though_no_frame_comes(class_: Sitter) -> None:
    class_.page.click("#people [data-person=Naomie] .choose")
    for field, value in (("count", 30), ("wait", 0), ("gap", 0)):
        class_.page.fill(f"#burst-{field}", str(value))
    label = class_.text("#burst")
    kept = class_.count_of("Naomie")
    for stop in ("#burst", "#camera-on"):
        class_.page.click("#burst")
        assert class_.text("#burst") != label
        kept += 1
        class_.until(
            f"+document.querySelector('#people [data-person=Naomie] .count').dataset.n === {kept}"
        )
        class_.page.click(stop)
        assert class_.text("#burst") == label
        assert class_.text("#countdown") == ""
    class_.page.click("#camera-on")
    class_.warm()
    assert class_.count_of("Naomie") == kept


def test_a_burst_ends_with_whoever_is_forgotten(class_: Sitter, server: Server) -> None:
    class_.page.fill("#person-name", "Hugo")
    class_.page.check("#agree")
    class_.page.click("#add-person")
    class_.page.wait_for_selector("#people [data-person=Hugo]")
    class_.page.click("#people [data-person=Hugo] .choose")
    for field, value in (("count", 5), ("wait", 0), ("gap", 0)):
        class_.page.fill(f"#burst-{field}", str(value))
    frames = recorded("Alex", 5, 7)
    class_.show(frames[0])
    label = class_.text("#burst")
    class_.page.click("#burst")
    class_.until("document.querySelector('#people [data-person=Hugo] .count')?.dataset.n === '1'")
    forget(server.gallery, "Hugo")
    class_.show(frames[1])
    class_.until("document.querySelector('#countdown').textContent === ''")
    assert class_.text("#burst") == label
