"""A real run, once: the worked example of docs/steps.md, a waiver, a long curve, photos, JUnit."""

from __future__ import annotations

import html
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow

FOLDER = '"><img src=x onerror=alert(1)>'

WAIVED = """@T8
Feature: What <script>alert(1)</script> a reviewer waives
  Description: A long training, and a threshold that no good classifier meets.

  @R5 @R7
  Scenario: No good classifier errs as often
    Given the photos of Alex, Amine, Lara and Naomie
    And a learning rate of 1, 12 epochs and batches of 1 photos
    When the classifier is trained
    Then 1,236 values are drawn
    When it is asked about the 11 probes of T2
    Then as far as 11 probes can tell, at least 90 % of them are answered wrong
    And every value is finite and no loss is negative
"""

WAIVER = """[[waiver]]
scenario = "No good classifier errs as often"
phrase = "as far as 11 probes can tell, at least 90 % of them are answered wrong"
reason = "It is good, and that is well."
who = "<b>A. Reviewer</b>"
until = 2999-12-31
"""


@dataclass
class Played:
    """What the run left: its output, its record, its page, its JUnit file, its folder."""

    output: str
    record: dict[str, Any]
    page: str
    junit: ElementTree.Element
    folder: Path


def code_blocks(language: str) -> list[str]:
    """The blocks of a language in docs/steps.md."""
    text = (ROOT / "docs" / "steps.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.+?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Play it in a folder with a hostile name, in a process of its own."""
    folder = tmp_path_factory.mktemp("real") / FOLDER
    (folder / "features").mkdir(parents=True)
    (folder / "fixtures").symlink_to(ROOT / "fixtures")
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "steps", folder / "steps")
    [feature], [step] = code_blocks("gherkin"), code_blocks("python")
    (folder / "features" / "T9_two_women.feature").write_text(feature)
    (folder / "features" / "T8_waived.feature").write_text(WAIVED)
    shutil.copy(ROOT / "features" / "T0_face_base.feature", folder / "features")
    (folder / "steps" / "own.py").write_text(step)
    listed = (folder / "steps" / "__init__.py").read_text()
    (folder / "steps" / "__init__.py").write_text(listed.replace("[", '[f"{__name__}.own", ', 1))
    (folder / "reports").mkdir()
    (folder / "reports" / "waivers.toml").write_text(WAIVER)
    command = [sys.executable, "-m", "pytest", "--seeds=2", "--junitxml=reports/junit.xml"]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", "-p", "no:hypothesispytest"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    reports = folder / "reports"
    return Played(
        done.stdout,
        json.loads((reports / "acceptance.json").read_text("utf-8")),
        (reports / "acceptance.html").read_text("utf-8"),
        ElementTree.parse(reports / "junit.xml").getroot(),
        reports,
    )


def sheet_of(played: Played, family: str) -> dict[str, Any]:
    """The first sheet of a family."""
    return next(f["sheets"][0] for f in played.record["families"] if f["id"] == family)


def test_the_worked_example_plays_as_docs_say(played: Played) -> None:
    assert "+ T9  accepted     Small batches tell two women apart" in played.output
    *_, last = sheet_of(played, "T9")["steps"]
    assert last["verdicts"][0]["measure"] == "largest rise of the loss"
    meaning = "Measure the largest rise of the loss from one update to the next, in nats."
    phrases = {phrase["phrase"]: phrase["meaning"] for phrase in played.record["phrases"]}
    assert phrases["from update to update the loss rises by at most {bound:Number}"] == meaning
    assert meaning in played.page


def test_a_waived_scenario_goes_on(played: Played) -> None:
    sheet = sheet_of(played, "T8")
    assert sheet["verdict"] == "accepted with reservations"
    assert [step["verdict"] for step in sheet["steps"][-2:]] == [
        "accepted with reservations",
        "accepted",
    ]


def test_a_long_curve_lies_whole_beside_the_page(played: Played) -> None:
    table = pd.read_csv(played.folder / "curves-T8.1.csv")
    assert table["update"].tolist() == list(range(1, 1237))
    assert table.columns.tolist()[1:3] == ["loss, seed 0", "accuracy, seed 0"]
    [curves] = [e for s in sheet_of(played, "T8")["steps"] for e in s["evidence"] if "loss" in e]
    assert max(curves["loss"]["high"][1]) == table["loss, seed 1"].max()
    assert '<a class="csv" href="curves-T8.1.csv">' in played.page


def test_the_table_shows_the_frames_of_our_actors(played: Played) -> None:
    steps = sheet_of(played, "T8")["steps"]
    [table] = [e for s in steps for e in s["evidence"] if e["kind"] == "predictions"]
    photos = [row["photo"] for row in table["rows"]]
    assert len(set(photos)) == len(photos) == 11
    assert played.page.count('<img src="data:image/jpeg;base64,') == 11


def test_junit_carries_verdict_ids_and_measures(played: Played) -> None:
    cases = {str(case.get("name")): case for case in played.junit.iter("testcase")}
    assert len(cases) == 9
    case = cases["test_no_good_classifier_errs_as_often"]
    properties = {p.get("name"): str(p.get("value")) for p in case.iter("property")}
    assert properties["verdict"] == "accepted with reservations"
    assert properties["sheet"] == "T8.1"
    assert properties["requirements"] == "R5 R7"
    assert properties["place"] == "features/T8_waived.feature:6"
    assert properties["measure: values drawn"] == (
        "accepted: measured 1,236, exactly 1,236 demanded, margin 0"
    )
    assert properties["measure: probes answered wrong, at most, with 95 % confidence"].startswith(
        "waived: measured "
    )


def test_the_manifest_is_annexed(played: Played) -> None:
    listed = played.record["recordings"]
    manifest = pd.read_csv(ROOT / "fixtures" / "manifest.csv")
    assert [row["sha256"] for row in listed["rows"]] == manifest["sha256"].tolist()
    assert listed["sha256"] in played.page


def test_nothing_is_told_of_the_machine(played: Played) -> None:
    text = html.unescape(played.page) + json.dumps(played.record, ensure_ascii=False)
    for private in (str(ROOT), str(Path.home()), str(played.folder), "/tmp/", FOLDER):
        assert private not in text
    words = set(re.findall(r"[\w.-]+", re.sub(r"data:[^\"]+", "", text)))
    assert platform.node() not in words


def test_hostile_text_shows_as_text(played: Played) -> None:
    assert "<script>alert" not in played.page
    assert "What &lt;script&gt;alert(1)&lt;/script&gt; a reviewer waives" in played.page
    assert "<b>A. Reviewer" not in played.page
    assert "Waived by &lt;b&gt;A. Reviewer&lt;/b&gt; until 2999-12-31" in played.page
