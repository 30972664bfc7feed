"""Forget: removes a person from a gallery, and from everything made of it."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePath
from stat import S_ISDIR, S_ISLNK, S_ISREG

import pandas as pd

from facelab.base import files
from facelab.base.files import reason, shown
from facelab.base.locking import HOME, writing
from facelab.base.temporary import remove_abandoned
from facelab.contract.errors import FacelabError
from facelab.gallery import consent, forgotten, journal
from facelab.gallery.caching import forget_cache
from facelab.gallery.folder import PASSED_OVER
from facelab.gallery.manifest import NAME, halves, is_recorded, read_rows, write_manifest
from facelab.gallery.name import COLUMNS, alike, check_name, nearest

OWN = (HOME, "reports", NAME, journal.NAME, consent.NAME)
"""What lies in a gallery without being photos, besides what is hidden."""

FORMS = (".json", ".html", ".md")
"""How the names of reports end, whatever the user has called them."""

HALVES = tuple(f".acceptance{form}." for form in FORMS)
"""How the names of reports begin that were half written."""

LARGEST = 1_000_000_000
"""Bytes of a report that are looked through."""


def forget(folder: Path, person: str, reports: Iterable[Path] = ()) -> list[str]:
    """Remove a person from a gallery and return what was removed, a line each.

    Removed are photos and films, half-written ones too, the person's entries in the manifest, the
    journal and the consents, the cache, and reports that name the person: those in the gallery's
    ``reports``, and in the folders ``reports``; also unsaved frames of filming runs that were
    killed. Programs that write into the gallery meanwhile are interrupted, and keep nothing more of
    the person. A name counts in each of its spellings that Unicode calls equal, and in any case
    where the disk tells none. Nothing outside of these folders is touched. After an interruption,
    call it again. Raises FacelabError when there is no such folder or person, or writing fails.
    """
    check_name(person)
    if not files.is_folder(folder):
        raise FacelabError(f"{folder}: no such folder; name the gallery")
    try:
        with writing(folder, interrupting=True):
            means = _Means(person, case=not files.ignores_case(folder))
            people = _people(folder)
            spellings = {alike(person), *(alike(one) for one in people if means(one))}
            again = True in {forgotten.begin(folder, one) for one in spellings}
            forget_cache(folder)
            removed = [
                *_photos(folder, means),
                *_consent(folder, means),
                *_reports(folder, "reports", spellings),
            ]
            for place in reports:
                removed += _reports(place, ".", spellings)
            for one in spellings:
                forgotten.finish(folder, one, known=bool(removed) or again)
        remove_abandoned()
    except OSError as error:
        raise FacelabError(
            f"{folder}: {person} is not wholly removed ({reason(error)}); see that "
            "the folder can be written to, then do it again"
        ) from error
    if not removed and not again:
        raise FacelabError(
            f"{folder}: received {person!r}, there is nothing of that name"
            + nearest(person, people)
        )
    return removed


class _Means:
    """Tells whether a name is a person's, in any spelling."""

    def __init__(self, person: str, *, case: bool) -> None:
        self._case = case
        self._wanted = alike(person, case=case)

    def __call__(self, name: str) -> bool:
        return alike(name, case=self._case) == self._wanted


def _people(folder: Path) -> set[str]:
    """Return the names that may be people's: in the tables, and of folders."""
    found = {*consent.read_consents(folder)}
    if is_recorded(folder):
        found |= {*read_rows(folder)["person"]}
        found |= {PurePath(place).name for place in _folders(folder)}
    else:
        found |= {name for name in _tops(folder) if S_ISDIR(files.kind(folder, name))}
    return found


def _photos(folder: Path, means: _Means) -> Iterator[str]:
    """Remove photos, then rows: what breaks off in between is missing, and named."""
    recorded = is_recorded(folder)
    rows = read_rows(folder) if recorded else pd.DataFrame(columns=COLUMNS, dtype=str)
    meant = rows["person"].map(means).astype(bool)
    others, own = rows[~meant], rows[meant]
    shared = set(others["file"])
    found = {file for file in _files(folder, means, recorded) if file not in shared}
    tops = _tops(folder)
    found |= {f for f in own["file"] if f not in shared and _is_photo(folder, f, tops)}
    links = {file for file in found if S_ISLNK(files.kind(folder, file))}
    for file in sorted(found):
        files.remove(folder, file)
    for half in halves(folder):  # in which the person's name may stand
        files.remove(folder, half)
    places = {place.as_posix() for file in found for place in PurePath(file).parents}
    places |= {place for place in _folders(folder) if means(PurePath(place).name)}
    for place in sorted(places - {"."}, key=len, reverse=True):
        files.remove_if_empty(folder, place)
    if count := len(found) - len(links):
        yield f"{count} file{'s' * (count > 1)} with photos or frames of films"
    for link in sorted(links):
        yield f"{shown(link)}, a link; what it led to lies elsewhere, remove it yourself"
    if recorded and (found or len(own)):
        write_manifest(folder, others)
        files.remove(folder, journal.NAME)
        yield f"{len(own)} rows of the manifest"


def _files(folder: Path, means: _Means, recorded: bool) -> Iterator[str]:
    """Yield the files in a person's folders; where such a folder is a link, the link."""
    for top in _tops(folder):
        if not recorded:
            if means(top) and top.lower() not in PASSED_OVER:
                yield from files.files_below(folder, top)
            continue
        for file in files.files_below(folder, top):
            path = PurePath(file)
            link = means(path.name) and S_ISLNK(files.kind(folder, file))
            if link or means(path.parent.name):
                yield file


def _folders(folder: Path) -> Iterator[str]:
    for top in _tops(folder):
        yield from files.folders_below(folder, top)


def _tops(folder: Path) -> list[str]:
    """Return what lies in a gallery where photos may: neither hidden, nor facelab's own."""
    return [name for name in files.names(folder) if name not in OWN and not name.startswith(".")]


def _is_photo(folder: Path, file: str, tops: Sequence[str]) -> bool:
    """Return whether a row of the manifest names a file that lies where photos do, by no link."""
    path = PurePath(file)
    plain = not path.is_absolute() and ".." not in path.parts and "\0" not in file
    if not plain or len(path.parts) < 2 or path.parts[0] not in tops:
        return False  # it lies elsewhere, and is not ours to remove
    places = [place.as_posix() for place in path.parents][:-1]
    return all(S_ISDIR(files.kind(folder, place)) for place in places) and S_ISREG(
        files.kind(folder, file)
    )


def _consent(folder: Path, means: _Means) -> Iterator[str]:
    consents = consent.read_consents(folder)
    kept = {person: one for person, one in consents.items() if not means(person)}
    if len(kept) < len(consents):
        consent.write_consents(folder, kept)
        yield "the consent"


def _reports(folder: Path, place: str, people: Iterable[str]) -> Iterator[str]:
    """Remove reports on galleries of one's own, in a folder or in folders in it, with a name."""
    if not files.is_folder(folder / place):
        return
    forms = {unicodedata.normalize(form, one) for one in people for form in ("NFC", "NFD")}
    names = {how(one) for one in forms for how in (str, html.escape, _in_json)}
    found = [PurePath(file) for file in files.files_below(folder, place)]
    for page in found:
        if page.suffix.lower() not in FORMS and not page.name.startswith(HALVES):
            continue
        try:
            text = files.read(folder, page.as_posix(), LARGEST).decode("utf-8", "replace")
        except FileNotFoundError:
            continue
        own = '"cast":' in text or "Who plays whom" in text
        if page.name.startswith("acceptance") and page.suffix == ".md":
            own, text = True, text.replace("\\", "")  # which stand before other signs
        if own and any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for name in names):
            curves = [path for path in found if path.parent == page.parent]
            for path in (page, *(one for one in curves if one.match("curves-*.csv"))):
                files.remove(folder, path.as_posix())
            called = page if place != "." else PurePath(folder.name) / page
            yield f"{shown(called.as_posix())}, a report that names {min(people)}"


def _in_json(name: str) -> str:
    return json.dumps(name)[1:-1]
