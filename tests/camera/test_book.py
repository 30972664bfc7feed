"""The book on people before a camera: filmed, played, counted, and played again the same."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from facelab.camera.address import hidden
from facelab.gallery.gallery import Gallery
from tests.camera.conftest import PEOPLE, Faulty, Sitters, plan
from tests.camera.webcam import Webcam, serve
from tests.conftest import ROOT, Project, Run

pytestmark = pytest.mark.slow

EXAMPLES = re.findall(
    r"^```python\n(.+?)^```$", (ROOT / "docs" / "camera.md").read_text("utf-8"), re.M | re.S
)

TRAINED = """the photos of Alex, Amine, Lara and Naomie
    And a learning rate of 1, 5 epochs and batches of 8 photos
    When the classifier is trained
    Then every epoch sees each photo once
    When it is asked about the 11 probes of T2
    Then at least 90 % of the photos are answered right
    When the clip alex_t2 is played to it
    Then Alex gets more than 50 % of the frames"""

COUNTED = "there are photos of at least 2 people"


@pytest.fixture
def book(project: Project) -> Project:
    """A project with the vocabulary of this one, and a feature that trains, asks and counts."""
    project.steps(plugins=("facelab.plugin", "steps"))
    project.family(
        "T0", "all photos of the gallery\n    Then there are photos of at least 2 people"
    )
    project.family("T2", TRAINED, after="T0")
    return project


def judged(run: Run) -> list[Any]:
    """Verdicts and measured values of a run."""
    steps = [step for sheet in run.sheets for step in sheet["steps"]]
    return [(step["text"], step["verdict"], step["verdicts"]) for step in steps]


def test_filmed_and_played_again(
    book: Project, shots: dict[str, list[bytes]], tmp_path: Path
) -> None:
    folder = tmp_path / "filmed"
    file = plan(
        tmp_path, people=list(PEOPLE), photos=10, probes=4, film=30, pause=1.0, minutes=0.02
    )
    with serve(Webcam(Sitters(folder, shots), every=0.03)) as url:
        options = (f"--record={folder}", f"--film-plan={file}")
        run = book.run(f"--camera={url}", *options, "--seeds=2")
        run.folder = folder / "reports"
        assert run.status == 0, run.lines
        assert run.said(f"{folder}: 86 photos more, 86 in all")
        live = run.lines[next(i for i, line in enumerate(run.lines) if " live " in line) :]
        assert [re.sub(r"\W.*", "", line.strip("│ ")) for line in live if line[0] == "│"] == [
            *PEOPLE,
            "unsure",
            "nobody",
        ]
        row = r"│ Naomie +│ [·▁▂▃▄▅▆▇█]+ +│ +[1-9]\d* │ +\d+\.\d % │ +0:\d\d │"
        assert any(re.fullmatch(row, line) for line in live)
        assert run.record["run"]["source"] == "recorded photos of 4 people in filmed/"
        assert "hush" not in json.dumps(run.record) + "".join(run.lines)

    kept = {
        path: path.read_bytes() for path in folder.rglob("*") if path.suffix in (".png", ".csv")
    }
    again = book.run(f"--gallery={folder}", f"--report={tmp_path}/again", "--seeds=2")
    again.folder = tmp_path / "again"
    assert again.status == 0
    assert judged(again) == judged(run)
    assert {path: path.read_bytes() for path in kept} == kept


def test_without_a_folder_nothing_is_kept(
    book: Project, shots: dict[str, list[bytes]], tmp_path: Path
) -> None:
    file = plan(tmp_path, photos=8, probes=1, minutes=0)
    with serve(Webcam(shots["Alex"], every=0.01, again=True)) as url:
        run = book.run(f"--camera={url}", f"--film-plan={file}", "-m", "T0")
    assert run.verdicts == {"T0 1": ("accepted", "")}
    folder = next(line for line in run.lines if "photos more" in line).partition(": ")[0]
    assert not Path(folder).exists()
    assert not any(" live " in line for line in run.lines)


def test_a_camera_that_drops_leaves_one_line_and_the_photos(
    book: Project, shots: dict[str, list[bytes]], tmp_path: Path
) -> None:
    folder = tmp_path / "filmed"
    file = plan(tmp_path, photos=30, every=0.05)
    with serve(Webcam(Faulty(folder, shots["Alex"], []), every=0.01)) as url:
        run = book.run(f"--camera={url}", f"--record={folder}", f"--film-plan={file}")
    run.folder = folder / "reports"
    verdict, line = run.verdicts["T0 1"]
    assert verdict == "error"
    assert re.fullmatch(
        re.escape(hidden(url)) + r": broke off after frame \d+ \(the stream ended\); connect the "
        "camera again",
        line,
    )
    assert run.verdicts["T2 1"] == ("blocked", "blocked by T0")
    gallery = Gallery(folder)
    assert len(gallery.table) >= 4
    assert gallery.damage() == []


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (
            ("--camera=0", "--gallery=there"),
            "--gallery and --camera: received both, allowed is one; what is there is played with "
            "--gallery, what is filmed now is played with --camera",
        ),
        (
            ("--gallery=there", "--record=there"),
            "--gallery and --record: received both, allowed is one; what is there is played with "
            "--gallery, what is filmed now is played with --camera",
        ),
        (
            ("--film-plan=none.toml",),
            "none.toml: there is no such file; name an existing one with --film-plan",
        ),
    ],
)
def test_options_that_contradict_each_other(
    book: Project, options: tuple[str, ...], line: str
) -> None:
    run = book.run(*options)
    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert run.said(f"ERROR: {line}")


def test_replay_never_records(book: Project, tmp_path: Path) -> None:
    run = book.run(f"--record={tmp_path}/filmed", "--report=here", "-m", "T0")
    run.folder = book.folder / "here"
    assert run.verdicts["T0 1"] == (
        "error",
        f"--record: nothing is filmed into {tmp_path}/filmed; name a camera with --camera",
    )
    assert not (tmp_path / "filmed").exists()


def test_the_camera_of_the_documents(
    book: Project, shots: dict[str, list[bytes]], tmp_path: Path
) -> None:
    (book.folder / "conftest.py").write_text(EXAMPLES[0])
    (book.folder / "robot").mkdir()
    for number, shot in enumerate(shots["Alex"][:11] + shots["Amine"][:11]):
        (book.folder / "robot" / f"{number:03d}.jpg").write_bytes(shot)
    file = plan(tmp_path, photos=8, probes=1, pause=0.0, countdown=0.0, every=0.0, minutes=0)
    record = f"--record={tmp_path}/filmed"
    run = book.run(f"--film-plan={file}", record, "-m", "T0")
    run.folder = tmp_path / "filmed" / "reports"
    assert run.verdicts == {"T0 1": ("accepted", "")}
    assert run.record["run"]["source"] == "recorded photos of 2 people in filmed/"
    assert len(Gallery(tmp_path / "filmed").photos()) == 16


def test_the_gallery_and_the_system_of_the_documents(
    book: Project, shots: dict[str, list[bytes]]
) -> None:
    (book.folder / "conftest.py").write_text(EXAMPLES[1])
    for person, actor in (("Al", "Alex"), ("Bo", "Amine")):
        (book.folder / "team" / person).mkdir(parents=True)
        for number, shot in enumerate(shots[actor][40:56]):
            (book.folder / "team" / person / f"{number:03d}.jpg").write_bytes(shot)
    book.family(
        "T2",
        "the photos of Alex and Amine\n    And a learning rate of 1, 5 epochs and batches of 8 "
        "photos\n    When the classifier is trained\n    Then every epoch sees each photo once",
    )
    run = book.run("--seeds=1")
    assert run.status == 0, run.lines
    assert run.record["run"]["system"].endswith("no face detector: the centre square")
    assert run.record["run"]["cast"] == {"Alex": "Bo", "Amine": "Al"}
