"""The commands ``facelab film`` and ``facelab watch``: a live camera without the book."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]

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
    """Count until the film is over or Ctrl-C is pressed."""
    from facelab.camera.camera import open_camera

    camera = open_camera(arguments.camera)
    # imported only now: whatever is wrong with the input is said before TensorFlow's five seconds
    import numpy as np

    from facelab.camera.live_count import tally
    from facelab.learning.classifier import load, people_of

    model = load(arguments.model)

    def watch(batches: Any) -> Any:
        return (model.predict_on_batch(np.stack(batch))[None] for batch in batches)

    tally(camera, watch, people_of(model))
    return 0
