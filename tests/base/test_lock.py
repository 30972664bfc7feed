"""Lock: one holder, named to others; the lock of a dead one is free."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path

import pytest

from facelab.base.lock import locked
from facelab.contract.errors import FacelabError

HOLD = """
import sys, time
from pathlib import Path
from facelab.base.lock import locked
with locked(Path(sys.argv[1]), "held by {who}"):
    print("holds", flush=True)
    time.sleep(600)
"""

COUNTED = 200


@contextlib.contextmanager
def holder(path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds a lock; killed at the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True
    )
    with process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "holds\n"
            yield process
        finally:
            process.kill()


def test_the_holder_is_named_and_a_dead_one_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with holder(path) as process:
        said = rf"^held by process {process.pid}, since \d\d:\d\d:\d\d$"
        for _ in range(2):
            with pytest.raises(FacelabError, match=said), locked(path, "held by {who}"):
                pytest.fail("it is held")
    assert path.exists()
    with locked(path, "held by {who}"):
        assert re.match(f"process {os.getpid()}, ", path.read_text())
    assert not path.exists()


def test_the_same_process_holds_it_once(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with locked(path, "held"), pytest.raises(FacelabError, match=r"^held$"), locked(path, "held"):
        pytest.fail("it is held")
    with locked(tmp_path / "lock", "held"):
        pass


def count(folder: Path) -> None:
    """Add 1 to a number in a file, so many times, each within the lock."""
    done = 0
    while done < COUNTED:
        with contextlib.suppress(FacelabError), locked(folder / "lock", "held"):
            number = int((folder / "number").read_text())
            (folder / "number").write_text(str(number + 1))
            done += 1


@pytest.mark.slow
def test_two_that_take_turns_are_never_in_it_together(tmp_path: Path) -> None:
    (tmp_path / "number").write_text("0")
    others = [get_context("spawn").Process(target=count, args=(tmp_path,)) for _ in range(2)]
    for other in others:
        other.start()
    count(tmp_path)
    for other in others:
        other.join()
        assert other.exitcode == 0
    assert (tmp_path / "number").read_text() == str(3 * COUNTED)
    assert not (tmp_path / "lock").exists()


@pytest.mark.parametrize("kind", ["link", "hard link", "fifo", "folder"])
def test_another_file_is_never_written_through_it(tmp_path: Path, kind: str) -> None:
    path, other = tmp_path / "lock", tmp_path / "other"
    other.write_text("precious")
    make = {"link": path.symlink_to, "hard link": path.hardlink_to}
    if kind in make:
        make[kind](other)
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        path.mkdir()
    with pytest.raises(FacelabError) as caught, locked(path, "held"):
        pytest.fail("it is no file")
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert other.read_text() == "precious"
    assert path.exists()
