"""Brief: Markdown and a badge for a continuous integration: whole, safe, in the same words."""

from __future__ import annotations

import html
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from facelab.cli import main
from facelab.report import brief
from facelab.report.brief import badge, markdown
from facelab.report.record import Record
from tests.report.conftest import SCRIPT


def test_markdown(bad: Record) -> None:
    text = markdown(bad)
    assert text.startswith(
        "## ✗ refused\n\n2 of 8 scenarios accepted, 25 %; 1 refused; 1 error; 1 undefined; "
        "1 blocked; 2 not run: for another reason.\n"
    )
    assert "| T9 Partly run | ◔ partly run | 1 of 2, 1 not run |" in text
    assert "- ✗ refused T1.5: probes answered wrong: measured 3, exactly 0 demanded" in text
    assert "- For another reason: 2" in text
    assert SCRIPT not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "/home/ann" not in text
    assert "secret" not in text


def test_what_changed_stands_in_it(bad: Record) -> None:
    bad.since = {
        "date": "2026-11-25 09:14 UTC", "commit": "", "verdict": "accepted",
        "changes": [{"kind": "narrowed", "node": "", "text": "T1 a: margin 17 % before, now 2 %"}],
    }  # fmt: skip
    assert (
        "### Since the last accepted run, of 2026-11-25 09:14 UTC\n\n- Accepted, but the margin "
        "shrank by half or more: T1 a: margin 17 % before, now 2 %\n"
    ) in markdown(bad)


@pytest.mark.parametrize(
    ("run", "said"),
    [({}, "refused, 2 of 8"), ({"families": []}, "not run, 0 of 0")],
)
def test_a_badge_is_an_svg(bad: Record, run: dict[str, list[str]], said: str) -> None:
    vars(bad).update(run)
    drawn = ElementTree.fromstring(badge(bad))
    assert drawn.get("aria-label") == f"acceptance: {said}"
    assert [text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")] == [
        "acceptance",
        said,
    ]


@pytest.mark.parametrize(
    ("form", "name", "begins"),
    [
        ("--short", "acceptance-short.html", "<!doctype html>"),
        ("--markdown", "acceptance.md", "## ✗ refused"),
        ("--badge", "acceptance.svg", "<svg"),
    ],
)
def test_the_command(
    form: str, name: str, begins: str, written: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(written), form]) == 0
    output = written.with_name(name)
    assert capsys.readouterr().out == f"{output}: refused, 8 scenarios\n"
    assert output.read_text("utf-8").startswith(begins)
    output.unlink()


def test_a_place_that_cannot_be_written_is_one_line(
    written: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(written), "--badge", "-o", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert said.endswith("; make room or choose another place; what is there is kept\n")
    assert said.count("\n") == 1


def test_the_short_page_says_what_the_long_one_does(bad: Record) -> None:
    from facelab.report.document import render

    page = html.unescape(re.sub(r"<[^>]+>", "", render(bad, short=True)))
    for said in ("2 of 8 scenarios accepted, 25 %", "Decision of the project owner",
                 "probes answered wrong: measured 3", "needs labels of glasses"):  # fmt: skip
        assert said in page


def test_the_example_of_plain() -> None:
    import doctest

    assert doctest.testmod(brief).failed == 0
