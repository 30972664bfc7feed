"""Manifest: read back as written; what is wrong with it, or with the files, in one line each."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from facelab.contract.errors import FacelabError
from facelab.gallery.manifest import damage, read_manifest, write_manifest
from facelab.gallery.own_gallery import OwnGallery
from facelab.gallery.source import Recording


def refusal(folder: Path) -> str:
    """Return what is said of a folder's manifest, for sure in one line."""
    with pytest.raises(FacelabError) as caught:
        read_manifest(folder)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_missing_folder(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none") == (
        f"{tmp_path}/none: no such folder of recorded frames; restore it with "
        "`git checkout -- fixtures` or name another one"
    )


@pytest.mark.parametrize("is_folder", [False, True], ids=["missing", "a folder"])
def test_missing_manifest(tmp_path: Path, is_folder: bool) -> None:
    if is_folder:
        (tmp_path / "manifest.csv").mkdir()
    assert refusal(tmp_path) == f"{tmp_path}/manifest.csv: " + (
        "cannot be read (is a directory); allow it, or restore the manifest"
        if is_folder
        else "no such manifest; restore it with `git checkout -- fixtures`"
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "No columns to parse from file"),
        (b"\xff\xfe\x00\x80", "'utf-8' codec can't decode byte 0xff in position 0"),
        (
            b"file,sha256,set,person\na,b,c,d\na,b,c,d,e,f\n",
            "Error tokenizing data. C error: Expected 4 fields in line 3, saw 6",
        ),
    ],
    ids=["empty", "binary", "ragged"],
)
def test_not_a_table(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "manifest.csv").write_bytes(content)
    said = refusal(tmp_path)
    assert said.startswith(f"{tmp_path}/manifest.csv: not a manifest ({reason}")
    assert said.endswith(
        "); a table with commas is expected, with the columns file, sha256, set, person"
    )


@pytest.mark.parametrize(
    ("header", "missing"),
    [("file,person", "sha256, set"), ("file;sha256;set;person", "file, sha256, set, person")],
)
def test_missing_columns(tmp_path: Path, header: str, missing: str) -> None:
    (tmp_path / "manifest.csv").write_text(header + "\n")
    columns = ", ".join(header.split(","))
    assert refusal(tmp_path) == (
        f"{tmp_path}/manifest.csv: received the columns {columns}, missing {missing}; "
        "restore the manifest"
    )


@pytest.mark.parametrize("column", ["frames", "glasses"])
@pytest.mark.parametrize(
    "value", ["many", "inf", "nan", "-1", "1e30", "9" * 400, "0.5", "\x1b[31m"]
)
def test_a_number_that_is_none(tmp_path: Path, column: str, value: str) -> None:
    text = f"file,sha256,set,person,{column}\na.avi,b,clips,Al,{value}\n"
    (tmp_path / "manifest.csv").write_text(text)
    said = refusal(tmp_path)
    assert said.startswith(f"{tmp_path}/manifest.csv: received ")
    assert said.isprintable()
    assert said.endswith(
        f" in {column}, allowed are whole numbers, or nothing; restore the manifest"
    )
    with pytest.raises(FacelabError):
        OwnGallery(tmp_path)


def test_a_film_without_a_number_of_frames(tmp_path: Path) -> None:
    text = "file,sha256,set,person,frames\na.avi,b,clips,Al,\n"
    (tmp_path / "manifest.csv").write_text(text)
    with pytest.raises(FacelabError, match=r": a.avi has no number of frames; restore"):
        Recording(tmp_path).clip("a")


def test_written_and_read_back(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "file": ["b/Zoé, 1.png", 'a/"x".png', "a/NA.png"],
            "sha256": ["0e1", "00", ""],
            "set": ["clips", "gallery", "gallery"],
            "person": ["NaN", "None", "Zoé"],
            "frames": ["793", "", ""],
        }
    )
    write_manifest(tmp_path, table)
    back = read_manifest(tmp_path)
    assert back["file"].tolist() == ['a/"x".png', "a/NA.png", "b/Zoé, 1.png"]
    assert back["person"].tolist() == ["None", "Zoé", "NaN"]
    assert back["sha256"].tolist() == ["00", "", "0e1"]
    assert back["frames"].tolist()[2] == 793
    assert b"\r" not in (tmp_path / "manifest.csv").read_bytes()


def test_a_whole_recording_has_no_damage(frames: Recording) -> None:
    assert damage(frames.folder, frames.manifest) == []


def test_missing_damaged_and_orphan_are_named(frames: Recording) -> None:
    gallery = frames.folder / "gallery"
    (gallery / "Lara" / "003.png").unlink()
    (gallery / "Lara" / "007.png").write_bytes((gallery / "Lara" / "008.png").read_bytes())
    (gallery / "Alex" / "011.png").write_bytes(b"")
    (gallery / "Nobody").mkdir()
    (gallery / "Nobody" / "001.png").write_bytes(b"a photo")
    (frames.folder / "cast.toml").write_text("beside, not in a folder of frames")
    assert frames.damage() == [
        "gallery/Lara/003.png: missing; restore it",
        "gallery/Lara/007.png: damaged, its SHA-256 is not the manifest's; restore it",
        "gallery/Alex/011.png: half-written; take it away",
        "gallery/Nobody/001.png: an orphan, not in the manifest; take it away",
    ]
