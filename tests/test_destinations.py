"""Destinations: what is to be written is tried before the work; what fails late loses nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from facelab.base.destination import try_writing
from facelab.base.files import whole
from facelab.cli import main
from facelab.contract.errors import FacelabError
from facelab.gallery.gallery import Gallery
from tests.conftest import ROOT, draw
from tests.gallery.test_own_gallery import SIZE, fill


@pytest.fixture
def own(tmp_path: Path) -> Path:
    fill(tmp_path / "own", photos=4)
    return tmp_path / "own"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)]
    if sys.platform != "linux" or os.getuid() or subprocess.run(mount, check=False).returncode:
        pytest.skip("only root mounts disks")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill_up(place: Path, but: int = 0) -> None:
    """Write until the disk is full."""
    with (place / "full").open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)) == 4096:
                pass
        except OSError:
            file.truncate(max(file.tell() - but, 0))


def refused(capsys: pytest.CaptureFixture[str], own: Path, output: Path) -> str:
    """Train into a place where that is refused before the training; return the line."""
    assert main(["train", str(own), "-o", str(output), "--batch-size=2", "--force"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    lines = [line for line in err.splitlines() if not line.startswith("facelab: gallery: ")]
    assert len(lines) == 1
    assert "tensorflow.python" not in err
    assert lines[0].startswith(f"facelab: --output: received {output}, ")
    return lines[0]


def test_a_folder_or_a_pipe_in_the_way(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "m.keras").mkdir()
    assert "(is a directory)" in refused(capsys, own, tmp_path / "m.keras")
    os.mkfifo(tmp_path / "p.keras")
    assert "(no regular file)" in refused(capsys, own, tmp_path / "p.keras")
    (tmp_path / "ring.keras").symlink_to("ring.keras")
    refused(capsys, own, tmp_path / "ring.keras")
    refused(capsys, own, tmp_path / ("x" * 300 + ".keras"))
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "m.keras", "own", "p.keras", "ring.keras"
    ]  # fmt: skip


def test_a_full_disk_is_seen_before_the_work(
    own: Path, disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (disk / "m.keras").write_bytes(b"the old one")
    fill_up(disk, but=8192)
    line = refused(capsys, own, disk / "m.keras")
    assert "(no space left on device)" in line
    assert "make room or choose another place" in line
    assert (disk / "m.keras").read_bytes() == b"the old one"
    assert sorted(path.name for path in disk.iterdir()) == ["full", "m.keras"]


def test_a_disk_that_may_only_be_read(
    own: Path, disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (disk / "m.keras").write_bytes(b"the old one")
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    assert "(read-only file system)" in refused(capsys, own, disk / "m.keras")


@pytest.mark.slow
def test_a_disk_that_gets_full_while_it_trains(
    own: Path, disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from facelab.learning.classifier import load, people_of

    usual = signal.getsignal(signal.SIGINT)

    def filling() -> None:
        while signal.getsignal(signal.SIGINT) is usual:  # until it trains
            time.sleep(0.01)
        fill_up(disk)
        os.kill(os.getpid(), signal.SIGINT)

    (disk / "m.keras").write_bytes(b"the old one")
    thread = threading.Thread(target=filling)
    thread.start()
    command = ["train", str(own), "-o", str(disk / "m.keras"), "--batch-size=1", "--force"]
    assert main([*command, "--epochs=500000", "--face-detector=none"]) == 2
    thread.join()
    line = capsys.readouterr().err.splitlines()[-1]
    assert line.startswith(
        f"facelab: --output: {disk}/m.keras cannot be written (no space left on device); the "
        "classifier is kept in "
    )
    kept = Path(line.partition(" is kept in ")[2].partition(";")[0])
    assert people_of(load(kept)) == ("p0", "p1")
    kept.unlink()
    kept.parent.rmdir()
    assert (disk / "m.keras").read_bytes() == b"the old one"
    assert sorted(path.name for path in disk.iterdir()) == ["full", "m.keras"]


@pytest.mark.slow
def test_a_link_to_a_model_stays_a_link(own: Path, tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "old.keras").write_bytes(b"old")
    (tmp_path / "m.keras").symlink_to("models/old.keras")
    command = ["train", str(own), "-o", str(tmp_path / "m.keras"), "--force", "--batch-size=2"]
    assert main([*command, "--epochs=1", "--face-detector=none"]) == 0
    assert (tmp_path / "m.keras").is_symlink()
    assert (tmp_path / "models" / "old.keras").read_bytes()[:2] == b"PK"


def test_what_is_tried_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "m").write_bytes(b"old")
    try_writing(tmp_path / "m", 10_000)
    try_writing(tmp_path / "n", 10_000)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"m": b"old"}


def test_what_breaks_off_leaves_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "m").write_bytes(b"old")

    def breaking_off() -> None:
        with whole(tmp_path / "m") as half:
            half.write_bytes(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        breaking_off()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"m": b"old"}


def test_a_gallery_on_a_full_disk_keeps_what_it_had(disk: Path) -> None:
    with Gallery(disk / "own") as gallery:
        gallery.agree("Ann", "I agree.")
        kept = [gallery.save("Ann", draw(0, photo, SIZE)) for photo in range(3)]
        fill_up(disk)

        def until_it_is_full() -> None:
            kept.extend(gallery.save("Ann", draw(0, photo, SIZE)) for photo in range(100))

        with pytest.raises(
            FacelabError, match=r"cannot be saved \(no space left on device\); make"
        ):
            until_it_is_full()
        (disk / "full").unlink()
        kept.append(gallery.save("Ann", draw(0, 200, SIZE)))
    again = Gallery(disk / "own")
    assert again.damage() == []
    assert sorted(again.table["file"]) == sorted(kept)
    assert again.consent("Ann") is not None


@pytest.mark.parametrize(
    "command",
    [
        ["studio", "sheet", "--out", "FOLDER"],
        ["finder", "scenes", "-o", "FOLDER"],
        ["finder", "scenes", "-o", "none/weights.npz"],
    ],
)
def test_other_destinations_are_tried_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    (tmp_path / "there").mkdir()
    command = [str(tmp_path / "there") if one == "FOLDER" else one for one in command]
    began = time.process_time()
    assert main(command) == 2
    assert time.process_time() - began < 5
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "cannot be written" in err
    assert not Path("scenes").exists()


def test_a_reader_that_goes_away_is_no_error() -> None:
    """As `facelab steps | head -1`."""
    command = f"{sys.executable} -m facelab train --help | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert "Traceback" not in done.stderr
