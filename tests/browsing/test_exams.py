"""The real book in a real browser: on a page of another make, and on facelab's own.

Each exam is a process of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from facelab.browsing.browser import chromium
from facelab.browsing.own_page import OwnPage
from facelab.contract.errors import FacelabError
from facelab.page import tensorflowjs
from facelab.page.server import serving as page_served
from tests.browsing.mutants import TENSORFLOWJS
from tests.browsing.serving import STRANGE, serving
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

Sat = tuple[int, dict[str, Any], str]


def sit(folder: Path, *words: str) -> Sat:
    """Sit the exam with one seed; return the exit status, the record, what was printed."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--seeds", "1",
         f"--report={folder}", *words],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    output = done.stdout + done.stderr
    assert "Traceback" not in output, output
    assert (folder / "acceptance.json").is_file(), output
    return done.returncode, json.loads((folder / "acceptance.json").read_text("utf-8")), output


def verdicts(record: dict[str, Any]) -> dict[str, str]:
    """Return the verdict of each scenario."""
    sheets = [sheet for family in record["families"] for sheet in family["sheets"]]
    return {sheet["name"]: sheet["verdict"] for sheet in sheets}


def kinds(record: dict[str, Any]) -> set[str]:
    """Return the titles of the pictures in a record."""
    steps = [s for f in record["families"] for sheet in f["sheets"] for s in sheet["steps"]]
    shown = [evidence for step in steps for evidence in step["evidence"]]
    return {one["title"] for one in shown if one["kind"] == "picture"}


REFUSED = "console: Failed to load resource: the server responded with a status of 422 "
"""What Chromium says of itself when the server refuses a file that is no photo, in T0."""


def complaints(record: dict[str, Any]) -> set[str]:
    """Return what the page's scripts complained of."""
    steps = [s for f in record["families"] for sheet in f["sheets"] for s in sheet["steps"]]
    shown = [one for step in steps for one in step["evidence"] if "complained" in one["title"]]
    return {line for one in shown for line in one["values"].values()}


SEEDED = {
    "strange.js": {
        "const at =": "let drawn = 1;\nMath.random = () =>"
        " (drawn = (drawn * 16807) % 2147483647) / 2147483647;\nconst at ="
    }
}
"""The strange page with the same random numbers each time: else its verdicts are chance's."""


def test_a_page_of_another_make(tmp_path: Path) -> None:
    with serving(SEEDED) as address:
        status, record, output = sit(
            tmp_path, "--page", address, "--page-description", str(STRANGE / "page.toml"),
            "features/T0_face_base.feature", "features/T1_low_learning_rate.feature",
        )  # fmt: skip
    told = verdicts(record)
    assert record["run"]["system"] == "the strange page 1"
    assert told["The loss falls, but weakly"] == "accepted", output
    assert told["A large share of the probes is answered wrong"] == "accepted"
    assert told["A photo before the webcam is answered as the photo"] == "not run"
    assert told["The accuracy varies strongly and hardly progresses"] == "not run"
    # it told 140 values, and their first is that at chance; what else is asked it does not tell
    assert told["The history at a low rate can be trusted"] == "accepted with reservations"
    assert status == pytest.ExitCode.OK, output
    assert {"trained on the page", "asked on the page"} <= kinds(record)


SHOWN = {
    "filmed on the page",
    "the curves on the page",
    "answers on the page",
    "the live count on the page",
}

PLACES = {"computer": "learning on this computer", "browser": "learning in the browser"}


@pytest.mark.parametrize("engine", list(PLACES))
def test_facelab_s_own_page(engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """T0 to T2, whole: whatever a page does is in them."""
    if engine == "browser":
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        needs_tensorflowjs()
    status, record, output = sit(
        tmp_path / "report", "features", "--system", "page", "--page-engine", engine,
        "-m", "T0 or T1 or T2",
    )  # fmt: skip
    told = verdicts(record)
    assert len(told) == 23, output
    assert set(told.values()) == {"accepted"}, output
    assert status == pytest.ExitCode.OK
    assert record["run"]["system"] == f"facelab's page {PLACES[engine]}"
    assert kinds(record) == SHOWN
    assert all(line.startswith(REFUSED) for line in complaints(record))


@pytest.mark.nightly
@pytest.mark.parametrize("engine", ["computer", "browser"])
def test_facelab_s_own_page_whole(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if engine == "browser":
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        needs_tensorflowjs()
    words = ["features", "--system", "page", "--page-engine", engine, "-m", "not T5"]
    status, record, output = sit(tmp_path / "report", *words)
    assert set(verdicts(record).values()) == {"accepted"}, output
    assert status == pytest.ExitCode.OK
    assert kinds(record) == SHOWN


def needs_tensorflowjs() -> None:
    """Keep TensorFlow.js in the user's cache; skip where the clone has it not."""
    if not TENSORFLOWJS.is_file():
        pytest.skip("TensorFlow.js is not installed: npm install --prefix examples/tensorflow.js")
    tensorflowjs.get(TENSORFLOWJS)


def test_an_engine_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    line = "^--page-engine: received browser, which is not there: .*page --get-tensorflowjs"
    with (
        chromium() as browser,
        page_served(tmp_path / "gallery") as address,
        pytest.raises(FacelabError, match=line),
    ):
        OwnPage.open(browser, address, "facelab's page", "browser")
