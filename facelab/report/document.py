"""Document: the acceptance report, one self-contained HTML page made from a record alone."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, UndefinedError
from markupsafe import Markup, escape

from facelab.contract.errors import FacelabError
from facelab.languages.choice import LANGUAGE
from facelab.languages.language import SOURCE, Language, language
from facelab.languages.speech import N_, _, _n, day, digits, spoken, translated
from facelab.report import drawing, wording
from facelab.report.annexes import criteria_csv, matrix_csv, read_recordings, scenarios_csv
from facelab.report.causes import Cause, causes
from facelab.report.changes import HEADINGS, JUDGED, Change
from facelab.report.compiled import kept_beside
from facelab.report.coverage import headline, selection, unplayed
from facelab.report.curve import margin_line
from facelab.report.glossary import Glossary, terms
from facelab.report.outline import Outline, outline
from facelab.report.record import INCOMPLETE, INTERRUPTED, NOT_RUN, REFUSED, Record
from facelab.report.redaction import redacted
from facelab.report.requirements import coverage, matrix
from facelab.report.since import changes_of

BLOCK = {
    "project": N_("Project"),
    "owner": N_("Project owner"),
    "version": N_("Version"),
    "authors": N_("Authors"),
    "submitted": N_("Submitted"),
    "diffusion": N_("Form of diffusion"),
    "confidentiality": N_("Confidentiality"),
}
"""The title block, in its order; ``title`` stands above it, other fields below."""

SETTING = {
    "system": N_("System under test"),
    "capabilities": N_("It offers"),
    "source": N_("Source of the frames"),
    "cast": N_("Who plays whom"),
    "seeds": N_("Seeds"),
    "certainty": N_("A name is certain enough from"),
}
"""What was tested, on what. The rest of ``Record.run`` stands in the annex."""


def render(record: Record, *, short: bool = False) -> str:
    """Return the page. The same record gives the same page: no clock, no disk, no network.

    ``short``: without sheets, figures and annexes: to be read and signed on a few pages.
    Raises FacelabError when the record lacks something, such as a part of a verdict.
    """
    if not short and has_charts(record):
        drawing.start()
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
            terms=terms(),
            language=spoken().code,
            linked=Glossary(),
        )
    except UndefinedError as error:
        raise FacelabError(f"the record is not whole: {error.message}; run pytest again") from error
    return _without_loose_links(text) if short else text


def has_charts(record: Record) -> bool:
    """Return whether there is something to draw."""
    return any(one.get("kind") in ("curves", "series", "growth") for one in record.evidence)


def language_of(record: Record) -> Language:
    """Return the language that the title block of a run names, else English."""
    return language(record.document.get(LANGUAGE, SOURCE))


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
        bytecode_cache=kept_beside(folder),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    made.globals.update(word=wording.word, _=_said, _n=_said_of)
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
        scenario=wording.scenario,
        tr=_translated,
        digits=digits,
        day=_day,
    )
    return made


def _said(message: str, **fields: object) -> Markup:
    """Return a message for a template; what fills its places is escaped, unless it is markup."""
    said = escape(_(message))
    return said.format(**fields) if fields else said


def _said_of(one: str, several: str, number: int, **fields: object) -> str:
    return _n(one, several, number, **fields)


def _translated(text: object) -> str:
    """Return a text of the record; nothing where there is none."""
    return translated(str(text)) if text else ""


def _day(text: object) -> str:
    return day(str(text)) if text else ""


def _mend(record: Record, cause: Cause) -> str:
    """Return in a sentence what to do about what stands in the way of acceptance."""
    first = cause.first
    begin = _(
        "Begin with anomaly {anomaly} on sheet {sheet}.",
        anomaly=first.anomaly,
        sheet=first.number,
    )
    if len(cause.entries) > 1:
        begin = _("Begin with what {number} anomalies have in common.", number=len(cause.entries))
    if first.sheet.verdict != REFUSED:
        return f"{begin} {wording.word(first.sheet.verdict).advice}"
    if first.sheet.file in record.run.get("edited", []):
        differs = _(
            "{file} differs from what is committed: see with git diff whether its threshold is "
            "meant, before you look at the system.",
            file=first.sheet.file,
        )
        return f"{begin} {differs}"
    if record.run.get("diagnoses"):
        first_read = _("First read what the photos explain: there is less to mend in the system.")
        return f"{begin} {first_read}"
    if record.run.get("cast"):
        own = _(
            "These are photos of your own: see that they are what the scenario asks for "
            "(docs/your_photos.md), then look at the system."
        )
        return f"{begin} {own}"
    return f"{begin} {wording.word(REFUSED).advice}"


def _changes(record: Record) -> dict[str, list[Change]]:
    """Return what changed since the last accepted run, under the headings of its kinds."""
    found = changes_of(record)
    by_kind = {title: [c for c in found if c.kind == kind] for kind, title in HEADINGS.items()}
    return {title: some for title, some in by_kind.items() if some}


def _block(record: Record) -> dict[str, str]:
    block = {key: day(str(value)) for key, value in record.document.items() if key != LANGUAGE}
    named = {_(text): block[key] for key, text in BLOCK.items() if key in block}
    others = {k.capitalize(): v for k, v in block.items() if k not in (*BLOCK, "title")}
    return {**named, **others}


def _setting(record: Record) -> dict[str, str]:
    environment = record.run.get("environment") or {}
    setting = {
        _(text): wording.fact(record.run[key])
        for key, text in SETTING.items()
        if record.run.get(key)
    }
    if (seed := record.run.get("fresh_probes")) is not None:
        setting[_("Probes of T1, T2, T4, the twins and the strangers")] = _(
            "drawn anew for this run, from seed {seed} (--fresh-probes={seed} draws them again); "
            "the photos to learn from and the films are as they were recorded",
            seed=seed,
        )
    if record.run.get("nothing_left_out"):
        setting[_("Nothing left out")] = _("demanded: --nothing-left-out")
    if warnings := record.run.get("warnings"):
        setting[_("Warnings on the photos")] = _("{number}, in the annexes", number=len(warnings))
    run = {_("Date of the run"): day(str(environment.get("date") or ""))}
    run[_("Commit")] = str(environment.get("commit") or "")
    return setting | {text: value for text, value in run.items() if value}


def _advice(record: Record, outlined: Outline, found: list[Cause]) -> str:
    """Return in a sentence what to do next."""
    if found:
        return _mend(record, found[0])
    if record.run.get("interrupted"):
        return wording.word(INTERRUPTED).advice
    if record.verdict == NOT_RUN:
        return _("Nothing was accepted. Run the scenarios with pytest, then read this again.")
    if record.verdict == INCOMPLETE:
        return wording.word(INCOMPLETE).advice
    if record.part:
        return _("Run the whole book with pytest, without a selection, before anybody signs.")
    if record.run.get("diagnoses"):
        return _(
            "Read what the photos explain, then the sheets; sign with that reservation, or not."
        )
    if outlined.reserved or outlined.reservations:
        return _("Read the reservations, decide on each, and sign on the last page.")
    return _("Read the sheets, then sign on the last page.")
