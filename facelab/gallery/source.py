"""Source: the origin of a run's frames."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from facelab.base.files import inside, read, sha256, shown
from facelab.contract.errors import FacelabError
from facelab.contract.frame import Film
from facelab.contract.photos import Photos
from facelab.gallery.clip import BATCH, Clip, Stills, Visit, read_stretches, truth_of
from facelab.gallery.gallery import read_photos
from facelab.gallery.journal import MOST
from facelab.gallery.manifest import NAME, damage, read_manifest
from facelab.gallery.pictures import Pictures


class Source(Protocol):
    """What the scenarios ask of any source of frames."""

    @property
    def name(self) -> str:
        """Its name in the report."""

    @property
    def is_reference(self) -> bool:
        """Whether these are the book's own frames, whose numbers stand in the features."""

    @property
    def cache(self) -> Path | None:
        """The folder that may keep what was calculated from these frames; None without one.

        What was calculated from the book's own frames may lie in pytest's cache.
        """

    def photos(self, name: str) -> Photos:
        """Return a set of photos: ``gallery`` to train on, others to be asked about.

        Raises Lacking when it cannot be had; so does ``clip``.
        """

    def clip(self, name: str) -> Film:
        """Return a film of one person."""

    def damage(self) -> list[str]:
        """Return a line for everything that is not as it was recorded."""


class Recording:
    """A folder of recorded frames, played strictly: every missing file is an error."""

    is_reference = True
    cache: Path | None = None

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._photos: dict[str, Photos] = {}

    @property
    def name(self) -> str:
        """Its name in the report."""
        return f"recorded frames in {self.folder.name}/"

    @cached_property
    def manifest(self) -> pd.DataFrame:
        """The table of all its files."""
        return read_manifest(self.folder)

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the manifest, which holds that of every file."""
        return sha256(self.folder / NAME)

    @cached_property
    def actors(self) -> frozenset[str]:
        """The people in it who were drawn by the studio: its cast, and its plan's strangers."""
        strangers = self._table("plan.toml").get("strangers", {})
        drawn = self.manifest[self.manifest["set"].isin(list(strangers))]
        return frozenset(self._table("cast.toml")) | frozenset(drawn["person"])

    def _table(self, name: str) -> dict[str, Any]:
        try:
            return tomllib.loads(read(self.folder, name, MOST).decode("utf-8"))
        except FileNotFoundError:
            return {}
        except (ValueError, RecursionError) as error:
            raise FacelabError(f"{self.folder / name}: not readable as TOML; restore it") from error

    def photos(self, name: str) -> Photos:
        """Return a set of photos, sorted by file, read once.

        Raises FacelabError when there is no such set, or a photo cannot be read.
        """
        if name not in self._photos:
            self._photos[name] = read_photos(self.folder, self._rows("set", name))
        return self._photos[name]

    def clip(self, name: str) -> Film:
        """Return a film: a video by its file's name without ending, or the set ``clips/<name>``.

        Where a file beside a video says who is in view when, it is a Visit.
        Raises FacelabError when missing.
        """
        stills = self.manifest[self.manifest["set"] == f"clips/{name}"].sort_values("file")
        if len(stills):
            pictures = Pictures(self.folder, tuple(stills["file"]), tuple(stills["sha256"]))
            return Stills(pictures, str(stills["person"].iloc[0]))
        videos = self.manifest["file"].where(self.manifest["set"] == "clips", "")
        stems = videos.str.replace(r".*/|\.\w+$", "", regex=True)
        row = self._rows("clip", name, stems).iloc[0]
        if pd.isna(row.get("frames")):
            raise FacelabError(
                f"{self.folder}: {shown(row['file'])} has no number of frames; restore the manifest"
            )
        path, frames = inside(self.folder, row["file"]), int(row["frames"])
        if (self.manifest["file"] == (truth := truth_of(row["file"]))).any():
            stretches = read_stretches(inside(self.folder, truth), frames)
            return Visit(path, row["person"], frames, stretches)
        return Clip(path, row["person"], frames)

    def files(self) -> Iterator[Pictures | Clip]:
        """Yield its photos, up to 64 together, and its films; what is learnt from comes first.

        As the manifest has them: no file is opened. Raises FacelabError or ValueError where it
        names what cannot be there.
        """
        table = self.manifest
        for name in dict.fromkeys(["gallery", "clips", *table["set"]]):
            rows = table[table["set"] == name]
            if name == "clips":
                told = rows[rows["frames"].notna()] if "frames" in rows else rows[:0]
                for file, person, frames in zip(
                    told["file"], told["person"], told.get("frames", ()), strict=True
                ):
                    yield Clip(inside(self.folder, file), person, int(frames))
            elif name != "truth" and not name.startswith("clips/"):
                for start in range(0, len(rows), BATCH):
                    some = rows[start : start + BATCH]
                    yield Pictures(self.folder, tuple(some["file"]), tuple(some["sha256"]))

    def damage(self) -> list[str]:
        """Return a line for every file that is missing, damaged or an orphan."""
        return damage(self.folder, self.manifest)

    def _rows(self, kind: str, name: str, column: pd.Series | None = None) -> pd.DataFrame:
        column = self.manifest["set"] if column is None else column
        rows = self.manifest[column == name]
        if rows.empty:
            raise FacelabError(
                f"{self.folder}: no {kind} called {name}; there are "
                f"{', '.join(sorted(filter(None, column.unique())))}"
            )
        return rows.sort_values("file")
