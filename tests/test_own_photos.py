"""Own photos: --gallery, --cast and facelab forget, as one uses them."""

from __future__ import annotations

import html
import re
import shutil
from pathlib import Path

import cv2
import pytest

from facelab.cli import main
from facelab.gallery.gallery import Gallery
from facelab.gallery.image import read_image
from facelab.gallery.own_gallery import OwnGallery
from tests.conftest import ROOT, Project, draw

PEOPLE = ("anna", "bob", "cy", "dora")


@pytest.fixture
def book(project: Project) -> Project:
    """A project with the book's steps and its T0."""
    project.steps(plugins=("facelab.plugin", "steps"))
    shutil.copy(ROOT / "features/T0_face_base.feature", project.folder / "features")
    return project


@pytest.fixture
def team(book: Project) -> Path:
    """A folder of four people's photos, 12 each."""
    folder = book.folder / "own" / "team"
    for number, person in enumerate(PEOPLE):
        (folder / person).mkdir(parents=True)
        for photo in range(12):
            frame = draw(number, 7 * photo)
            cv2.imwrite(str(folder / person / f"IMG_{photo}.png"), frame)
    return folder


def cached(team: Path) -> list[Path]:
    """Return what is kept of a gallery for the next run."""
    return list((team / ".facelab" / "cache").glob("*/*"))


@pytest.mark.slow
def test_a_person_who_is_never_seen_is_said_whatever_is_accepted(book: Project) -> None:
    """Real frames of the fixtures; of the last person's only what is below the face is left."""
    team = book.folder / "own" / "faces"
    for person in ("Alex", "Amine", "Lara", "Naomie"):
        (team / person).mkdir(parents=True)
        for file in sorted((ROOT / "fixtures/gallery" / person).glob("*.jpg"))[:12]:
            frame = read_image(file)
            cut = frame[-80:] if person == "Naomie" else frame
            cv2.imwrite(str(team / person / f"{file.stem}.png"), cut)
    shutil.copy(ROOT / "features/T1_low_learning_rate.feature", book.folder / "features")
    run = book.run("--gallery", "own/faces", "--seeds=1", "-k", "photos_are_saved or loss")
    run.folder = team / "reports"
    assert run.record["run"]["never_seen"] == {"Naomie": 12}
    assert run.record["verdict"] != "accepted"
    line = "no face is found on any of the 12 photos of Naomie: whatever was accepted says nothing"
    assert any(one.startswith(f"photos: {line}") for one in run.lines)
    page = " ".join(re.sub(r"<[^>]+>", " ", (run.folder / "acceptance.html").read_text()).split())
    assert "G1 Anomaly of the gallery: Naomie No face is found on any of 12 photos." in page
    assert "; no face is found on any photo of Naomie" in page


def test_t0_on_own_photos(book: Project, team: Path) -> None:
    (team / "bob" / "IMG_99.jpg").write_bytes(b"no photo")
    shutil.copy(team / "anna" / "IMG_3.png", team / "bob" / "copy.png")
    run = book.run("--gallery", "own/team", "--cast", "Lara=anna")
    assert run.status == pytest.ExitCode.OK
    assert not run.folder.exists()
    run.folder = team / "reports"
    verdicts = list(run.verdicts.values())
    assert verdicts[0] == (
        "not run",
        "the gallery is a folder of photos: nothing says what it held before",
    )
    assert verdicts[2] == ("not run", "the numbers are those of the book's own gallery")
    assert [verdict for verdict, _ in verdicts].count("accepted") == 5
    page = html.unescape((run.folder / "acceptance.html").read_text("utf-8"))
    cover = re.sub(r"<[^>]+>", "", page[: page.index("<section")])
    assert "Lara: anna" in cover
    assert run.record["run"]["cast"] == {
        "Lara": "anna",
        "Alex": "bob",
        "Amine": "cy",
        "Naomie": "dora",
    }
    broken = (
        "bob/IMG_99.jpg: 8 bytes that are no picture; allowed are JPEG, PNG, BMP, WebP and PGM "
        "files; take it away or replace it"
    )
    warnings = run.record["run"]["warnings"]
    assert warnings[0] == broken
    (double,) = [line for line in warnings if ": the same picture as" in line]
    assert "bob/copy.png" in double
    assert "anna/IMG_3.png" in double
    assert double in page
    assert broken in page
    assert run.said(f"gallery: {broken}")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--gallery", "none"], "ERROR: none: no such folder; name one with a sub-folder a person"),
        (["--cast", "Alex=anna"], "ERROR: --cast: there is nobody to cast; name a folder with "
         "--gallery"),
        (["--gallery", "own/team", "--cast", "Alex"], "ERROR: --cast: received 'Alex', allowed is "
         "a person for each role, once, as Alex=marie,Amine=paul"),
        (["--gallery", "own/team", "--cast", "Alex=eve"], "ERROR: --cast: received Alex=eve, "
         "allowed are anna, bob, cy, dora; correct it"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line(book: Project, team: Path, arguments: list[str], line: str) -> None:
    run = book.run(*arguments)
    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert run.said(line)
    assert not run.folder.exists()
    assert not (team / "reports").exists()


def test_a_gallery_in_a_conftest(book: Project, team: Path) -> None:
    more = f"""
from pathlib import Path
from facelab.gallery.own_gallery import OwnGallery

@pytest.fixture(scope="session")
def gallery():
    return OwnGallery(Path({str(team)!r}), cast={{"Alex": "dora"}})
"""
    book.steps(more, plugins=("facelab.plugin", "steps"))
    run = book.run()
    assert run.status == pytest.ExitCode.OK
    assert run.record["run"]["source"] == "photos of 4 people in team/"
    assert run.record["run"]["cast"]["Alex"] == "dora"


@pytest.mark.slow
def test_forget(book: Project, team: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book.run("--gallery", str(team))
    assert main(["report", str(team / "reports" / "acceptance.json"), "--short"]) == 0
    (team / "anna" / ".IMG_9.png.x1").write_bytes(b"half")
    outside = book.folder / "outside.png"
    shutil.copy(team / "bob" / "IMG_0.png", outside)
    (team / "anna" / "link.png").symlink_to(outside)
    assert OwnGallery(team).cache
    assert cached(team)
    capsys.readouterr()
    [kept] = (team / "reports" / "history").iterdir()
    assert main(["forget", str(team), "anna"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "removed: 13 files with photos or frames of films",
        "removed: anna/link.png, a link; what it led to lies elsewhere, remove it yourself",
        "removed: reports/acceptance-short.html, a report that names anna",
        "removed: reports/acceptance.html, a report that names anna",
        "removed: reports/acceptance.json, a report that names anna",
        f"removed: reports/history/{kept.name}/acceptance.html, a report that names anna",
        f"removed: reports/history/{kept.name}/acceptance.json, a report that names anna",
        "not touched: models that were trained with these photos, reports in other folders, "
        "copies and backups; remove them yourself",
    ]
    assert outside.exists()
    assert not (team / "anna").exists()
    assert not cached(team)
    assert not list(team.rglob("acceptance*"))
    assert len(list((team / "bob").iterdir())) == 12
    assert main(["forget", str(team), "anna"]) == 2
    assert capsys.readouterr().err == (
        f"facelab: {team}: received 'anna', there is nothing of that name\n"
    )
    assert main(["forget", str(team), "../team"]) == 2
    assert len(list((team / "bob").iterdir())) == 12


def test_forget_in_a_recording(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Gallery(tmp_path / "own") as gallery:
        for number, person in enumerate(("anna", "gallery")):
            gallery.agree(person, "I agree.")
            for place in ("gallery", "probes/t1", "clips/anna"):
                gallery.save(person, draw(number, 0), set_name=place)
    beside = tmp_path / "reports"
    beside.mkdir()
    (beside / "acceptance.json").write_text('{"cast":{"Alex":"anna"}}')
    (beside / "waivers.toml").touch()
    book = tmp_path / "reports" / "example"
    book.mkdir()
    (book / "acceptance.json").write_text('{"system":"anna"}')
    assert main(["forget", str(tmp_path / "own"), "anna"]) == 0
    assert capsys.readouterr().out.splitlines()[:-1] == [
        "removed: 3 files with photos or frames of films",
        "removed: 3 rows of the manifest",
        "removed: the consent",
        "removed: reports/acceptance.json, a report that names anna",
    ]
    kept = Gallery(tmp_path / "own")
    assert kept.damage() == []
    assert kept.table["person"].tolist() == ["gallery"] * 3
    assert kept.consent("anna") is None
    assert kept.consent("gallery") is not None
    assert (book / "acceptance.json").exists()
    assert main(["forget", str(tmp_path / "own"), "gallery"]) == 0
    assert [p for p in (tmp_path / "own").rglob("*") if p.suffix == ".png"] == []
