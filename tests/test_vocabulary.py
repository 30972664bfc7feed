"""The book's own steps in a run: what is wrong with frames or a feature's numbers is one line."""

from __future__ import annotations

import html
import re
import shutil

import pytest

from facelab.gallery.source import Recording
from tests.conftest import Project, Run

NO_SYSTEM = """
@pytest.fixture(scope="session")
def system():
    class Nobody:
        name, version, capabilities = "nobody", "0", ()
    return Nobody()
"""


@pytest.fixture
def cahier(project: Project) -> Project:
    """A project with the vocabulary of this one, to be given frames, but no system to train."""
    project.steps(NO_SYSTEM, plugins=("facelab.plugin", "steps"))
    return project


def play(cahier: Project, *steps: str) -> Run:
    """Play a family T0 of one scenario."""
    cahier.family("T0", "\n    And ".join(steps))
    return cahier.run()


def test_without_frames_of_its_own_a_project_plays_the_book_s(cahier: Project) -> None:
    (cahier.folder / "fixtures").mkdir()  # of others, who call many things so
    run = play(
        cahier, "all photos of the gallery\n    Then there are 230 photos of 11 people in it"
    )
    assert run.status == pytest.ExitCode.OK
    assert run.verdicts == {"T0 1": ("accepted", "")}


@pytest.mark.slow
@pytest.mark.parametrize("rate", ["0", "-1", "1,001"])
def test_learning_rate_in_a_feature(cahier: Project, rate: str) -> None:
    run = play(
        cahier, f"the basic parameters with a learning rate of {rate}\n    Then 1 values are drawn"
    )
    assert run.status == pytest.ExitCode.TESTS_FAILED
    reason = (
        f"learning rate: received {float(rate.replace(',', ''))}, allowed is a number more than 0 "
        "and at most 1,000; choose how far one update moves the weights, for example 0.001 or 1"
    )
    assert run.verdicts == {"T0 1": ("error", reason)}


@pytest.fixture
def filmed(cahier: Project, frames: Recording) -> Project:
    """A project with a tiny recording in fixtures/."""
    shutil.copytree(frames.folder, cahier.folder / "fixtures")
    return cahier


WHOLE = "all photos of the gallery\n    Then no recorded file is missing, damaged or an orphan"


def test_a_whole_recording(filmed: Project) -> None:
    filmed.family("T0", WHOLE)
    run = filmed.run()
    assert run.status == pytest.ExitCode.OK
    assert run.verdicts == {"T0 1": ("accepted", "")}


@pytest.mark.slow
def test_an_orphan_is_named(filmed: Project) -> None:
    (filmed.folder / "fixtures/gallery/Lara/099.png").write_bytes(b"a photo")
    filmed.family("T0", WHOLE)
    filmed.family("T1", "all is well", after="T0")
    run = filmed.run()
    assert run.status == pytest.ExitCode.TESTS_FAILED
    reason = (
        "files not as recorded: measured 1, exactly 0 demanded; "
        "gallery/Lara/099.png: an orphan, not in the manifest; take it away"
    )
    assert run.verdicts == {"T0 1": ("refused", reason), "T1 1": ("blocked", "blocked by T0")}
    assert run.said(f"features/T0.feature:11: refused: {reason}")
    assert reason in html.unescape((run.folder / "acceptance.html").read_text("utf-8"))


def test_a_missing_photo_is_named(filmed: Project) -> None:
    path = filmed.folder / "fixtures/gallery/Lara/003.png"
    path.unlink()
    filmed.family("T0", WHOLE)
    run = filmed.run()
    assert run.status == pytest.ExitCode.TESTS_FAILED
    reason = (
        f"{path}: no such photo (No such file or directory); put it back or take it out of the "
        "gallery"
    )
    assert run.verdicts == {"T0 1": ("error", reason)}


@pytest.mark.slow
def test_a_truncated_photo_is_named(filmed: Project) -> None:
    path = filmed.folder / "fixtures/gallery/Lara/003.png"
    path.write_bytes(path.read_bytes()[:1000])
    filmed.family("T0", WHOLE)
    run = filmed.run()
    assert run.status == pytest.ExitCode.TESTS_FAILED
    reason = f"{path}: the picture breaks off after 1000 bytes; copy it again from where it came"
    assert run.verdicts == {"T0 1": ("error", reason)}


@pytest.mark.slow
def test_a_person_with_one_photo(filmed: Project) -> None:
    manifest = filmed.folder / "fixtures" / "manifest.csv"
    lines = manifest.read_text("utf-8").splitlines()
    kept = [line for line in lines if "/Lara/" not in line or "/001.png" in line]
    manifest.write_text("\n".join(kept) + "\n", encoding="utf-8")
    filmed.family("T0", "all photos of the gallery\n    Then every person has at least 8 photos")
    run = filmed.run()
    assert run.status == pytest.ExitCode.TESTS_FAILED
    reason = "photos of the person with the fewest: measured 1, at least 8 demanded"
    assert run.verdicts == {"T0 1": ("refused", reason)}
    [counts] = run.sheets[0]["steps"][1]["evidence"]
    assert counts["values"] == {"Alex": 10, "Amine": 10, "Lara": 1, "Naomie": 10}


REFUSED_FILES = (
    "the photos of Alex and Lara\n    And a gallery that keeps them\n"
    "    When {} is handed in as a photo of Alex\n    Then it is refused by name\n"
    "    And every photo is given back pixel for pixel"
)


@pytest.mark.slow
def test_foreign_files_are_refused_by_the_gallery(filmed: Project) -> None:
    files = ("a text", "an empty file", "half of a photo")
    filmed.family("T0", *map(REFUSED_FILES.format, files))
    run = filmed.run()
    assert run.status == pytest.ExitCode.OK
    assert [verdict for verdict, _ in run.verdicts.values()] == ["accepted"] * 3
    said = [sheet["steps"][3]["verdicts"][0]["details"] for sheet in run.sheets]
    beginnings = (
        "foreign.jpg: 17 bytes that are no picture; ",
        "foreign.jpg: 0 bytes that are no picture; ",
        "foreign.jpg: the picture breaks off after ",
    )
    for [line], beginning in zip(said, beginnings, strict=True):
        assert line.startswith(beginning)


@pytest.mark.slow
def test_an_absurd_threshold_is_refused(filmed: Project) -> None:
    """With TensorFlow, in a process of its own: two trainings, judged by what the text says."""
    filmed.steps(plugins=("facelab.plugin", "steps"))
    learns = (
        "the photos of Alex, Amine, Lara and Naomie\n"
        "    And a learning rate of 1, 5 epochs and batches of 16 photos\n"
        "    When the classifier is trained\n    Then 15 values are drawn\n"
        "    And in the last epoch the loss is above 0 and at most {} % of it at chance\n"
        "    And every epoch sees each photo once"
    )
    bad_batch = (
        "the photos of Alex and Lara\n    And a learning rate of 1, 5 epochs and batches of "
    )
    filmed.family(
        "T2",
        learns.format(99),
        learns.format(0.0001),
        f"{bad_batch}21 photos\n    When the classifier is trained\n    Then 5 values are drawn",
        f"{bad_batch}0 photos\n    Then 5 values are drawn",
    )
    run = filmed.run("--seeds", "100-102", apart=True)
    assert run.status == pytest.ExitCode.TESTS_FAILED
    accepted, refused, beyond, none = run.verdicts.values()
    assert accepted == ("accepted", "")
    assert refused[0] == "refused"
    assert re.fullmatch(
        r"the mean loss of the last epoch is [\d.e-]+, and 1\.39 at chance; "
        r"last epoch's loss as a share of the loss at chance: measured [\d.e-]+ %, more than 0 % "
        r"and at most 0\.0001 % demanded \(violated by 3 of 3 replicates\)",
        refused[1],
    )
    assert run.acceptance[1] == f"x T2  refused      T2 2 – {refused[1]}"
    assert refused[1] in html.unescape((run.folder / "acceptance.html").read_text("utf-8"))
    assert [step["verdict"] for step in run.sheets[1]["steps"]] == [
        *["accepted"] * 4,
        "refused",
        "not run",
    ]
    assert run.sheets[1]["steps"][4]["verdicts"][0]["seeds"] == [100, 101, 102]
    size = (
        "batch size: received {}, allowed is a whole number between 1 and {}; "
        "choose how many photos one update sees, from 1 to all photos of the gallery"
    )
    assert beyond == ("error", size.format(21, 20))
    assert none == ("error", size.format(0, "1,000,000"))


def test_a_step_that_ends_with_a_refusal_says_measure_and_threshold(cahier: Project) -> None:
    cahier.steps(
        """
from facelab.contract.interval import Interval

@then(parsers.parse("at least {least:g} of the probes are wrong"))
def wrong(sheet, least):
    sheet.judge("error rate", [0.35, 0.4, 0.45, 0.5, 0.55], Interval.at_least(least))
"""
    )
    cahier.family("T1", "all is well\n    Then at least 0.3 of the probes are wrong")
    cahier.family("T2", "all is well\n    Then at least 0.99 of the probes are wrong")
    run = cahier.run()
    assert run.status == pytest.ExitCode.TESTS_FAILED
    reason = "error rate: measured 0.45, at least 0.99 demanded (violated by 5 of 5 replicates)"
    assert run.verdicts == {"T1 1": ("accepted", ""), "T2 1": ("refused", reason)}
    assert run.acceptance[1] == f"x T2  refused      T2 1 – {reason}"
    [verdict] = run.sheets[1]["steps"][1]["verdicts"]
    assert (verdict["shown"], verdict["threshold"]) == ("0.45", "at least 0.99")
    assert verdict["margin"] == pytest.approx(-0.54)
    assert verdict["seeds"] == [0, 1, 2, 3, 4]
    assert reason in (run.folder / "acceptance.html").read_text("utf-8")
