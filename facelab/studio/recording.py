"""Records a plan: renders in parallel, writes every file whole or not at all, then the manifest."""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import cv2
import joblib
import pandas as pd

from facelab.studio.actor import Actor
from facelab.studio.maths import Array
from facelab.studio.motion import shot_at
from facelab.studio.plan import Plan
from facelab.studio.renderer import take, take_group
from facelab.studio.takes import ClipTake, Take, clip_takes, takes

VERSION = "1"
"""Version of the drawing: raise it when frames change, so that they are recorded again."""
MANIFEST = "manifest.csv"
RECIPES = "recording.json"
_CHUNK = 24  # frames of a clip a task


@dataclass(frozen=True)
class Row:
    """One line of the manifest; the fields are its columns, in order."""

    file: str
    sha256: str
    set: str
    person: str
    sitting: str
    garment: str
    light: str
    glasses: int
    expression: str
    burst: str
    pair: str
    frames: int
    boxes: str


COLUMNS = tuple(f.name for f in fields(Row))


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
    stills, clips = takes(plan, chosen), clip_takes(plan, chosen)
    recipes = _recipes(stills, clips, cast)
    earlier = _earlier(out)
    known = _unchanged(out, earlier, recipes)
    vouched = {} if again else {f: r for f, r in known.items() if _intact(out, r)}
    to_take = [t for t in stills if t.file not in vouched]
    to_film = [c for c in clips if c.file not in vouched]
    planned = {t.file for t in stills} | {c.file for c in clips}
    rows = {f: r for f, r in known.items() if r["set"] not in chosen or f in vouched}
    stale = [f for f, r in earlier.items() if r["set"] in chosen and f not in planned]
    total = len(to_take) + sum(c.clip.frames for c in to_film)
    done = 0
    report(done, total)
    try:
        for row in _record_stills(to_take, cast, out, jobs):
            rows[row.file] = vars(row)
            done += 1
            report(done, total)
        for film in to_film:
            with _Film(out / film.file, film) as writer:
                for part in _film(film, cast, jobs):
                    for pixels in part:
                        writer.add(pixels)
                    report(done := done + len(part), total)
            rows[film.file] = vars(_clip_row(film, out))
        for file in stale:
            (out / file).unlink(missing_ok=True)
    finally:
        _write_manifest(out, rows, recipes)
    return Tally(len(to_take) + len(to_film), len(vouched.keys() & planned))


def _record_stills(
    stills: Sequence[Take], cast: Mapping[str, Actor], out: Path, jobs: int
) -> Iterator[Row]:
    work = (joblib.delayed(record_still)(t, _cast_of(t, cast), out) for t in stills)
    pool = joblib.Parallel(n_jobs=jobs, return_as="generator_unordered", batch_size=4)
    yield from pool(work)


def _cast_of(still: Take, cast: Mapping[str, Actor]) -> dict[str, Actor]:
    return {name: cast[name] for name, _ in still.people}


def record_still(still: Take, cast: Mapping[str, Actor], out: Path) -> Row:
    """Take one still and write its file."""
    cv2.setNumThreads(1)  # the recording is parallel by process
    people = [(cast[name], shot) for name, shot in still.people]
    frame = take_group(people, still.sitting, still.shot)
    write_whole(out / still.file, frame.jpeg)
    shots = [shot for _, shot in still.people]
    light = still.shot.light or still.sitting.light
    return Row(
        file=still.file,
        sha256=hashlib.sha256(frame.jpeg).hexdigest(),
        set=still.set,
        person="+".join(name for name, _ in still.people),
        sitting=still.sitting.name,
        garment="+".join(still.sitting.garments[s.garment].name for s in shots),
        light=light.kind,
        glasses=int(any(s.glasses for s in shots)),
        expression="+".join(s.expression.word for s in shots),
        burst=still.burst,
        pair=still.pair,
        frames=1,
        boxes=";".join(",".join(map(str, box)) for box in frame.boxes),
    )


def write_whole(path: Path, content: bytes) -> None:
    """Write a file in one step: it is there whole, or as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(path)


def _film(film: ClipTake, cast: Mapping[str, Actor], jobs: int) -> Iterator[list[Array]]:
    starts = range(0, film.clip.frames, _CHUNK)
    work = (joblib.delayed(film_part)(film, cast[film.clip.person], first) for first in starts)
    yield from joblib.Parallel(n_jobs=jobs, return_as="generator", pre_dispatch="2*n_jobs")(work)


def film_part(film: ClipTake, actor: Actor, first: int) -> list[Array]:
    """Take the frames of one part of a clip, from ``first`` on."""
    cv2.setNumThreads(1)
    last = min(first + _CHUNK, film.clip.frames)
    shots = (shot_at(film, k) for k in range(first, last))
    return [take(actor, film.sitting, shot, compressed=False).pixels for shot in shots]


class _Film:
    """A video file that appears under its name only when it is complete."""

    def __init__(self, path: Path, film: ClipTake):
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.part = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
        camera = film.sitting.camera
        self.writer = cv2.VideoWriter(
            str(self.part),
            cv2.VideoWriter.fourcc(*"mp4v"),
            float(film.clip.rate),
            (camera.width, camera.height),
        )

    def __enter__(self) -> "_Film":
        return self

    def add(self, pixels: Array) -> None:
        """Append a frame (height, width, 3) uint8 blue, green, red."""
        self.writer.write(pixels)

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self.writer.release()
        if kind is None:
            self.part.replace(self.path)
        else:
            self.part.unlink(missing_ok=True)


def _clip_row(film: ClipTake, out: Path) -> Row:
    sitting, clip = film.sitting, film.clip
    drifting = clip.drift > 0
    return Row(
        file=film.file,
        sha256=_sha256(out / film.file),
        set="clips",
        person=clip.person,
        sitting=sitting.name,
        garment=sitting.garments[clip.garment].name,
        light=f"{sitting.light.kind}~{film.towards.kind}" if drifting else sitting.light.kind,
        glasses=0,
        expression="talk",
        burst=f"clips-{Path(film.file).stem}",
        pair="",
        frames=clip.frames,
        boxes="",
    )


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _intact(out: Path, row: Mapping[str, Any]) -> bool:
    path = out / row["file"]
    result: bool = path.is_file() and _sha256(path) == row["sha256"]
    return result


def _recipes(
    stills: Iterable[Take], clips: Iterable[ClipTake], cast: Mapping[str, Actor]
) -> dict[str, str]:
    """Fingerprint of all that determines the files of a group: takes, actors, version."""
    told: dict[str, list[str]] = {}
    for still in stills:
        told.setdefault(still.group(), [VERSION]).append(f"{still!r}{_cast_of(still, cast)!r}")
    for film in clips:
        told.setdefault(film.group(), [VERSION]).append(f"{film!r}{cast[film.clip.person]!r}")
    return {g: hashlib.sha256("\n".join(t).encode()).hexdigest()[:16] for g, t in told.items()}


def _group(file: str) -> str:
    return file if file.startswith("clips/") else file.rpartition("/")[0]


def _earlier(out: Path) -> dict[str, dict[str, Any]]:
    """Rows of an earlier manifest, by file."""
    if not (out / MANIFEST).is_file():
        return {}
    table = pd.read_csv(out / MANIFEST, keep_default_na=False, dtype=str)
    rows = ({str(name): v for name, v in row.items()} for row in table.to_dict("records"))
    return {row["file"]: row for row in rows}


def _told(out: Path) -> dict[str, str]:
    """Recipes of an earlier recording, by group."""
    path = out / RECIPES
    told: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return told


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
