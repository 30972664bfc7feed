"""The commands ``facelab film`` and ``facelab watch``: a live camera without the book."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from facelab.contract.parameters import CERTAIN, CERTAINTY
from facelab.contract.text import one_line

if TYPE_CHECKING:
    from facelab.contract.frame import Frame

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]

NAMED = 10
"""People at most whose names are said at the start."""

PLACE = "0, /dev/video2, an address (http, https, rtsp), a video file or a folder of pictures"


def add_commands(subparsers: Subparsers) -> None:
    """Add ``film`` and ``watch``."""
    film = subparsers.add_parser("film", help="film people before a camera, into a gallery")
    _add_camera(film)
    film.add_argument(
        "--record",
        type=Path,
        default=Path("filmed"),
        metavar="DIR",
        help="gallery to film into, or to go on with; default %(default)s",
    )
    film.add_argument("--film-plan", type=Path, metavar="FILE", help="how much to film of whom")
    film.set_defaults(run=run_film)
    watch = subparsers.add_parser("watch", help="count whom a classifier sees before a camera")
    watch.add_argument("model", type=Path, help="file that `facelab train` has written")
    _add_camera(watch)
    watch.add_argument(
        "--csv", type=Path, metavar="FILE", help="write who was seen when, a line a frame"
    )
    watch.add_argument("--force", action="store_true", help="replace a file that is there")
    watch.add_argument(
        "--certainty", default=CERTAIN, help=f"{CERTAINTY.meaning}; default %(default)s"
    )
    watch.add_argument("--no-picture", action="store_true", help="show no picture of the camera")
    watch.set_defaults(run=run_watch)


def _add_camera(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--camera", default="0", help=f"{PLACE}; default %(default)s")


def run_film(arguments: argparse.Namespace) -> int:
    """Film; 0 when all is there, 1 when something is missing, which is named."""
    # imported only now, with OpenCV and pandas: half a second for every command
    from facelab.camera.filming_plan import read_plan

    plan = read_plan(arguments.film_plan)
    from facelab.camera.camera import open_camera
    from facelab.camera.filming import film

    missing = film(open_camera(arguments.camera, plan.wait), arguments.record, plan)
    for line in missing:
        print(f"missing: {line}")
    return int(bool(missing))


def run_watch(arguments: argparse.Namespace) -> int:
    """Count until the film is over, Ctrl-C, or q in the picture; nothing of it needs TensorFlow."""
    certain = CERTAINTY.check(arguments.certainty)
    from facelab.learning.answerer import read

    answerer = read(arguments.model, live=True)
    people = ", ".join(one_line(name) for name in answerer.people[:NAMED])
    more = f" and {len(answerer.people) - NAMED} more" if len(answerer.people) > NAMED else ""
    print(f"{arguments.model} knows {people}{more}; Ctrl-C ends the count", flush=True)
    from facelab.camera.camera import open_camera
    from facelab.camera.live_count import Seen, tally
    from facelab.camera.sightings import sightings
    from facelab.camera.window import open_window

    def watch(batches: Iterable[Sequence[Frame]]) -> Iterator[Seen]:
        for frames in batches:
            odds, features = answerer.see(frames)
            yield Seen(odds[0], features.faces, features.several)

    camera = open_camera(arguments.camera)
    with sightings(arguments.csv, answerer.people, force=arguments.force) as keep:
        window = None if arguments.no_picture else open_window()
        if not (window or arguments.no_picture):
            print("no display: no picture is shown", flush=True)
        tally(
            camera,
            watch,
            answerer.people,
            certain=certain,
            together=1,
            window=window,
            keep=keep,
        )
    if arguments.csv:
        print(f"{arguments.csv}: who was seen when, a line a frame")
    return 0
