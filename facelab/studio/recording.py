"""Records a plan: renders in parallel, writes every file whole or not at all, then the manifest."""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import pandas as pd

from facelab.base import files
from facelab.base.destination import check_folder
from facelab.contract.errors import FacelabError
from facelab.studio.actor import Actor
from facelab.studio.film import (
    FilmTake,
    VideoFile,
    draw_film,
    files_of,
    film_takes,
    frames_of,
    people_of,
    truth_of,
)
from facelab.studio.plan import Plan
from facelab.studio.still import COLUMNS, Row, actors_of, draw_still
from facelab.studio.takes import ClipTake, Take, takes
from facelab.studio.visit import View, VisitTake, truth_csv

VERSION = "1"
"""Version of the drawing: raise it when frames change, so that they are recorded again."""
MANIFEST = "manifest.csv"
RECIPES = "recording.json"


@dataclass(frozen=True)
class Tally:
    """What a recording did: files written, files that were up to date."""

    written: int
    kept: int


Report = Callable[[int, int], None]
"""Called with frames done and frames in all, after each file and each part of a clip."""


def record(
    plan: Plan,
    cast: Mapping[str, Actor],
    out: Path,
    *,
    only: Sequence[str] = (),
    jobs: int = 2,
    again: bool = False,
    report: Report = lambda _done, _total: None,
) -> Tally:
    """Record the sets ``only`` of a plan (all for none) into the folder ``out``.

    A file is skipped when the manifest vouches for its bytes and its recipe is unchanged, unless
    ``again``. When interrupted, what is done stays and is in the manifest.
    """
    chosen = plan.chosen(only)
    if not jobs:
        raise FacelabError("--jobs: received 0, allowed are 1 or more, or -1 for one a core")
    check_folder(out, 1 << 20, "--out")
    stills, films = takes(plan, chosen), film_takes(plan, chosen)
    recipes = _recipes(stills, films, cast)
    earlier = _earlier(out)
    known = _unchanged(out, earlier, recipes)
    vouched = {} if again else {f: r for f, r in known.items() if _intact(out, r)}
    to_take = [t for t in stills if t.file not in vouched]
    to_film = [f for f in films if any(file not in vouched for file in files_of(f))]
    planned = {t.file for t in stills} | {file for f in films for file in files_of(f)}
    rows = {f: r for f, r in known.items() if _set(r) not in chosen or f in vouched}
    stale = [f for f, r in earlier.items() if _set(r) in chosen and f not in planned]
    total = len(to_take) + sum(map(frames_of, to_film))
    done = 0
    report(done, total)
    try:
        for row in _record_stills(to_take, cast, out, jobs):
            rows[row.file] = vars(row)
            done += 1
            report(done, total)
        for film in to_film:
            views: list[View] = []
            with VideoFile(out / film.file, film) as video:
                for part in draw_film(film, cast, jobs):
                    for pixels, view in part:
                        video.add(pixels)
                        views.append(view)
                    report(done := done + len(part), total)
            if isinstance(film, VisitTake):
                write_whole(out / truth_of(film.file), truth_csv(views))
            rows |= {row.file: vars(row) for row in _film_rows(film, out)}
        for file in stale:
            files.remove(out, file)
    finally:
        _write_manifest(out, rows, recipes)
    made = {t.file for t in to_take} | {file for f in to_film for file in files_of(f)}
    return Tally(len(made), len(planned - made))


def _record_stills(
    stills: Sequence[Take], cast: Mapping[str, Actor], out: Path, jobs: int
) -> Iterator[Row]:
    work = (joblib.delayed(record_still)(t, actors_of(t, cast), out) for t in stills)
    pool = joblib.Parallel(n_jobs=jobs, return_as="generator_unordered", batch_size=4)
    yield from pool(work)


def record_still(still: Take, cast: Mapping[str, Actor], out: Path) -> Row:
    """Take one still and write its file."""
    row, jpeg = draw_still(still, cast)
    write_whole(out / still.file, jpeg)
    return row


def write_whole(path: Path, content: bytes) -> None:
    """Write a file in one step: it is there whole, or as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(path)


def _film_rows(film: FilmTake, out: Path) -> Iterator[Row]:
    """The rows of a film's files."""
    sitting, people = film.sitting, people_of(film)
    garments: tuple[int, ...]
    if isinstance(film, ClipTake):
        drift, towards, garments = film.clip.drift, film.towards, (film.clip.garment,)
    else:
        drift, towards = film.visit.drift, film.guests[0].towards
        garments = tuple(guest.garment for guest in film.visit.guests)
    for file in files_of(film):
        yield Row(
            file=file,
            sha256=_sha256(out / file),
            set="clips" if file == film.file else "truth",
            person="+".join(people),
            sitting=sitting.name,
            garment="+".join(sitting.garments[k].name for k in garments),
            light=f"{sitting.light.kind}~{towards.kind}" if drift > 0 else sitting.light.kind,
            glasses=0,
            expression="talk",
            burst=f"clips-{Path(film.file).stem}",
            pair="",
            frames=frames_of(film),
            boxes="",
        )


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _intact(out: Path, row: Mapping[str, Any]) -> bool:
    path = out / row["file"]
    result: bool = path.is_file() and _sha256(path) == row["sha256"]
    return result


def _recipes(
    stills: Iterable[Take], films: Iterable[FilmTake], cast: Mapping[str, Actor]
) -> dict[str, str]:
    """Fingerprint of all that determines the files of a group: takes, actors, version."""
    told: dict[str, list[str]] = {}
    for still in stills:
        told.setdefault(still.group(), [VERSION]).append(f"{still!r}{actors_of(still, cast)!r}")
    for film in films:
        actors = "".join(repr(cast[person]) for person in people_of(film))
        told |= {file: [VERSION, f"{film!r}{actors}"] for file in files_of(film)}
    return {g: hashlib.sha256("\n".join(t).encode()).hexdigest()[:16] for g, t in told.items()}


def _set(row: Mapping[str, Any]) -> str:
    """The set of the plan that a file belongs to: what is true of a film goes with the film."""
    return "clips" if row["set"] == "truth" else str(row["set"])


def _group(file: str) -> str:
    return file if file.startswith("clips/") else file.rpartition("/")[0]


def _earlier(out: Path) -> dict[str, dict[str, Any]]:
    """Rows of an earlier manifest, by file."""
    if not (out / MANIFEST).is_file():
        return {}
    try:
        table = pd.read_csv(out / MANIFEST, keep_default_na=False, dtype=str)
    except (OSError, ValueError) as error:  # no table, no UTF-8
        raise _foreign(out / MANIFEST) from error
    if not set(COLUMNS) <= set(table.columns):
        raise _foreign(out / MANIFEST)
    for file in table["file"]:
        files.check(out, file)  # what is no longer planned is removed
    rows = ({str(name): v for name, v in row.items()} for row in table.to_dict("records"))
    return {row["file"]: row for row in rows}


def _told(out: Path) -> dict[str, str]:
    """Recipes of an earlier recording, by group."""
    path = out / RECIPES
    if not path.is_file():
        return {}
    try:
        told: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise _foreign(path) from error
    if not (isinstance(told, dict) and all(isinstance(one, str) for one in told.values())):
        raise _foreign(path)
    return told


def _foreign(path: Path) -> FacelabError:
    return FacelabError(
        f"{path}: not written by the studio, or damaged; remove it, or record into another folder "
        "with --out"
    )


def _unchanged(
    out: Path, earlier: Mapping[str, dict[str, Any]], recipes: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    """Those rows whose recipe is still the same; sets that are not asked for are left alone."""
    before = _told(out)
    now = before | dict(recipes)
    same = {group for group, recipe in before.items() if now[group] == recipe}
    return {file: row for file, row in earlier.items() if _group(file) in same}


def _write_manifest(
    out: Path, rows: Mapping[str, Mapping[str, Any]], recipes: Mapping[str, str]
) -> None:
    table = pd.DataFrame([dict(r) for r in rows.values()], columns=list(COLUMNS))
    text = table.sort_values("file").to_csv(index=False, lineterminator="\n")
    groups = {_group(file) for file in rows}
    told = {g: r for g, r in (_told(out) | dict(recipes)).items() if g in groups}
    write_whole(out / MANIFEST, text.encode())
    write_whole(out / RECIPES, (json.dumps(told, indent=1, sort_keys=True) + "\n").encode())
