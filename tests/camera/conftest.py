"""People before a webcam: actors of the recording, who sit down when they are called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, repeat
from pathlib import Path

import pytest

from facelab.gallery.consent import read_consents
from facelab.gallery.image import decode_image
from tests.camera.webcam import jpeg
from tests.conftest import ROOT

PEOPLE = ("Alex", "Amine", "Lara", "Naomie")


@dataclass
class Sitters:
    """What a webcam sees: whoever agreed last to be filmed into ``folder``, picture by picture."""

    folder: Path
    photos: dict[str, list[bytes]]

    def __iter__(self) -> Iterator[bytes]:
        shown = {person: cycle(photos) for person, photos in self.photos.items()}
        while True:
            yield next(shown[next(reversed(read_consents(self.folder)), PEOPLE[0])])


@dataclass
class Faulty:
    """A camera that does its work until there are 4 photos in a folder, and then something else.

    ``then``: the last pictures; None for the last one over and over.
    """

    folder: Path
    good: list[bytes]
    then: list[bytes] | None

    def __iter__(self) -> Iterator[bytes]:
        for picture in cycle(self.good):
            yield picture
            if len(list(self.folder.glob("gallery/*/*.png"))) >= 4:  # a fifth may come meanwhile
                yield from repeat(picture) if self.then is None else self.then
                return


@pytest.fixture(scope="session")
def shots() -> dict[str, list[bytes]]:
    """Probes and photos of four actors, as JPEG, by person."""
    fixtures = ROOT / "fixtures"
    return {
        person: [
            path.read_bytes()
            for folder in (fixtures / "probes" / "t4", fixtures / "gallery")
            for path in sorted((folder / person).glob("*.jpg"))
        ]
        for person in PEOPLE
    }


def plan(folder: Path, **entries: object) -> Path:
    """Write a small, quick filming plan of two people."""
    told = {
        "people": list(PEOPLE[:2]),
        "consent": "We agreed on paper.",
        "photos": 4,
        "photos_with_glasses": 0,
        "probes": 2,
        "probes_with_glasses": 0,
        "film": 0,
        "every": 0.01,
        "countdown": 0.02,
        "pause": 0.2,
        "patience": 5.0,
    } | entries
    path = folder / "plan.toml"
    path.write_text("".join(f"{name} = {value!r}\n" for name, value in told.items()))
    return path


def dark(shots: list[bytes]) -> list[bytes]:
    """Pictures in hardly any light."""
    return [jpeg(decode_image(shot, "a shot") // 6) for shot in shots]
