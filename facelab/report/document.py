"""Document: the acceptance report, one self-contained HTML page made from a record alone."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, UndefinedError

from facelab.contract.errors import FacelabError
from facelab.report import charts, wording
from facelab.report.annexes import criteria_csv, matrix_csv, read_recordings, scenarios_csv
from facelab.report.causes import Cause, causes
from facelab.report.changes import HEADINGS, JUDGED, Change
from facelab.report.coverage import headline, selection, unplayed
from facelab.report.curve import margin_line
from facelab.report.glossary import TERMS, Glossary, anchor
from facelab.report.outline import Outline, outline
from facelab.report.record import INCOMPLETE, INTERRUPTED, NOT_RUN, REFUSED, Record
from facelab.report.redaction import redacted
from facelab.report.requirements import coverage, matrix
from facelab.report.since import changes_of

BLOCK = {
    "project": "Project",
    "owner": "Project owner",
    "version": "Version",
    "authors": "Authors",
    "submitted": "Submitted",
    "diffusion": "Form of diffusion",
    "confidentiality": "Confidentiality",
}
"""The title block, in its order; ``title`` stands above it, other fields below."""

SETTING = {
    "system": "System under test",
    "capabilities": "It offers",
    "source": "Source of the frames",
    "cast": "Who plays whom",
    "seeds": "Seeds",
}
"""What was tested, on what. The rest of ``Record.run`` stands in the annex."""


def render(record: Record, *, short: bool = False) -> str:
    """Return the page. The same record gives the same page: no clock, no disk, no network.

    ``short``: without sheets, figures and annexes: to be read and signed on a few pages.
    Raises FacelabError when the record lacks something, such as a part of a verdict.
    """
    if not short and any(e.get("kind") in ("curves", "series", "growth") for e in record.evidence):
        charts.start()
    clean: Record = redacted(record)
    outlined = outline(clean, draw=not short)
    rows = matrix(outlined)
    found = causes(outlined)
    page = templates().get_template("document.html")
    try:
        text = page.render(
            short=short,
            record=clean,
            outline=outlined,
            matrix=rows,
            unused=[waiver for waiver in clean.waivers if waiver["state"] != "applied"],
            recordings=read_recordings(clean.recordings),
            tables={
                "scenarios": scenarios_csv(outlined),
                "criteria": criteria_csv(outlined),
                "matrix": matrix_csv(rows),
            },
            block=_block(clean),
            setting=_setting(clean),
            environment=clean.run.get("environment") or {},
            headline=f"{headline(clean)}.",
            coverage=coverage(rows),
            advice=_advice(clean, outlined, found),
            causes=found,
            changes=_changes(clean),
            judged=JUDGED,
            selection=selection(clean),
            unplayed=unplayed(clean),
            words=wording.WORDS,
            terms={term: (anchor(term), told) for term, told in TERMS.items()},
            linked=Glossary(),
        )
    except UndefinedError as error:
        raise FacelabError(f"the record is not whole: {error.message}; run pytest again") from error
    return _without_loose_links(text) if short else text


def _without_loose_links(page: str) -> str:
    """Return a page without the links to what is not on it; their words stay."""
    there = set(re.findall(r' id="([^"]+)"', page))
    link = re.compile(r'<a (?:class="[^"]*" )?href="#([^"]+)">(.*?)</a>', re.DOTALL)
    return link.sub(lambda found: found[0] if found[1] in there else found[2], page)


@cache
def templates() -> Environment:
    """Return the report's templates, with their filters; text is escaped."""
    folder = Path(__file__).parent / "templates"
    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    made.globals["word"] = wording.word
    # The page lets this one script run, known by its bytes, and none that got in with a text.
    script = (folder / "script.js").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    made.globals.update(script=script, script_hash=f"sha256-{digest}")
    made.filters.update(
        margin_line=margin_line,
        duration=wording.duration,
        count=wording.count,
        fact=wording.fact,
        share=wording.share,
        sentence=wording.sentence,
        phrase=wording.phrase,
    )
    return made


def _mend(record: Record, cause: Cause) -> str:
    """Return in a sentence what to do about what stands in the way of acceptance."""
    first = cause.first
    begin = f"Begin with anomaly {first.anomaly} on sheet {first.number}."
    if len(cause.entries) > 1:
        begin = f"Begin with what {len(cause.entries)} anomalies have in common."
    if first.sheet.verdict != REFUSED:
        return f"{begin} {wording.word(first.sheet.verdict).advice}"
    if first.sheet.file in record.run.get("edited", []):
        return (
            f"{begin} {first.sheet.file} differs from what is committed: see with git diff whether "
            "its threshold is meant, before you look at the system."
        )
    if record.run.get("diagnoses"):
        return f"{begin} First read what the photos explain: there is less to mend in the system."
    if record.run.get("cast"):
        return (
            f"{begin} These are photos of your own: see that they are what the scenario asks for "
            "(docs/your_photos.md), then look at the system."
        )
    return f"{begin} {wording.word(REFUSED).advice}"


def _changes(record: Record) -> dict[str, list[Change]]:
    """Return what changed since the last accepted run, under the headings of its kinds."""
    found = changes_of(record)
    by_kind = {title: [c for c in found if c.kind == kind] for kind, title in HEADINGS.items()}
    return {title: some for title, some in by_kind.items() if some}


def _block(record: Record) -> dict[str, str]:
    named = {text: record.document[key] for key, text in BLOCK.items() if key in record.document}
    others = {k.capitalize(): v for k, v in record.document.items() if k not in (*BLOCK, "title")}
    return {**named, **others}


def _setting(record: Record) -> dict[str, str]:
    environment = record.run.get("environment") or {}
    setting = {
        text: wording.fact(record.run[key]) for key, text in SETTING.items() if record.run.get(key)
    }
    if (seed := record.run.get("fresh_probes")) is not None:
        setting["Probes of T1, T2, T4 and the twins"] = (
            f"drawn anew for this run, from seed {seed} (--fresh-probes={seed} draws them again); "
            "the photos to learn from and the films are as they were recorded"
        )
    if record.run.get("nothing_left_out"):
        setting["Nothing left out"] = "demanded: --nothing-left-out"
    if warnings := record.run.get("warnings"):
        setting["Warnings on the photos"] = f"{len(warnings)}, in the annexes"
    run = {"date": "Date of the run", "commit": "Commit"}
    return setting | {text: environment[key] for key, text in run.items() if environment.get(key)}


def _advice(record: Record, outlined: Outline, found: list[Cause]) -> str:
    """Return in a sentence what to do next."""
    if found:
        return _mend(record, found[0])
    if record.run.get("interrupted"):
        return wording.word(INTERRUPTED).advice
    if record.verdict == NOT_RUN:
        return "Nothing was accepted. Run the scenarios with pytest, then read this again."
    if record.verdict == INCOMPLETE:
        return wording.word(INCOMPLETE).advice
    if record.part:
        return "Run the whole book with pytest, without a selection, before anybody signs."
    if record.run.get("diagnoses"):
        return "Read what the photos explain, then the sheets; sign with that reservation, or not."
    if outlined.reserved or outlined.reservations:
        return "Read the reservations, decide on each, and sign on the last page."
    return "Read the sheets, then sign on the last page."
