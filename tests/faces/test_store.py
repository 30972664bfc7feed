"""Store: what is kept is taken, what is damaged or strange is made anew."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import facelab
from facelab.contract.errors import FacelabError
from facelab.contract.photos import Photos
from facelab.faces import store
from facelab.faces.detection import Detection, detection
from facelab.faces.extractor import FeatureExtractor, Features
from facelab.faces.store import FEATURE_ROW, MADE_BY, Store, fingerprint
from facelab.gallery.clip import Clip
from facelab.gallery.pictures import Pictures
from facelab.gallery.source import Recording

HOME = Path(facelab.__file__).parent
Make = Callable[..., FeatureExtractor]


@pytest.fixture(scope="module")
def found() -> Detection:
    """The centre square: enough for tiny frames."""
    return detection("none")


@pytest.fixture
def extractor(found: Detection, tmp_path: Path) -> Make:
    """Make an extractor that shares one folder with the others and can be forbidden to look."""

    def make(blind: bool = False, mark: str = "f", folder: str = "cache") -> FeatureExtractor:
        def refuse(*_: Any) -> Any:
            raise AssertionError("a frame was described again")

        chosen = replace(found, detect=refuse) if blind else found
        return FeatureExtractor(chosen, Store(tmp_path / folder, mark))

    return make


@pytest.fixture
def photos(frames: Recording) -> Photos:
    return frames.photos("gallery")


def files(tmp_path: Path) -> list[Path]:
    """The files of the store."""
    return sorted((tmp_path / "cache").glob("*/*.rows"))


def same(one: Features, other: Features) -> bool:
    """Whether features are equal to the last bit."""
    return all(np.array_equal(a, getattr(other, name)) for name, a in vars(one).items())


@pytest.mark.slow
def test_photos_are_not_described_again(extractor: Make, photos: Photos) -> None:
    first = extractor().extract(photos.frames)
    again = extractor(blind=True).extract(photos.of(["Lara", "Alex"]).frames)
    rows = np.flatnonzero(photos.labels["person"].isin(["Lara", "Alex"]))
    np.testing.assert_array_equal(again.vectors, first.vectors[rows])
    assert len(np.unique(first.vectors, axis=0)) == len(photos)


@pytest.mark.slow
def test_one_extractor_does_so_without_a_folder(found: Detection, photos: Photos) -> None:
    alone = FeatureExtractor(found)
    first = alone.extract(photos.frames)
    alone.detection = replace(found, detect=lambda *_: pytest.fail("described again"))
    assert same(alone.extract(photos.frames), first)


@pytest.mark.slow
def test_a_film_is_not_played_again(
    extractor: Make, frames: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = list(extractor().follow(frames.clip("alex_t2")))
    monkeypatch.setattr(Clip, "__iter__", lambda _: pytest.fail("played again"))
    again = list(extractor(blind=True).follow(frames.clip("alex_t2")))
    assert [len(batch.vectors) for batch in again] == [64, 6]
    assert all(same(*pair) for pair in zip(first, again, strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("said", [69, 71])
def test_a_film_of_another_length_is_played(extractor: Make, frames: Recording, said: int) -> None:
    clip = frames.clip("alex_t2")
    assert isinstance(clip, Clip)
    list(extractor().follow(clip))
    with pytest.raises(FacelabError, match=f"played 70 frames, the manifest says {said}"):
        list(extractor().follow(replace(clip, frames=said)))


@pytest.mark.slow
def test_a_part_of_a_film_is_not_kept(extractor: Make, frames: Recording, tmp_path: Path) -> None:
    next(extractor().follow(frames.clip("alex_t2")))
    assert not files(tmp_path)


DAMAGES = {
    "short": lambda whole: whole[:-1],
    "empty": lambda _: b"",
    "a byte": lambda whole: whole[:500] + b"\x7f" + whole[501:],
    "twice": lambda whole: whole + whole,
}
"""What may happen to a file."""


@pytest.mark.slow
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_is_made_again(
    extractor: Make, photos: Photos, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    first = extractor().extract(photos.frames)
    before = {path: path.read_bytes() for path in files(tmp_path)}
    assert len(before) == len(photos)
    for path in list(before)[:3]:
        path.write_bytes(damage(before[path]))
    assert same(extractor().extract(photos.frames), first)
    assert {path: path.read_bytes() for path in files(tmp_path)} == before


def test_a_damaged_film_is_played_again(extractor: Make, frames: Recording, tmp_path: Path) -> None:
    first = list(extractor().follow(frames.clip("alex_t2")))
    (path,) = files(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-7])
    again = list(extractor().follow(frames.clip("alex_t2")))
    assert all(same(*pair) for pair in zip(first, again, strict=True))
    assert path.read_bytes() == whole


def rows(count: int, level: float = 0.5) -> store.FeatureRows:
    """Rows whose numbers are all the same."""
    made = np.zeros(count, FEATURE_ROW)
    made["vector"], made["face"] = level, level
    return made


@pytest.mark.parametrize("part", ["vector", "face"])
@pytest.mark.parametrize("level", [np.nan, np.inf])
def test_a_row_that_is_no_number_is_not_taken(tmp_path: Path, part: str, level: float) -> None:
    kept, poisoned = Store(tmp_path, "f"), rows(2)
    poisoned[part][1, 3] = level
    assert kept.write("one", poisoned)  # with a digest that is right
    assert kept.read("one") is None
    assert not list(tmp_path.glob("*/*"))


def test_an_entry_of_another_length_or_under_another_name_is_not_taken(tmp_path: Path) -> None:
    kept = Store(tmp_path, "f")
    kept.write("one", rows(2))
    assert kept.read("one", 3) is None
    kept.write("one", rows(2))
    (path,) = tmp_path.glob("*/*")
    kept.write("two", rows(2, 0.25))
    (other,) = set(tmp_path.glob("*/*")) - {path}
    other.write_bytes(path.read_bytes())
    assert kept.read("two") is None
    found = kept.read("one", 2)
    assert found is not None
    np.testing.assert_array_equal(found, rows(2))


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    kept = Store(tmp_path, "f")
    kept.write("one", rows(1))
    (path,) = tmp_path.glob("*/*")
    path.unlink()
    os.mkfifo(path)
    assert kept.read("one") is None


@pytest.mark.slow
def test_nothing_unfinished_stays(extractor: Make, photos: Photos, tmp_path: Path) -> None:
    extractor().extract(photos.frames)
    assert sorted((tmp_path / "cache").glob("*/*")) == files(tmp_path)


@pytest.mark.slow
def test_another_photo_under_the_name_is_described(extractor: Make, photos: Photos) -> None:
    assert isinstance(photos.frames, Pictures)
    paths = photos.frames.paths[:2]
    first = extractor().extract(photos.frames[:1])
    paths[0].write_bytes(paths[1].read_bytes())
    again = extractor().extract(Pictures.read(paths[0].parent, [paths[0].name]))
    assert not np.array_equal(again.vectors, first.vectors)
    other = extractor().extract(list(photos.frames[1:2]))
    np.testing.assert_array_equal(again.vectors, other.vectors)


@pytest.mark.slow
def test_what_other_code_has_made_is_not_taken(extractor: Make, photos: Photos) -> None:
    extractor().extract(photos.frames)
    with pytest.raises(AssertionError, match="described again"):
        extractor(blind=True, mark="g").extract(photos.frames)


def test_frames_of_no_file_are_not_kept(extractor: Make, photos: Photos, tmp_path: Path) -> None:
    one = extractor()
    one.extract(list(photos.frames))
    list(one.follow([list(photos.frames)]))
    assert not files(tmp_path)


def test_the_files_unused_longest_go(
    extractor: Make, photos: Photos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extractor().extract(photos.frames[:3])
    for age, path in enumerate(before := files(tmp_path)):
        monkeypatch.setattr(store, "LARGEST", 2 * path.stat().st_size)
        os.utime(path, (age, age))
    extractor(mark="other code").extract(photos.frames[30:31])
    after = files(tmp_path)
    assert len(after) == 2
    assert before[2] in after
    extractor(mark="other code").extract(photos.frames[31:33])  # the same process goes on
    assert len(files(tmp_path)) == 2


@pytest.mark.slow
def test_a_folder_that_cannot_be_written_is_no_error(
    extractor: Make, photos: Photos, tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("a file")
    assert len(extractor().extract(photos.frames).vectors) == len(photos)


def test_the_fingerprint_changes_with_code_weights_and_choice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mark() -> str:
        return fingerprint("facelab", "hog")

    marks = {mark(), fingerprint("none", "hog"), fingerprint("facelab", "another")}
    assert mark() in marks
    for name in ("faces/network.py", "faces/weights.npz", "faces/hog.py"):
        home = tmp_path / name
        for path in (path for pattern in MADE_BY for path in HOME.glob(pattern)):
            copy = home / path.relative_to(HOME)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
        monkeypatch.setattr(facelab, "__file__", str(home / "__init__.py"))
        assert mark() in marks
        (home / name).write_bytes(b" " + (home / name).read_bytes())
        marks.add(mark())
    assert len(marks) == 6


def test_the_fingerprint_covers_all_that_describes() -> None:
    covered = {path for pattern in MADE_BY for path in HOME.glob(pattern)}
    plain = (HOME / "contract" / name for name in ("errors.py", "text.py"))
    beside = {HOME / "__init__.py", *HOME.glob("base/*.py"), *plain}
    reached, todo = set(), [HOME / "faces" / "extractor.py", HOME / "faces" / "layers.py"]
    while todo:
        path = todo.pop()
        if path not in reached:
            reached.add(path)
            todo += imported(path)
    assert reached <= covered | beside


def imported(path: Path) -> list[Path]:
    """The modules of facelab that a module imports."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    names = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return [
        HOME.joinpath(*name.split(".")[1:]).with_suffix(".py")
        for name in names
        if name.startswith("facelab.")
    ]
