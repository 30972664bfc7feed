"""A learner in another process: what the wire may bring, and the one line that is made of it."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from facelab.contract.errors import FacelabError, SystemFault
from facelab.contract.parameters import Parameters
from facelab.contract.system import Lesson
from facelab.systems import child
from facelab.systems.process import Process
from facelab.systems.update_log import UpdateLog

LESSON = Lesson(
    embeddings=np.array([[0.1, 1e-9], [1 / 3, 4.0], [-1.5, 0.0]], np.float32),
    labels=np.array([0, 1, 0], np.int32),
    people=2,
    parameters=Parameters(0.5, epochs=2, batch_size=2),
    seed=7,
    kernel=np.array([[1.0, -1.0], [0.25, 1e-3]], np.float32),
    bias=np.zeros(2, np.float32),
)

HEAD = """
import json, os, sys, time
def read():
    return json.loads(sys.stdin.readline())
def write(message):
    print(json.dumps(message), flush=True)
asked = read()
assert asked["facelab"] == 1 and asked["ask"] == "describe" and asked["speaks"] == [1, 2]
ABOUT = {"facelab": 1, "name": "tiny", "version": "2", "capabilities": ["photo ids", "stop"]}
"""

LEARNS = "write(ABOUT)\ntask = read()\n"

Start = Callable[..., Process]


def starter(folder: Path, head: str) -> Start:
    """Return what starts a process that plays a script after a head of lines."""

    def start(script: str, timeout: float = 20) -> Process:
        path = folder / "learner.py"
        path.write_text(head + script)
        return Process([sys.executable, "-I", "-S", str(path)], timeout=timeout)

    return start


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Start a process that plays a script in protocol 1."""
    return starter(tmp_path, HEAD)


def learnt(process: Process) -> UpdateLog:
    log = UpdateLog(process, LESSON, stop=lambda done: done >= 3)
    process.learn(LESSON, log.tell)
    return log


def test_a_whole_conversation(start: Start) -> None:
    process = start(
        LEARNS
        + """
for photos in ([2, 0], [1], [0, 1], [2]):
    write({"loss": 0.5, "accuracy": 1, "photos": photos})
    if not read()["go"]:
        break
write({"learnt": True})
asked = read()
assert asked["ask"] == "predict" and asked["model"] == task["model"] == 1
write({"probabilities": [[float(x) for x in row] for row in asked["embeddings"]]})
del task["ask"], task["model"]
sys.stdin.readline()
write(task)
"""
    )
    assert (process.name, process.version) == ("tiny", "2")
    assert process.capabilities == ("photo ids", "stop")
    log = UpdateLog(process, LESSON, stop=lambda done: done >= 3)
    predict = process.learn(LESSON, log.tell)
    assert log.stopped
    assert [photos.tolist() for photos in log.row()[2]] == [[2, 0], [1], [0, 1]]
    given = np.asarray(predict(LESSON.embeddings), np.float32)
    np.testing.assert_array_equal(given, LESSON.embeddings)  # bit for bit
    process._ask("task")
    assert process._receive("task") == {
        "learning_rate": 0.5, "epochs": 2, "batch_size": 2, "seed": 7, "people": 2,
        "labels": [0, 1, 0], "bias": [0, 0],
        "embeddings": [[0.100000001, 9.99999972e-10], [0.333333343, 4], [-1.5, 0]],
        "kernel": [[1, -1], [0.25, 0.00100000005]],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("script", "line"),
    [
        ("print('Loading model ...', flush=True)", "{}: describe: received Loading model ..., "
         "which is no JSON (Expecting value: line 1 column 1 (char 0)); write nothing else to "
         "standard output"),
        ("os.write(1, bytes(range(128, 200)) + b'\\n')", "{}: describe: received �"),
        ("write([1])", "{}: describe: received [1]; needed is an object with facelab, name, "
         "version, capabilities"),
        ("write({**ABOUT, 'facelab': 3})", "{}: it speaks version 3 of the protocol, "
         "facelab 1 and 2"),
        ("write({**ABOUT, 'facelab': True})", "{}: it speaks version True of the protocol, "
         "facelab 1 and 2"),
        ("write({**ABOUT, 'name': 5})", "{}: describe: received {{'facelab': 1, 'name': 5, "),
        ("write({**ABOUT, 'capabilities': 'stop'})", "{}: describe: received {{"),
        ("print('[' * 100_000, flush=True)", "{}: describe: received [[["),
        ("", "{}: describe: it ended with exit status 0"),
        ("sys.exit('no model\\n found')", "{}: describe: it ended with exit status 1; its last "
         "words: no model found"),
        ("os.write(1, b'{\"facelab\"')", "{}: describe: received half a line, beginning with "
         '{{"facelab"'),
    ],
)  # fmt: skip
def test_what_describes_itself_wrongly(
    start: Start, tmp_path: Path, script: str, line: str
) -> None:
    with pytest.raises(SystemFault) as raised:
        start(script)
    assert str(raised.value).startswith(line.format(Path(sys.executable).name))
    assert str(raised.value).isprintable()
    assert str(tmp_path) not in str(raised.value)


UPDATE = '{"loss": %s, "accuracy": 1, "photos": [0]}'


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "line"),
    [
        (f"print('{UPDATE % 'NaN'}', flush=True)", "tiny: learn: received {\"loss\": NaN, "
         '"accuracy": 1, "photos": [0]}, which is no JSON (NaN is not in JSON); write nothing '
         "else to standard output"),
        (f"print('{UPDATE % 'null'}', flush=True)", "tiny: update 1 came with loss null "
         "(JavaScript writes NaN so); a finite number is needed at every update"),
        (f"print('{UPDATE % '1e999'}', flush=True)", "tiny: update 1 came with loss inf; a finite "
         "number is needed at every update"),
        ("write({'loss': 1, 'accuracy': 1})", "tiny: update 1 came with the photos None; name "
         "those of the batch by numbers from 0 to 2, or do not offer photo ids"),
        ("write({'loss': 1, 'accuracy': 1, 'photos': [3]})", "tiny: update 1 came with the photos "
         "[3]; name those of the batch by numbers from 0 to 2, or do not offer photo ids"),
        ("write({'loss': 1, 'accuracy': 1, 'photos': [[0], 1]})", "tiny: update 1 came with the "
         "photos [[0], 1]; name those of the batch by numbers from 0 to 2, or do not offer photo "
         "ids"),
        ("write({'epoch': 1})", "tiny: learn: received {'epoch': 1}; an update has loss and "
         'accuracy, the end is {"learnt": true}'),
        ("os.abort()", "tiny: learn: it ended with exit status -6"),
        ("time.sleep(60)", "tiny: learn: no line for 3 seconds; answer sooner, and flush standard "
         "output after every line"),
        # A gigabyte on one line, in lines without end, and of error messages.
        ("while True:\n    os.write(1, b'x' * 1_000_000)", "tiny: learn: received a line of more "
         "than 4 MB, beginning with xxxxx"),
        ("while True:\n    write({'loss': 1, 'accuracy': 1, 'photos': [0]})", "tiny: update 110 "
         "came with no end in sight: 4 were due; return after the last epoch"),
        ("for _ in range(1000):\n    os.write(2, b'e' * 999_999 + b'\\n')\nsys.exit(3)",
         "tiny: learn: it ended with exit status 3; its last words: eeee"),
    ],
)  # fmt: skip
@pytest.mark.slow
def test_what_learns_wrongly(start: Start, script: str, line: str) -> None:
    process = start(LEARNS + script, timeout=60)
    if "sleep" in script:
        process._timeout = 3
    log = UpdateLog(process, LESSON)
    with pytest.raises(SystemFault) as raised:
        process.learn(LESSON, log.tell)
    assert str(raised.value).startswith(line)
    assert len(str(raised.value)) < 600
    assert process._child._process.returncode is not None
    with pytest.raises(SystemFault) as again:
        process.learn(LESSON, log.tell)
    assert str(again.value) == str(raised.value)


def test_what_answers_wrongly(start: Start) -> None:
    process = start(
        LEARNS + "write({'learnt': True})\nread()\nwrite({'probabilities': [[1], 'x']})"
    )
    predict = process.learn(LESSON, lambda *_: False)
    with pytest.raises(SystemFault, match=r"^tiny: predict: received .+ is a list of rows of numb"):
        predict(LESSON.embeddings)


@pytest.mark.slow
def test_what_does_not_read(start: Start) -> None:
    process = start("write(ABOUT)\ntime.sleep(60)", timeout=60)
    process._timeout = 3
    big = np.zeros((100_000, 2), np.float32)

    def send() -> None:
        while True:
            process._send({"ask": "predict", "embeddings": big})

    with pytest.raises(SystemFault) as raised:
        send()
    assert str(raised.value) == "tiny: it did not read what was sent for 3 seconds"


def test_one_that_cannot_stop_is_told_nothing(start: Start) -> None:
    process = start(
        "write({**ABOUT, 'capabilities': []})\nread()\n"
        "for _ in range(4):\n    write({'loss': 1, 'accuracy': 0})\nwrite({'learnt': True})\n"
        "assert read()['ask'] == 'predict'\nwrite({'probabilities': [[1, 0]]})"
    )
    log = UpdateLog(process, LESSON)
    predict = process.learn(LESSON, log.tell)
    assert len(log) == 4
    assert np.asarray(predict(LESSON.embeddings[:1])).tolist() == [[1, 0]]


@pytest.mark.slow
def test_it_ends_with_us(start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "GRACE", 60)
    gone = tmp_path / "gone"
    process = start(
        f"write(ABOUT)\nassert not sys.stdin.readline()\nopen({str(gone)!r}, 'w').close()"
    )
    del process
    gc.collect()
    assert gone.exists()


def test_a_program_that_is_none() -> None:
    for command in (["no-such-program", "-x"], []):
        with pytest.raises(FacelabError) as raised:
            Process(command)
        name = command[0] if command else ""
        assert str(raised.value).startswith(f"--system: cannot start {name!r} (")
        assert "-x" not in str(raised.value)
        assert str(raised.value).endswith("); name a program and its arguments")
