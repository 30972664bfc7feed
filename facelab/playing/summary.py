"""Summary: the end of a run: the report on disk, one line a scenario in the terminal."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from facelab.base.files import reason, write_atomically
from facelab.base.packages import version_of
from facelab.contract.errors import FacelabError
from facelab.languages.speech import speaking
from facelab.playing import fresh
from facelab.playing.diagnosis import diagnose, never_seen
from facelab.playing.recorder import Recorder
from facelab.playing.waivers import APPLIED, PLACE
from facelab.report import history, record
from facelab.report.changes import GRAVE
from facelab.report.coverage import demand, headline
from facelab.report.document import has_charts, language_of, render
from facelab.report.drawing import drawn_apart
from facelab.report.evidence import curves_csv
from facelab.report.history import PAGE, RECORD
from facelab.report.place import REPORT, unmark
from facelab.report.record import Record, encode_record, encoded
from facelab.report.since import changes_of, compare
from facelab.report.wording import fact

SIGNS = {
    record.ACCEPTED: ("+", "green"),
    record.RESERVED: ("+", "yellow"),
    record.PARTLY: ("~", "yellow"),
    record.INCOMPLETE: ("x", "red"),
    record.INTERRUPTED: ("x", "red"),
    record.NOT_RUN: ("-", "yellow"),
    record.BLOCKED: ("=", "yellow"),
    record.REFUSED: ("x", "red"),
    record.ERROR: ("!", "red"),
    record.UNDEFINED: ("?", "red"),
}
"""A sign and a colour for every verdict, so that colour is never alone."""

PACKAGES = (
    *("facelab", "tensorflow", "keras", "numpy", "opencv-python", "pytest", "pytest-bdd"),
    "vl-convert-python",
)

WARNINGS = 20
"""So many lines about a gallery are printed; all of them stand in the report."""

COLUMNS = ("file", "set", "person", "sitting", "light", "frames", "sha256")
"""What of a manifest stands in the report."""


def environment(root: Path) -> dict[str, str]:
    """Return what the run ran on: date, commit, platform and versions, no names of hosts."""
    described = _git(root, "describe", "--always", "--dirty") or "unknown"
    versions = {package: version_of(package) for package in PACKAGES}
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": described,
        "platform": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **versions,
    }


def edited(root: Path, files: Sequence[str]) -> list[str]:
    """Return those of a project's files that differ from what is committed."""
    told = _git(root, "diff", "--name-only", "--relative", "HEAD", "--", *files)
    return sorted(set(told.splitlines()) & set(files))


def _git(root: Path, *words: str) -> str:
    """Return what git says of a folder, empty where there is no git, or no repository."""
    try:
        return subprocess.run(  # noqa: S603 (the words are ours)
            ["git", *words],  # noqa: S607 (the user's own git)
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""


def recordings(source: object) -> dict[str, Any]:
    """Return the manifest of a source for the record; empty when it has none, or a broken one."""
    try:
        table = getattr(source, "manifest", None)
    except FacelabError:
        return {}  # the scenario that needed it says why
    if table is None:
        return {}
    known = [name for name in COLUMNS if name in table.columns]
    rows = [
        {name: "" if pd.isna(value) else fact(value) for name, value in row.items()}
        for row in table[known].sort_values("file").to_dict("records")
    ]
    return {"sha256": getattr(source, "fingerprint", ""), "rows": rows}


def write_report(recorder: Recorder, folder: Path) -> None:
    """Write acceptance.json, acceptance.html from it, and long curves into a folder.

    A whole run is kept in the folder's history too. Raises OSError when it cannot be written.
    """
    finished = recorder.record
    finished.run["environment"] = environment(recorder.root)
    finished.recordings = recordings(recorder.source)
    features = [family.file for family in finished.families]
    found = {
        "edited": edited(recorder.root, features),
        "diagnoses": diagnose(finished, recorder.exam),
        "never_seen": never_seen(recorder.exam),
    }
    finished.run |= {name: told for name, told in found.items() if told}
    compare(finished, folder)
    files = {RECORD: encode_record(finished)}
    # what is known is safe before the page is drawn
    write_atomically(folder / RECORD, files[RECORD])
    apart = drawn_apart() if has_charts(finished) else nullcontext()
    with apart, speaking(language_of(finished)):
        files[PAGE] = encoded(render(finished))
    write_atomically(folder / PAGE, files[PAGE])
    curves = {name: curves_csv(long).encode() for name, long in recorder.long.items()}
    for name, content in curves.items():
        write_atomically(folder / name, content)
    unmark(folder)
    if finished.signable:
        try:
            history.keep(folder, finished.verdict, files | curves)
        except OSError as error:
            raise FacelabError(
                f"{folder / history.HISTORY}: the report is written, but not kept there for later "
                f"comparison ({reason(error)}); see that the folder can be written to"
            ) from error


def untold(error: Exception) -> str:
    """Return in a line why a report is not written, and what to do."""
    if isinstance(error, OSError):
        place = error.filename2 or error.filename or "the folder"
        return f"no report: {place}: {reason(error)}; write to another with {REPORT}=DIR"
    if isinstance(error, FacelabError):
        return str(error)
    return (
        f"no report: {type(error).__name__}: {error}; this is a fault of facelab, please report it"
    )


def summarise(
    finished: Record, terminal: pytest.TerminalReporter, folder: Path, unwritten: str = ""
) -> None:
    """Print one line a scenario, the headline of the report, and where it is.

    ``unwritten``: why it is nowhere.
    """
    terminal.section("acceptance")
    for family in finished.families:
        for sheet in family.sheets:
            sign, colour = SIGNS[sheet.shown]
            line = f"{sign} {family.id}  {sheet.shown:<12} {sheet.name}"
            if sheet.reason:
                line += f" – {sheet.reason}"
            terminal.write_line(line, **{colour: True})
    for number, waiver in enumerate(finished.waivers, 1):
        foreign = waiver["state"].startswith("matches no") and not finished.whole
        if waiver["state"] != APPLIED and not foreign:
            terminal.write_line(
                f"{PLACE}: waiver {number} ({waiver['phrase']}): {waiver['state']}", yellow=True
            )
    warnings = finished.run.get("warnings", [])
    for line in warnings[:WARNINGS]:
        terminal.write_line(f"gallery: {line}", yellow=True)
    if len(warnings) > WARNINGS:
        terminal.write_line(
            f"gallery: {len(warnings) - WARNINGS} more warnings, in the report", yellow=True
        )
    for line in finished.run.get("diagnoses", []):
        terminal.write_line(f"photos: {line}", yellow=True)
    for change in changes_of(finished):
        if change.kind in GRAVE:
            terminal.write_line(f"since {finished.since['date']}: {change.text}", yellow=True)
    if cast := finished.run.get("cast"):
        terminal.write_line(f"cast: {fact(cast)}")
    if "fresh_probes" in finished.run:
        terminal.write_line(fresh.told(finished.run["fresh_probes"]))
    if told := demand(finished):
        terminal.write_line(told, red=True)
    if unwritten:
        terminal.write_line(unwritten, red=True)
    sign, colour = SIGNS[finished.verdict]
    came = f"{sign} {finished.verdict}: {headline(finished)}"
    where = "" if unwritten else f"; report: {folder / 'acceptance.html'}"
    terminal.write_line(f"{came}{where}", bold=True)
