"""Faults between the files and the photos: reading, order, keeping."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from facelab.contract.errors import FacelabError
from facelab.contract.photos import Photos
from tests.power.mutant import Catalogue

MUTANTS = Catalogue()
add = MUTANTS.add

SOURCE = "facelab.gallery.source:"
GALLERY = "facelab.gallery.gallery:"


def joined(one: Photos, other: Photos) -> Photos:
    """Return the photos of two sets."""
    frames = (*one.frames, *other.frames)
    return Photos(frames, pd.concat([one.labels, other.labels], ignore_index=True))


@add(
    "D20",
    "photos come in the order of the disk, not of their names",
    f"{SOURCE}Recording._rows",
)
def disk_order(rows: Any) -> Any:
    return lambda *asked: rows(*asked).sort_values("sha256")


@add("D21", "the probes of T2 lie in the gallery", f"{SOURCE}Recording.photos")
def leak(photos: Any) -> Any:
    def mutated(source: Any, name: str) -> Photos:
        found: Photos = photos(source, name)
        return joined(found, photos(source, "probes/t2")) if name == "gallery" else found

    return mutated


@add("D22", "a file that is no photo is passed over in silence", f"{GALLERY}Gallery.add")
def silent(adding: Any) -> Any:
    def mutated(gallery: Any, person: str, path: Any) -> str:
        try:
            return str(adding(gallery, person, path))
        except FacelabError:
            return ""

    return mutated


@add("N1", "what is refused is not named", f"{GALLERY}Gallery.add")
def nameless(adding: Any) -> Any:
    def mutated(gallery: Any, person: str, path: Any) -> str:
        try:
            return str(adding(gallery, person, path))
        except FacelabError as error:
            raise FacelabError("not a photo; take it away") from error

    return mutated


@add("N2", "photos are kept as JPEG", f"{GALLERY}encode_png")
def lossy(_: Any) -> Any:
    from facelab.base.opencv import opencv

    return lambda frame: opencv().imencode(".jpg", frame)[1].tobytes()


@add(
    "N3", "every person's last photo is kept, the others are written over", f"{GALLERY}Gallery.save"
)
def written_over(saving: Any) -> Any:
    def mutated(gallery: Any, person: str, frame: Any) -> str:
        file: str = saving(gallery, person, frame)
        first = gallery.folder / "gallery" / person / "001.png"
        first.write_bytes((gallery.folder / file).read_bytes())
        return file

    return mutated


@add("N4", "one recorded file has changed by a byte", "facelab.gallery.manifest:sha256")
def a_byte(sha256: Any) -> Any:
    return lambda path, *in_: "0" * 64 if path.name == "017.jpg" else sha256(path, *in_)


@add("N5", "the gallery is one person's", f"{SOURCE}Recording.photos")
def one_person(photos: Any) -> Any:
    def mutated(source: Any, name: str) -> Photos:
        found: Photos = photos(source, name)
        return found.of(["Alex"]) if name == "gallery" else found

    return mutated


@add(
    "N6",
    "five photos of Farid are gone, two of his others stand in for them twice",
    f"{SOURCE}Recording.photos",
)
def too_few(photos: Any) -> Any:
    def mutated(source: Any, name: str) -> Photos:
        found: Photos = photos(source, name)
        if name != "gallery":
            return found
        person = found.labels["person"].to_numpy(copy=True)
        person[np.flatnonzero(person == "Farid")[7:]] = "Gaelle"
        return replace(found, labels=found.labels.assign(person=person))

    return mutated


@add("N7", "a clip loses every second frame", "facelab.gallery.clip:Clip.__iter__")
def half_a_clip(batches: Any) -> Any:
    return lambda clip: (batch[::2] for batch in batches(clip))
