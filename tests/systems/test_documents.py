"""docs/your_system.md and docs/protocol.md: the example is run, what they say is compared."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from facelab.cli import main
from facelab.contract.system import Capability
from facelab.systems import child, process
from facelab.systems.doctor import NEEDED_BY
from facelab.systems.watchdog import SILENCE
from tests.conftest import ROOT

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
    assert len(said) == 1 + len(Capability) + 9 + 1
    assert said[-1] == "the whole exam: pytest --system 'mine:Mine'"


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
         "learning rate"),
    ],
)  # fmt: skip
def test_systems_that_are_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], system: str, line: str
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(["doctor", "--system", system]) == 2
    assert capsys.readouterr().err == f"facelab: {line}\n"


class Misspelt:
    name, version, capabilities = "misspelt", "1", ("stops",)

    def learn(self) -> None: ...


def test_the_protocol_says_the_limits_that_are_used() -> None:
    words = " ".join(PROTOCOL.split())
    assert words.startswith(f"# A learner in another process: protocol {process.PROTOCOLS[-1]} ")
    assert f"a line of more than {child.LINE >> 20} MB" in words
    assert f"no line for {SILENCE:g} seconds" in words
    assert f"its last {child.TAIL} bytes" in words
    described = re.search(r"← (\{\"facelab\".+?\})\n\n", PROTOCOL, re.DOTALL)
    assert described
    offered = set(json.loads(described[1])["capabilities"])
    assert offered == set(Capability) - {Capability.LEARNING_RATE}


def test_the_phrases_that_take_a_capability_are_the_books() -> None:
    book = " ".join(p.read_text("utf-8") for p in sorted((ROOT / "features").glob("*.feature")))
    for phrases in NEEDED_BY.values():
        for phrase in re.split(", (?=no |every )", phrases):
            assert phrase in " ".join(book.split()), phrase
