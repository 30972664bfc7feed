"""The page: pure, whole, safe to hand on."""

import itertools
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from facelab.contract.errors import FacelabError
from facelab.report import evidence
from facelab.report.document import render
from facelab.report.record import Family, Record, Sheet, Step, read_record
from facelab.report.wording import WORDS


class Reader(HTMLParser):
    """Collects what the tests ask about."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & set(self.open):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def values(self, name: str) -> list[str]:
        return [str(attrs[name]) for _, attrs in self.tags if name in attrs]


@pytest.fixture(scope="module")
def read(page: str) -> Reader:
    return Reader(page)


def test_the_same_record_gives_the_same_page_before_and_after_it_was_on_disk(
    page: str, written: Path
) -> None:
    assert render(read_record(written)) == page


def test_a_page_needs_nothing_else(page: str, read: Reader) -> None:
    assert len(page.encode()) < 1_000_000
    assert all(link.startswith(("#", "data:text/csv")) for link in read.values("href"))
    assert not read.values("src")
    assert "url(" not in page
    assert "@import" not in page


def test_every_link_has_its_target_and_every_id_is_unique(read: Reader) -> None:
    ids = read.values("id")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in read.values("href") if link.startswith("#")} <= set(ids)
    named = " ".join(read.values("aria-labelledby")).split()
    assert set(named) <= set(ids)


def test_hostile_names_show_as_text(page: str, read: Reader) -> None:
    assert [tag for tag, _ in read.tags].count("script") == 1  # its own
    assert [tag for tag, _ in read.tags].count("img") == 0
    assert "alert(1)</script>" not in page
    assert "A book <script>alert(1)</script>" in read.text
    assert "rate <script>alert(1)</script>" in read.text  # drawn, and in the caption


def test_no_path_host_or_credential_is_handed_on(page: str) -> None:
    assert "/home" not in page
    assert "secret" not in page
    assert "@host" not in page
    assert "1.png: no such photo; camera rtsp://…" in page


def test_every_verdict_has_sign_text_and_colour(page: str) -> None:
    for word in WORDS:
        shown = (
            f'<span class="badge {word.slug}"><span class="sign" aria-hidden="true">{word.sign}'
            f"</span> {word.text}</span>"
        )
        assert shown in page
        assert f".badge.{word.slug}" in page
    assert len({word.sign for word in WORDS}) == len(WORDS) == len({w.slug for w in WORDS})


def test_anomalies_come_first_numbered_by_gravity(page: str, read: Reader) -> None:
    sheets = [number for number in read.values("id") if re.fullmatch(r"A\d", number)]
    assert sheets == ["A1", "A2", "A3", "A4"]
    assert page.index('id="A4"') < page.index('id="summary"') < page.index('id="t1-1"')
    order = [page.index(f'id="A{n}"') for n in (1, 2, 3, 4)]
    refused, error, undefined, blocked = (page[at : at + 900] for at in order)
    assert "No probe is answered wrong" in refused
    assert "features/T1.feature:17" in refused
    assert "measured <strong>3</strong>, exactly 0 demanded, margin -3" in refused
    assert "no such photo" in error
    assert "no such step" in undefined
    assert "blocked by T0" in blocked


def test_the_cover_says_what_why_and_what_next(page: str) -> None:
    cover = Reader(page[page.index('id="cover"') : page.index("</header>")]).text
    assert "2 of 8 scenarios accepted, 25 %" in cover
    assert "probes answered wrong: measured 3, exactly 0 demanded" in cover
    assert "Next. Begin with anomaly A1 on sheet T1.5." in cover
    assert "Room 7" in cover


def test_the_five_fields_and_2019_stand_on_each_family(read: Reader) -> None:
    for name in ("Identifier", "Description", "Constraints", "Dependencies", "Test procedure"):
        assert name in read.text
    assert "Observed in 2019 of <script>" in read.text
    assert "The source document has no observation of this." in read.text
    assert "Of 49 answers 15 wrong (30.6 %)" in read.text


def test_evidence_shown_twice_is_drawn_once(page: str) -> None:
    assert page.count('<svg class="chart"') == 5  # two histories of two curves, one series
    again = '<a href="#t1-1">T1.1</a>: the same (<a href="#figure-1">Figure 1</a>).'
    assert f"As on sheet {again}" in page
    assert "could not be" not in page


def test_a_requirement_without_scenario_says_so(read: Reader) -> None:
    assert read.text.count("no scenario") == 10


def test_headings_are_in_order(read: Reader) -> None:
    levels = [int(tag[1]) for tag, _ in read.tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_every_table_has_a_caption_and_scopes(read: Reader) -> None:
    tags = [tag for tag, _ in read.tags]
    assert tags.count("table") == tags.count("caption") > 5
    assert all(
        attrs.get("scope") in ("col", "row", "rowgroup")
        for tag, attrs in read.tags
        if tag == "th"
    )  # fmt: skip


def test_damaged_evidence_costs_one_line_not_the_document() -> None:
    then = step({"kind": "curves", "title": "loss"}, {"kind": "smell", "title": "nose"})
    sheet = Sheet("s", "n", "f.feature", 1, [], "", [then], "accepted")
    page = render(Record({}, {}, [Family("T1", "t", "f.feature", {}, [sheet])]))
    assert (
        "loss: this evidence of kind “curves” could not be shown (KeyError: &#39;people&#39;)"
        in page
    )
    assert "nose: this evidence of kind “smell” could not be shown" in page


def test_a_picture_is_shown_if_it_lies_in_the_record() -> None:
    right = evidence.picture("the page", b"\xff\xd8\xff a JPEG \xff\xd9")
    foreign = {"kind": "picture", "title": "spy", "picture": "https://example.org/1.jpg"}
    sheet = Sheet("s", "n", "f.feature", 1, [], "", [step(right, foreign)], "accepted")
    read = Reader(render(Record({}, {}, [Family("T1", "t", "f.feature", {}, [sheet])])))
    assert read.values("src").count(right["picture"]) == 1
    assert "spy: this evidence of kind “picture” could not be shown" in read.text
    assert not any("example.org" in address for address in read.values("src"))


def step(*shown: dict[str, Any]) -> Step:
    return Step("Then", "x", "accepted", evidence=list(shown))


def test_what_is_no_character_costs_a_question_mark_not_the_document(bad: Record) -> None:
    bad.families[0].sheets[0].name = "a \ud800 name"
    bad.families[0].title = "\udcff"
    assert "a ? name" in render(bad)
    assert "a ? name" in render(bad, short=True) + render(bad)


def test_a_verdict_that_lacks_a_part_is_one_clear_line(bad: Record) -> None:
    del bad.families[0].sheets[4].steps[0].verdicts[0]["threshold"]
    with pytest.raises(FacelabError, match=r"the record is not whole: .*'threshold'; run pytest"):
        render(bad)


def test_an_empty_run_is_still_a_document() -> None:
    page = render(Record({}, {}, []))
    assert "0 of 0 scenarios accepted." in page
    assert "Nothing was accepted." in page
    assert ">Document<" not in page  # nobody has named one


def test_curves_that_are_not_finite_are_counted(bad: Record) -> None:
    curve = {"update": [1, 2, 3], "low": [[1.0, "nan", "nan"]], "high": [[1.0, "nan", "nan"]]}
    shown = {
        "kind": "curves", "title": "c", "updates": 3, "updates_per_epoch": 3, "people": 4,
        "seeds": [0], "loss": curve, "accuracy": curve,
    }  # fmt: skip
    bad.families = bad.families[:1]
    bad.families[0].sheets = [Sheet("s", "n", "f", 1, [], "", [step(shown)], "accepted")]
    assert "4 values not finite and not drawn." in render(bad)
