"""Causes: anomalies of one cause are one; what comes next fits the reader; nouns are explained."""

from __future__ import annotations

import html
import re

import pytest

from facelab.contract.interval import Interval
from facelab.contract.verdict import judge
from facelab.report.causes import causes
from facelab.report.document import render
from facelab.report.glossary import TERMS, Glossary, anchor
from facelab.report.outline import outline
from facelab.report.record import Family, Record, Sheet, Step

REMARK = "the losses are those of labels that are shifted by one"


def refused(name: str, *details: str) -> Sheet:
    """A refused scenario whose refusal has such lines."""
    found = judge(f"errors of {name}", [3], Interval.exactly(0), exact=True, details=details)
    step = Step("Then", "none is wrong", "refused", 0.1, str(found), [found.as_dict()])
    return Sheet(name, f"n::{name}", "features/T1.feature", 7, ["T1"], "", [step], "refused",
                 str(found))  # fmt: skip


def other(name: str, verdict: str, why: str) -> Sheet:
    """A scenario that was not played to its end."""
    return Sheet(name, f"n::{name}", "features/T2.feature", 7, ["T2"], "", [], verdict, why)


@pytest.fixture
def shifted() -> Record:
    """Seven refusals, six of one cause; what waits for them; two broken in one way."""
    sheets = [refused("alone", "a line of its own")]
    sheets += [refused(f"s{n}", f"found {n}", REMARK) for n in range(6)]
    waiting = [other(f"w{n}", "blocked", "blocked by T1") for n in range(20)]
    broken = [other(f"b{n}", "error", "disk full") for n in range(2)]
    families = [
        Family("T1", "t1", "features/T1.feature", {}, sheets),
        Family("T2", "t2", "features/T2.feature", {}, [*waiting, *broken]),
    ]
    return Record({}, {}, families)


def text(page: str, begin: str, end: str) -> str:
    """What a reader sees of a part of a page."""
    part = page[page.index(begin) : page.index(end)]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", part)).split())


def test_anomalies_of_one_cause_are_one_and_the_cause_stands_first(shifted: Record) -> None:
    found = causes(outline(shifted))
    assert [(len(cause.entries), cause.why) for cause in found] == [
        (6, REMARK),
        (1, "errors of alone: measured 3, exactly 0 demanded; a line of its own"),
        (2, "disk full"),
        (20, "blocked by T1"),
    ]
    page = render(shifted)
    cover = text(page, 'id="cover"', "</header>")
    assert f"✗ refused 6 scenarios, one cause {REMARK}" in cover
    assert "All 4 causes, 29 anomalies" in cover
    anomalies = text(page, 'id="anomalies"', 'id="summary"')
    assert anomalies.count(REMARK) == 1
    assert anomalies.count("blocked by T1") == 1


def test_run_again_repeats_the_options(shifted: Record) -> None:
    assert "Run again: pytest features/T1.feature" in text(render(shifted), 'id="anom', 'id="summ')
    shifted.run["options"] = "--gallery=own/team --seeds=100-104"
    assert "Run again: pytest features/T1.feature --gallery=own/team --seeds=100-104" in text(
        render(shifted), 'id="anomalies"', 'id="summary"'
    )


@pytest.mark.parametrize(
    ("run", "advice"),
    [
        ({}, "mend the system under test"),
        ({"cast": {"Alex": "zoe"}}, "These are photos of your own: see that they are what"),
        ({"cast": {}, "diagnoses": ["no face"]}, "First read what the photos explain"),
        ({"edited": ["features/T1.feature"]}, "see with git diff whether its threshold is meant"),
    ],
)
def test_what_comes_next_fits_the_reader(
    shifted: Record, run: dict[str, object], advice: str
) -> None:
    shifted.run |= run
    said = text(render(shifted), 'class="next"', 'class="block"')
    assert advice in said
    assert ("mend the system" in said) == (not run)


def test_what_the_photos_explain_stands_on_the_first_screen(shifted: Record) -> None:
    shifted.run["diagnoses"] = ["no face is found on any of the 12 photos of <Zoe>"]
    cover = text(render(shifted), 'id="cover"', "</header>")
    assert "What the photos explain No face is found on any of the 12 photos of <Zoe>" in cover


def test_a_term_is_linked_where_it_stands_first() -> None:
    linked = Glossary()
    assert linked("<b> Probes of replicates") == (
        '&lt;b&gt; <a class="term" href="#term-probe">Probes</a> of '
        '<a class="term" href="#term-replicate">replicates</a>'
    )
    assert linked("a probe & no learning rates") == (
        'a probe &amp; no <a class="term" href="#term-learning-rate">learning rates</a>'
    )
    assert linked("reprobed batches") == ('reprobed <a class="term" href="#term-batch">batches</a>')


def test_every_term_is_explained_on_the_page(page: str) -> None:
    for term, told in TERMS.items():
        assert page.count(f'<div id="{anchor(term)}">') == 1
        assert html.escape(told, quote=True).replace("&#x27;", "&#39;") in page


def answered(name: str, taken: dict[str, str]) -> Sheet:
    """A refused scenario with a table in which each person is taken for another."""
    sheet = refused(name, f"found in {name}")
    rows = [
        {"expected": person, "predicted": other, "error": person != other, "file": "f",
         "probability": 1.0}
        for person, other in taken.items() for _ in range(5)
    ]  # fmt: skip
    sheet.steps[0].evidence = [
        {"kind": "predictions", "title": "t", "people": list(taken), "rows": rows}
    ]
    return sheet


@pytest.mark.parametrize(
    ("taken", "one"),
    [
        ({"Alex": "Amine", "Amine": "Lara", "Lara": "Alex"}, True),
        ({"Alex": "Amine", "Amine": "Alex", "Lara": "Lara"}, True),
        ({"Alex": "Alex", "Amine": "Alex", "Lara": "Alex"}, False),
        ({"Alex": "Lara", "Amine": "Lara", "Lara": "Lara"}, False),
    ],
)
def test_exchanged_people_are_one_cause(taken: dict[str, str], one: bool) -> None:
    sheets = [answered("a", taken), answered("b", taken), refused("c", "not of answers")]
    found = causes(outline(Record({}, {}, [Family("T2", "t", "f", {}, sheets)])))
    exchanged = [cause for cause in found if cause.why.startswith("people are exchanged: Alex as ")]
    assert [len(cause.entries) for cause in exchanged] == ([2] if one else [])


def test_one_measure_refused_in_several_scenarios_is_one_cause() -> None:
    sheets = [refused("a", "found 1"), refused("a", "found 2")]
    sheets[1].name = "b"
    [cause] = causes(outline(Record({}, {}, [Family("T2", "t", "f", {}, sheets)])))
    assert (len(cause.entries), cause.why) == (2, "errors of a: exactly 0 demanded")
