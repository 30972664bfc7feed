"""Own gallery: photos of anyone, from a folder or a recording, as a source of frames."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from pathlib import Path

import pandas as pd

from facelab.base.files import ignores_case, inside
from facelab.base.locking import writing
from facelab.contract.errors import FacelabError, Lacking
from facelab.contract.frame import Film
from facelab.contract.photos import Photos
from facelab.gallery.caching import cache_of, open_cache
from facelab.gallery.cast import ROLES, cast_roles
from facelab.gallery.clip import Clip, Stills
from facelab.gallery.doubles import doubles
from facelab.gallery.folder import ENDINGS, other_level
from facelab.gallery.forgotten import read_marks
from facelab.gallery.manifest import is_recorded
from facelab.gallery.pictures import Pictures
from facelab.gallery.reader import read_found
from facelab.gallery.split import FEWEST, LEARNT, bursts, probes
from facelab.gallery.thumbnails import Thumbnails

WHAT = {
    "twins": "frames of look-alikes with and without glasses",
    "clips": "film",
    "strangers": "photos of strangers",
}
"""What sets hold, in the reason why a scenario is not run."""


def read_gallery(folder: Path) -> tuple[Photos, list[str]]:
    """Return the training photos in a folder of photos or a recording, and warnings.

    These are lines as ``OwnGallery`` has them: for everything that was left out or is suspicious.
    Raises FacelabError when there are fewer than 2 people, or nothing can be understood.
    """
    photos, warnings = _read_everybody(folder)
    return photos.select(photos.labels["set"] == "gallery"), warnings


def split_gallery(folder: Path) -> tuple[Photos, Photos, list[str]]:
    """Return the photos to learn from, the probes, which are held out, and warnings.

    They are split as an ``OwnGallery`` is, with everybody under her own name; whoever has too few
    photos to hold probes out is learned whole. Errors as in ``read_gallery``.
    """
    photos, warnings = _read_everybody(folder, _split)
    sets = photos.labels["set"]
    learned, asked = sets == "gallery", sets.str.startswith("probes")
    return photos.select(learned), photos.select(asked), warnings


def _read_everybody(
    folder: Path, arrange: Callable[[Photos], Photos] = lambda photos: photos
) -> tuple[Photos, list[str]]:
    """Return the photos of all who have some to learn from, arranged, and warnings."""
    found = read_found(folder)
    counts = found.photos.labels.query("set == 'gallery'")["person"].value_counts(sort=False)
    if len(counts) < 2:
        raise _too_few(folder, tuple(counts.index), found.left_out)
    photos = arrange(found.photos.of(list(counts.index)))
    few = [
        f"{person}: received {count} photos, recommended are {FEWEST} or more; add some"
        for person, count in counts.items()
        if count < FEWEST
    ]
    return photos, [*found.left_out, *few, *doubles(photos, found.small)]


class OwnGallery:
    """A folder of photos, or a recording, of anyone; lenient: damaged files are left out.

    ``cast``: the person for each role that is not given by name or order. ``warnings``: a line for
    everything that was left out or is suspicious. Reading writes nothing.
    Raises FacelabError when there are fewer than 2 people with enough photos.
    """

    is_reference = False

    def __init__(self, folder: Path, cast: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.recorded = is_recorded(folder)
        self._marks = read_marks(folder)
        self._cache = cache_of(folder)
        self._thumbnails = Thumbnails(folder, self._cache)
        found = read_found(folder, self._thumbnails)
        films = found.films
        self.left_out = found.left_out
        self.warnings = list(found.left_out)
        photos = self._enough(found.photos)
        if len(photos.people) < 2:
            raise _too_few(folder, photos.people, self.warnings)
        photos = _split(photos)
        self.warnings += doubles(photos, found.small)
        names = cast_roles(photos.people, cast or {}, case=not ignores_case(folder))
        roles = {*ROLES, *(cast or {})}
        self.cast = {name: person for person, name in names.items() if name in roles}
        self._photos = Photos(
            photos.frames, photos.labels.assign(person=photos.labels["person"].map(names))
        )
        films = films[films["person"].isin(list(names))]
        self._films = films.assign(person=films["person"].map(names))

    @property
    def name(self) -> str:
        """Its name in the report."""
        kind = "recorded photos" if self.recorded else "photos"
        return f"{kind} of {len(self._photos.people)} people in {self.folder.name}/"

    @cached_property
    def manifest(self) -> pd.DataFrame:
        """The table of all its files, as they are played."""
        table = pd.concat([self._photos.labels, self._films], ignore_index=True).astype(object)
        return table.where(table.notna(), "")

    @cached_property
    def cache(self) -> Path | None:
        """The folder in the gallery for everything calculated from its photos; it is made.

        None where it cannot be: the gallery is read-only, or the folder is not its own.
        """
        digests = self._photos.labels["sha256"]
        return open_cache(
            self.folder, self._cache, self._marks, lambda: self._thumbnails.keep(digests)
        )

    @contextmanager
    def standing(self) -> Iterator[None]:
        """Within the block no person can be forgotten, so that a report can be written.

        Raises FacelabError when a person was forgotten since the gallery was opened.
        """
        with ExitStack() as held:
            with suppress(OSError):  # it may only be read, so nobody can be forgotten either
                held.enter_context(writing(self.folder, interrupting=True))
            self._check_standing()
            yield

    def _check_standing(self) -> None:
        if set(read_marks(self.folder)) - set(self._marks):
            raise FacelabError(
                f"{self.folder}: somebody was forgotten while the book was played, so no report is "
                "written; play it again"
            )

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the names and SHA-256 of all files."""
        rows = zip(self.manifest["file"], self.manifest["sha256"], strict=True)
        text = "".join(sorted(f"{digest}  {file}\n" for file, digest in rows))
        return hashlib.sha256(text.encode()).hexdigest()

    def photos(self, name: str) -> Photos:
        """Return a set of photos; probes of any name are those that there are.

        Raises Lacking when there is no such set.
        """
        sets = self._photos.labels["set"]
        chosen = sets == name
        if not chosen.any() and name.startswith("probes"):
            chosen = sets.str.startswith("probes")
        if not chosen.any():
            raise Lacking(f"the gallery has no {WHAT.get(name, name)}")
        return self._photos.select(chosen)

    def clip(self, name: str) -> Film:
        """Return a film: that of the name, or one of the role that the name begins with.

        Raises Lacking when there is none.
        """
        role = name.partition("_")[0].capitalize()
        films = self._films.sort_values("file")
        named = films[(films["set"] == f"clips/{name}") | (films["file"].map(_stem) == name)]
        rows = named if len(named) else films[films["person"] == role]
        if rows.empty:
            raise Lacking(f"the gallery has no film of {role}")
        first = rows.iloc[0]
        if first["set"] == "clips":
            return Clip(inside(self.folder, first["file"]), first["person"], int(first["frames"]))
        rows = rows[rows["set"] == first["set"]]
        pictures = Pictures(self.folder, tuple(rows["file"]), tuple(rows["sha256"]))
        return Stills(pictures, first["person"])

    def damage(self) -> list[str]:
        """Return nothing: damaged files are left out.

        Raises Lacking when files were left out, or no manifest lists what was recorded.
        """
        if not self.recorded:
            raise Lacking("the gallery is a folder of photos: nothing says what it held before")
        if self.left_out:
            raise Lacking(f"left out of the gallery: {'; '.join(self.left_out[:3])}")
        return []

    def _enough(self, photos: Photos) -> Photos:
        """Return the photos of those who have enough to be learned and asked about."""
        learnt = photos.labels[photos.labels["set"] == "gallery"]["person"].value_counts()
        asked = photos.labels[photos.labels["set"].str.startswith("probes")]["person"].unique()
        kept = []
        strangers = photos.labels["person"][photos.labels["set"] == "strangers"].unique()
        for person in (one for one in photos.people if one not in strangers):
            needed = LEARNT if person in asked else FEWEST
            if (count := int(learnt.get(person, 0))) >= needed:
                kept.append(person)
            else:
                self.warnings.append(
                    f"{person}: left out, received {count} photos, needed are {needed} or more"
                )
        return photos.of(kept)


def _split(photos: Photos) -> Photos:
    """Return photos where about a quarter of each person's are probes, unless there are some.

    Whoever has fewer than 9 photos gets none. Every photo is given its burst.
    """
    labels = photos.labels.copy()
    if "burst" not in labels:
        labels["burst"] = ""
    for person in photos.people:
        own = labels[labels["person"] == person]
        learnt = own[own["set"] == "gallery"]
        groups = _bursts(learnt)
        for number, burst in enumerate(groups, 1):
            unnamed = [row for row in learnt.index[burst] if not labels.loc[row, "burst"]]
            labels.loc[unnamed, "burst"] = f"{person} {number}"
        if len(learnt) >= FEWEST and not own["set"].str.startswith("probes").any():
            labels.loc[learnt.index[sorted(probes(groups))], "set"] = "probes"
    return Photos(photos.frames, labels)


def _bursts(photos: pd.DataFrame) -> list[list[int]]:
    """Return the bursts of one person's photos: as labelled, else by time or number."""
    if "burst" in photos and (photos["burst"] != "").all():
        places = photos.reset_index(drop=True).groupby("burst", sort=False).groups
        return [list(map(int, rows)) for rows in places.values()]
    times = [_seconds(text) for text in photos.get("taken", pd.Series("", photos.index))]
    return bursts([_stem(file) for file in photos["file"]], times)


def _seconds(text: str) -> float | None:
    """Return a time, in seconds or as 2026-11-23T09:30:00Z, in seconds; None where it is none."""
    when = pd.to_datetime(text, errors="coerce", utc=True)
    try:
        return float(text)
    except ValueError:
        return None if pd.isna(when) else float(when.timestamp())


def _stem(file: str) -> str:
    return Path(file).stem


def _too_few(folder: Path, people: tuple[str, ...], why: list[str]) -> FacelabError:
    whose = ", ".join(people) or "nobody"
    meant = "" if is_recorded(folder) else other_level(folder)
    return FacelabError(
        f"{folder}: received photos of {whose}, allowed are 2 or more people"
        + "; "
        + (meant or f"put {', '.join(ENDINGS)} files into a sub-folder a person")
        + (f"; {why[0]}" + f" and {len(why) - 1} more" * (len(why) > 1) if why else "")
    )
