"""A second process looks at files ahead: the same squares, whoever looks, and whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from facelab.contract.errors import FacelabError
from facelab.faces import extractor
from facelab.faces.ahead import Ahead
from facelab.faces.detection import detection
from facelab.faces.extractor import FeatureExtractor, keys_of
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


def test_what_is_not_begun_is_left_to_us(ahead: Ahead, parts: Parts) -> None:
    last = list(parts)[-1]
    assert [ahead.take(key) for key in last] == [None] * len(last)
    assert ahead.take("photo of somebody else") is None


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


def test_a_process_that_is_killed(ahead: Ahead, parts: Parts) -> None:
    keys = [key for some in parts for key in some]
    assert eventually(lambda: ahead._done)
    os.kill(ahead._process.pid or 0, signal.SIGKILL)
    told = [ahead.take(key) for key in keys]
    assert told[-1] is None


def test_it_ends_with_whoever_began_it() -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from facelab.faces.ahead import Ahead;"
        "from facelab.faces.extractor import keys_of; from facelab.gallery.source import Recording;"
        "ahead = Ahead('facelab', {keys_of(p): p for p in Recording(Path('fixtures')).files()});"
        "print(ahead._process.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)
    place = Path("/proc", run.stdout.decode().strip())
    if not Path("/proc").is_dir():
        pytest.skip("no /proc to look into")
    assert eventually(lambda: not place.exists() or "Z" in (place / "stat").read_text().split()[2])


def described(recording: Recording, store: Store, *, ahead: bool) -> bytes:
    """The rows of the recorded photos, as bytes."""
    made = FeatureExtractor(detection("facelab"), store)
    if ahead:
        made.look_ahead(recording.files)
    try:
        return made.extract(recording.photos("gallery").frames).rows().tobytes()
    finally:
        made.close()


def test_rows_are_the_same_with_and_without(
    recording: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extractor, "spare_core", lambda: True)
    alone = described(recording, Store(tmp_path / "alone", "1"), ahead=False)
    assert described(recording, Store(tmp_path / "ahead", "1"), ahead=True) == alone
    files = [
        sorted(path.name for path in (tmp_path / name / "1").iterdir())
        for name in ("alone", "ahead")
    ]
    assert files[0] == files[1]


def test_nothing_begins_where_nothing_is_kept_or_left(
    recording: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extractor, "spare_core", lambda: True)
    begun: list[object] = []
    monkeypatch.setattr(extractor, "Ahead", lambda *given: begun.append(given))
    described(recording, Store(), ahead=True)
    assert not begun
    made = FeatureExtractor(detection("facelab"), Store(tmp_path, "1"))
    made.look_ahead(lambda: [next(recording.files())])
    made.extract(recording.photos("gallery").frames[:1])
    assert not begun


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
