"""Forget: take a person out of a gallery, and out of what was made of it."""

from __future__ import annotations

import contextlib
import html
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd

from facelab.base.files import inside
from facelab.contract.errors import FacelabError
from facelab.gallery import consent, journal
from facelab.gallery.caching import forget_cache
from facelab.gallery.gallery import Gallery
from facelab.gallery.manifest import is_recorded, write_manifest
from facelab.gallery.name import COLUMNS, check_name


def forget(folder: Path, person: str, reports: Iterable[Path] = ()) -> list[str]:
    """Remove a person from a gallery and return what was removed, a line each.

    Removed are photos and films, half-written ones too, what the manifest, the journal and the
    consents say of the person, the cache, and reports that name the person: those in the gallery's
    ``reports``, and in the folders ``reports``. Broken off, it can be done again.
    Raises FacelabError when there is no such folder or person, or the disk refuses it.
    """
    check_name(person)
    if not folder.is_dir():
        raise FacelabError(f"{folder}: no such folder; name the gallery")
    try:
        forget_cache(folder)  # first: broken off, the person is still to be found
        removed = [
            *_photos(folder, person),
            *_consent(folder, person),
            *(line for place in (folder / "reports", *reports) for line in _reports(place, person)),
        ]
    except OSError as error:
        raise FacelabError(
            f"{folder}: {person} is not wholly removed ({error.strerror or error}); see that "
            "the folder can be written to, then do it again"
        ) from error
    if not removed:
        raise FacelabError(f"{folder}: received {person!r}, there is nothing of that name")
    return removed


def _photos(folder: Path, person: str) -> Iterator[str]:
    """Remove photos, then rows: what breaks off in between is missing, and named."""
    recorded = is_recorded(folder)
    rows = Gallery(folder).table if recorded else pd.DataFrame(columns=COLUMNS)
    others, own = rows[rows["person"] != person], rows[rows["person"] == person]
    sets = {"gallery", "probes", *rows["set"], *(f"clips/{p.name}" for p in folder.glob("clips/*"))}
    places = [folder / name / person for name in sets] if recorded else [folder / person]
    files = {path for place in places for path in _files(place)}
    for file in own["file"]:
        with contextlib.suppress(FacelabError):  # it lies elsewhere, and is not ours to remove
            files.add(inside(folder, file))
    files = {path for path in files if path.is_symlink() or path.is_file()}
    for path in files:
        path.unlink()
    for place in sorted({*places, *(path.parent for path in files)} - {folder}, reverse=True):
        if place.is_dir() and not any(place.iterdir()):
            place.rmdir()
    if files:
        yield f"{len(files)} files with photos or frames of films"
    if recorded and (files or len(own)):
        write_manifest(folder, others)
        (folder / journal.NAME).unlink(missing_ok=True)
        yield f"{len(own)} rows of the manifest"


def _files(place: Path) -> list[Path]:
    """Return the files below a folder, or the folder where it is a link: what it shows stays."""
    if place.is_symlink():
        return [place]
    return [path for path in place.rglob("*") if path.is_symlink() or not path.is_dir()]


def _consent(folder: Path, person: str) -> Iterator[str]:
    consents = consent.read_consents(folder)
    if consents.pop(person, None) is not None:
        consent.write_consents(folder, consents)
        yield "the consent"


def _reports(folder: Path, person: str) -> Iterator[str]:
    """Remove reports on galleries of one's own, in a folder or in folders in it, with a name."""
    names = {person, html.escape(person), json.dumps(person)[1:-1]}
    for page in sorted({*folder.rglob("acceptance.json"), *folder.rglob("acceptance.html")}):
        text = page.read_text(encoding="utf-8", errors="replace")
        own = '"cast":' in text or "Who plays whom" in text
        if own and any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for name in names):
            for path in (page, *page.parent.glob("curves-*.csv")):
                path.unlink(missing_ok=True)
            yield f"{page.relative_to(folder.parent)}, a report that names {person}"
