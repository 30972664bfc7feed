"""Frames: what a film, a folder and a fixture of one's own may give, and what is said else."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from facelab.camera.camera import Camera, open_camera
from facelab.camera.feeds import _usable
from facelab.contract.errors import FacelabError
from tests.conftest import draw, film

SHOT = draw(0, 0)
RULE = "allowed are arrays (height, width, 3) of uint8, blue-green-red"


def played(camera: Camera) -> tuple[int, str]:
    """Return how many frames came, and the line at the end."""
    got: list[Any] = []
    with pytest.raises(FacelabError) as error:
        got.extend(camera)
    return len(got), str(error.value)


@pytest.mark.parametrize(
    ("frame", "what"),
    [
        (SHOT[..., 0], "uint8 (48, 64)"),
        (SHOT / 255, "float64 (48, 64, 3)"),
        (SHOT.astype(np.uint16), "uint16 (48, 64, 3)"),
        (SHOT.astype(bool), "bool (48, 64, 3)"),
        (np.dstack([SHOT, SHOT[..., 0]]), "uint8 (48, 64, 4)"),
        (SHOT.transpose(2, 0, 1), "uint8 (3, 48, 64)"),
        (SHOT[:0], "uint8 (0, 64, 3)"),
        (SHOT[None], "uint8 (1, 48, 64, 3)"),
        (None, "None"),
        (SHOT.tolist(), "a list"),
        ("shot.jpg", "a str"),
        (b"\xff\xd8", "a bytes"),
        (7, "an int"),
        ((True, SHOT), "a tuple"),
        (SHOT.astype(object), "object (48, 64, 3)"),
    ],
)
def test_a_frame_that_is_none_is_named_with_the_rule(frame: Any, what: str) -> None:
    got, line = played(Camera(lambda: iter([SHOT, frame]), "a robot's eye", rate=10))
    assert got == 1
    assert line.startswith(f"a robot's eye: frame 2 is {what}, {RULE}")


def test_none_is_explained() -> None:
    nothing: Any = cv2.imread("no.jpg")
    line = played(Camera(lambda: iter([nothing]), "a robot's eye"))[1]
    assert "cv2.imread gives None for what it cannot read" in line


@pytest.mark.parametrize("start", [None, 7, "x.jpg", SHOT, [SHOT]])
def test_a_start_that_gives_no_frames(start: Any) -> None:
    with pytest.raises(FacelabError, match=r"a robot's eye: start is .*, allowed is a function"):
        list(Camera(start, "a robot's eye"))


@pytest.mark.parametrize("gives", [None, 7])
def test_a_function_that_gives_no_frames(gives: Any) -> None:
    with pytest.raises(FacelabError, match=r"a robot's eye: start gives .*, allowed are frames"):
        list(Camera(lambda: gives, "a robot's eye"))


def test_a_buffer_that_is_used_again_is_copied() -> None:
    buffer = np.zeros((4, 6, 3), np.uint8)

    def frames() -> Any:
        for number in range(6):
            buffer[:] = number
            yield buffer

    got = list(Camera(frames, "a robot's eye", rate=10))
    assert [frame[0, 0, 0] for frame in got] == list(range(6))


def test_a_view_and_a_frame_that_cannot_be_written_are_frames() -> None:
    locked = SHOT.copy()
    locked.flags.writeable = False
    for frame in (locked, SHOT[::-1, ::2], np.asfortranarray(SHOT)):
        [got] = list(Camera(lambda frame=frame: [frame], "a robot's eye", rate=10))  # type: ignore[misc]
        np.testing.assert_array_equal(got, frame)
        assert got.flags.c_contiguous
        assert got.flags.writeable


def encoded(path: Path, codec: str, count: int = 40, rate: float = 25) -> Path:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), rate, (64, 48))
    if not writer.isOpened():
        pytest.skip(f"this OpenCV cannot write {codec}")
    for number in range(count):
        writer.write(draw(0, number))
    writer.release()
    return path


def unreadable(path: Path) -> Path:
    """A film whose codec nobody knows: it is renamed where MP4 and AVI name it."""
    content = path.read_bytes()
    for name in (b"mp4v", b"FMP4", b"MJPG", b"FFV1"):
        content = content.replace(name, b"zz9z")
    if (table := content.find(b"esds")) > 0:  # which says the codec once more, by a number
        place = content.index(b"\x04\x80\x80\x80", table) + 5
        content = content[:place] + b"\xfe" + content[place + 1 :]
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("ending", "codec"), [(".mp4", "mp4v"), (".avi", "MJPG"), (".avi", "FFV1")]
)
def test_a_film_that_cannot_be_decoded(tmp_path: Path, ending: str, codec: str) -> None:
    path = unreadable(encoded(tmp_path / f"film{ending}", codec))
    got, line = played(open_camera(str(path)))
    assert got == 0
    assert line.startswith(f"{path}: ")
    assert "convert it, for example with `ffmpeg -i IN -c:v libx264 OUT.mp4`" in line


def faststart(content: bytes) -> bytes:
    """An MP4 with its table before its pictures, as those for the web: it opens when cut."""
    boxes, place = {}, 0
    while place < len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        boxes[content[place + 4 : place + 8]] = content[place : place + length]
        place += length
    moov = bytearray(boxes[b"moov"])
    table = moov.index(b"stco")
    for number in range(int.from_bytes(moov[table + 8 : table + 12], "big")):
        entry = slice(table + 12 + 4 * number, table + 16 + 4 * number)
        moov[entry] = (int.from_bytes(moov[entry], "big") + len(moov)).to_bytes(4, "big")
    rest = [box for name, box in boxes.items() if name not in (b"ftyp", b"moov")]
    return boxes[b"ftyp"] + bytes(moov) + b"".join(rest)


@pytest.mark.parametrize(
    ("ending", "codec"), [(".mp4", "mp4v"), (".avi", "MJPG"), (".mkv", "FFV1")]
)
@pytest.mark.parametrize("part", [0.4, 0.8])
def test_a_film_that_breaks_off(tmp_path: Path, ending: str, codec: str, part: float) -> None:
    path = encoded(tmp_path / f"film{ending}", codec)
    whole = faststart(path.read_bytes()) if ending == ".mp4" else path.read_bytes()
    path.write_bytes(whole)
    assert len(list(open_camera(str(path)))) == 40
    path.write_bytes(whole[: int(len(whole) * part)])
    got, line = played(open_camera(str(path)))
    assert 5 < got < 40
    assert re.fullmatch(
        rf"{path}: the film ends after {got} (of 40 )?frames, the file breaks off; copy it again "
        "from where it came",
        line,
    )


def test_a_film_of_variable_rate_has_the_times_it_says(tmp_path: Path) -> None:
    """An MP4 whose table of times is changed: the first ten pictures stand four times as long."""
    path = encoded(tmp_path / "film.mp4", "mp4v", 30)
    content = path.read_bytes()
    place = content.index(b"stts")
    count, step = (int.from_bytes(content[place + n : place + n + 4], "big") for n in (12, 16))
    assert count == 30
    longer = b"".join(n.to_bytes(4, "big") for n in (0, 2, 10, 4 * step, 20, step))
    grown = (
        content[: place - 4] + (32).to_bytes(4, "big") + b"stts" + longer + content[place + 20 :]
    )
    grown = grown.replace(b"edts", b"free")  # which says how long the whole is
    for box in (b"moov", b"trak", b"mdia", b"minf", b"stbl"):
        at = grown.index(box) - 4
        size = int.from_bytes(grown[at : at + 4], "big") + 8
        grown = grown[:at] + size.to_bytes(4, "big") + grown[at + 4 :]
    path.write_bytes(grown)
    seconds = [second for second, _ in open_camera(str(path)).play()]
    assert len(seconds) == 30
    np.testing.assert_allclose(np.diff(seconds[:11]), 4 / 25, atol=0.002)
    np.testing.assert_allclose(np.diff(seconds[11:]), 1 / 25, atol=0.002)


def test_a_film_of_odd_rates(tmp_path: Path) -> None:
    for rate in (0.5, 7.3, 59.94, 240.0):
        path = encoded(tmp_path / f"{rate}.avi", "MJPG", 5, rate)
        seconds = [second for second, _ in open_camera(str(path)).play()]
        np.testing.assert_allclose(seconds, np.arange(5) / rate, rtol=0.02, atol=1e-3)


def test_an_empty_film_and_one_of_sound(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").touch()
    assert "0 bytes" in played(open_camera(str(tmp_path / "film.mp4")))[1]
    samples = bytes(8000)
    head = b"RIFF" + (36 + 8000).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    kind = b"\1\0\1\0" + (8000).to_bytes(4, "little") * 2 + b"\1\0\x08\0data"
    (tmp_path / "sound.wav").write_bytes(head + kind + (8000).to_bytes(4, "little") + samples)
    got, line = played(open_camera(str(tmp_path / "sound.wav")))
    assert got == 0
    assert "cannot be played as a film" in line


def test_a_whole_film_says_nothing(tmp_path: Path) -> None:
    film(tmp_path / "film.avi", [draw(0, photo) for photo in range(5)])
    told: list[str] = []
    assert len(list(open_camera(str(tmp_path / "film.avi")).play(told.append))) == 5
    assert told == []


def test_a_folder_is_read_by_its_data(tmp_path: Path) -> None:
    (tmp_path / "b.jfif").write_bytes(cv2.imencode(".jpg", SHOT)[1].tobytes())
    (tmp_path / "a.png").write_bytes(cv2.imencode(".png", SHOT)[1].tobytes())
    assert len(list(open_camera(str(tmp_path)))) == 2
    damaged = cv2.imencode(".jpg", SHOT)[1].tobytes()[:900] + b"\xff\xd9"
    (tmp_path / "c.jpg").write_bytes(damaged)
    told: list[str] = []
    assert len(list(open_camera(str(tmp_path)).play(told.append))) == 2
    assert told[0].startswith(f"{tmp_path}/c.jpg: the picture is dam")
    assert told[0].endswith("; left out")


def as_nobody(use: Callable[[], object]) -> str:
    """Return what something is refused with when a user without rights does it."""
    reading, writing = os.pipe()
    if not (child := os.fork()):
        try:
            os.setgroups([])
            os.setresgid(65534, 65534, 65534)
            os.setresuid(65534, 65534, 65534)
            use()
            said = ""
        except BaseException as error:
            said = f"{type(error).__name__} {error}"
        os.write(writing, said.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        line = told.read()
    os.waitpid(child, 0)
    return line


@pytest.mark.skipif(sys.platform != "linux", reason="devices are files on Linux")
def test_no_right_to_a_device() -> None:
    if os.getuid():
        pytest.skip("only root makes devices")
    path = Path("/tmp") / f"facelab-device-{os.getpid()}"
    os.mknod(path, stat.S_IFCHR | 0o660, os.makedev(1, 3))
    try:
        os.chown(path, 0, 44)
        line = as_nobody(lambda: _usable(path))
    finally:
        path.unlink()
    assert line.startswith(f"FacelabError camera {path}: no right to use it; members of the group ")
    assert "sudo usermod -aG" in line
