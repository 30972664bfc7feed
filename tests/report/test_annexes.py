"""What the page holds beside the sheets: tables as CSV, photos, recordings, phrases."""

import csv
import io
import re
from typing import Any
from urllib.parse import quote, unquote

import pytest

from facelab.report.csvlink import SAFE, csv_address, quoted
from facelab.report.document import render
from facelab.report.record import Family, Record, Sheet, Step
from tests.report.conftest import SCRIPT, answers, bad_day

PHOTO = "data:image/jpeg;base64,/9j/4AAQ/home/ann/x+A=="


def rows_of(address: str) -> list[list[str]]:
    """The rows behind the address of a link."""
    head, _, text = address.partition(",")
    assert head == "data:text/csv;charset=utf-8"
    return list(csv.reader(io.StringIO(unquote(text))))


def links(page: str) -> dict[str, list[list[str]]]:
    """The CSV files inside a page, by the name under which they are saved."""
    found = re.findall(r'download="([^"]+)" href="([^"]+)"', page)
    return {name: rows_of(address.replace("&#39;", "'")) for name, address in found}


def page_of(evidence: dict[str, Any]) -> str:
    """A page that shows one piece of evidence."""
    step = Step("Then", "x", "accepted", evidence=[evidence])
    sheet = Sheet("s", "n", "f.feature", 1, [], "", [step], "accepted")
    return render(Record({}, {}, [Family("T1", "t", "f.feature", {}, [sheet])]))


def test_a_csv_keeps_what_is_in_it_and_runs_no_formula() -> None:
    assert rows_of(csv_address(["=cmd|' /C calc'!A0", "+x", "y"], [])) == [
        ["'=cmd|' /C calc'!A0", "'+x", "y"]
    ]
    rows = [["a", 'b"c', "d,e"], ["=1+1", "100 %#<&>", "é\n"]]
    assert rows_of(csv_address(["x", "y", "z"], rows))[1:] == [
        rows[0],
        ["'=1+1", "100 %#<&>", "é\n"],
    ]


def test_every_table_of_a_page_is_a_link_to_its_csv(page: str) -> None:
    tables = links(page)
    assert len(tables["scenarios.csv"]) == 1 + 8
    assert tables["scenarios.csv"][5][:4] == [
        "T1.5",
        "No probe is answered wrong",
        "refused",
        "probes answered wrong: measured 3, exactly 0 demanded",
    ]
    assert ["T1.5", "Then none is wrong", "probes answered wrong", "3"] in [
        row[:4] for row in tables["measures.csv"]
    ]
    assert ["R10", "T1.1", "accepted"] in [[row[0], *row[2:]] for row in tables["requirements.csv"]]
    assert tables["table-3.csv"] == [
        ["person", "frames"], ["Alex", "610"], ["Amine", "79"], ["Lara", "31"], [SCRIPT, "73"]
    ]  # fmt: skip
    assert tables["figure-1.csv"][0][:3] == ["update", "loss, seed 0", "accuracy, seed 0"]
    assert len(tables["figure-1.csv"]) == 1 + 140
    assert tables["figure-2.csv"][0][1] == "loss, seed 0, low"  # the ends of every bin
    assert tables["figure-3.csv"][1:] == [["0.001", "15"], ["1", "0"]]


def test_only_a_picture_in_the_record_itself_is_shown() -> None:
    shown = answers(3, 0, ["Alex", "Amine", "Lara"])
    hostile = ("https://example.org/x.png", 'data:image/jpeg;base64,"><script>', None)
    for row, photo in zip(shown["rows"], hostile, strict=True):
        row["photo"] = photo
    page = page_of(shown)
    assert "<img" not in page
    assert '<th scope="col">Photo</th>' not in page
    shown["rows"][1]["photo"] = PHOTO
    page = page_of(shown)
    assert page.count(f'<img src="{PHOTO}" alt=""') == 1


@pytest.mark.parametrize("name", ["../secret.csv", "javascript:alert(1)", "curves-a/b.csv"])
def test_only_a_name_beside_the_page_is_linked(name: str, bad: Record) -> None:
    curves = next(e for e in bad.evidence if e["kind"] == "curves")
    assert name not in page_of({**curves, "file": name})
    assert 'href="curves-T1.2.csv"' in page_of({**curves, "file": "curves-T1.2.csv"})


@pytest.mark.slow
def test_recordings_and_phrases_are_annexed() -> None:
    record = bad_day()
    assert "The source of the frames has no manifest." in render(record)
    row = {"file": "a.png", "set": "gallery", "person": SCRIPT, "sha256": "12", "light": "day"}
    record.recordings = {"sha256": "fingerprint", "rows": [row, {**row, "file": "b.png"}]}
    record.phrases = [
        {"kind": "Then", "phrase": "{n:Count} of <b>", "meaning": "Count.", "place": "steps/x.py"}
    ]
    page = render(record)
    assert "2 files; SHA-256 of the manifest: <code>fingerprint</code>" in page
    assert links(page)["recordings.csv"][2] == ["b.png", "gallery", SCRIPT, "12", "day"]
    assert "<b>Then</b> {n} of &lt;b&gt;" in page
    assert "The source of the frames has no manifest." not in page


@pytest.mark.parametrize("text", [bytes(range(128)).decode(), "100 %25, é€𝄞\n=1+1", "%%2C,%", ""])
def test_a_table_is_quoted_as_the_standard_library_quotes(text: str) -> None:
    assert quoted(text) == quote(text, safe=SAFE)
