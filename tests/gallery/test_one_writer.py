"""One writer: two programs never lose a photo of each other, and nobody forgotten comes back."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import signal
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from facelab.base import locking, temporary
from facelab.base.temporary import temporary_folder
from facelab.contract.errors import FacelabError
from facelab.gallery.forget import forget
from facelab.gallery.forgotten import Forgotten, begin, read_marks
from facelab.gallery.gallery import Gallery
from facelab.gallery.own_gallery import OwnGallery
from tests.conftest import Project, draw
from tests.gallery.test_own_gallery import SIZE, fill, record

BUSY = (
    r": received a second program that writes into it, allowed is one: {}; wait for it, or end it$"
)

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")


def texts(folder: Path) -> bytes:
    """Return all that is written in a folder but pictures."""
    return b"".join(
        str(p).encode() + (b"" if p.suffix == ".png" else p.read_bytes())
        for p in folder.rglob("*")
        if p.is_file()
    )


def hold(folder: Path, told: Connection) -> None:
    """Film into a folder until killed."""
    with Gallery(folder) as gallery:
        gallery.agree("Ann", "I agree.")
        gallery.save("Ann", draw(0, 0, SIZE))
        told.send(os.getpid())
        time.sleep(60)


def holder(folder: Path) -> multiprocessing.process.BaseProcess:
    """Start a process that films into a folder, and wait until it has a photo."""
    context = multiprocessing.get_context("forkserver")
    reader, writer = context.Pipe(duplex=False)
    process = context.Process(target=hold, args=(folder, writer))
    process.start()
    writer.close()
    reader.recv()
    return process


@pytest.mark.slow
def test_a_second_filming_is_refused_in_one_line(tmp_path: Path) -> None:
    process = holder(tmp_path)
    try:
        said = BUSY.format(rf".+, process {process.pid}, since \d{{4}}-\d\d-\d\d \d\d:\d\d UTC")
        with pytest.raises(FacelabError, match=said), Gallery(tmp_path):
            pass
        with pytest.raises(FacelabError, match=said):
            Gallery(tmp_path).save("Bo", draw(1, 0, SIZE))
        with pytest.raises(FacelabError, match=said):
            Gallery(tmp_path).agree("Bo", "I agree.")
        assert Gallery(tmp_path).table["person"].tolist() == ["Ann"]
    finally:
        process.kill()
        process.join()


@pytest.mark.slow
@posix
def test_what_a_dead_program_held_is_taken_over(tmp_path: Path) -> None:
    process = holder(tmp_path)
    process.kill()
    process.join()
    with Gallery(tmp_path) as gallery:
        gallery.save("Bo", draw(1, 0, SIZE))
    assert sorted(Gallery(tmp_path).table["person"]) == ["Ann", "Bo"]
    assert Gallery(tmp_path).consent("Ann") is not None


def test_who_has_it_does_not_tell_its_arguments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["/x/facelab", "film", "--camera", "rtsp://ann:secret@host"])
    with Gallery(tmp_path):
        said = json.loads((tmp_path / ".facelab" / "session").read_bytes())
        assert said["command"] == "facelab film"
    assert (tmp_path / ".facelab" / "session").read_bytes() == b""


def test_two_that_save_now_and_then_lose_nothing(tmp_path: Path) -> None:
    one, other = Gallery(tmp_path), Gallery(tmp_path)
    for number in range(3):
        for gallery, person in ((one, "Ann"), (other, "Bo")):
            gallery.agree(person, f"sentence {number}")
            gallery.save(person, draw(0, number, SIZE))
            gallery.save("Cy", draw(1, number, SIZE))
    one.close()
    other.save("Bo", draw(2, 9, SIZE))
    one.discard(["gallery/Cy/001.png"])
    other.close()
    kept = Gallery(tmp_path)
    assert kept.damage() == []
    assert kept.table.groupby("person").size().to_dict() == {"Ann": 3, "Bo": 4, "Cy": 5}
    assert kept.consent("Ann") is not None
    assert kept.consent("Bo") is not None
    assert one.table["file"].nunique() == 12


def test_whoever_is_forgotten_while_filmed_does_not_come_back(tmp_path: Path) -> None:
    with Gallery(tmp_path) as filming:
        for person in ("Ann", "Bo"):
            filming.agree(person, "I agree.")
            filming.save(person, draw(0, 0, SIZE))
        assert forget(tmp_path, "Ann")
        for write in (
            lambda: filming.save("Ann", draw(0, 1, SIZE)),
            lambda: filming.agree("Ann", "I agree."),
            lambda: filming.save("Ann", draw(0, 1, SIZE), set_name="clips/ann"),
        ):
            with pytest.raises(Forgotten, match=r"^Ann: was forgotten meanwhile, so nothing is"):
                write()
        assert filming.consent("Ann") is None
        filming.save("Bo", draw(1, 1, SIZE))
        filming.agree("Cy", "I agree.")
    assert b"Ann" not in texts(tmp_path)
    kept = Gallery(tmp_path)
    assert kept.damage() == []
    assert kept.table["person"].tolist() == ["Bo", "Bo"]
    with pytest.raises(FacelabError, match="there is nothing of that name"):
        forget(tmp_path, "Ann")


def test_whoever_was_forgotten_can_be_filmed_anew_with_a_new_consent(tmp_path: Path) -> None:
    record(tmp_path)
    forget(tmp_path, "p1")
    with Gallery(tmp_path) as anew:
        assert anew.consent("p1") is None
        anew.agree("p1", "I agree again.")
        anew.save("p1", draw(1, 0, SIZE))
    consent = Gallery(tmp_path).consent("p1")
    assert consent is not None
    assert consent.sentence == "I agree again."


def test_a_forgetting_that_was_killed_is_gone_on_with_before_anything_else(tmp_path: Path) -> None:
    record(tmp_path)
    filming = Gallery(tmp_path)
    begin(tmp_path, "p1")  # and killed here
    for gallery in (filming, Gallery(tmp_path)):
        with pytest.raises(Forgotten, match=r"^p1: is being forgotten, .* `facelab forget` e"):
            gallery.agree("p1", "I agree.")
        gallery.save("p0", draw(5, len(gallery.table), SIZE))
    forget(tmp_path, "p1")
    Gallery(tmp_path).agree("p1", "I agree.")


def test_a_mark_names_nobody_and_goes_after_a_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(tmp_path)
    forget(tmp_path, "p1")
    (mark,) = read_marks(tmp_path)
    assert mark.done
    assert b"p1" not in (tmp_path / ".facelab" / "forgotten.json").read_bytes()
    later = time.time() + 90_000
    monkeypatch.setattr(time, "time", lambda: later)
    forget(tmp_path, "p0")
    (other,) = read_marks(tmp_path)
    assert other.means("p0")


def test_nobody_unknown_leaves_a_mark(tmp_path: Path) -> None:
    record(tmp_path)
    with pytest.raises(FacelabError, match="received 'Cy', there is nothing of that name"):
        forget(tmp_path, "Cy")
    assert read_marks(tmp_path) == ()


def test_no_report_is_written_of_whoever_was_forgotten_meanwhile(project: Project) -> None:
    team = project.folder / "team"
    fill(team, people=3)
    project.steps(
        f"""
@step("p1 is forgotten")
def forgotten(source):
    from pathlib import Path
    from facelab.gallery.forget import forget
    forget(Path({str(team)!r}), "p1")
"""
    )
    project.family("T0", "p1 is forgotten")
    run = project.run("--gallery", "team")
    assert run.status == pytest.ExitCode.TESTS_FAILED
    assert run.said(
        "team: somebody was forgotten while the book was played, so no report is written; "
        "play it again"
    )
    assert not list(team.rglob("acceptance*"))
    assert b"p1" not in texts(team).replace(str(team).encode(), b"")


def test_a_cache_is_not_kept_of_whoever_was_forgotten_meanwhile(tmp_path: Path) -> None:
    fill(tmp_path, people=3)
    early, late = OwnGallery(tmp_path), OwnGallery(tmp_path)
    assert early.cache is not None
    forget(tmp_path, "p1")
    assert late.cache is None
    assert not list(early.cache.parent.rglob("thumbnails*"))
    assert OwnGallery(tmp_path).cache is not None


def test_halves_that_hold_a_name_are_forgotten(tmp_path: Path) -> None:
    record(tmp_path)
    for name in (".consent.csv.1a", ".manifest.csv.2b", "reports/.acceptance.json.3c"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text('{"cast": {"Alex": "p1"}}')
    (tmp_path / "probes" / "t7" / "p1").mkdir(parents=True)
    forget(tmp_path, "p1")
    assert b"p1" not in texts(tmp_path)
    assert not list(tmp_path.rglob("p1"))


def test_a_forgetting_waits_for_a_write_and_no_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(tmp_path)
    monkeypatch.setattr(locking, "WAIT", 0.1)
    said = r"another program has been writing into it for 0\.1 s"
    with locking.writing(tmp_path), pytest.raises(FacelabError, match=said):
        forget(tmp_path, "p1")
    assert forget(tmp_path, "p1")


def test_a_new_folder_into_which_nothing_was_filmed_is_gone(tmp_path: Path) -> None:
    with Gallery(tmp_path / "new"):
        assert (tmp_path / "new" / ".facelab").is_dir()
    assert not (tmp_path / "new").exists()


def film_briefly(home: Path, told: Connection) -> None:
    """Keep a photo in a temporary folder until killed."""
    tempfile.tempdir = str(home)
    with temporary_folder() as folder:
        Gallery(folder / "filmed").save("Ann", draw(0, 0, SIZE))
        told.send(str(folder))
        time.sleep(60)


@pytest.mark.slow
@posix
def test_what_a_killed_run_filmed_without_keeping_it_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.setattr(temporary, "YOUNG", 0.0)
    (tmp_path / "tmp").mkdir()
    context = multiprocessing.get_context("forkserver")
    processes, folders = [], []
    for _ in range(2):
        reader, writer = context.Pipe(duplex=False)
        process = context.Process(target=film_briefly, args=(tmp_path / "tmp", writer))
        process.start()
        folders.append(Path(reader.recv()))
        processes.append(process)
    assert processes[0].pid
    os.kill(processes[0].pid, signal.SIGKILL)
    processes[0].join()
    record(tmp_path / "own")
    forget(tmp_path / "own", "p1")
    assert [folder.exists() for folder in folders] == [False, True]
    processes[1].kill()
    processes[1].join()
    with temporary_folder() as folder:
        assert not folders[1].exists()
        assert folder.exists()
    assert not list((tmp_path / "tmp").iterdir())


def test_busy_is_a_line_that_can_be_printed(tmp_path: Path) -> None:
    with Gallery(tmp_path):
        (tmp_path / ".facelab" / "session").write_text(
            json.dumps({"pid": 1, "command": "\x1b[31mred\n", "since": "now"})
        )
        with pytest.raises(FacelabError) as caught, Gallery(tmp_path):
            pass
    assert str(caught.value).isprintable()
    assert re.search(BUSY.format(r".*x1b\[31mred.*"), str(caught.value))
