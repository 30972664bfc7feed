"""Nothing lost: whichever write fails, whenever the process is killed, what was saved is there."""

from __future__ import annotations

import contextlib
import errno
import multiprocessing
import os
import random
import re
import signal
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pytest

from facelab.contract.errors import FacelabError
from facelab.gallery.forget import forget
from facelab.gallery.gallery import Gallery
from facelab.gallery.own_gallery import OwnGallery
from facelab.gallery.reader import read_found
from tests.conftest import draw, examples
from tests.gallery.faults import Counter, counted, raising

PLACES = ("gallery", "probes", "clips/ann_t2")
SIZE = (6, 8)

Told = Callable[[str], None]


def record(folder: Path, told: Told, rounds: int = 1) -> None:
    """Record people as a camera does, and tell of everything that was acknowledged."""
    gallery = Gallery(folder)
    for number in range(rounds):
        for person in ("Ann", "Bo"):
            gallery.agree(person, f"sentence {number}", "2026-11-23T09:30:00Z")
            told(f"consent {person} {number}")
            for place in PLACES:
                photo = 10 * number + PLACES.index(place)
                file = gallery.save(
                    person, draw(person == "Bo", photo, SIZE), set_name=place, taken=str(photo)
                )
                told(f"{file} {int(person == 'Bo')} {photo}")
        gallery.close()
        told("closed")


def check(folder: Path, told: list[str]) -> None:
    """Hold a gallery that was broken off against what it had acknowledged, and go on in it."""
    gallery = Gallery(folder)
    rows = {row["file"]: row for row in gallery.table.to_dict("records")}
    saved = [line.split() for line in told if line != "closed" and not line.startswith("consent")]
    agreed = [line.split() for line in told if line.startswith("consent")]
    for _, person, number in agreed:
        consent = gallery.consent(person)
        assert consent is not None
        assert int(consent.sentence.removeprefix("sentence ")) >= int(number)
    # every acknowledged photo is there, pixel for pixel, with its label
    for file, _, photo in saved:
        assert rows[file]["taken"] == photo
    damaged = {line.partition(":")[0] for line in gallery.damage()}
    assert not damaged & {file for file, *_ in saved}
    if not rows:
        return
    found = read_found(folder)
    photos, films, left_out = found.photos, found.films, found.left_out
    at = {file: number for number, file in enumerate(photos.labels["file"])}
    for file, person, photo in saved:
        if file in at:
            frame = photos.frames[at[file]]
            np.testing.assert_array_equal(frame, draw(int(person), int(photo), SIZE))
        else:
            assert file in set(films["file"])
    # whatever else lies in the folder is named
    kept = {*at, *films["file"], "manifest.csv", "journal.jsonl", "consent.csv"}
    named = " ".join(left_out)
    for path in folder.rglob("*"):
        file = path.relative_to(folder).as_posix()
        own = file.startswith(".facelab/")
        assert path.is_dir() or own or file in kept or f"{file}:" in named, file


def go_on(folder: Path, told: list[str]) -> None:
    """Save one more photo after a fault; it and all before it are kept."""
    with Gallery(folder) as gallery:
        file = gallery.save("Cy", draw(3, 3, SIZE), taken="3")
    check(folder, [*told, f"{file} 3 3"])


def writes(work: Callable[[], object]) -> int:
    """Return how many writes some work makes."""
    counter = Counter(0, raising(errno.EIO))
    with counted(counter):
        work()
    return counter.done


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "lasting"),
    [
        pytest.param(errno.ENOSPC, True, id="a disk that is full"),
        pytest.param(errno.EIO, False, id="a write that fails once"),
        pytest.param(errno.ENOSPC, False, id="a disk full once", marks=pytest.mark.nightly),
        pytest.param(errno.EIO, True, id="a disk that fails", marks=pytest.mark.nightly),
    ],
)
def test_every_write_fails_in_turn(tmp_path: Path, number: int, lasting: bool) -> None:
    total, refusals = writes(lambda: record(tmp_path / "whole", lambda _: None)), list[str]()
    assert total >= 60
    for nth in range(1, total + 1):
        folder, told = tmp_path / str(nth), list[str]()
        try:
            with counted(Counter(nth, raising(number), lasting)):
                record(folder, told.append)
        except FacelabError as error:
            refusals.append(str(error))
        else:
            assert told[-1] == "closed"  # as when a folder that is there cannot be made
        if folder.exists():
            check(folder, told)
        go_on(folder, told)
    assert len(refusals) > 0.8 * total
    said = re.compile(rf"\({os.strerror(number).lower()}\).*; what was saved before is kept$")
    assert all(map(said.search, refusals))


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_photos_that_are_taken_out_cost_no_other(tmp_path: Path, number: int) -> None:
    """Whichever write of a retake fails, the photos that stay are whole."""
    counter = Counter(0, raising(number))
    for nth in range(1, 99):
        folder = tmp_path / str(nth)
        gallery = Gallery(folder)
        files = [gallery.save("Ann", draw(0, photo, SIZE)) for photo in range(3)]
        counter = Counter(nth, raising(number))
        with counted(counter), contextlib.suppress(FacelabError):
            gallery.discard(files[:1])
        again = Gallery(folder)
        assert set(files[1:]) <= set(again.table["file"])
        assert not [line for line in again.damage() if line.startswith(tuple(files[1:]))]
        if counter.done < nth:
            break
    assert nth > 5
    assert set(again.table["file"]) == set(files[1:])


@pytest.mark.slow
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO], ids=["ENOSPC", "EIO"])
def test_forgetting_is_done_again_after_any_fault(tmp_path: Path, number: int) -> None:
    def filled(name: str) -> Path:
        record(tmp_path / name, lambda _: None)
        (tmp_path / name / "reports").mkdir()
        (tmp_path / name / "reports" / "acceptance.json").write_text('{"cast": "Ann"}')
        return tmp_path / name

    whole = filled("whole")
    total, refusals = writes(lambda: forget(whole, "Ann")), list[str]()
    assert total >= 10
    for nth in range(1, total + 1):
        folder = filled(str(nth))
        try:
            with counted(Counter(nth, raising(number))):
                forget(folder, "Ann")
        except FacelabError as error:
            refusals.append(str(error))
        with contextlib.suppress(FacelabError):  # nothing is left where it was done at once
            forget(folder, "Ann")
        files = [path for path in folder.rglob("*") if path.is_file()]
        assert not any("Ann" in path.parts for path in files)
        assert not any(b"Ann" in path.read_bytes() for path in files if path.suffix != ".png")
        places = ("gallery/Bo/001.png", "probes/Bo/001.png", "clips/ann_t2/Bo/00001.png")
        bo = [f"{file} 1 {photo}" for photo, file in enumerate(places)]
        check(folder, ["consent Bo 0", *bo])
    assert len(refusals) > 0.8 * total
    said = re.compile(rf"Ann is not wholly removed \({os.strerror(number).lower()}\).*do it again$")
    assert all(map(said.search, refusals))


def child(folder: Path, acknowledged: Connection, nth: int) -> None:
    """Record until killed: by itself at the n-th write, or from outside."""
    counter = Counter(nth, lambda: os.kill(os.getpid(), signal.SIGKILL))
    with counted(counter):
        record(folder, lambda line: acknowledged.send_bytes(line.encode()), rounds=10**6)


def killed(folder: Path, nth: int = 0, after: float = 0) -> list[str]:
    """Record in a process that is killed, and return what it acknowledged."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    reader, writer = context.Pipe(duplex=False)
    process = context.Process(target=child, args=(folder, writer, nth))
    process.start()
    writer.close()
    told = []
    if not nth:
        told.append(reader.recv_bytes().decode())
        time.sleep(after)
        process.kill()
    try:
        while True:
            told.append(reader.recv_bytes().decode())
    except EOFError:
        pass
    process.join()
    assert process.exitcode == -signal.SIGKILL
    return told


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither SIGKILL nor fork")
def test_killed_at_every_write(tmp_path: Path) -> None:
    for nth in range(1, 131):
        told = killed(tmp_path / str(nth), nth)
        if (tmp_path / str(nth)).exists():
            check(tmp_path / str(nth), told)
        go_on(tmp_path / str(nth), told)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither SIGKILL nor fork")
def test_killed_at_random_points(tmp_path: Path) -> None:
    dice = random.Random(0)
    for number in range(examples(20)):  # after the test above, which kills at every write
        told = killed(tmp_path / str(number), after=dice.uniform(0, 0.03))
        assert told
        check(tmp_path / str(number), told)
        go_on(tmp_path / str(number), told)


def test_a_recording_that_was_broken_off_is_played(tmp_path: Path) -> None:
    gallery = Gallery(tmp_path)
    for person in range(2):
        for photo in range(12):
            gallery.save(f"P{person}", draw(person, 7 * photo, (24, 32)))
    with (tmp_path / "journal.jsonl").open("ab") as journal:
        journal.write(b'{"file": "gallery/P0/013.png", "sha')
    (tmp_path / "gallery" / "P0" / "013.png").touch()
    (tmp_path / "gallery" / "P0" / ".013.png.x1").write_bytes(b"half")
    played = OwnGallery(tmp_path)
    assert played.warnings[:3] == [
        "gallery/P0/.013.png.x1: half-written; take it away",
        "gallery/P0/013.png: half-written; take it away",
        "journal.jsonl: 1 lines half-written; what they named was not kept",
    ]
    assert len(played.photos("gallery")) + len(played.photos("probes/t1")) == 24
