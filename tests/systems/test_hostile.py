"""Programs that mean no good: nothing of one training is another's, and nobody holds us."""

from __future__ import annotations

import gc
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from facelab.contract.errors import SystemFault
from facelab.contract.parameters import Parameters
from facelab.contract.photos import Photos
from facelab.contract.system import Predict, title
from facelab.contract.training import TrainingRequest
from facelab.gallery.source import Recording
from facelab.systems.embedded import Embedded
from facelab.systems.process import Process
from facelab.systems.update_log import UpdateLog
from tests.conftest import ROOT, eventually
from tests.systems.test_process import LESSON, Start, starter

HEAD = """
import json, os, subprocess, sys, time
def read():
    return json.loads(sys.stdin.readline())
def write(message, task):
    print(json.dumps({"id": task["id"], **message}), flush=True)
asked = read()
ABOUT = {"facelab": 2, "name": "tiny", "version": "2", "capabilities": []}
"""

LEARNS = "write(ABOUT, asked)\nfirst = read()\n"
UPDATES = "for _ in range(4):\n    write({'loss': 1, 'accuracy': 1}, %s)\n"


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Start a process that plays a script in protocol 2."""
    return starter(tmp_path, HEAD)


def learnt(process: Process) -> tuple[UpdateLog, Predict]:
    log = UpdateLog(process, LESSON)
    return log, process.learn(LESSON, log.tell)


def refusal(process: Process) -> str:
    """Have it learn, which must be refused, and not be answered another time either."""
    began = time.monotonic()
    with pytest.raises(SystemFault) as raised:
        learnt(process)[1](LESSON.embeddings)
    assert time.monotonic() - began < 60  # neither its end nor its last word is waited for
    line = str(raised.value)
    assert line.isprintable()
    assert len(line) < 600
    assert ended(process)
    with pytest.raises(SystemFault) as again:
        learnt(process)
    assert str(again.value) == line
    return line


def ended(process: Process) -> bool:
    return process._child._process.returncode is not None


def alive(number: int) -> bool:
    """Tell whether a process is there, and no zombie."""
    try:
        status = Path(f"/proc/{number}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def test_every_answer_carries_the_number_of_what_was_asked(start: Start, tmp_path: Path) -> None:
    process = start(
        "write({**ABOUT, 'capabilities': ['stop']}, asked)\nheard = [asked]\n"
        "for _ in range(2):\n"
        "    heard.append(task := read())\n"
        "    write({'loss': 1, 'accuracy': 1}, task)\n"
        "    heard.append(read())\n"
        "    write({'learnt': True}, task)\n"
        "    heard.append(task := read())\n"
        "    write({'probabilities': [[0.5, 0.5]] * 3}, task)\n"
        f"open({str(tmp_path / 'heard')!r}, 'w').write(json.dumps(heard))\n"
    )
    for _ in range(2):
        predict = learnt(process)[1]
        assert np.asarray(predict(LESSON.embeddings)).tolist() == [[0.5, 0.5]] * 3
    assert eventually((tmp_path / "heard").exists)
    process._child._process.wait(60)
    heard = json.loads((tmp_path / "heard").read_text())
    assert [one["id"] for one in heard] == [1, 2, 2, 3, 4, 4, 5]
    # Nothing is told of what is asked about: no path, name, digest or label.
    assert heard[3].keys() == {"id", "ask", "model", "embeddings"}
    assert (heard[3]["model"], heard[6]["model"]) == (1, 2)


@pytest.mark.parametrize(
    ("script", "line"),
    [
        ("write({'learnt': True}, asked)", "tiny: learn: received {'id': 1, "),
        ("print('{\"learnt\": true}', flush=True)", "tiny: learn: received {'learnt': True}; "
         "needed is the id of what was asked, 2"),
        ("print('{\"learnt\": true, \"id\": true}', flush=True)", "tiny: learn: received "),
        # A doubled answer lies there before the next question, or comes after it.
        (UPDATES % "first" + "write({'learnt': True}, first)\nwrite({'learnt': True}, first)\n"
         "time.sleep(99)", "tiny: predict: received "),
        (UPDATES % "first" + "write({'learnt': True}, first)\nread()\n"
         "write({'probabilities': [[1, 0]] * 3}, first)\ntime.sleep(99)",
         "tiny: predict: received {'id': 2, 'probabilities': "),
    ],
)  # fmt: skip
def test_what_answers_another_question_is_refused(start: Start, script: str, line: str) -> None:
    assert refusal(start(LEARNS + script + "\nread()")).startswith(line)


@pytest.mark.slow
@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("number", ["1" * 400, "1e39", '"0.5"', "true", "[1]", "{}", "null"])
@pytest.mark.parametrize("value", ["loss", "accuracy"])
def test_what_is_no_number_ends_the_training_and_the_process(
    start: Start, version: int, number: str, value: str
) -> None:
    update = {"loss": "1", "accuracy": "1"} | {value: number}
    said = refusal(
        start(
            f"write({{**ABOUT, 'facelab': {version}}}, asked)\nfirst = read()\n"
            f'print(\'{{"id": 2, "loss": {update["loss"]}, "accuracy": '
            f"{update['accuracy']}}}', flush=True)\n"
            # what the first training goes on to say must not be the second one's
            + UPDATES % "asked"
            + "write({'learnt': True}, asked)\ntime.sleep(99)"
        )
    )
    assert said.startswith(f"tiny: update 1 came with {value} ")
    assert said.endswith("; a finite number is needed at every update")


@pytest.mark.parametrize("photos", ["[0, true]", '["0"]', "[0.0]", "[" * 900 + "]" * 900,
                                    f"[{'1' * 400}]", f"[{'0, ' * 10**6}0]"])  # fmt: skip
def test_what_are_no_photos_ends_it(start: Start, photos: str, tmp_path: Path) -> None:
    (tmp_path / "line").write_text(f'{{"id": 2, "loss": 1, "accuracy": 1, "photos": {photos}}}\n')
    said = refusal(
        start(
            "write({**ABOUT, 'capabilities': ['photo ids']}, asked)\nread()\n"
            f"sys.stdout.write(open({str(tmp_path / 'line')!r}).read())\nsys.stdout.flush()\n"
            "time.sleep(99)"
        )
    )
    assert said.startswith("tiny: update 1 came with the photos [")


@pytest.mark.parametrize(
    "rows", ['[["0.5", "0.5"]]', "[[true, false]]", f"[[{'1' * 400}, 0]]", "[[1], [0, 1]]", "[1]",
             '{"0": [1, 0]}', "null", "[[null, 1]]", "[[[1], [0]]]"]
)  # fmt: skip
def test_what_are_no_probabilities_ends_it(start: Start, rows: str) -> None:
    said = refusal(
        start(
            LEARNS + UPDATES % "first" + "write({'learnt': True}, first)\ntask = read()\n"
            f"print('{{\"id\": 3, \"probabilities\": ' + {rows!r} + '}}', flush=True)\n"
            "time.sleep(99)"
        )
    )
    assert said.startswith("tiny: predict: received {'id': 3, 'probabilities': ")


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_what_breaks_off_on_our_side_ends_it(start: Start, error: type[BaseException]) -> None:
    process = start(LEARNS + UPDATES % "first" + "time.sleep(99)")

    def tell(*_: object) -> bool:
        raise error

    with pytest.raises(error):
        process.learn(LESSON, tell)
    assert ended(process)
    with pytest.raises(SystemFault, match=f"was ended in the middle, by {error.__name__}"):
        learnt(process)


GRANDCHILD = """
child = subprocess.Popen([sys.executable, "-I", "-S", "-c", '''
import os, time
until = time.time() + 300
while time.time() < until:
    try:
        os.write(1, b"x" * 70 + bytes([10]))
        os.write(2, b"e" * 70 + bytes([10]))
    except OSError:  # we hear it no more
        time.sleep(0.1)
'''], start_new_session=True, stdin=0)
open(%r, "w").write(str(child.pid))
"""


@pytest.fixture
def grandchild(tmp_path: Path) -> Iterator[Path]:
    """The file where the number of a process stands that ends with the test."""
    path = tmp_path / "number"
    yield path
    if path.exists() and alive(number := int(path.read_text())):
        os.kill(number, signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "killpg"), reason="there are no sessions here")
@pytest.mark.parametrize("then", ["os._exit(0)", "time.sleep(300)", "while True: pass"])
def test_whoever_keeps_its_pipes_does_not_hold_us(
    start: Start, grandchild: Path, then: str
) -> None:
    before = set(threading.enumerate())
    process = start(LEARNS + GRANDCHILD % str(grandchild) + then)
    assert refusal(process).startswith("tiny: learn: received x")
    assert alive(int(grandchild.read_text()))  # it left the group: nobody can find it
    assert eventually(lambda: set(threading.enumerate()) <= before)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "killpg"), reason="there are no sessions here")
def test_what_it_leaves_in_its_group_is_killed(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "number"
    process = start(
        "child = subprocess.Popen(['sleep', '300'])\n"
        f"open({str(path)!r}, 'w').write(str(child.pid))\n"
        "write(ABOUT, asked)\nassert not sys.stdin.readline()"
    )
    number = int(path.read_text())
    assert alive(number)
    os.kill(number, 0)
    del process
    gc.collect()
    assert eventually(lambda: not alive(number))


def test_it_is_told_no_path_of_ours(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "PYTEST_CURRENT_TEST" in os.environ
    monkeypatch.setenv("PYTEST_ADDOPTS", "--gallery=/of/ours")
    monkeypatch.setenv("_", "/of/ours/pytest")
    monkeypatch.setenv("MY_TRAINERS_KEY", "hush")
    path = tmp_path / "told"
    start(
        f"open({str(path)!r}, 'w').write(json.dumps([dict(os.environ), os.getcwd(), "
        "sorted(os.listdir('/proc/self/fd'))]))\nwrite(ABOUT, asked)"
    )
    environment, place, files = json.loads(path.read_text())
    assert not [name for name in environment if name.startswith("PYTEST")]
    assert "/of/ours" not in json.dumps(environment)
    assert environment["MY_TRAINERS_KEY"] == "hush"
    assert place == str(Path.cwd())
    assert len(files) <= 5  # three pipes, the file, the folder that is listed


NAME = "\x1b]0;owned\x07\x1b[31mred\n\u202egnp.exe\r\u2028second line"


def test_what_it_calls_itself_can_be_printed(start: Start) -> None:
    script = f"ABOUT.update(name={NAME!r}, version={NAME!r})\n"
    process = start(f"{script}{LEARNS}sys.exit({NAME!r})")
    assert title(Embedded(process)).isprintable()
    assert "red" in process.name
    said = refusal(process)
    assert said.count("red") == 2
    with pytest.raises(SystemFault) as raised:
        start(f"print(json.dumps({NAME!r}), flush=True)\nos.write(1, {NAME!r}.encode())")
    assert str(raised.value).isprintable()


class Painted:
    """A learner in our own process, of an odd name."""

    name, version, capabilities = NAME, NAME, ()

    def learn(self, *_: object) -> Predict:
        raise ValueError(NAME)


@pytest.mark.slow
def test_what_a_learner_of_our_own_process_says_can_be_printed(photos_of_two: Photos) -> None:
    system = Embedded(Painted())
    assert title(system).isprintable()
    with pytest.raises(SystemFault) as raised:
        system.train(photos_of_two, TrainingRequest(Parameters(), [0]))
    assert str(raised.value).isprintable()


@pytest.fixture
def photos_of_two() -> Photos:
    return Recording(ROOT / "fixtures").photos("gallery").of(["Alex", "Lara"])
