"""A second process looks at files ahead: the same squares, whoever looks, and whatever happens."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from facelab.base.beside import begin
from facelab.contract.errors import FacelabError
from facelab.faces import ahead as ahead_module
from facelab.faces import extractor
from facelab.faces.ahead import Ahead
from facelab.faces.detection import detection
from facelab.faces.extractor import FeatureExtractor, keys_of
from facelab.faces.hog import FEATURES
from facelab.faces.squares import Squares, squares_of
from facelab.faces.store import Store
from facelab.gallery.clip import Clip
from facelab.gallery.pictures import Pictures
from facelab.gallery.source import Recording
from tests.conftest import ROOT, eventually

pytestmark = pytest.mark.slow

Parts = dict[tuple[str, ...], Pictures]


@pytest.fixture
def parts(recording: Recording) -> Parts:
    """The photos to learn from, 64 together."""
    files = [one for one in recording.files() if isinstance(one, Pictures)]
    return {keys_of(one): one for one in files[:4]}


@pytest.fixture
def ahead(parts: Parts) -> Iterator[Ahead]:
    begun = Ahead("facelab", parts)
    yield begun
    begun.close()


@pytest.fixture
def stopped(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ahead]:
    """One whose process is stopped while it starts: it answers nothing."""

    def begin_stopped(module: str) -> subprocess.Popen[bytes]:
        process = begin(module)
        process.send_signal(signal.SIGSTOP)
        return process

    monkeypatch.setattr(ahead_module, "begin", begin_stopped)
    begun = Ahead("facelab", parts)
    yield begun
    begun.close()


def same(one: Squares, other: Squares) -> bool:
    pairs = zip(vars(one).values(), vars(other).values(), strict=True)
    return all(np.array_equal(*pair) for pair in pairs)


def test_its_squares_are_ours(ahead: Ahead, parts: Parts) -> None:
    first = next(iter(parts))
    assert eventually(lambda: ahead._done)
    taken = [ahead.take(key) for key in first]
    ours = squares_of(list(parts[first]), detection("facelab"))
    assert all(one and same(one, ours[k : k + 1]) for k, one in enumerate(taken))
    assert ahead.take(first[0]) is None  # each is taken once


def test_what_is_not_begun_is_left_to_us(stopped: Ahead, parts: Parts) -> None:
    last = list(parts)[-1]
    assert [stopped.take(key) for key in last] == [None] * len(last)
    assert stopped.take("photo of somebody else") is None


def test_what_it_has_begun_is_waited_for_until_it_is_killed(stopped: Ahead, parts: Parts) -> None:
    first = next(iter(parts))[0]
    assert eventually(lambda: 0 in stopped._begun)
    with ThreadPoolExecutor(1) as other:
        taken = other.submit(stopped.take, first)
        stopped._process.kill()
        assert taken.result(60) is None
    assert stopped.take(list(parts)[-1][0]) is None


def test_a_process_that_dies_at_once(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead_module, "begin", lambda _: begin("sys"))  # which has nothing to serve
    begun = Ahead("facelab", parts)
    assert [begun.take(key) for some in parts for key in some] == [None] * 230
    begun.close()


def test_a_film(recording: Recording) -> None:
    films = [one for one in recording.files() if isinstance(one, Clip)]
    [film] = [one for one in films if one.path.stem == "amine"]
    [key] = keys_of(film)
    began = Ahead("facelab", {(key,): film})
    assert eventually(lambda: began._done)
    taken = began.take(key)
    began.close()
    alone = np.concatenate(
        [one.faces for one in FeatureExtractor(detection("facelab")).follow(film)]
    )
    assert taken is not None
    assert np.array_equal(taken.faces, alone)


ORPHAN = """
import os, signal
from pathlib import Path
from facelab.faces.ahead import Ahead
from facelab.faces.extractor import keys_of
from facelab.gallery.source import Recording

recording = Recording(Path("fixtures"))
ahead = Ahead("facelab", {keys_of(part): part for part in recording.files()})
print(ahead._process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="no /proc to look into")
def test_it_ends_with_whoever_began_it() -> None:
    run = subprocess.run([sys.executable, "-c", ORPHAN], cwd=ROOT, capture_output=True, check=False)
    assert run.returncode == -signal.SIGKILL, run.stderr
    place = Path("/proc", run.stdout.decode().strip())
    assert place.name.isdecimal()
    assert eventually(lambda: not place.exists())


def company(squares: NDArray[np.uint8]) -> NDArray[np.float32]:
    """What depends on how many squares come together, as the last digit of TensorFlow's HOG."""
    return np.full((len(squares), FEATURES), len(squares), np.float32)


def described(recording: Recording, store: Store, *, ahead: bool) -> bytes:
    """The rows of the recorded photos and of a film, as bytes."""
    made = FeatureExtractor(detection("facelab"), store, company)
    if ahead:
        made.look_ahead(recording.files)
    try:
        photos = made.extract(recording.photos("gallery").frames).rows().tobytes()
        assert (made._ahead is not None) == ahead
        followed = made.follow(recording.clip("amine"))
        return photos + b"".join(one.rows().tobytes() for one in followed)
    finally:
        made.close()


def test_rows_are_the_same_with_and_without(
    recording: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extractor, "spare_core", lambda: True)
    alone, beside = (Store(tmp_path / name, "1") for name in ("alone", "ahead"))
    assert described(recording, beside, ahead=True) == described(recording, alone, ahead=False)
    kept = [
        sorted(path.name for path in store.place.iterdir())
        for store in (alone, beside)
        if store.place
    ]
    assert kept[0] == kept[1]
    # what is kept is looked at no more
    made = FeatureExtractor(detection("facelab"), beside, company)
    made.look_ahead(lambda: list(recording.files())[:4])
    made.extract(recording.photos("probes/t2").frames)
    assert made._ahead is None


def test_none_begins_where_nothing_is_kept_or_little_is_left(
    recording: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extractor, "spare_core", lambda: True)
    photos = recording.photos("gallery").frames
    files = list(recording.files())
    for store, count in ((Store(), len(files)), (Store(tmp_path, "1"), 1)):
        made = FeatureExtractor(detection("facelab"), store)
        made.look_ahead(partial(iter, files[:count]))
        made.extract(photos[:1])
        assert made._ahead is None


@pytest.mark.parametrize("damage", ["a film elsewhere", "no number of frames"])
def test_what_cannot_be_listed_is_told_where_it_is_asked_for(
    damage: str, frames: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extractor, "spare_core", lambda: True)
    photos = frames.photos("gallery")
    if damage == "a film elsewhere":
        frames.manifest.loc[frames.manifest["set"] == "clips", "file"] = "../../film.avi"
    else:
        del frames.manifest["frames"]
    made = FeatureExtractor(detection("facelab"), Store(tmp_path / "kept", "1"))
    made.look_ahead(frames.files)
    assert len(made.extract(photos.frames).vectors) == 40
    made.close()


def test_a_damaged_photo_is_told_where_it_is_asked_for(
    frames: Recording, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(extractor, "spare_core", lambda: True)
    monkeypatch.setattr(extractor, "WORTH", 1)
    photos = frames.photos("gallery")
    first = frames.folder / photos.labels["file"][0]
    first.write_bytes(first.read_bytes()[:-100])
    made = FeatureExtractor(detection("facelab"), Store(tmp_path, "1"))
    made.look_ahead(frames.files)
    with pytest.raises(FacelabError, match="has changed while it was used"):
        made.extract(photos.frames)
    made.close()
