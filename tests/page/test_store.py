"""What is acknowledged is on the disk: photos, consents, and who is forgotten."""

from __future__ import annotations

import errno
import json
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import cv2
import numpy as np
import pytest

from facelab.camera.session import SENTENCE
from facelab.contract.errors import FacelabError
from facelab.gallery.forget import forget
from facelab.gallery.forgotten import begin
from facelab.gallery.gallery import Gallery
from facelab.gallery.image import decode_image
from facelab.gallery.own_gallery import OwnGallery
from facelab.page.store import check_gallery
from tests.conftest import ROOT, draw
from tests.gallery.faults import Counter, counted, raising
from tests.gallery.test_one_writer import holder, texts
from tests.gallery.test_own_gallery import SIZE
from tests.page.client import Client, heard, png
from tests.page.conftest import Serve, fill

Page = tuple[Path, Client]


def people(page: Client) -> dict[str, int]:
    """How many photos there are of whom."""
    return {person["name"]: len(person["photos"]) for person in page.state()["people"]}


def test_nothing_is_written_before_somebody_agrees(empty: Page) -> None:
    folder, page = empty
    told = page.state()
    assert (told["people"], told["writable"], told["why"]) == ([], True, "")
    answer = page.post("/api/people/Ann/photos", png(draw(0, 0, SIZE)))
    assert answer.status == 409
    assert answer.line == "Ann has not agreed to be filmed; ask for consent first"
    assert page.post("/api/people/Ann/forget").status == 404
    assert page.post("/api/photos/remove", {"file": "gallery/Ann/001.png"}).status == 404
    assert not folder.exists()


def test_a_page_that_is_only_opened_leaves_no_trace(tmp_path: Path, serve: Serve) -> None:
    serve(tmp_path / "filmed").state()
    assert not list(tmp_path.iterdir())


def test_a_photo_that_is_acknowledged_is_on_the_disk(empty: Page) -> None:
    folder, page = empty
    person = page.post("/api/people", {"name": "Ann"})
    assert person.status == 201
    assert person.told["consent"]["sentence"] == SENTENCE
    frame = np.random.default_rng(0).integers(0, 256, (240, 320, 3), np.uint8)
    answer = page.post("/api/people/Ann/photos?burst=Ann-1", png(frame))
    assert answer.status == 201
    row = answer.told
    assert row.pop("revision") == page.state()["revision"]
    content = (folder / row["file"]).read_bytes()
    assert sha256(content).hexdigest() == row["sha256"]
    np.testing.assert_array_equal(decode_image(content, ""), frame)  # pixel for pixel
    assert (row["file"], row["set"], row["burst"]) == ("gallery/Ann/001.png", "gallery", "Ann-1")
    [kept] = [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()]
    assert kept == row | {"person": "Ann"}
    [shown] = page.state()["people"][0]["photos"]
    assert shown.pop("face") in (None, False)  # no face is in noise, once it is looked for
    assert shown == row
    assert page.get(f"/api/photo?file={quote(row['file'])}").body == content


@pytest.mark.slow
@pytest.mark.parametrize("ending", [".jpg", ".png", ".bmp", ".webp", ".pgm"])
def test_an_uploaded_picture_is_kept_as_it_is_decoded(empty: Page, ending: str) -> None:
    folder, page = empty
    page.post("/api/people", {"name": "Ann"})
    encoded = cv2.imencode(ending, draw(0, 0, SIZE)[..., 0])[1].tobytes()
    answer = page.post(f"/api/people/Ann/photos?name=cat{ending}", encoded)
    kept = decode_image((folder / answer.told["file"]).read_bytes(), "")
    np.testing.assert_array_equal(kept, decode_image(encoded, ""))


@pytest.mark.slow
def test_a_phones_photo_is_shrunk(empty: Page) -> None:
    folder, page = empty
    page.post("/api/people", {"name": "Ann"})
    shapes = {(1920, 1080): (1920, 1080), (4000, 3000): (1920, 1440), (30, 4000): (14, 1920)}
    for (width, height), expected in shapes.items():
        answer = page.post("/api/people/Ann/photos", png(np.zeros((height, width, 3), np.uint8)))
        kept = decode_image((folder / answer.told["file"]).read_bytes(), "")
        assert kept.shape[1::-1] == expected


def test_a_person_is_there_once(empty: Page) -> None:
    _, page = empty
    assert page.post("/api/people", {"name": "Ann"}).status == 201
    for name in ("Ann", "ann", "ANN"):
        answer = page.post("/api/people", {"name": name})
        assert answer.status == 409
        assert answer.line == f"{name} is there already; choose another name"
    assert people(page) == {"Ann": 0}


def test_somebody_who_was_recorded_may_agree_afterwards(tmp_path: Path, serve: Serve) -> None:
    folder = tmp_path / "filmed"
    Gallery(folder).save("Ann", draw(0, 0, SIZE))
    page = serve(folder)
    [person] = page.state()["people"]
    assert person["consent"] is None
    assert page.post("/api/people/Ann/photos", png(draw(0, 1, SIZE))).status == 409
    assert page.post("/api/people", {"name": "Ann"}).status == 201
    assert page.post("/api/people/Ann/photos", png(draw(0, 1, SIZE))).status == 201
    assert people(page) == {"Ann": 2}


def test_a_photo_is_removed(empty: Page) -> None:
    folder, page = empty
    page.post("/api/people", {"name": "Ann"})
    photo = png(draw(0, 0, SIZE))
    files = [page.post("/api/people/Ann/photos", photo).told["file"] for _ in range(2)]
    before = page.state()["revision"]
    assert page.post("/api/photos/remove", {"file": files[0]}).status == 200
    assert people(page) == {"Ann": 1}
    assert page.state()["revision"] > before
    assert not (folder / files[0]).exists()
    assert page.post("/api/photos/remove", {"file": files[0]}).status == 404
    assert page.get(f"/api/photo?file={files[0]}").status == 404


def test_a_person_is_forgotten_and_may_come_again(empty: Page) -> None:
    folder, page = empty
    for name in ("Ann", "Bo"):
        page.post("/api/people", {"name": name})
        page.post(f"/api/people/{name}/photos", png(draw(0, 0, SIZE)))
    answer = page.post("/api/people/Ann/forget")
    assert answer.status == 200
    assert answer.told["removed"][0] == "1 file with photos or frames of films"
    assert people(page) == {"Bo": 1}
    assert b"Ann" not in texts(folder)
    answer = page.post("/api/people/Ann/forget")
    assert (answer.status, "there is nothing of that name" in answer.line) == (422, True)
    assert page.post("/api/people/Ann/photos", png(draw(0, 0, SIZE))).status == 409
    assert page.post("/api/people", {"name": "Ann"}).status == 201
    assert page.post("/api/people/Ann/photos", png(draw(0, 0, SIZE))).status == 201
    assert people(page) == {"Bo": 1, "Ann": 1} or people(page) == {"Ann": 1, "Bo": 1}


@pytest.mark.slow
def test_nothing_is_kept_of_whom_another_program_forgot(empty: Page) -> None:
    folder, page = empty
    page.post("/api/people", {"name": "Ann"})
    page.post("/api/people/Ann/photos", png(draw(0, 0, SIZE)))
    with page.socket() as tab:
        forget(folder, "Ann")
        assert heard(tab, "changed")["revision"] >= 2
    assert people(page) == {}
    answer = page.post("/api/people/Ann/photos", png(draw(0, 1, SIZE)))
    assert answer.status == 409
    assert answer.line == "Ann has not agreed to be filmed; ask for consent first"
    assert b"Ann" not in texts(folder)
    # asked anew on the page
    assert page.post("/api/people", {"name": "Ann"}).status == 201
    assert page.post("/api/people/Ann/photos", png(draw(0, 1, SIZE))).status == 201


def test_nothing_is_kept_of_whom_another_program_is_forgetting(empty: Page) -> None:
    folder, page = empty
    page.post("/api/people", {"name": "Ann"})
    begin(folder, "Ann")
    line = "Ann: is being forgotten, so nothing is kept; `facelab forget` ends it"
    answer = page.post("/api/people/Ann/photos", png(draw(0, 0, SIZE)))
    assert (answer.status, answer.line) == (409, line)
    forget(folder, "Ann")
    assert people(page) == {}


@pytest.mark.slow
def test_what_another_program_films_is_seen(tmp_path: Path, serve: Serve) -> None:
    folder = tmp_path / "filmed"
    page = serve(folder)
    assert people(page) == {}
    with page.socket() as tab:
        Gallery(folder).save("Ann", draw(0, 0, SIZE))
        heard(tab, "changed")
        assert people(page) == {"Ann": 1}


@pytest.mark.slow
def test_a_gallery_that_another_program_has_is_read(tmp_path: Path, serve: Serve) -> None:
    folder = tmp_path / "filmed"
    film = holder(folder)
    try:
        page = serve(folder)
        told = page.state()
        assert not told["writable"]
        assert f"process {film.pid}" in told["why"]
        assert told["why"].endswith("; wait for it, or end it")
        assert people(page) == {"Ann": 1}
        assert page.get("/api/photo?file=gallery/Ann/001.png").status == 200
        for path, body in {
            "/api/people": {"name": "Bo"},
            "/api/people/Ann/photos": png(draw(0, 0, SIZE)),
            "/api/people/Ann/forget": {},
            "/api/photos/remove": {"file": "gallery/Ann/001.png"},
        }.items():
            answer = page.post(path, body)
            assert (answer.status, answer.line) == (409, told["why"])
    finally:
        film.kill()
        film.join()
    assert page.state()["writable"]
    assert page.post("/api/people/Ann/photos", png(draw(0, 1, SIZE))).status == 201


def test_one_page_writes_and_the_other_reads(tmp_path: Path, serve: Serve) -> None:
    folder = tmp_path / "filmed"
    first = serve(folder)
    first.post("/api/people", {"name": "Ann"})
    second = serve(folder)
    assert not second.state()["writable"]
    assert second.post("/api/people", {"name": "Bo"}).status == 409
    first.post("/api/people/Ann/photos", png(draw(0, 0, SIZE)))
    assert people(second) == {"Ann": 1}


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_one_line_and_loses_nothing(empty: Page, number: int) -> None:
    folder, page = empty
    page.post("/api/people", {"name": "Ann"})
    kept = page.post("/api/people/Ann/photos", png(draw(0, 0, SIZE))).told
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for path, body in {
        "/api/people": {"name": "Bo"},
        "/api/people/Ann/photos": png(draw(0, 1, SIZE)),
        "/api/photos/remove": {"file": kept["file"]},
    }.items():
        with counted(Counter(1, raising(number), lasting=True)):
            answer = page.post(path, body)
        assert answer.status == 507
        assert "cannot be saved (" in answer.line
        assert "what was saved before is kept" in answer.line
        now = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        assert now == before
    assert page.post("/api/people/Ann/photos", png(draw(0, 1, SIZE))).status == 201
    assert people(page) == {"Ann": 2}


def test_a_gallery_that_cannot_be_written_is_read(tmp_path: Path, serve: Serve) -> None:
    folder = tmp_path / "filmed"
    Gallery(folder).save("Ann", draw(0, 0, SIZE))
    with counted(Counter(1, raising(errno.EROFS), lasting=True)):
        page = serve(folder)
        told = page.state()
        assert not told["writable"]
        assert told["why"] == (
            f"{folder}: photos cannot be saved (read-only file system); make room or name another "
            "folder; what was saved before is kept"
        )
        assert people(page) == {"Ann": 1}
        answer = page.post("/api/people", {"name": "Bo"})
        assert (answer.status, answer.line) == (409, told["why"])
    assert page.post("/api/people", {"name": "Bo"}).status == 201


def test_a_manifest_that_cannot_be_understood_is_told(empty: Page) -> None:
    folder, page = empty
    page.post("/api/people", {"name": "Ann"})
    (folder / "manifest.csv").write_text("nothing\n1\n")
    answer = page.get("/api/state")
    assert answer.status == 422
    assert answer.line.startswith(f"{folder}/manifest.csv: received the columns nothing, missing ")
    (folder / "manifest.csv").unlink()
    assert people(page) == {"Ann": 0}


@pytest.mark.slow
def test_the_gallery_can_be_played(tmp_path: Path, serve: Serve) -> None:
    folder = fill(tmp_path / "filmed", photos=0)
    page = serve(folder)
    for person in ("Alex", "Amine", "Lara"):
        for path in sorted((ROOT / "fixtures" / "gallery" / person).iterdir())[:10]:
            answer = page.post(f"/api/people/{person}/photos?burst={path.stem}", path.read_bytes())
            assert answer.status == 201
    played = OwnGallery(folder)
    assert not played.left_out
    assert not played.damage()
    assert len(played.photos("gallery").people) == 3


@pytest.mark.parametrize("kind", ["file", "link", "parent", "photos"])
def test_what_can_be_no_gallery(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "filmed"
    expected = {
        "file": f"gallery: received {folder}, a file; allowed is a folder",
        "link": f"gallery: received {folder}, a file; allowed is a folder",
        "parent": (
            f"gallery: received {folder / 'filmed'}, which would lie in a folder that does not "
            "exist; make that, or name another one"
        ),
        "photos": (
            f"gallery: received {folder}, which holds other things than a gallery; allowed is a "
            "new folder or a gallery; choose another, and upload photos on the page"
        ),
    }[kind]
    if kind == "file":
        folder.write_text("")
    elif kind == "link":
        folder.symlink_to(tmp_path / "nowhere")
    elif kind == "parent":
        folder = folder / "filmed"
    else:
        (folder / "Ann").mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(FacelabError) as error:
        check_gallery(folder)
    assert str(error.value) == expected
    assert sorted(tmp_path.rglob("*")) == before


def test_what_can_be_a_gallery(tmp_path: Path, opened: tuple[Path, str]) -> None:
    check_gallery(tmp_path)
    check_gallery(tmp_path / "new")
    check_gallery(opened[0])
    check_gallery(ROOT / "fixtures")
