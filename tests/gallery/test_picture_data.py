"""Picture data: a picture is read if all of it is there; what a decoder conceals is refused."""

from __future__ import annotations

import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from facelab.contract.errors import FacelabError
from facelab.gallery.gallery import Gallery
from facelab.gallery.image import check_image, decode_image
from facelab.gallery.reader import read_found
from tests.conftest import ROOT, draw
from tests.gallery import pictures
from tests.gallery.pictures import SIZE, chunk, chunks, joined, pgm, png

FRAME = draw(0, 0, SIZE)
GREY = FRAME[..., 0]
KINDS = pictures.every_kind()


def refusal(content: bytes) -> str:
    """Return what a picture is refused with; by its check and its decoding alike."""
    with pytest.raises(FacelabError) as checked:
        check_image(content, "a.jpg")
    with pytest.raises(FacelabError) as decoded:
        decode_image(content, "a.jpg")
    assert str(checked.value) == str(decoded.value)
    return str(checked.value)


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_picture_is_read_as_its_decoder_does(kind: str) -> None:
    content = KINDS[kind]
    check_image(content, kind)
    frame = decode_image(content, kind)
    if kind not in ("P2", "deep pgm"):
        np.testing.assert_array_equal(frame, cv2.imdecode(np.frombuffer(content, "u1"), 1))
    assert np.abs(frame.astype(int) - FRAME).mean() < 15


@pytest.mark.parametrize("kind", ["jpg colour", "progressive", "restarts", "4:4:4", "jpg grey"])
@pytest.mark.parametrize("part", [0.3, 0.5, 0.8, 0.95])
def test_a_jpeg_that_lacks_its_end_and_was_given_one(kind: str, part: float) -> None:
    whole = KINDS[kind]
    cut = int(len(whole) * part)
    for damaged in (
        whole[:cut] + b"\xff\xd9",
        whole[:cut] + bytes(len(whole) - cut - 2) + b"\xff\xd9",
    ):
        assert refusal(damaged).startswith("a.jpg: the picture ")
        assert "copy it again from where it came" in refusal(damaged)


def test_a_jpeg_that_lacks_a_part_in_its_middle() -> None:
    whole = pictures.jpeg(draw(0, 0, (240, 320)))
    start = whole.index(b"\xff\xda") + 2000
    for gone in (
        whole[:start] + whole[start + 512 :],
        whole[:start] + bytes(512) + whole[start + 512 :],
    ):
        assert "damaged" in refusal(gone)


def test_a_jpeg_that_ends_in_zeros_as_a_broken_copy_does() -> None:
    whole = KINDS["jpg colour"]
    assert "breaks off" in refusal(whole[:900] + bytes(len(whole) - 900))


@pytest.mark.slow
def test_a_jpeg_of_very_many_scans_is_not_decoded() -> None:
    whole = pictures.progressive(draw(0, 0, (480, 640)))
    last = whole.rindex(b"\xff\xda")
    bomb = whole[:-2] + whole[last:-2] * 5000 + whole[-2:]
    began = time.process_time()
    assert "scans" in refusal(bomb)
    assert time.process_time() - began < 1


def test_nothing_is_said_beside_the_refusal(tmp_path: Path) -> None:
    """Decoders print lines of their own, which name no file."""
    whole = KINDS["jpg colour"]
    deep = cv2.imencode(".png", GREY)[1].tobytes()
    parts = list(chunks(deep))
    damaged = {
        "cut.jpg": whole[:900] + b"\xff\xd9",
        "zeros.jpg": whole[:900] + bytes(400) + b"\xff\xd9",
        "precision.jpg": whole.replace(b"\xff\xc0\x00\x11\x08", b"\xff\xc0\x00\x11\x0c"),
        "lossless.jpg": whole.replace(b"\xff\xc0\x00\x11", b"\xff\xc3\x00\x11"),
        "checksum.png": deep[:-30] + bytes([deep[-30] ^ 1]) + deep[-29:],
        "profile.png": joined([parts[0], (b"iCCP", b"x\0\0" + zlib.compress(b"none")), *parts[1:]]),
        "time.png": joined([parts[0], (b"tIME", b"abc"), *parts[1:]]),
        "filter.png": png(b"\x09" + bytes(9), (3, 1)),
        "palette.png": png(b"\0\x05", (1, 1), 8, 3, before=((b"PLTE", bytes(6)),)),
        "nothing.png": joined([parts[0], parts[-1]]),
        "half.bmp": KINDS["bmp colour"][:2000],
        "half.webp": KINDS["webp colour"][:-20],
        "half.pgm": KINDS["pgm"][:-20],
        "words.pgm": b"P2 2 2 255 1 2 x 4",
    }
    for name, content in damaged.items():
        (tmp_path / name).write_bytes(content)
    program = (
        "import sys\nfrom pathlib import Path\n"
        "from facelab.contract.errors import FacelabError\n"
        "from facelab.gallery.image import read_image\n"
        "for path in sorted(Path(sys.argv[1]).iterdir()):\n"
        "    try:\n        read_image(path)\n"
        "    except FacelabError as error:\n        print(str(error).removeprefix(sys.argv[1]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    said = [line.partition(": ")[0].lstrip("/") for line in done.stdout.splitlines()]
    # what stands beside the pixels does not count; a colour without a palette's entry is black
    assert said == sorted(set(damaged) - {"profile.png", "time.png", "palette.png"})


def test_a_png_is_whole_by_its_checksums_and_its_pixels() -> None:
    whole = KINDS["png colour"]
    parts = list(chunks(whole))
    [data] = [data for kind, data in parts if kind == b"IDAT"]
    flipped = bytearray(whole)
    flipped[whole.index(b"IDAT") + 100] ^= 1
    raw = zlib.decompress(data)

    def with_pixels(content: bytes) -> bytes:
        return joined([(kind, content if kind == b"IDAT" else data) for kind, data in parts])

    damaged = {
        "a checksum": bytes(flipped),
        "pixels that end early": with_pixels(zlib.compress(raw[:-200])),
        "pixels that go on": with_pixels(zlib.compress(raw + raw[:200])),
        "half a stream": with_pixels(data[: len(data) // 2]),
        "no stream": with_pixels(b""),
        "a stream that is none": with_pixels(b"pixels"),
        "no pixels": joined([part for part in parts if part[0] != b"IDAT"]),
        "no end": whole[:-12],
        "no size": joined(parts[1:]),
    }
    for what, content in damaged.items():
        line = refusal(content)
        assert "the picture is damaged" in line or "breaks off" in line, what


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize(
    ("depth", "colour", "channels"),
    [(1, 0, 1), (2, 0, 1), (4, 0, 1), (8, 0, 1), (16, 0, 1), (8, 2, 3), (16, 2, 3), (1, 3, 1),
     (8, 3, 1), (8, 4, 2), (16, 4, 2), (8, 6, 4), (16, 6, 4)],
)  # fmt: skip
def test_every_png_that_may_be(depth: int, colour: int, channels: int, interlaced: bool) -> None:
    width, height = 13, 11
    steps = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
             (0, 1, 1, 2)] if interlaced else [(0, 0, 1, 1)]  # fmt: skip
    raw = b""
    for left, top, across, down in steps:
        columns, rows = len(range(left, width, across)), len(range(top, height, down))
        if columns and rows:
            row = b"\0" + b"\xff" * -(-columns * channels * depth // 8)
            raw += row * rows
    palette = ((b"PLTE", bytes([255] * 6)),) if colour == 3 and depth == 1 else ()
    palette = ((b"PLTE", bytes([255] * 768)),) if colour == 3 and depth == 8 else palette
    content = png(raw, (width, height), depth, colour, interlaced=interlaced, before=palette)
    check_image(content, "a.png")
    frame = decode_image(content, "a.png")
    assert frame.shape == (height, width, 3)
    assert (frame == 255).all()
    assert "damaged" in refusal(
        png(raw[:-1], (width, height), depth, colour, interlaced=interlaced, before=palette)
    )


@pytest.mark.parametrize("kind", ["P2", "P5"])
@pytest.mark.parametrize("most", [1, 15, 100, 255, 1023, 4095, 65535])
def test_grey_levels_are_scaled_to_what_is_white(kind: str, most: int) -> None:
    values = np.round(np.linspace(0, most, 48 * 64)).astype(int).reshape(48, 64)
    frame = decode_image(pgm(values, most, kind), "a.pgm")
    np.testing.assert_array_equal(frame[..., 0], np.round(values * 255 / most))
    np.testing.assert_array_equal(frame[..., 0], frame[..., 2])


@pytest.mark.parametrize(
    "content",
    [b"P5 2 2 255\n123", b"P5 2 2 1000\n1234567", b"P5 2 2 100\n\x01\x02\xff\x03",
     b"P2 2 2 9 1 2 3", b"P2 2 2 9 1 2 3 10", b"P2 2 2 9 1 2 3 x", b"P2 2 2 9 1 2 -3 4",
     b"P5 2 2 0\n1234",
     b"P5 2 2 65536\n12345678", b"P5 0 2 255\n", b"P5 2 2 255", b"P5 2 2",
     b"P2 2 2 9 1 2 3 " + b"9" * 99],
)  # fmt: skip
def test_a_pgm_that_is_not_whole(content: bytes) -> None:
    refusal(content)


def test_sixteen_bits_of_a_png_are_scaled() -> None:
    deep = np.linspace(0, 65535, 48 * 64).astype(np.uint16).reshape(48, 64)
    frame = decode_image(cv2.imencode(".png", deep)[1].tobytes(), "a.png")
    assert np.abs(frame[..., 0].astype(float) - deep / 257).max() <= 1


def box(brand: bytes) -> bytes:
    return struct.pack(">I", 24) + b"ftyp" + brand + bytes(4) + b"mif1" + brand + bytes(500)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (box(b"heic"), "a HEIC picture"),
        (box(b"heix"), "a HEIC picture"),
        (box(b"mif1"), "a HEIC picture"),
        (box(b"avif"), "an AVIF picture"),
        (box(b"avis"), "an AVIF picture"),
        (box(b"crx "), "a raw picture"),
        (box(b"qt  "), "a film"),
        (box(b"isom"), "a film"),
        (b"GIF89a" + bytes(100), "a GIF picture"),
        (b"II*\0" + bytes(100), "a TIFF or raw picture"),
        (b"MM\0*" + bytes(100), "a TIFF or raw picture"),
        (b"P6\n2 2\n255\n" + bytes(12), "a PPM picture"),
        (b"P7\nWIDTH 2\n", "a PAM picture"),
        (b"\xff\x0a" + bytes(100), "a JPEG XL picture"),
        (b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(100), "a JPEG XL picture"),
        (b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(100), "a JPEG 2000 picture"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"<svg xmlns=", "an SVG drawing"),
        (b"8BPS\0\1" + bytes(50), "a Photoshop picture"),
        (b"PK\3\4" + bytes(50), "a ZIP archive"),
        (b"\x1aE\xdf\xa3" + bytes(50), "a film"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "a Git LFS pointer"),
        (b"<!DOCTYPE html><html>", "a web page"),
    ],
)  # fmt: skip
def test_a_picture_of_another_kind_is_called_by_its_name(content: bytes, what: str) -> None:
    assert refusal(content).startswith(f"a.jpg: {what}; ")


def test_the_same_check_at_every_door(tmp_path: Path) -> None:
    damaged = KINDS["jpg colour"][:900] + b"\xff\xd9"
    (tmp_path / "own" / "Ann").mkdir(parents=True)
    (tmp_path / "own" / "Ann" / "a.jpg").write_bytes(damaged)
    (tmp_path / "own" / "Ann" / "b.jpg").write_bytes(KINDS["jpg colour"])
    found = read_found(tmp_path / "own")
    assert len(found.photos) == 1
    assert found.left_out[0].startswith("Ann/a.jpg: the picture is damaged")
    gallery = Gallery(tmp_path / "kept")
    with pytest.raises(FacelabError, match="the picture is damaged"):
        gallery.add("Ann", tmp_path / "own" / "Ann" / "a.jpg")
    gallery.save("Ann", FRAME)
    (tmp_path / "kept" / "gallery" / "Ann" / "001.png").write_bytes(damaged)
    with pytest.raises(FacelabError, match="the picture is damaged"):
        gallery.photos()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak of a program alone")
def test_a_hundred_megapixels_stay_below_a_gigabyte(tmp_path: Path) -> None:
    """The largest that is allowed, in the form that costs most: progressive, full colour."""
    program = (
        "import cv2, numpy as np\n"
        "from facelab.gallery.image import decode_image\n"
        "content = open(r'%s', 'rb').read()\n"
        "print(decode_image(content, 'x').shape)\n"
        "for line in open('/proc/self/status'):\n"
        "    if line.startswith('VmHWM:'):\n"
        "        print(line.split()[1])\n"
    ) % (tmp_path / "large.jpg")
    (tmp_path / "large.jpg").write_bytes(
        pictures.jpeg(
            np.zeros((9999, 10000, 3), np.uint8),
            cv2.IMWRITE_JPEG_PROGRESSIVE, 1, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, 0x111111,
        )
    )  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.stderr == ""
    shape, most = done.stdout.splitlines()
    assert shape == "(9999, 10000, 3)"
    assert int(most) < 1_000_000


def test_a_chunk_is_as_png_has_it() -> None:
    whole = KINDS["png colour"]
    assert b"".join(chunk(*part) for part in chunks(whole)) == whole[8:]
