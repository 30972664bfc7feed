"""Hostile: galleries made to harm whoever reads or cleans them; nothing outside is touched."""

from __future__ import annotations

import gc
import os
import re
import socket
import struct
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from facelab.contract.errors import FacelabError
from facelab.gallery.forget import forget
from facelab.gallery.gallery import Gallery
from facelab.gallery.image import decode_image, read_image
from facelab.gallery.own_gallery import OwnGallery
from facelab.gallery.picture_header import size
from facelab.gallery.reader import read_found
from facelab.gallery.source import Recording
from tests.conftest import Project, draw, film
from tests.gallery.test_own_gallery import SIZE, fill, record

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """What is not the gallery's: a person's own files beside it."""
    place = tmp_path / "home" / "p1" / "Documents"
    place.mkdir(parents=True)
    (place / "thesis.odt").write_text("two years of work")
    (tmp_path / "home" / "acceptance.json").write_text('{"cast": "p1"}')
    (tmp_path / "home" / "curves-1.csv").write_text("1,2")
    return tmp_path / "home"


def refusal(use: Callable[[], object]) -> str:
    """Return what something is refused with, an empty line when it is not."""
    try:
        use()
    except FacelabError as error:
        return str(error)
    return ""


def everything(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.slow
@pytest.mark.parametrize("column", ["set", "person", "file"])
@pytest.mark.parametrize("value", ["../home", "../../home", "ABSOLUTE", "gallery/../../home", ""])
def test_rows_that_lead_out(tmp_path: Path, home: Path, column: str, value: str) -> None:
    record(tmp_path / "own")
    value = value.replace("ABSOLUTE", str(home))
    row = {"file": "gallery/p0/002.png", "sha256": "00", "set": "gallery", "person": "p1"}
    row[column] = value
    with (tmp_path / "own" / "manifest.csv").open("a") as manifest:
        manifest.write(",".join(row.values()) + "\n")
    before = everything(home)
    own = OwnGallery(tmp_path / "own")
    assert own.left_out
    assert forget(tmp_path / "own", "p1")
    assert everything(home) == before
    assert (tmp_path / "own" / "gallery" / "p0" / "002.png").exists()
    assert not list((tmp_path / "own").rglob("p1"))


def _clips(own: Path, home: Path) -> None:
    (own / "clips" / "a").symlink_to(home)


def _person(own: Path, home: Path) -> None:
    (own / "probes" / "t2").mkdir()
    (own / "probes" / "t2" / "p1").symlink_to(home / "p1")


def _set(own: Path, home: Path) -> None:
    (own / "twins").symlink_to(home)
    with (own / "manifest.csv").open("a") as manifest:
        manifest.write("twins/p1/Documents/thesis.odt,00,twins,p1\n")


def _reports(own: Path, home: Path) -> None:
    (own / "reports").symlink_to(home)


def _cache(own: Path, home: Path) -> None:
    (own / ".facelab" / "cache").mkdir(parents=True)
    (own / ".facelab" / "cache" / "0").symlink_to(home)


@pytest.mark.parametrize("link", [_clips, _person, _set, _reports, _cache])
def test_links_that_lead_out_are_not_followed_by_forget(
    tmp_path: Path, home: Path, link: Callable[[Path, Path], None]
) -> None:
    record(tmp_path / "own")
    link(tmp_path / "own", home)
    before = everything(home)
    said = refusal(lambda: forget(tmp_path / "own", "p1"))
    assert not said or said.endswith("lies outside of the folder own; take it out of it")
    assert everything(home) == before


def test_a_row_that_names_anothers_photo_or_a_table_removes_neither(tmp_path: Path) -> None:
    record(tmp_path)
    with (tmp_path / "manifest.csv").open("a") as manifest:
        for file in ("consent.csv", ".facelab/lock", "gallery/../consent.csv", "manifest.csv"):
            manifest.write(f"{file},00,gallery,p1\n")
    (tmp_path / "gallery" / "p9").symlink_to("p0")
    with (tmp_path / "manifest.csv").open("a") as manifest:
        manifest.write("gallery/p9/001.png,00,gallery,p1\n")
    forget(tmp_path, "p1")
    kept = Gallery(tmp_path)
    assert kept.consent("p0") is not None
    assert set(kept.table["person"]) == {"p0"}
    assert kept.damage() == ["gallery/p9: an orphan, not in the manifest; take it away"]


def test_a_report_is_not_written_through_a_link(project: Project, home: Path) -> None:
    fill(project.folder / "team")
    (project.folder / "team" / "reports").symlink_to(home)
    before = everything(home)
    project.family("T0", "all is well")
    run = project.run("--gallery", "team")
    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert run.said("ERROR: reports: lies outside of the folder team; take it out of it")
    assert everything(home) == before


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    place = Path.cwd()
    os.chdir(path.parent)  # a socket's path is short
    try:
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(path.name)
    finally:
        os.chdir(place)


def _endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _terminal(path: Path) -> None:
    path.symlink_to("/dev/tty")


def _folder(path: Path) -> None:
    path.mkdir()


KINDS = [_fifo, _socket, _endless, _terminal, _folder]


@pytest.mark.slow
@pytest.mark.parametrize("make", KINDS)
@pytest.mark.parametrize(
    "file", ["manifest.csv", "journal.jsonl", "consent.csv", "gallery/p0/001.png", ".facelab/lock"]
)
def test_what_is_no_file_is_one_line(
    tmp_path: Path, file: str, make: Callable[[Path], None]
) -> None:
    record(tmp_path / "own")
    path = tmp_path / "own" / file
    path.unlink(missing_ok=True)
    make(path)
    uses: tuple[Callable[[], object], ...] = (
        lambda: OwnGallery(tmp_path / "own"),
        lambda: Recording(tmp_path / "own").photos("gallery"),
        lambda: Gallery(tmp_path / "own").save("p0", draw(0, 0, SIZE)),
        lambda: Gallery(tmp_path / "own").damage(),
        lambda: forget(tmp_path / "own", "p0"),
    )
    said = [line for use in uses if (line := refusal(use))]
    assert said or file == "gallery/p0/001.png"
    assert all(line.isprintable() for line in said)


@pytest.mark.parametrize("make", KINDS[:-1])
def test_what_is_no_file_in_a_folder_of_photos_is_left_out(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    fill(tmp_path)
    make(tmp_path / "p0" / "900.jpg")
    own = OwnGallery(tmp_path)
    assert len(own.left_out) == 1
    assert own.left_out[0].startswith("p0/900.jpg: ")


@pytest.mark.parametrize("make", [_fifo, _endless])
def test_a_film_that_is_no_file_is_not_waited_for(
    frames: Recording, make: Callable[[Path], None]
) -> None:
    clip = frames.clip("alex_t2")
    path = frames.folder / "clips" / "alex_t2.avi"
    path.unlink()
    make(path)
    with pytest.raises(FacelabError):
        list(clip)
    assert frames.damage()


@pytest.mark.parametrize("head", ["#EXTM3U\n", "ffconcat version 1.0\nfile ", "v=0\n", "<MPD>"])
def test_a_playlist_is_no_film(frames: Recording, home: Path, head: str) -> None:
    clip = frames.clip("alex_t2")
    film(home / "secret.avi", [draw(0, photo) for photo in range(70)])
    text = f"{head}{home}/secret.avi\n"
    (frames.folder / "clips" / "alex_t2.avi").write_text(text)
    with pytest.raises(FacelabError, match="played 0 frames"):
        list(clip)


@pytest.mark.parametrize("name", ["manifest.csv", "journal.jsonl", "consent.csv"])
def test_tables_are_not_read_through_links_that_lead_out(tmp_path: Path, name: str) -> None:
    record(tmp_path / "own")
    secret = tmp_path / "secret"
    secret.write_text("topsecret-line-1\n")
    (tmp_path / "own" / name).unlink(missing_ok=True)
    (tmp_path / "own" / name).symlink_to(secret)
    with pytest.raises(FacelabError, match="lies outside of the folder own") as caught:
        Gallery(tmp_path / "own")
    assert "topsecret" not in str(caught.value)


@pytest.mark.parametrize("name", ["manifest.csv", "journal.jsonl", "consent.csv", "p0/900.png"])
def test_files_that_are_far_too_large_are_not_read(tmp_path: Path, name: str) -> None:
    fill(tmp_path)
    with (tmp_path / name).open("wb") as file:
        file.truncate(10**10)
    if name.endswith(".png"):
        assert OwnGallery(tmp_path).left_out == [f"{name}: larger than 100 MB; save it smaller"]
    else:
        said = refusal(lambda: Gallery(tmp_path))
        assert re.fullmatch(rf"{name}: larger than \d+ MB; save it smaller", said)


def png(width: int, height: int) -> bytes:
    """Return the head of a PNG of any size."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


def test_a_picture_of_too_many_pixels_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2, "imdecode", lambda *_: pytest.fail("decoded"))
    jpeg = cv2.imencode(".jpg", draw(0, 0))[1].tobytes()
    start = jpeg.index(b"\xff\xc0") + 5
    large = [
        png(23_000, 23_000),
        png(2**31 - 1, 2**31 - 1),
        jpeg[:start] + struct.pack(">HH", 65_000, 65_000) + jpeg[start + 4 :],
        b"P5\n# a note\n32000 32000\n255\n",
        b"BM" + bytes(12) + struct.pack("<Iii", 40, 65_535, -65_535) + bytes(28),
        b"RIFF\0\0\0\0WEBPVP8X" + bytes(8) + b"\xff\xff\x0f\xff\xff\x0f",
    ]
    for content in large:
        with pytest.raises(FacelabError, match=r"^x: received \d+ x \d+ pixels, allowed are 1"):
            decode_image(content, "x")


@pytest.mark.parametrize("ending", [".jpg", ".png", ".bmp", ".webp", ".pgm"])
@pytest.mark.parametrize("shape", [(48, 64), (1, 1), (3, 1280), (300, 7)])
def test_a_size_is_read_from_the_first_bytes(ending: str, shape: tuple[int, int]) -> None:
    frame = draw(0, 0, shape)[..., 0]
    assert size(cv2.imencode(ending, frame)[1].tobytes()) == (shape[1], shape[0])


@pytest.mark.parametrize(
    "ending", [".tiff", ".jp2", ".avif", ".gif", ".hdr", ".pfm", ".pam", ".ras", ".ppm"]
)
def test_other_formats_are_refused_by_their_content(tmp_path: Path, ending: str) -> None:
    frame = draw(0, 0)
    if ending in (".hdr", ".pfm"):
        frame = frame.astype(np.float32)
    try:
        content = cv2.imencode(ending, frame)[1].tobytes()
    except cv2.error:
        pytest.skip(f"this OpenCV cannot write {ending}")
    (tmp_path / "z.jpg").write_bytes(content)
    with pytest.raises(FacelabError, match=r"picture.*; allowed are JPEG, PNG, BMP, WebP"):
        read_image(tmp_path / "z.jpg")


@pytest.mark.slow
def test_many_rows_take_no_more_than_their_share(tmp_path: Path) -> None:
    """Four times as many take about four times as long, not sixteen."""

    def worked(many: int) -> float:
        folder = tmp_path / f"{many}"
        folder.mkdir(exist_ok=True)
        rows = [f"gallery/p{n % 50}/{n:06d}.png,{n:064x},gallery,p{n % 50}" for n in range(many)]
        (folder / "manifest.csv").write_text("\n".join(["file,sha256,set,person", *rows, ""]))
        gc.disable()  # which comes when it likes, and takes four fifths of the time
        before = os.times().user
        found = read_found(folder)
        spent = os.times().user - before
        gc.enable()
        assert len(found.left_out) == 50
        said = f"p0: left out, none of {many // 50} files can be read ({many // 50} times"
        assert found.left_out[0].startswith(said)
        return spent

    few = max(worked(8_000) for _ in range(3))
    assert any(worked(32_000) < 8 * few for _ in range(3))
