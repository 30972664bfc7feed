"""Stateful: two writers, forget and kill −9, in any order, against one gallery of real processes.

What must hold after every step: no acknowledged photo is lost, nobody who was forgotten comes back,
nothing outside of the gallery is touched.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from facelab.contract.errors import FacelabError
from facelab.gallery.forget import forget
from facelab.gallery.gallery import Gallery
from facelab.gallery.own_gallery import OwnGallery
from tests.conftest import draw

PEOPLE = ("Ann", "Bo", "Cy")
SIZE = (6, 8)
NIGHTLY = os.environ.get("FACELAB_NIGHTLY") == "1"
STEPS, RUNS = (50, 45) if NIGHTLY else (30, 7)
"""Steps of each run, and runs: 210 steps in all, or 2,250."""

CLOSED = "nothing is open"

people = st.sampled_from(PEOPLE)
writers = st.integers(0, 1)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL"),
]


def serve(folder: Path, orders: Connection) -> None:
    """Do what is asked in a process of its own, and acknowledge it."""
    gallery: Gallery | None = None
    while True:
        order, *asked = orders.recv()
        try:
            answer: Any = None
            if order == "open":
                gallery = Gallery(folder)
            elif order == "enter":
                gallery = Gallery(folder).__enter__()
            elif order == "play":
                answer = str(OwnGallery(folder).cache)
            elif order == "forget":
                answer = forget(folder, *asked)
            elif gallery is None:
                answer = CLOSED
            elif order == "leave":
                gallery.__exit__(None, None, None)
                gallery = None
            elif order == "save":
                person, photo, name = asked
                answer = gallery.save(person, draw(0, photo, SIZE), set_name=name, taken=str(photo))
            elif order == "agree":
                answer = gallery.agree(*asked).sentence
            elif order == "close":
                gallery.close()
        except FacelabError as error:
            answer = error
        orders.send(answer)


class Writer:
    """A process, and what is known of it."""

    def __init__(self, folder: Path) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([__name__])
        self.orders, theirs = context.Pipe()
        self.process = context.Process(target=serve, args=(folder, theirs), daemon=True)
        self.process.start()
        theirs.close()

    def ask(self, *order: Any) -> Any:
        """Give an order and return the answer."""
        self.orders.send(order)
        return self.orders.recv()

    def kill(self, order: tuple[Any, ...] = (), after: float = 0.0) -> Any:
        """Kill it, perhaps at work; return its answer if it gave one before."""
        if order:
            self.orders.send(order)
            time.sleep(after)
        assert self.process.pid
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.join()
        try:
            return self.orders.recv() if order and self.orders.poll() else None
        except (EOFError, OSError):
            return None


def _is_file(answer: Any) -> bool:
    return isinstance(answer, str) and answer != CLOSED


class TwoWriters(RuleBasedStateMachine):
    """Two processes write into one gallery; others forget people, and are killed."""

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp(prefix="two-writers-"))
        self.folder = self.home / "own"
        (self.home / "beside").mkdir()
        (self.home / "beside" / "thesis.odt").write_bytes(b"two years of work")
        self.writers = [Writer(self.folder), Writer(self.folder)]
        self.photos = 0
        self.kept: dict[str, int] = {}
        self.agreed: set[str] = set()
        self.gone: set[str] = set()
        self.refused: list[set[str]] = [set(), set()]
        for writer in self.writers:
            writer.ask("open")

    def teardown(self) -> None:
        """End the processes."""
        for writer in self.writers:
            writer.kill()
        shutil.rmtree(self.home)

    def _done(self, number: int, person: str, answer: Any) -> bool:
        """Tell whether a writer has acknowledged; it must not for whom it knew before a forget."""
        done = _is_file(answer)
        if done:
            assert person not in self.refused[number]
            self.gone.discard(person)
        return done

    def _saved(self, number: int, person: str, answer: Any) -> None:
        if self._done(number, person, answer):
            assert answer not in self.kept
            self.kept[answer] = self.photos

    @rule(number=writers, order=st.sampled_from(["open", "enter", "leave", "close", "play"]))
    def manage(self, number: int, order: str) -> None:
        """Open anew, take the gallery or leave it, fold the journal, play."""
        if order in ("open", "enter"):
            self.writers[number].ask("leave")
            self.refused[number].clear()
        if order != "play" or self.folder.exists():
            self.writers[number].ask(order)

    @rule(number=writers, person=people, name=st.sampled_from(["gallery", "clips/a", "probes"]))
    def save(self, number: int, person: str, name: str) -> None:
        """Save a photo."""
        self.photos += 1
        answer = self.writers[number].ask("save", person, self.photos, name)
        self._saved(number, person, answer)

    @rule(number=writers, person=people)
    def agree(self, number: int, person: str) -> None:
        """Ask for consent."""
        if self._done(number, person, self.writers[number].ask("agree", person, "I agree.")):
            self.agreed.add(person)

    @rule(person=people, photos=st.integers(1, 3))
    def both(self, person: str, photos: int) -> None:
        """Let both write at once."""
        for _ in range(photos):
            self.photos += 1
            for writer in self.writers:
                writer.orders.send(("save", person, self.photos, "gallery"))
            for number, writer in enumerate(self.writers):
                self._saved(number, person, writer.orders.recv())

    @rule(person=people)
    def forget(self, person: str) -> None:
        """Forget somebody, whoever writes."""
        if self.folder.exists():
            other = Writer(self.folder)
            self._forgotten(person, other.ask("forget", person))
            other.kill()

    @rule(person=people, photo=st.integers(0, 5))
    def forget_while_both_save(self, person: str, photo: int) -> None:
        """Forget somebody in the midst of writes; what was acknowledged before goes, too."""
        if self.folder.exists():
            other = Writer(self.folder)
            for writer in self.writers:
                for _ in range(photo):
                    writer.orders.send(("save", person, self.photos, "gallery"))
            answer = other.ask("forget", person)
            other.kill()
            known = [w.orders.recv() for w in self.writers for _ in range(photo)]
            if isinstance(answer, list):
                self._forgotten(person, answer)
            else:  # nobody knew the person: what came after may stay
                self.gone.discard(person)
                self.kept |= {file: self.photos for file in known if _is_file(file)}

    def _forgotten(self, person: str, answer: Any) -> None:
        assert isinstance(answer, list) or "there is nothing of that name" in str(answer)
        self.kept = {file: n for file, n in self.kept.items() if f"/{person}/" not in file}
        self.agreed.discard(person)
        self.gone.add(person)
        if isinstance(answer, list):
            for refused in self.refused:
                refused.add(person)

    @rule(person=people, after=st.floats(0, 0.02))
    def kill_while_forgetting(self, person: str, after: float) -> None:
        """Forget somebody, be killed, and do it again."""
        if self.folder.exists():
            known = person in set(Gallery(self.folder).table["person"]) | self.agreed
            Writer(self.folder).kill(("forget", person), after)
            self.forget(person)
            if known:
                for refused in self.refused:
                    refused.add(person)

    @rule(number=writers, person=people, after=st.floats(0, 0.01))
    def kill_while_saving(self, number: int, person: str, after: float) -> None:
        """Kill a writer at work; another takes its place."""
        self.photos += 1
        answer = self.writers[number].kill(("save", person, self.photos, "gallery"), after)
        self._saved(number, person, answer)
        if answer is None and person not in self.refused[number]:
            self.gone.discard(person)  # it may be saved all the same, and nobody was told
        self.writers[number] = Writer(self.folder)
        self.writers[number].ask("open")
        self.refused[number].clear()

    @invariant()
    def nothing_is_lost(self) -> None:
        """Every acknowledged photo and consent is there."""
        if not self.folder.exists():
            assert not self.kept
            return
        gallery = Gallery(self.folder)
        rows = {row["file"]: row for row in gallery.table.to_dict("records")}
        for file, photo in self.kept.items():
            assert rows[file]["taken"] == str(photo), file
        damaged = {line.partition(":")[0] for line in gallery.damage()}
        assert not damaged & self.kept.keys()
        assert all(gallery.consent(person) for person in self.agreed)

    @invariant()
    def nobody_comes_back(self) -> None:
        """Nothing on the disk names whoever was forgotten."""
        for person in self.gone:
            for path in self.folder.rglob("*"):
                assert person not in path.relative_to(self.folder).parts
                if path.is_file() and path.suffix != ".png":
                    assert person.encode() not in path.read_bytes(), path

    @invariant()
    def nothing_outside_is_touched(self) -> None:
        """What lies beside the gallery is as it was."""
        assert sorted(path.name for path in self.home.iterdir() if path != self.folder) == [
            "beside"
        ]
        assert (self.home / "beside" / "thesis.odt").read_bytes() == b"two years of work"


def test_two_writers_forget_and_kill(capsys: pytest.CaptureFixture[str]) -> None:
    started = time.monotonic()
    run_state_machine_as_test(
        TwoWriters,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=not NIGHTLY,
            suppress_health_check=list(HealthCheck),
        ),
    )
    with capsys.disabled():
        if NIGHTLY:
            print(f"{RUNS} runs of {STEPS} steps in {time.monotonic() - started:.0f} s")
