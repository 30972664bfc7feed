"""Fuzzed texts: records, waivers, features and descriptions with inputs that nobody has made.

Each is read or refused in one line, within 2 s. CI tries 360 inputs, scripts/nightly twenty times
as many.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from facelab.browsing.description import read_description
from facelab.contract.interval import Interval
from facelab.contract.verdict import judge
from facelab.playing.misprints import misprints, read_document
from facelab.playing.waivers import read_waivers
from facelab.report.changes import changes
from facelab.report.document import render
from facelab.report.record import Family, Record, Sheet, Step, read_record, write_record
from tests.conftest import ROOT, examples
from tests.fuzzing import bounded, corpus, tried

WAIVERS = b"""[[waiver]]
scenario = "No probe is answered wrong"
phrase = "none of them is answered wrong"
reason = "The trainer is still being tuned."
who = "A. Reviewer"
until = 2027-03-31
"""


def record() -> Record:
    """A record with something of everything, and no curves, which take long to draw."""
    verdict = judge("errors", [1.0, 2.0], Interval.at_most(5), unit="%").as_dict()
    step = Step("Then", "all is well", "accepted", verdicts=[verdict])
    sheet = Sheet("T1", "a", "n::a", 1, ["R1"], "accepted", [step])
    run = {"system": "facelab 1", "source": "fixtures", "seeds": [0, 1], "options": "--seeds=0-1"}
    return Record({"title": "A book"}, run, [Family("T1", "t", "T1.feature", {}, [sheet])])


def use_record(path: Path) -> None:
    """Read a record, show it, and compare it with itself."""
    read = read_record(path)
    render(read, short=True)
    changes(read, read)


def use_feature(path: Path) -> None:
    """Read a feature as a run does, and every misprint in it."""
    for line in misprints(path, read_document(path), ()):
        assert line.isprintable()


def use_waivers(path: Path) -> None:
    """Read the waivers of a project."""
    read_waivers(path.parents[1])


TEXTS: dict[str, tuple[Callable[[Path], object], int]] = {
    "reports/acceptance.json": (use_record, 60),
    "reports/waivers.toml": (use_waivers, 120),
    "features/T3_epochs_and_batch_size.feature": (use_feature, 60),
    "page.toml": (read_description, 120),
}


def content_of(file: str, folder: Path) -> bytes:
    """Return the bytes of a whole one."""
    match file:
        case "reports/acceptance.json":
            write_record(folder / "whole.json", record())
            return (folder / "whole.json").read_bytes()
        case "reports/waivers.toml":
            return WAIVERS
        case "page.toml":
            return (ROOT / "tests" / "browsing" / "strange" / "page.toml").read_bytes()
        case _:
            return (ROOT / file).read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("file", TEXTS)
def test_texts_with_changed_bytes(file: str, tmp_path: Path) -> None:
    use, count = TEXTS[file]
    path = tmp_path / file
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = content_of(file, tmp_path)
    path.write_bytes(whole)
    use(path)  # as it is, it is read
    with bounded():
        for content in corpus([whole], examples(count)):
            path.write_bytes(content)
            tried(partial(use, path))
