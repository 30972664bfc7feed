"""Programs: compiled ahead where a run of the same scenarios needed them, and never in the way."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from facelab.contract.parameters import Parameters
from facelab.learning import programs, training
from facelab.learning.core import import_core
from facelab.learning.programs import Sizes, compiled_ahead, file_of, read_sizes
from tests.conftest import eventually

pytestmark = pytest.mark.slow

RUN = ["one scenario", "0, 1"]
"""A run: what is played, and its seeds."""


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """TensorFlow is there, as in a run that has begun to train, and nothing is compiled yet."""
    import_core()
    python = training.run_chunk.python_function
    loop = tf.function(python, jit_compile=True, autograph=False)
    monkeypatch.setattr(training, "run_chunk", loop)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Where it is kept what the run has had."""
    return file_of(tmp_path, RUN)


def traced() -> int:
    """How many programs there are by now."""
    count: int = training.run_chunk.experimental_get_tracing_count()
    return count


def learn(photos: int) -> bytes:
    """Train on so many photos of three people; return the bits of what was drawn and learnt."""
    rng = np.random.default_rng(photos)
    embeddings = rng.normal(size=(photos, 90)).astype(np.float32)
    labels = (np.arange(photos) % 3).astype(np.int32)
    head, history = training.train(embeddings, labels, 3, Parameters(epochs=2), seeds=(0, 1))
    return head.kernel.tobytes() + history.loss.tobytes()


def sizes(*photos: int) -> list[list[int]]:
    """What a run had that learnt from so many photos, one time after the other."""
    return [[n, n, 3, 2, 16] for n in photos]


def test_the_next_run_compiles_ahead(tmp_path: Path, kept: Path) -> None:
    with compiled_ahead(tmp_path, RUN):
        needed = learn(38), learn(37), learn(38)
        assert traced() == 2
    assert json.loads(kept.read_bytes()) == sizes(38, 37)
    training.run_chunk = tf.function(  # as in another process
        training.run_chunk.python_function, jit_compile=True, autograph=False
    )
    with compiled_ahead(tmp_path, RUN):
        assert eventually(lambda: traced() == 2)
        assert (learn(38), learn(37), learn(38)) == needed
    assert traced() == 2


def test_what_is_compiled_ahead_is_the_training_s_own_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Any] = []
    run_chunk = training.run_chunk

    def noting(*given: Any) -> Any:
        asked.append([(np.shape(one), np.asarray(one).dtype) for one in given])
        return run_chunk(*given)

    monkeypatch.setattr(training, "run_chunk", noting)
    training.compile_for(Sizes(37, 37, 3, 2, 16))
    learn(37)
    assert asked[0] == asked[1]


def test_another_run_compiles_nothing_of_it(tmp_path: Path, kept: Path) -> None:
    kept.write_text(json.dumps(sizes(39)))
    with compiled_ahead(tmp_path, ["another scenario", "0, 1"]):
        assert "programs" not in [thread.name for thread in threading.enumerate()]
    assert traced() == 0
    assert [*tmp_path.iterdir()] == [kept]


@pytest.mark.parametrize(
    "content",
    ["", "{", "{}", "7", "[7]", "[[1, 2]]", "[[0, 1, 1, 1, 1]]", "[[1, 1, 1, 1, Infinity]]",
     '[["x", 1, 1, 1, 1]]', "[[9999999999, 9999999999, 3, 1, 1]]", "[[44, 44, 3, 1, -16]]",
     '{"photos": 1}', "[" * 50_000, "[[1, 1, 1, 1, 1]" + " " * 70_000 + "]"],
    ids=range(14),
)  # fmt: skip
def test_what_is_damaged_costs_only_time(tmp_path: Path, kept: Path, content: str) -> None:
    kept.write_text(content)
    assert read_sizes(kept) == []
    with compiled_ahead(tmp_path, RUN):
        programs.note(Sizes(37, 37, 3, 2, 16))
    assert traced() == 0
    assert json.loads(kept.read_bytes()) == sizes(37)


def test_a_place_that_cannot_be_used_is_no_error(tmp_path: Path, kept: Path) -> None:
    os.mkfifo(kept)
    for folder in (tmp_path, kept):
        with compiled_ahead(folder, RUN):
            programs.note(Sizes(37, 37, 3, 2, 16))
    assert kept.is_fifo()


def interrupted(folder: Path) -> None:
    """Begin a run that is interrupted once the thread is at its first program."""
    with compiled_ahead(folder, RUN):
        programs.note(Sizes(48, 48, 3, 2, 16))
        assert eventually(lambda: traced() > 0)
        raise KeyboardInterrupt


def test_a_run_that_is_interrupted_waits_for_no_other_program_and_forgets_none(
    tmp_path: Path, kept: Path
) -> None:
    kept.write_text(json.dumps(sizes(*range(48, 68))))
    with pytest.raises(KeyboardInterrupt):
        interrupted(tmp_path)
    assert traced() < 20
    assert "programs" not in [thread.name for thread in threading.enumerate()]
    assert json.loads(kept.read_bytes()) == sizes(*range(48, 68))


def test_few_runs_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "KEPT", 2)
    for number in range(3):
        with compiled_ahead(tmp_path, [str(number)]):
            programs.note(Sizes(37, 37, 3, 2, 16))
        os.utime(file_of(tmp_path, [str(number)]), (number, number))
    assert {*tmp_path.iterdir()} == {file_of(tmp_path, [str(number)]) for number in (1, 2)}
