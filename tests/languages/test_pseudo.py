"""The report in a pseudo-language that one file makes: nothing is left in English, nothing cut."""

from __future__ import annotations

import html
import json
import re
from functools import cache

import pytest

from facelab.languages.language import Language
from facelab.languages.speech import speaking
from facelab.report.document import render
from facelab.report.record import Record, read_record
from tests.conftest import ROOT
from tests.languages.pseudo import pseudo_language
from tests.report.conftest import bad_day
from tests.report.test_browser import browser, look, with_scripts

__all__ = ["browser"]

pytestmark = pytest.mark.slow

WIDTHS = {"wide": 1280, "narrow": 400, "paper": 688}
"""Of a screen, of a telephone, and of A4 without its margins."""

CUT = """<script>
const cut = [];
for (const part of document.querySelectorAll("details")) part.open = true;
for (const one of document.querySelectorAll("body *")) {
  if (one.closest(".scroll, .unseen, svg, .skip, form[hidden]")) continue;
  const box = one.getBoundingClientRect();
  const style = getComputedStyle(one);
  const hides = style.overflowX !== "visible" && one.scrollWidth > one.clientWidth + 1;
  if (box.width && (box.right > innerWidth + 1 || box.left < -1 || hides)) {
    cut.push(one.outerHTML.slice(0, 120));
  }
}
for (const svg of document.querySelectorAll("svg.chart")) {
  const frame = svg.getBoundingClientRect();
  for (const text of svg.querySelectorAll("text")) {
    const box = text.getBoundingClientRect();
    if (box.left < frame.left - 2 || box.right > frame.right + 2 || box.top < frame.top - 2
        || box.bottom > frame.bottom + 2) cut.push(text.textContent);
  }
}
parent.postMessage({ width: innerWidth, seen: document.querySelectorAll("body *").length, cut,
  overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth }, "*");
</script></body>"""

FRAMES = """<script>
const all = [];
onmessage = (event) => {
  all.push(event.data);
  if (all.length === 3) document.title = JSON.stringify(all);
};
</script>
<iframe src="wide.html" width="1280"></iframe><iframe src="narrow.html" width="400"></iframe>
<iframe src="paper.html" width="688"></iframe><style>iframe { border: 0; height: 900px }</style>"""


@pytest.fixture(scope="module")
def language(tmp_path_factory: pytest.TempPathFactory) -> Language:
    return pseudo_language(tmp_path_factory.mktemp("languages"))


@cache
def example() -> Record:
    """The example, without what its phrases meant in the version that played it."""
    record = read_record(ROOT / "reports" / "example" / "acceptance.json")
    record.phrases = [{**phrase, "meaning": ""} for phrase in record.phrases]
    return record


@pytest.fixture(scope="module")
def page(language: Language) -> str:
    with speaking(language):
        return render(example())


def left(page: str) -> list[str]:
    """The words of a page that are not of the pseudo-language, without code and charts' numbers."""
    text = re.sub(r"<(script|style|code)\b.*?</\1>", "", page, flags=re.DOTALL)
    text = html.unescape(re.sub(r"<[^>]+>", "\n", text))
    before = ""
    while before != text:
        before, text = text, re.sub(r"⟦[^⟦⟧]*⟧", "", text)
    return re.findall(r"[^\s,;:()|]*[a-z]{2}[^\s,;:()|]*", text)


def test_nothing_is_left_in_english(page: str) -> None:
    record = example()
    tables = [one for one in record.evidence if one["kind"] in ("predictions", "tally")]
    people = {name for one in tables for name in one["people"]}
    known = {*people, *record.run["environment"], "ms", "min", "glorot_uniform", "facelab"}
    known |= {word for words in record.run["environment"].values() for word in words.split()}
    known |= {"foreign.jpg", "certainty"}  # a file's name, and an option's
    known |= {row["set"] for row in record.recordings["rows"]}
    words = {word for word in left(page) if "/" not in word and word.rstrip(".") not in known}
    assert {
        word for word in words if not re.fullmatch(r"room-\d+|office~lamp|seating", word)
    } == set()


def test_nor_is_anything_on_a_bad_day(language: Language) -> None:
    with speaking(language):
        page = render(bad_day())
        short = render(bad_day(), short=True)
    english = {"demanded", "measured", "blocked", "scenarios", "scenario", "reason", "error"}
    for shown in (page, short):
        # what a user wrote stays, as "the loss falls"
        assert english & set(left(shown)) == set()
        assert 'lang="xx"' in shown


def test_nothing_is_cut(browser: str, page: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("page")
    looked = with_scripts(page, CUT)
    printed = looked.replace("@media print {", "@media all {")
    assert printed != looked
    for name, shown in (("wide", looked), ("narrow", looked), ("paper", printed)):
        (folder / f"{name}.html").write_text(shown, encoding="utf-8")
    seen = look(browser, folder, FRAMES, "--dump-dom", "--virtual-time-budget=60000")
    title = re.search(r"<title>(.*?)</title>", seen)
    assert title is not None, "the page was not looked at"
    found = {one["width"]: one for one in json.loads(html.unescape(title[1]))}
    assert sorted(found) == sorted(WIDTHS.values())
    for one in found.values():
        assert one["seen"] > 1000
        assert one["cut"] == []
        assert one["overflow"] <= 0
