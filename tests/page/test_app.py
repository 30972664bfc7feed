"""What is served before any training: the page, its state, the face finder's weights."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from facelab.gallery.image import encode_png, read_image
from facelab.page.answers import KINDS, SITE
from facelab.page.app import ROUTES
from facelab.page.server import place, prepared
from tests.conftest import ROOT
from tests.page.client import Client, heard
from tests.page.conftest import PEOPLE, SENTENCE, Serve, fill

Opened = tuple[Path, str]


def test_the_page_and_its_files_are_served_by_name(page: Client) -> None:
    for path in (path for path in SITE.rglob("*") if path.suffix in KINDS):
        answer = page.get(f"/site/{path.relative_to(SITE).as_posix()}")
        if path.parent.name == "words":  # with the lines of the catalogue
            assert json.loads(answer.body)["words"] == json.loads(path.read_bytes())["words"]
        else:
            assert answer.body == path.read_bytes()
        assert answer.headers["content-type"] == KINDS[path.suffix]
    assert page.get("/").body == (SITE / "index.html").read_bytes()


@pytest.mark.parametrize("path", ["/nothing", "/site/", "/site/none.js", "/api/nothing", "/ws"])
def test_what_is_not_there_is_one_line(page: Client, path: str) -> None:
    answer = page.get(path)
    assert answer.status == 404
    assert len(answer.body.splitlines()) == 1


def test_the_state_tells_who_is_there(opened: Opened, page: Client) -> None:
    state = page.state()
    assert (state["gallery"], state["writable"], state["why"]) == ("filmed", True, "")
    assert [person["name"] for person in state["people"]] == list(PEOPLE)
    for person in state["people"]:
        assert person["consent"]["sentence"] == SENTENCE
        assert len(person["photos"]) == 8
        for photo in person["photos"]:
            assert (opened[0] / photo["file"]).is_file()
            assert photo["set"] == "gallery"
    assert state["trainings"] == []


def test_the_state_is_json_that_browsers_read(page: Client) -> None:
    answer = page.get("/api/state")
    assert answer.headers["content-type"] == "application/json"
    json.loads(answer.body, parse_constant=lambda name: pytest.fail(name))
    assert answer.body.isascii()


def test_without_tensorflowjs_it_is_told_how_to_get_it(
    page: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    told = page.state()["tensorflowjs"]
    assert not told["available"]
    assert "`facelab page --get-tensorflowjs`" in told["how"]
    answer = page.get("/tensorflow.js")
    assert (answer.status, answer.body.decode()) == (404, told["how"] + "\n")


def test_the_weights_are_as_long_as_they_say(page: Client) -> None:
    told = page.get("/weights.json").told
    assert len(page.get("/weights.bin").body) == 4 * told["numbers"]


def test_only_unsafe_requests_change_anything() -> None:
    changing = {answer.__name__ for method, _, answer in ROUTES if method == "POST"}
    assert {answer.__name__ for method, _, answer in ROUTES if method == "GET"}.isdisjoint(changing)
    assert {method for method, _, _ in ROUTES} == {"GET", "POST"}


@pytest.mark.slow
def test_whether_a_face_is_found_is_told_of_each_photo(tmp_path: Path, serve: Serve) -> None:
    """The last photo shows only what is below the mouth."""
    page = serve(fill(tmp_path / "filmed", 4))

    def faces() -> list[bool | None]:
        [alex, *_] = page.state()["people"]
        return [photo["face"] for photo in alex["photos"]]

    # those that were there are looked at once somebody asks; then all tabs are told
    with page.socket() as tab:
        assert faces() in ([None] * 4, [True] * 4)
        heard(tab, "changed")
    assert faces() == [True] * 4
    frame = read_image(ROOT / "fixtures/gallery/Alex/001.jpg")
    # one that is taken is looked at before it is acknowledged
    assert page.post("/api/people/Alex/photos", encode_png(frame[-50:])).status == 201
    assert sorted(faces(), key=str) == [False, True, True, True, True]


def test_the_certainty_is_told(opened: Opened, page: Client) -> None:
    assert page.state()["certainty"] == 0.7
    place_ = place(opened[0], port=0)
    with prepared(opened[0], place_, certainty=0.9) as served:
        assert served.page.certainty == 0.9
