"""A film: a clip or a visit, drawn part by part, and the video file that it makes."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import cv2
import joblib

from facelab.studio.actor import Actor
from facelab.studio.maths import Array
from facelab.studio.motion import shot_at
from facelab.studio.plan import Plan
from facelab.studio.renderer import take, take_group
from facelab.studio.takes import ClipTake, clip_takes
from facelab.studio.visit import View, VisitTake, group_at, view_at, visit_takes

_CHUNK = 24  # frames a task

FilmTake = ClipTake | VisitTake
Drawn = tuple[Array, View]
"""A frame (height, width, 3) uint8 blue, green, red, and who is in view on it."""


def film_takes(plan: Plan, chosen: Sequence[str]) -> list[FilmTake]:
    """All clips and visits, when the set "clips" is ``chosen``."""
    return [*clip_takes(plan, chosen), *visit_takes(plan, chosen)]


def frames_of(film: FilmTake) -> int:
    """How many frames a film has."""
    return film.clip.frames if isinstance(film, ClipTake) else film.visit.frames


def people_of(film: FilmTake) -> tuple[str, ...]:
    """Who is on a film, in the order in which the plan names them."""
    if isinstance(film, ClipTake):
        return (film.clip.person,)
    return tuple(guest.person for guest in film.visit.guests)


def files_of(film: FilmTake) -> tuple[str, ...]:
    """The files that a film makes: the video, and for a visit who is in view when."""
    return (film.file,) if isinstance(film, ClipTake) else (film.file, truth_of(film.file))


def truth_of(file: str) -> str:
    """Name of the file that says who is in view when."""
    return f"{file.removesuffix('.mp4')}.truth.csv"


def draw_film(film: FilmTake, cast: Mapping[str, Actor], jobs: int) -> Iterator[list[Drawn]]:
    """Yield the frames of a film part by part, and who is in view on them."""
    actors = {person: cast[person] for person in people_of(film)}
    starts = range(0, frames_of(film), _CHUNK)
    work = (joblib.delayed(_part)(film, actors, first) for first in starts)
    yield from joblib.Parallel(n_jobs=jobs, return_as="generator", pre_dispatch="2*n_jobs")(work)


def _part(film: FilmTake, cast: Mapping[str, Actor], first: int) -> list[Drawn]:
    cv2.setNumThreads(1)  # the recording is parallel by process
    last = min(first + _CHUNK, frames_of(film))
    return [(_frame(film, cast, k), _view(film, cast, k)) for k in range(first, last)]


def _frame(film: FilmTake, cast: Mapping[str, Actor], number: int) -> Array:
    if isinstance(film, ClipTake):
        shot = shot_at(film, number)
        return take(cast[film.clip.person], film.sitting, shot, compressed=False).pixels
    people, whole = group_at(film, number)
    group = [(cast[person], shot) for person, shot in people]
    return take_group(group, film.sitting, whole, compressed=False).pixels


def _view(film: FilmTake, cast: Mapping[str, Actor], number: int) -> View:
    if isinstance(film, ClipTake):
        return (film.clip.person,), ()
    return view_at(film, cast, number)


class VideoFile:
    """A video file that appears under its name only when it is complete."""

    def __init__(self, path: Path, film: FilmTake):
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.part = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
        camera = film.sitting.camera
        rate = film.clip.rate if isinstance(film, ClipTake) else film.visit.rate
        self.writer = cv2.VideoWriter(
            str(self.part),
            cv2.VideoWriter.fourcc(*"mp4v"),
            float(rate),
            (camera.width, camera.height),
        )

    def __enter__(self) -> "VideoFile":
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
