"""Programs: compiled ahead where a run of the same scenarios needed them, and never in the way."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from facelab.contract.parameters import Parameters
from facelab.learning.core import import_core
from facelab.learning.programs import compiled_ahead, file_of
from facelab.learning.training import run_chunk, train
from tests.conftest import ROOT, eventually

pytestmark = pytest.mark.slow

RUN = ["one scenario", "0, 1"]
"""A run: what is played, and its seeds."""


@pytest.fixture(scope="module", autouse=True)
def core() -> None:
    """TensorFlow is there, as in a run that has begun to train."""
    import_core()


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Where it is kept what the run has had."""
    return file_of(tmp_path, RUN)


def traced() -> int:
    """How many programs there are by now."""
    count: int = run_chunk.experimental_get_tracing_count()
    return count


def learn(photos: int, people: int = 3) -> bytes:
    """Train on photos of which no other test has as many; return the bits of what was drawn."""
    rng = np.random.default_rng(photos)
    embeddings = rng.normal(size=(photos, 90)).astype(np.float32)
    labels = (np.arange(photos) % people).astype(np.int32)
    head, history = train(embeddings, labels, people, Parameters(epochs=2), seeds=(0, 1))
    return head.kernel.tobytes() + history.loss.tobytes()


def test_the_next_run_compiles_ahead(tmp_path: Path, kept: Path) -> None:
    with compiled_ahead(tmp_path, RUN):
        learn(37)
    assert [37, 37, 3, 2, 16] in json.loads(kept.read_bytes())
    kept.write_text("[[38, 38, 3, 2, 16], [39, 39, 3, 2, 16]]")  # as if this process were new
    before = traced()
    with compiled_ahead(tmp_path, RUN):
        assert eventually(lambda: traced() == before + 2)
        learn(39)
        learn(38)
    assert traced() == before + 2


def test_the_values_are_those_of_a_program_compiled_when_needed(tmp_path: Path, kept: Path) -> None:
    code = "from tests.learning.test_programs import learn; print(learn(41).hex())"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    kept.write_text("[[41, 41, 3, 2, 16]]")
    before = traced()
    with compiled_ahead(tmp_path, RUN):
        assert eventually(lambda: traced() > before)
        assert learn(41).hex() == done.stdout.split()[-1]
    assert traced() == before + 1


def test_another_run_compiles_nothing_of_it(tmp_path: Path) -> None:
    with compiled_ahead(tmp_path, RUN):
        learn(43)
    before = traced()
    with compiled_ahead(tmp_path, ["another scenario", "0, 1"]):
        learn(43)
    assert traced() == before
    assert len([*tmp_path.glob("*.json")]) == 2


@pytest.mark.parametrize(
    "content",
    ["", "{", "{}", "7", "[7]", "[[1, 2]]", "[[0, 1, 1, 1, 1]]", "[[1, 1, 1, 1, Infinity]]",
     '[["x", 1, 1, 1, 1]]', "[[9999999999, 9999999999, 3, 1, 1]]", "[[44, 44, 3, 1, -16]]"],
)  # fmt: skip
def test_what_is_damaged_costs_only_time(tmp_path: Path, kept: Path, content: str) -> None:
    kept.write_text(content)
    before = traced()
    with compiled_ahead(tmp_path, RUN):
        learn(47)
    assert traced() <= before + 1
    assert [47, 47, 3, 2, 16] in json.loads(kept.read_bytes())


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with compiled_ahead(tmp_path / "file" / "programs", RUN):
        learn(47)


def interrupted(folder: Path) -> None:
    """Begin a run that is interrupted once a program is there."""
    before = traced()
    with compiled_ahead(folder, RUN):
        assert eventually(lambda: traced() > before)
        raise KeyboardInterrupt


def test_a_run_that_ends_waits_for_no_other_program(tmp_path: Path, kept: Path) -> None:
    kept.write_text(json.dumps([[n, n, 3, 2, 16] for n in range(48, 58)]))
    before = traced()
    with pytest.raises(KeyboardInterrupt):
        interrupted(tmp_path)
    assert traced() < before + 10
    assert "programs" not in [thread.name for thread in threading.enumerate()]
