"""Fresh probes as a run takes them: when they are refused, told, written down and drawn again."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from facelab.gallery.drawn import PROBES, SEEDS
from facelab.report.document import render
from facelab.report.record import read_record
from tests.conftest import ROOT, Project

ONLY = "the studio can draw only the book's own probes anew"
BOTH = f"received both, allowed is one; {ONLY}"


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (
            ("--gallery=there",),
            f"--fresh-probes and --gallery: received both, allowed is one; {ONLY}",
        ),
        (("--camera=0",), f"--fresh-probes and --camera: {BOTH}"),
        (
            ("--record=there",),
            f"--fresh-probes and --record: received both, allowed is one; {ONLY}",
        ),
        (("--cast=Alex=ann",), "--cast: there is nobody to cast; name a folder with --gallery"),
    ],
)
def test_other_frames_cannot_be_drawn(
    project: Project, options: tuple[str, ...], line: str
) -> None:
    project.family("T0", "all is well")
    run = project.run("--fresh-probes", *options)
    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert run.said(f"ERROR: {line}")
    assert not run.folder.exists()


def test_nor_those_of_another_source(project: Project) -> None:
    project.steps("@pytest.fixture(scope='session')\ndef source():\n    return None\n")
    project.family("T0", "all is well")
    run = project.run("--fresh-probes=1")
    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert run.said(
        f"ERROR: --fresh-probes: received with a gallery or source of a conftest.py; {ONLY}"
    )
    assert not run.folder.exists()


def test_a_file_is_no_seed(project: Project) -> None:
    file = str(project.family("T0", "all is well"))
    run = project.run("--fresh-probes", file)
    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert run.said(
        f"ERROR: --fresh-probes: received {file!r}, allowed is a whole number {SEEDS}, as in "
        "--fresh-probes=7; without one, write --fresh-probes last"
    )


def test_the_seed_is_told_and_written_down(project: Project) -> None:
    project.family("T0", "all is well")
    runs = [
        project.run(option) for option in ("--fresh-probes", "--fresh-probes", "--fresh-probes=7")
    ]
    seeds = []
    for run in runs:
        told = [line for line in run.lines if "probes drawn anew" in line]
        found = [re.findall(r"from seed (\d+) \(--fresh-probes=(\d+) draws", line) for line in told]
        assert len(found) == 2  # where the run begins, and where it ends
        assert len({number for pairs in found for pair in pairs for number in pair}) == 1
        seeds.append(int(found[0][0][0]))
    assert runs[-1].record["run"]["fresh_probes"] == seeds[-1] == 7
    assert len(set(seeds)) == 3
    assert all(seed in SEEDS for seed in seeds)
    page = (runs[-1].folder / "acceptance.html").read_text("utf-8")
    assert "from seed 7 (--fresh-probes=7 draws them again); the photos to learn from" in page
    assert page == render(read_record(runs[-1].folder / "acceptance.json"))


def test_a_run_without_says_nothing_of_them(project: Project) -> None:
    project.family("T0", "all is well")
    run = project.run()
    assert "fresh_probes" not in run.record["run"]
    assert not any("anew" in line for line in run.lines)


def played(folder: Path, option: str) -> tuple[dict[str, Any], str]:
    """Play T2's probes; return the record and what was printed."""
    words = ["features", "-q", "-k", "no_probe_is_answered_wrong", "-p", "no:cacheprovider"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *words, option, "--seeds=1", f"--report={folder}"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    return json.loads((folder / "acceptance.json").read_text("utf-8")), run.stderr


def probes_of(record: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for row in record["recordings"]["rows"] if row["set"] in PROBES]


def judged(record: dict[str, Any]) -> list[Any]:
    return [
        (sheet["name"], sheet["verdict"], [step["verdicts"] for step in sheet["steps"]])
        for family in record["families"]
        for sheet in family["sheets"]
    ]


@pytest.mark.slow
def test_a_run_is_replayed_by_its_seed(tmp_path: Path) -> None:
    record, told = played(tmp_path / "new", "--fresh-probes")
    seed = record["run"]["fresh_probes"]
    assert "drawing probes/t2 anew: 0 of 11 frames\n" in told
    again, _ = played(tmp_path / "again", f"--fresh-probes={seed}")
    assert judged(again) == judged(record)
    assert len(probes_of(record)) == 11
    assert probes_of(again) == probes_of(record)
    assert {row["file"].partition("/")[0] for row in probes_of(record)} == {f"fresh-{seed}"}
    recorded = (ROOT / "fixtures" / "manifest.csv").read_text("utf-8")
    assert not [row for row in probes_of(record) if row["sha256"] in recorded]
