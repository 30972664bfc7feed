"""A small crowd, two photos and one probe a person, and a program that describes one."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path

from facelab.faces.detection import detection
from facelab.faces.extractor import FeatureExtractor
from facelab.faces.store import FeatureRows, Store
from facelab.gallery.drawn import Crowd
from tests.conftest import ROOT


def small_crowd(folder: Path, people: int) -> Crowd:
    """Return a crowd whose file is written into a folder."""
    folder.mkdir(exist_ok=True)
    for name in ("crowd.toml", "plan.toml", "cast.toml"):
        shutil.copy(ROOT / "fixtures" / name, folder)
    text = (folder / "crowd.toml").read_text()
    for name, fewer in (("photos = 30", "photos = 2"), ("shots = 4", "shots = 1")):
        assert name in text
        text = text.replace(name, fewer)
    for name in ("in_glasses = 3", "in_unseen_light = 3"):
        text = text.replace(name, name.replace("3", "0"))
    (folder / "crowd.toml").write_text(text)
    return Crowd(folder / "crowd.toml", people)


class Dying(Store):
    """A store that ends all processes of its program once it keeps so many entries."""

    def write(self, key: str, rows: FeatureRows) -> bool:
        kept = super().write(key, rows)
        if len(list(Path(sys.argv[3]).glob("*/*.rows"))) == int(sys.argv[4]):
            os.killpg(0, signal.SIGKILL)
        return kept


def main() -> None:
    """Describe a crowd, without TensorFlow: folder, number of people, folder of the cache.

    With another number: until so many are kept, then all its processes are killed on the spot.
    """
    folder, people, cache, *last = sys.argv[1:]
    crowd = small_crowd(Path(folder), int(people))
    kind = Dying if last else Store
    store = kind(Path(cache), "crowd")
    FeatureExtractor(detection("facelab"), store).extract(crowd.photos.frames)


if __name__ == "__main__":
    main()
