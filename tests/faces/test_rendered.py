"""Rendered features: made once, kept, checked, and made again where they were lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import joblib
import numpy as np
import pytest

from facelab.contract.errors import FacelabError
from facelab.contract.frame import Frame
from facelab.faces import rendered
from facelab.faces.detection import detection
from facelab.faces.extractor import FeatureExtractor
from facelab.faces.rendered import RenderedFeatures
from facelab.faces.store import FEATURE_ROW, FeatureRows, Store
from facelab.gallery.rendered import RenderedFrames
from tests.conftest import ROOT, eventually
from tests.crowds import small_crowd


class Means:
    """Describes a frame by its mean: enough to tell batches apart."""

    def rows(self, frames: Sequence[Frame]) -> FeatureRows:
        rows = np.zeros(len(frames), FEATURE_ROW)
        rows["vector"] = [[frame.mean()] for frame in frames]
        return rows


@dataclass(frozen=True)
class Grey:
    """Two grey frames; where ``deadly`` is a folder, who makes them is killed, once or always.

    Always: as soon as something else is kept in the folder's cache.
    """

    level: int
    deadly: str = ""
    always: bool = False

    @property
    def key(self) -> str:
        return f"grey {self.level}"

    def frames(self) -> list[Frame]:
        mark = Path(self.deadly, str(self.level))
        if self.deadly and (self.always or not mark.exists()):
            mark.touch()
            if self.always:
                eventually(lambda: list(Path(self.deadly).glob("cache/*/*")))
            os.kill(os.getpid(), signal.SIGKILL)
        return [np.full((4, 4, 3), self.level + n, np.uint8) for n in range(2)]


def shown(*greys: Grey) -> RenderedFrames:
    return RenderedFrames(greys, tuple((batch, n) for batch in range(len(greys)) for n in range(2)))


GREYS = shown(Grey(10), Grey(20), Grey(30))
LEVELS = [10, 11, 20, 21, 30, 31]


def levels(found: Iterable[np.void]) -> list[float]:
    return [float(row["vector"][0]) for row in found]


@pytest.fixture(autouse=True)
def here() -> object:
    """Work in this process unless a test asks for more."""
    with joblib.parallel_config(backend="sequential"):
        yield


def test_rows_come_in_the_order_of_the_frames() -> None:
    found = RenderedFeatures(Store()).extract(GREYS.select([5, 0, 2]), Means())
    assert levels(found) == [31, 10, 20]


def test_what_is_kept_is_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    RenderedFeatures(Store(tmp_path, "a")).extract(GREYS.select([0, 1, 2, 3]), Means())
    made: list[str] = []

    def render_and_extract(batch: Grey, extractor: Means) -> tuple[str, FeatureRows]:
        made.append(batch.key)
        return batch.key, extractor.rows(batch.frames())

    monkeypatch.setattr(rendered, "render_and_extract", render_and_extract)
    assert levels(RenderedFeatures(Store(tmp_path, "a")).extract(GREYS, Means())) == LEVELS
    assert made == ["grey 30"]
    RenderedFeatures(Store(tmp_path, "b")).extract(GREYS, Means())  # made by something else
    assert len(made) == 4


@pytest.mark.parametrize("damage", ["cut", "changed", "empty"])
def test_a_damaged_file_is_made_again(damage: str, tmp_path: Path) -> None:
    RenderedFeatures(Store(tmp_path, "made")).extract(GREYS, Means())
    files = sorted((tmp_path / "made").iterdir())
    assert len(files) == 3
    before = {file: file.read_bytes() for file in files}
    content = before[files[0]]
    changed = content[:-1] + bytes([content[-1] ^ 1])
    files[0].write_bytes({"cut": content[:-8], "changed": changed, "empty": b""}[damage])
    assert levels(RenderedFeatures(Store(tmp_path, "made")).extract(GREYS, Means())) == LEVELS
    assert {file: file.read_bytes() for file in files} == before


def test_a_file_that_goes_is_made_again(tmp_path: Path) -> None:
    kept = RenderedFeatures(Store(tmp_path, "made"))
    assert levels(kept.extract(GREYS, Means())) == LEVELS
    for file in (tmp_path / "made").iterdir():
        file.unlink()
    assert levels(kept.extract(GREYS, Means())) == LEVELS


def test_a_folder_that_cannot_be_written_to_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "made").write_text("a file, not a folder")
    kept = RenderedFeatures(Store(tmp_path, "made"))
    assert levels(kept.extract(GREYS, Means())) == LEVELS
    monkeypatch.setattr(rendered, "render_and_extract", lambda *_: pytest.fail("made again"))
    assert levels(kept.extract(GREYS, Means())) == LEVELS


@pytest.mark.slow
def test_a_worker_that_is_killed_costs_its_batch(tmp_path: Path) -> None:
    greys = shown(Grey(10), Grey(20, str(tmp_path)), Grey(30))
    with joblib.parallel_config(backend="loky", n_jobs=2):
        assert levels(RenderedFeatures(Store()).extract(greys, Means())) == LEVELS
    assert (tmp_path / "20").exists()


@pytest.mark.slow
def test_workers_that_are_always_killed_are_given_up(tmp_path: Path) -> None:
    greys = shown(Grey(10), Grey(20, str(tmp_path), always=True))
    cache = tmp_path / "cache"
    with (
        joblib.parallel_config(backend="loky", n_jobs=2),
        pytest.raises(FacelabError, match="3 times in a row the processes that draw were killed"),
    ):
        RenderedFeatures(Store(cache, "made")).extract(greys, Means())
    assert len(list((cache / "made").iterdir())) == 1  # the other was kept


@pytest.mark.slow
def test_a_crowd_is_described_as_its_frames_are(tmp_path: Path) -> None:
    photos = small_crowd(tmp_path, 11).photos.first(4)
    extractor = FeatureExtractor(detection("facelab"))
    found = extractor.extract(photos.frames)
    direct = extractor.extract(list(photos.frames))
    assert found.seen.all()
    # a batch is described whole: in other company the last bit may differ
    np.testing.assert_allclose(found.vectors, direct.vectors, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found.faces, direct.faces, rtol=1e-5)


@pytest.mark.slow
def test_a_run_that_was_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    kept = tmp_path / "cache"
    words = [sys.executable, "-m", "tests.crowds", *map(str, (tmp_path, 12, tmp_path / "cache"))]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    killed = subprocess.run([*words, "6"], env=environment, start_new_session=True, check=False)
    assert killed.returncode == -signal.SIGKILL
    before = {path: path.stat().st_mtime_ns for path in kept.glob("*/*.rows")}
    contents = {path: path.read_bytes() for path in before}
    assert len(before) == 6
    subprocess.run(words, env=environment, check=True)
    after = set(kept.glob("*/*.rows"))
    assert len(after) == 12
    assert after > set(before)
    assert {path: path.read_bytes() for path in before} == contents
