"""docs/your_system.md and docs/protocol.md: the example is run, what they say is compared."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from facelab.cli import main
from facelab.contract.parameters import Parameters
from facelab.contract.system import Capability, Lesson, Predict, Tell
from facelab.contract.training import TrainingRequest
from facelab.gallery.source import Recording
from facelab.systems import child, process
from facelab.systems.doctor import NEEDED_BY
from facelab.systems.embedded import Embedded
from facelab.systems.watchdog import SILENCE
from tests.conftest import ROOT
from tests.systems.standin import StandIn

YOURS = (ROOT / "docs/your_system.md").read_text("utf-8")
PROTOCOL = (ROOT / "docs/protocol.md").read_text("utf-8")


@pytest.mark.slow
def test_the_example_is_a_whole_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [example] = re.findall(r"^```python\n(.+?)^```$", YOURS, re.MULTILINE | re.DOTALL)
    (tmp_path / "mine.py").write_text(example)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    assert main(["doctor", "--system", "mine:Mine", "--fixtures", str(ROOT / "fixtures")]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "my trainer 1.0"
    assert {line[0] for line in said[1:-1]} == {"+"}
    assert len(said) == 1 + len(NEEDED_BY) + 9 + 1
    assert said[-1] == "the whole exam: pytest --system 'mine:Mine'"


@pytest.mark.slow
def test_facelab_itself_is_sound(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert {line[0] for line in said[1:-1] if not line.startswith("finding faces")} == {"+"}


@pytest.mark.slow
def test_the_doctors_status_is_that_of_a_failed_check(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(["doctor", "--system", "tests.systems.wrong:TenfoldRate"]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "refused"


@pytest.mark.parametrize(
    ("system", "line"),
    [
        ("nothing", "--system: received 'nothing' (No module named 'nothing'); allowed is facelab, "
         "package.module:factory, importable from here, or command: and a command line"),
        ("command: no-such-program", "--system: cannot start 'no-such-program' (No such file or "
         "directory); name a program and its arguments"),
        ("command: no-such-program --key=hush", "--system: cannot start 'no-such-program' (No such "
         "file or directory); name a program and its arguments"),
        ("command: KEY=hush node", "--system: cannot start 'KEY' (No such file or directory); name "
         "a program and its arguments"),
        ("command: node 'hush", "--system: received a command line that breaks off (No closing "
         "quotation); close its quotation marks"),
        ("comand: node --key=hush", "--system: received 'comand: …' (No module named 'comand'); "
         "allowed is facelab, package.module:factory, importable from here, or command: and a "
         "command line"),
        ("pathlib:Path", "--system: pathlib:Path gives a PosixPath without version, capabilities, "
         "learn; docs/your_system.md shows a whole one"),
        ("tests.systems.test_documents:Misspelt", "--system: tests.systems.test_documents:Misspelt "
         "has the capabilities ('stops',), allowed is a list of initial weights, photo ids, stop, "
         "nobody, learning rate, photos kept"),
        ("tests.systems.test_documents:Unlimited", "--system: tests.systems.test_documents:"
         "Unlimited has the limits ('time',), allowed is a list of accuracy, probabilities, exact "
         "count, seeds"),
    ],
)  # fmt: skip
def test_systems_that_are_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], system: str, line: str
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(["doctor", "--system", system]) == 2
    assert capsys.readouterr().err == f"facelab: {line}\n"


class Unlimited:
    name, version, capabilities, limits = "unlimited", "1", (), ("time",)

    def learn(self) -> None: ...


class Misspelt:
    name, version, capabilities = "misspelt", "1", ("stops",)

    def learn(self) -> None: ...


def test_the_table_of_a_lesson_is_the_lesson() -> None:
    table = YOURS.partition("## What you receive: `lesson`")[2].partition("## ")[0]
    rows = [row.split("|")[1:3] for row in table.splitlines() if row.startswith("| `")]
    named = [name for cell, _ in rows for name in re.findall(r"`(\w+)`", cell)]
    assert named == [field.name for field in fields(Lesson)]
    [told] = [text for cell, text in rows if "`parameters`" in cell]
    assert re.findall(r"`(\w+)`", told) == ["learning_rate", "epochs", "batch_size"]
    assert {"learning_rate", "epochs", "batch_size"} <= {one.name for one in fields(Parameters)}


def test_what_is_given_is_of_the_shapes_that_are_said() -> None:
    photos = Recording(ROOT / "fixtures").photos("gallery").of(["Alex", "Lara"])
    given: list[Lesson] = []

    class Looking(StandIn):
        def learn(self, lesson: Lesson, tell: Tell) -> Predict:
            given.append(lesson)
            return super().learn(lesson, tell)

    Embedded(Looking()).train(photos, TrainingRequest(Parameters(epochs=1), [5]))
    [lesson] = given
    count, features = lesson.embeddings.shape
    assert (count, lesson.people, lesson.seed) == (len(photos), 2, 5)
    assert (lesson.kernel.shape, lesson.bias.shape) == ((features, 2), (2,))
    assert {lesson.embeddings.dtype, lesson.kernel.dtype, lesson.bias.dtype} == {np.dtype("f4")}
    assert lesson.labels.dtype == np.int32
    assert (lesson.labels.min(), lesson.labels.max()) == (0, 1)
    np.testing.assert_allclose(np.linalg.norm(lesson.embeddings, axis=1), 3, rtol=1e-5)


@pytest.mark.parametrize("page", ["docs/your_system.md", "docs/protocol.md", "SECURITY.md"])
def test_what_a_page_links_to_is_there(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    links = re.findall(r"\]\((?!https?:)([^)]+)\)", text)
    assert links
    for link in links:
        file, _, anchor = link.partition("#")
        there = (ROOT / page).parent / file if file else ROOT / page
        assert there.exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.+)$", there.read_text("utf-8"), re.MULTILINE)
            assert anchor in [re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings]


def test_the_protocol_says_the_limits_that_are_used() -> None:
    words = " ".join(PROTOCOL.split())
    assert words.startswith(f"# A learner in another process: protocol {process.PROTOCOLS[-1]} ")
    assert f"a line of more than {child.LINE >> 20} MB" in words
    assert f"no line for {SILENCE:g} seconds" in words
    assert f"its last {child.TAIL} bytes" in words
    described = re.search(r"← (\{\"facelab\".+?\})\n\n", PROTOCOL, re.DOTALL)
    assert described
    offered = set(json.loads(described[1])["capabilities"])
    not_a_learner_s = {Capability.LEARNING_RATE, Capability.NOBODY, Capability.PHOTOS_KEPT}
    assert offered == set(Capability) - not_a_learner_s


def test_the_phrases_that_take_a_capability_are_the_books() -> None:
    book = " ".join(p.read_text("utf-8") for p in sorted((ROOT / "features").glob("*.feature")))
    for phrases in NEEDED_BY.values():
        for phrase in re.split(", (?=no |every )", phrases):
            assert phrase in " ".join(book.split()), phrase
