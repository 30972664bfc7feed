"""Coverage: what was not run is counted, told by its cause, and never called covered."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from facelab.languages.language import language
from facelab.languages.speech import speaking
from facelab.report.coverage import demand, headline, left_out
from facelab.report.document import render
from facelab.report.outline import outline
from facelab.report.record import Family, Record, Sheet, Step, read_record
from facelab.report.requirements import coverage, matrix
from tests.conftest import ROOT

IDS = "mine 1 does not offer the photos of a batch by number"
STOP = "mine 1 does not offer to be stopped"
CROWD = "a crowd is drawn when it is asked for: run pytest --people 300"


def held(name: str, tags: str) -> Sheet:
    """A scenario that was run whole and accepted."""
    steps = [Step("Given", "a", "accepted"), Step("Then", "b", "accepted")]
    return Sheet(name, f"n::{name}", "f.feature", 1, tags.split(), "", steps, "accepted")


def partly(name: str, tags: str, why: str) -> Sheet:
    """A scenario one of whose checks was judged, and another not."""
    steps = [
        Step("Given", "a", "accepted"),
        Step("Then", "b", "accepted"),
        Step("And", "c", "not run", message=why),
    ]
    verdict = "accepted with reservations"
    return Sheet(name, f"n::{name}", "f.feature", 1, tags.split(), "", steps, verdict, why)


def none(name: str, tags: str, why: str) -> Sheet:
    """A scenario that was not run: what it was given was judged, what it is for was not."""
    steps = [Step("Given", "a", "accepted"), Step("When", "b", "not run", message=why)]
    steps.append(Step("Then", "c"))
    return Sheet(name, f"n::{name}", "f.feature", 1, tags.split(), "", steps, "not run", why)


def run(*families: list[Sheet], causes: dict[str, str] | None = None, **more: Any) -> Record:
    """A record of families T0, T1 …"""
    made = [Family(f"T{n}", f"t{n}", "f.feature", {}, sheets) for n, sheets in enumerate(families)]
    return Record({}, more, made, causes=causes or {})


def shown(record: Record) -> tuple[str, str]:
    """The cover of a page, and what it says of the requirements."""
    page = re.sub(r"<[^>]+>", " ", render(record).partition("</header>")[0].partition("<body>")[2])
    text = " ".join(html.unescape(page).split())
    return text, coverage(matrix(outline(record)))


@pytest.fixture
def lacking() -> Record:
    """A system that lacks something, and a crowd that nobody asked for."""
    return run(
        [held("a", "R1"), held("b", "R2")],
        [held("c", "R4"), partly("d", "R4 R5", IDS), none("e", "R6", STOP)],
        [none("f", "R11", CROWD), none("g", "R1", CROWD)],
        causes={"n::d": "system", "n::e": "system", "n::f": "choice", "n::g": "choice"},
    )


def test_the_headline_counts_what_was_not_run_by_its_cause(lacking: Record) -> None:
    assert headline(lacking) == (
        "3 of 5 scenarios accepted, 60 %; 1 partly run; 1 not run: for what the system does "
        "not offer (the photos of a batch by number, to be stopped); 2 more left out by choice"
    )
    cover, _ = shown(lacking)
    assert headline(lacking) in cover
    assert "The system does not offer it: 2 mine 1 does not offer" in cover
    assert "Left out by choice: 2 a crowd is drawn" in cover


def test_a_family_says_how_much_of_it_was_run(lacking: Record) -> None:
    cover, _ = shown(lacking)
    assert "T0 t0 2 of 2 ✓ accepted" in cover
    assert "T1 t1 1 of 3, 1 partly run, 1 not run ◔ partly run" in cover
    assert "T2 t2 0 of 2, 2 left out by choice – not run" in cover


def test_only_what_was_run_whole_and_accepted_is_covered(lacking: Record) -> None:
    _, said = shown(lacking)
    assert said == (
        "R2 is covered; R1 is covered but for what was left out by choice; "
        "R11 is left out by choice; R4, R5 are partly covered; R6 is not covered; "
        "R3, R7, R8, R9, R10, R13, R14 are without a scenario in this run."
    )


def test_every_requirement_is_covered_only_when_it_is() -> None:
    tags = [f"R{number}" for number in (*range(1, 12), 13)]
    whole = [held(tag, tag) for tag in tags]
    played = run(whole)
    assert shown(played)[1].endswith("are covered; R14 is without a scenario in this run.")
    played.run["page"] = True  # a web page was the system: every scenario judges it
    assert shown(played)[1] == "Every requirement is covered."
    for number, tag in enumerate(tags):
        for broken in (partly(tag, tag, IDS), none(tag, tag, STOP), none(tag, tag, CROWD)):
            sheets = [*whole[:number], broken, *whole[number + 1 :]]
            cover, said = shown(run(sheets))
            assert "Every requirement" not in said + cover
            assert f"{tag} is" in said
    assert "Every requirement" not in shown(run(whole[1:]))[1]


def test_what_is_deselected_is_not_run() -> None:
    record = run([held("a", "R1")])
    assert (record.verdict, shown(record)[1][:13]) == ("accepted", "R1 is covered")
    more = {"family": "T0", "name": "b", "node": "n::b", "requirements": ["R1", "R2"]}
    record.deselected = [more]
    assert record.verdict == "partly run"
    part = "part of the book: 1 of 1 feature, 1 of their 2 scenarios"
    assert headline(record) == f"a {part}; 1 of 1 scenario accepted"
    cover, said = shown(record)
    assert "T0 t0 1 of 2, 1 not run ◔ partly run" in cover
    assert "Not selected: 1 T0 b" in cover
    assert f"A {part}. This page is no ground for a decision on the whole." in cover
    assert said.startswith("R1 is partly covered; R2 is not covered;")


def test_a_refusal_refuses_whatever_was_not_run(lacking: Record) -> None:
    sheet = held("h", "R4")
    sheet.verdict = sheet.steps[1].verdict = "refused"
    lacking.families[1].sheets.append(sheet)
    assert lacking.verdict == "refused"
    assert "; 1 refused; 1 partly run; 1 not run: " in headline(lacking)
    assert "R4 is refused" in shown(lacking)[1]


def test_a_refused_step_before_one_not_run_is_no_part() -> None:
    sheet = partly("a", "R1", IDS)
    sheet.verdict = sheet.steps[1].verdict = "refused"
    assert (sheet.partly, sheet.shown) == (False, "refused")


def test_what_is_only_given_is_not_judged() -> None:
    assert not none("a", "R1", CROWD).partly
    assert [step.text for step in partly("a", "R1", IDS).checks] == ["b", "c"]


def test_nothing_left_out(lacking: Record) -> None:
    assert demand(lacking) == ""
    lacking.run["nothing_left_out"] = True
    assert lacking.verdict == "incomplete"
    assert demand(lacking) == (
        "--nothing-left-out: 4 of 7 scenarios were not run, or only in part: 2 for what the system "
        "does not offer (the photos of a batch by number, to be stopped), 2 left out by choice"
    )
    cover, _ = shown(lacking)
    assert "◌ incomplete 3 of 7 scenarios accepted" in cover
    assert "Next. Have run what was not run" in cover
    whole = run([held("a", "R1")], nothing_left_out=True)
    assert (whole.verdict, demand(whole)) == ("accepted", "")


def test_a_waiver_leaves_nothing_out() -> None:
    sheet = held("a", "R1")
    sheet.verdict = sheet.steps[1].verdict = "accepted with reservations"
    record = run([sheet], nothing_left_out=True)
    assert record.verdict == "accepted with reservations"
    assert shown(record)[1].startswith("R1 is covered with reservations;")


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        (IDS, "system"),
        (CROWD, "choice"),
        ("30 people are too few to tell; run pytest --people 100 or more", "choice"),
        ("the run ended before", "ended"),
        ("the gallery has no film of Alex", "gallery"),
        ("not all photos have a label that says their light", "gallery"),
        ("somebody said so", "other"),
    ],
)
def test_a_record_without_causes_is_sorted_by_its_reasons(reason: str, cause: str) -> None:
    assert [group.cause for group in left_out(run([none("a", "R1", reason)]))] == [cause]


def test_an_old_record_calls_what_was_run_in_part_so() -> None:
    sheet = partly("a", "R1", IDS)
    sheet.verdict = "not run"  # so wrote 1.0
    record = run([sheet, held("b", "R2")])
    assert headline(record).endswith("; 1 partly run: for what the system does not offer "
                                     "(the photos of a batch by number)")  # fmt: skip
    assert "Partly run: 1 of 2 steps under Then were judged, and hold." in render(record)


def test_the_record_of_1_0_has_a_headline() -> None:
    record = read_record(ROOT / "tests" / "data" / "1.0.0" / "acceptance.json")
    assert (record.causes, record.deselected) == ({}, [])
    assert re.match(r"\d+ of \d+ scenarios accepted, ", headline(record))
    assert headline(record) in render(record)


def test_a_person_of_whom_no_face_is_found_is_an_anomaly_though_all_is_accepted() -> None:
    record = run([held("a", "R1"), held("b", "R2")], cast={"Alex": "ann"})
    assert record.verdict == "accepted"
    record.run["never_seen"] = {"<Zoe>": 20, "Bo": 9}
    assert record.verdict == "accepted with reservations"
    assert headline(record).endswith(
        "2 of 2 scenarios accepted, 100 %; no face is found on any photo of <Zoe>, Bo"
    )
    for short in (False, True):
        page = render(record, short=short)
        assert "<Zoe>" not in page
        cover, rest = (
            html.unescape(re.sub(r"<[^>]+>", " ", one)) for one in page.split("</header>")
        )
        told = " ".join(cover.split())
        assert (
            "◐ accepted with reservations Anomaly of the gallery No face is found on any " in told
        )
        assert "photo of <Zoe>: nothing was tested of this person." in told
        told = " ".join(rest.split())
        assert "G1 Anomaly of the gallery: <Zoe> No face is found on any of 20 photos." in told
        assert "G2 Anomaly of the gallery: Bo No face is found on any of 9 photos." in told
        assert "try --face-detector=none" in told
        assert "None: nothing was refused" not in told
    with speaking(language("fr")):
        page = html.unescape(render(record))
    assert "photos sans aucun visage trouvé\u00a0: <Zoe>, Bo" in page
    assert "Anomalie de la galerie" in page
