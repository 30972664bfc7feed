"""Misprints: found at collection, each in one line with its place, before TensorFlow is there."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest

from facelab.contract.errors import FacelabError
from facelab.gallery.source import Recording
from facelab.playing import fields
from tests.conftest import Project, Run

SPY = """
import sys

def pytest_unconfigure():
    print("\\nTensorFlow is", "there" if "tensorflow" in sys.modules else "not there")
"""


@pytest.fixture
def book(project: Project, frames: Recording) -> Project:
    """A project with the book's steps and a tiny recording of its four people."""
    project.steps(plugins=("facelab.plugin", "steps"))
    shutil.copytree(frames.folder, project.folder / "fixtures")
    return project


def errors(run: Run) -> list[str]:
    return [line.removeprefix("ERROR: ") for line in run.lines if line.startswith("ERROR: ")]


FEATURE = """@T9 @R4
Feature: A feature with a slip of the pen in every line
  Scenario: One
    Given {}
    And a learning rate of 1, 5 epochs and batches of 5 photos
    When the classifier is trained
    Then every epoch sees each photo once
"""


@pytest.mark.slow
def test_all_misprints_of_all_files_are_told_at_once_without_tensorflow(book: Project) -> None:
    book.steps(SPY, plugins=("facelab.plugin", "steps"))
    book.feature("T1", FEATURE.format("the photos of Alex and Lara").replace("T9", "T1"))
    book.feature(
        "T2",
        """@T2
Feature: Numbers, names, light and a sentence of one's own
  Scenario: One
    Given the photos of Alx and Amine
    And the basic parameters with a learning rate of 0,7
    When the classifier is trained
    And it is asked about the 1,40 probes of T4
    And it is asked about the 14 probes of T4 in dim light
    Then in all it falls by at least 14,0 % and at most 20 %
    And no epoch repeats the order of one other
    And 140 cats are seen on 30 % of them
""",
    )
    book.feature(
        "T3",
        "@T3\nFeature: A\n  Scenario: One\n    Given the photos of Lara and Lara\n"
        "    Then all photos of the gallery\n",
    )
    run = book.run("--collect-only", apart=True)
    assert run.status == pytest.ExitCode.USAGE_ERROR
    number = "commas only between groups of three as 10,300"
    assert errors(run) == [
        "T2.feature:4: 'the photos of Alx and Amine': nobody is called Alx; there are Alex, Amine, "
        "Lara, Naomie; is Alex meant",
        "T2.feature:5: 'the basic parameters with a learning rate of 0,7': received '0,7', allowed "
        f"is a number as 0.7, {number}",
        "T2.feature:7: 'it is asked about the 1,40 probes of T4': received '1,40', "
        f"allowed is a whole number as 103, {number}",
        "T2.feature:8: 'it is asked about the 14 probes of T4 in dim light': received 'dim', "
        "allowed is known or unseen",
        "T2.feature:9: 'in all it falls by at least 14,0 % and at most 20 %': received '14,0 %', "
        "allowed is a percentage with a space before the sign, as 30 % or 0.5 %",
        "T2.feature:10: Then 'no epoch repeats the order of one other': no step is defined so; the "
        "nearest is 'no epoch repeats the order of another'; write that, or define it:",
        "T2.feature:11: Then '140 cats are seen on 30 % of them': no step is defined so; define "
        "it:",
        "T3.feature:4: 'the photos of Lara and Lara': Lara stands twice in 'Lara and Lara'; name "
        "each person once",
        "T3.feature:5: Then 'all photos of the gallery': no step is defined so; it is defined as a "
        "Given; write that keyword",
    ]
    assert run.said("TensorFlow is not there")
    snippet = run.lines.index(errors(run)[6].join(("ERROR: ", ""))) + 1
    assert [line.strip() for line in run.lines[snippet : snippet + 4]] == [
        '@then(phrase("{number:Number} cats are seen on {number2:Percent} of them"))',
        "def cats_are_seen_on_of_them(sheet: LiveSheet, number: float, number2: float) -> None:",
        '"""Say what it measures."""',
        'sheet.judge("what is measured", 0, Interval.at_most(0))',
    ]


@pytest.mark.slow
def test_what_pytest_bdd_swallows_is_told_file_by_file(book: Project) -> None:
    book.feature(
        "T1",
        """@t1 @R44 @r4 @T1 @slow
Feature: A
  Scenario: Nothing is judged
    Given all photos of the gallery
  Scenario Outline: Examples
    Then there are photos of at least <n> people
    And every person has at least <m> photos
    Examples:
      | n | n |
      | 1 | 2 |
      | 1 | 2 |
  Scenario Outline: None
    Then there are photos of at least <n> people
    Examples:
      | n |
""",
    )
    book.feature("T2", "@T2\nFeature: Empty\n")
    book.feature("T3", "@T3\nFeature: B\n  Scenario: c\n    Then all\u00a0photos\n")
    run = book.run("--collect-only")
    assert run.status == pytest.ExitCode.INTERRUPTED
    requirements = ", ".join(f"R{n}" for n in range(1, 15))
    assert [line for line in run.lines if ".feature:" in line] == [
        "T1.feature:1: the tag @R44: no requirement is called so; there are "
        f"{requirements}; one of your own is named under markers in pyproject.toml",
        "T1.feature:1: the tag @r4: a requirement is written with a capital; write @R4",
        "T1.feature:1: the tag @t1: a family is written as T1; write @T1",
        "T1.feature:3: the scenario 'Nothing is judged' has no Then, so nothing is judged; add one "
        "or remove it",
        "T1.feature:7: <m> is no column of the examples; there are n",
        "T1.feature:8: two columns of the examples are called n; rename one",
        "T1.feature:11: the same example as in line 10; remove one",
        "T1.feature:14: examples without a row: nothing would be played; add a row",
        "T2.feature:1: a feature without a scenario; write one or remove the file",
        "T3.feature:4: a no-break space; allowed are plain spaces; retype the line",
    ]


def test_a_requirement_of_ones_own_is_declared(project: Project) -> None:
    pyproject = project.folder / "pyproject.toml"
    text = pyproject.read_text().replace("[tool.pytest]", '[tool.pytest]\nmarkers = ["R13: ours"]')
    pyproject.write_text(text)
    project.family("T0", "all is well", tags="@R13 @R4")
    assert project.run("--collect-only").status == pytest.ExitCode.OK


PLAIN = "Feature: {}\n\n  Scenario: One\n    Then all is well\n"

FRENCH = """# language: fr
@T6
Fonctionnalité: En français

  Scénario: Quatre
    Soit all is well
    Alors {}
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("data", "said"),
    [
        (PLAIN.format("With a mark").encode("utf-8-sig"), ""),
        (PLAIN.format("With carriage returns").replace("\n", "\r\n").encode(), ""),
        (FRENCH.format("all is well").encode(), ""),
        (b"", "a.feature: there is no feature in it; begin with a line 'Feature: …' or remove it"),
        (
            b"# only a comment\n",
            "a.feature: there is no feature in it; begin with a line 'Feature: …' or remove it",
        ),
        (
            b"Feature: A\n",
            "a.feature:1: a feature without a scenario; write one or remove the file",
        ),
        (
            PLAIN.format("Prénom").encode("latin-1"),
            "a.feature:1: received a byte 0xe9, as in Latin-1 'é', allowed is UTF-8; save the file "
            "as UTF-8",
        ),
        (
            PLAIN.format("x").encode("utf-16"),
            "a.feature:1: received UTF-16, allowed is UTF-8; save the file as UTF-8",
        ),
        (
            FRENCH.format("tout va bien").encode(),
            "ERROR: a.feature:7: Alors 'tout va bien': no step is defined so; define it:",
        ),
        (
            PLAIN.format("A bell").replace("all is well", "\x1b[31mred\u202e").encode(),
            "ERROR: a.feature:4: Then '\\x1b[31mred\\u202e': no step is defined so; define it:",
        ),
        (
            b"Feature: A\n  Scenario: b\n    And all is well\n",
            "a.feature:3: 'all is well': First step in a scenario or background must start with "
            "'Given', 'When' or 'Then', but got And.",
        ),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else None,
)
def test_every_kind_of_file_is_played_or_told(project: Project, data: bytes, said: str) -> None:
    (project.folder / "features" / "a.feature").write_bytes(data)
    run = project.run("--collect-only")
    assert (run.status == pytest.ExitCode.OK) is (said == "")
    assert not said or run.said(said)
    assert not any("Traceback" in line for line in run.lines)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (
            "the photos of Alex\n    When the clip alex_t9 is played to it\n"
            "    Then all 793 frames are counted",
            "no clip called alex_t9; there are alex_t2",
        ),
    ],
)
def test_what_only_the_frames_tell_is_one_line(book: Project, step: str, reason: str) -> None:
    book.steps(
        "@given('a training', target_fixture='training')\ndef training():\n    return None\n"
        "@pytest.fixture(scope='session')\ndef system():\n    class Nobody:\n"
        "        name, version, capabilities = 'nobody', '0', ()\n    return Nobody()\n",
        plugins=("facelab.plugin", "steps"),
    )
    book.family("T0", f"a training\n    And {step}")
    run = book.run()
    [(verdict, said)] = run.verdicts.values()
    assert verdict == "error"
    assert said.endswith(reason)


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (fields.number, "0.7", 0.7),
        (fields.number, "-3", -3),
        (fields.number, ".5", 0.5),
        (fields.number, "1e-3", 0.001),
        (fields.number, "10,300", 10300),
        (fields.number, "1,000,000.5", 1000000.5),
        (fields.count, "1,565", 1565),
        (fields.percent, "0.5 %", 0.005),
        (fields.numbers, "0.1, 0.3 and 1", [0.1, 0.3, 1]),
        (fields.names, "Anne-Marie, Zoé and D'Arcy", ["Anne-Marie", "Zoé", "D'Arcy"]),
    ],
)
def test_what_is_read(read: Callable[[str], object], text: str, value: object) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "text"),
    [
        *((fields.number, text) for text in ("0,7", "14,0", "1,40", "0,300", "1,4000", "abc")),
        *((fields.number, text) for text in ("nan", "inf", "1_000", "1.", "10,30,000", "--1")),
        *((fields.count, text) for text in ("1.5", "-1", "1,40", "ten")),
        *((fields.percent, text) for text in ("30", "30%", "1,5 %", "many %")),
        (fields.numbers, "0.1, x and 1"),
        (fields.names, "Lara, Alex and Lara"),
    ],
)
def test_what_is_refused(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(FacelabError, match=r"allowed is|name each person once"):
        read(text)


def test_a_name_with_a_hyphen_is_one_name() -> None:
    phrase = fields.Phrase("the photos of {people:Names}")
    assert phrase.people("the photos of Anne-Marie and Zoé") == ["Anne-Marie", "Zoé"]
