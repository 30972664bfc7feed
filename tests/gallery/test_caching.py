"""Caching: what is calculated from one's own photos lies in their gallery, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from facelab.contract.errors import FacelabError
from facelab.gallery import image, reader
from facelab.gallery.caching import forget_cache
from facelab.gallery.own_gallery import OwnGallery
from facelab.gallery.pictures import Pictures
from tests.conftest import draw
from tests.gallery.test_own_gallery import SIZE, content, fill, record


def test_photos_are_files_until_they_are_looked_at(tmp_path: Path) -> None:
    fill(tmp_path)
    frames = OwnGallery(tmp_path).photos("gallery").frames
    assert isinstance(frames, Pictures)
    np.testing.assert_array_equal(frames[0], draw(0, 0, SIZE))


def test_nothing_is_written_before_it_is_asked_for(tmp_path: Path) -> None:
    fill(tmp_path / "own")
    before = content(tmp_path)
    OwnGallery(tmp_path / "own")
    assert content(tmp_path) == before


@pytest.mark.parametrize("recorded", [False, True])
def test_the_second_opening_decodes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recorded: bool
) -> None:
    record(tmp_path) if recorded else fill(tmp_path)
    first = OwnGallery(tmp_path)
    assert first.cache is not None
    assert (tmp_path / ".facelab" / ".gitignore").read_text() == "*\n"
    monkeypatch.setattr(reader, "decode_image", lambda *_: pytest.fail("decoded again"))
    again = OwnGallery(tmp_path)
    assert again.warnings == first.warnings
    assert again.cache == first.cache
    assert again.fingerprint == first.fingerprint
    assert again.manifest.equals(first.manifest)


@pytest.mark.parametrize("cut", [0, 10, 5000, -1])
def test_damaged_thumbnails_are_made_again(tmp_path: Path, cut: int) -> None:
    fill(tmp_path)
    first = OwnGallery(tmp_path)
    assert first.cache is not None
    path = first.cache / "thumbnails-2"
    whole = path.read_bytes()
    path.write_bytes(whole[:cut])
    again = OwnGallery(tmp_path)
    assert again.warnings == first.warnings
    assert again.cache == first.cache
    assert path.read_bytes() == whole


def test_thumbnails_of_photos_that_are_gone_are_not_written(tmp_path: Path) -> None:
    fill(tmp_path)
    first = OwnGallery(tmp_path)
    gone = first.photos("gallery").labels["sha256"].iloc[0]
    assert first.cache is not None
    path = first.cache / "thumbnails-2"
    assert gone.encode() in path.read_bytes()
    (tmp_path / first.photos("gallery").labels["file"].iloc[0]).unlink()
    (tmp_path / "p1" / "900.png").write_bytes(image.encode_png(draw(3, 3, SIZE)))
    assert OwnGallery(tmp_path).cache is not None
    assert gone.encode() not in path.read_bytes()


def test_a_home_elsewhere_is_refused(tmp_path: Path) -> None:
    fill(tmp_path / "own")
    (tmp_path / "out").mkdir()
    (tmp_path / "own" / ".facelab").symlink_to(tmp_path / "out")
    with pytest.raises(FacelabError, match=r"^\.facelab.*: lies outside of the folder own"):
        OwnGallery(tmp_path / "own")
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize("kind", ["file", "link inside"])
def test_a_gallery_that_cannot_keep_anything_is_played_without(tmp_path: Path, kind: str) -> None:
    fill(tmp_path / "own")
    (tmp_path / "out").mkdir()
    home = tmp_path / "own" / ".facelab"
    if kind == "file":
        home.touch()
    else:
        (home / "cache" / "0").mkdir(parents=True)
        (home / "cache" / "0" / "rows").symlink_to(tmp_path / "out")
    own = OwnGallery(tmp_path / "own")
    assert own.cache is None
    assert len(own.photos("gallery")) == 18
    assert not list((tmp_path / "out").iterdir())


def test_who_still_runs_adds_nothing_to_a_forgotten_cache(tmp_path: Path) -> None:
    fill(tmp_path)
    running = OwnGallery(tmp_path)
    assert running.cache is not None
    assert forget_cache(tmp_path)
    with pytest.raises(OSError, match=r"exists|Not a directory"):
        (running.cache / "deeper").mkdir(parents=True)
    assert not [path for path in running.cache.parent.rglob("*") if path.stat().st_size]
    new = OwnGallery(tmp_path).cache
    assert new is not None
    assert new != running.cache
    assert (new / "thumbnails-2").is_file()


def test_a_photo_shrunk_is_another_than_its_file(tmp_path: Path) -> None:
    fill(tmp_path)
    large = np.zeros((1300, 20, 3), np.uint8)
    (tmp_path / "p0" / "900.png").write_bytes(image.encode_png(large))
    frames = reader.read_found(tmp_path).photos.frames
    assert isinstance(frames, Pictures)
    place = frames.files.index("p0/900.png")
    whole = Pictures.read(tmp_path, ["p0/900.png", "p0/000.png"])
    assert frames[place].shape == (1280, 20, 3)
    assert whole[0].shape == (1300, 20, 3)
    assert frames.digests[place] != whole.digests[0]
    assert frames.digests[frames.files.index("p0/000.png")] == whole.digests[1]
