"""Commands of the recipe: make the face finder's networks, and the whitening, anew."""

from __future__ import annotations

import argparse
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facelab.base.destination import check_destination
from facelab.base.progress import progress
from facelab.contract.errors import FacelabError
from facelab.contract.interval import Interval

if TYPE_CHECKING:
    from facelab.faces.face import FaceDetector
    from facelab.faces.network import Weights

ACTORS, EPOCHS, VERIFIER_EPOCHS = 1600, 12, 5
"""What the committed weights were made with, nearly: docs/face_finder.md has the rest."""


def add_commands(subparsers: Any) -> None:
    """Add ``finder`` and ``whitening``."""
    command = subparsers.add_parser(
        "finder", help="draw scenes and train the face finder on them; goes on where it stopped"
    )
    command.add_argument("folder", type=Path, help="folder of scenes and checkpoints")
    command.add_argument("-o", "--output", type=Path, default=Path("weights.npz"))
    command.add_argument("--actors", type=int, default=ACTORS, help="default %(default)s")
    command.add_argument("--epochs", type=int, default=EPOCHS, help="default %(default)s")
    command.add_argument(
        "--verifier-epochs", type=int, default=VERIFIER_EPOCHS, help="default %(default)s"
    )
    start = command.add_mutually_exclusive_group()
    start.add_argument(
        "--start",
        type=Path,
        metavar="WEIGHTS",
        help="weights that the first network goes on from (.npz); default: facelab's own",
    )
    start.add_argument("--anew", action="store_true", help="it starts from nothing instead")
    command.add_argument("--jobs", type=int, default=-1, help="processes; default: one a core")
    command.set_defaults(run=run_finder)
    _add_whitening(subparsers)


def run_finder(arguments: argparse.Namespace) -> int:
    """Draw, train, store the weights; then say how well they find unseen people."""
    for name, least in (("actors", 2), ("epochs", 1), ("verifier_epochs", 1)):
        allowed = Interval.at_least(least)
        if (received := getattr(arguments, name)) not in allowed:
            option = name.replace("_", "-")
            raise FacelabError(
                f"--{option}: received {received}, allowed is {allowed}; choose more"
            )
    check_destination(arguments.output, 1 << 20, "--output")
    from facelab.recipe.dataset import CHECKPOINT, draw_shards

    if (arguments.anew or arguments.start) and (arguments.folder / CHECKPOINT).exists():
        option = "--anew" if arguments.anew else "--start"
        raise FacelabError(
            f"{option}: received with {arguments.folder}, in which a training has begun; leave the "
            f"option out to go on, or remove {CHECKPOINT}"
        )
    start = None if arguments.anew else _start(arguments.start)
    from facelab.faces.finder import FaceFinder
    from facelab.recipe.refinement_crops import draw_crops

    folder, jobs = arguments.folder, arguments.jobs
    with progress(f"drawing {arguments.actors} people", "files") as done:
        draw_shards(folder, arguments.actors, jobs=jobs, progress=done)
    from facelab.recipe.model import folded
    from facelab.recipe.training import store, train, train_refinement

    net = folded(train(folder, arguments.epochs, start, jobs=jobs))
    with progress("looking closer at what it finds", "files") as done:
        draw_crops(folder, net, jobs=jobs, progress=done)
    net |= folded(train_refinement(folder, arguments.verifier_epochs))
    store(net, arguments.output)
    print(f"{arguments.output}: {arguments.output.stat().st_size / 1000:.0f} kB")
    print(summary(FaceFinder(net=net)))
    return 0


def _start(path: Path | None) -> Weights:
    """Read the weights that the proposal network goes on from.

    Raises FacelabError when a file holds none.
    """
    import numpy as np

    from facelab.faces.network import PROPOSAL, read_weights, weights

    if path is None:
        return weights()
    try:
        with path.open("rb") as file:
            net = read_weights(file)
        # the other network learns from nothing
        pairs = [(net[layer.name], weights()[layer.name]) for layer in PROPOSAL]
        parts = [pair for a, b in pairs for pair in ((a.kernel, b.kernel), (a.bias, b.bias))]
        if all(a.shape == b.shape and np.isfinite(a).all() for a, b in parts):
            return net
        reason = "its layers are of other sizes than facelab's, or no numbers"
    except OSError as error:
        reason = str(error.strerror)
    except (
        EOFError,
        KeyError,
        TypeError,
        ValueError,
        RuntimeError,
        zipfile.BadZipFile,
        zlib.error,
    ):
        reason = "it holds no weights of a face finder"
    raise FacelabError(
        f"--start: received {path}: {reason}; allowed are weights that facelab finder wrote (.npz)"
    )


PEOPLE, RANK = 60, 100
"""What the committed whitening was made with."""


def _add_whitening(subparsers: Any) -> None:
    command = subparsers.add_parser(
        "whitening",
        help="draw people and learn what whitens their vectors; goes on where it stopped",
    )
    command.add_argument("folder", type=Path, help="folder of drawn people")
    command.add_argument("-o", "--output", type=Path, default=Path("whitening.npz"))
    command.add_argument("--people", type=int, default=PEOPLE, help="default %(default)s")
    command.add_argument("--rank", type=int, default=RANK, help="axes; default %(default)s")
    command.add_argument("--jobs", type=int, default=-1, help="processes; default: one a core")
    command.set_defaults(run=run_whitening)


def run_whitening(arguments: argparse.Namespace) -> int:
    """Draw people, describe them, store the whitening; then say what it takes away."""
    from facelab.faces.whitening import RANK as MOST

    for name, allowed in (
        ("people", Interval.at_least(1)),
        ("rank", Interval.between(1, MOST)),
    ):
        if (received := getattr(arguments, name)) not in allowed:
            raise FacelabError(
                f"--{name}: received {received}, allowed is {allowed}; choose another number"
            )
    check_destination(arguments.output, 1 << 20, "--output")
    from facelab.faces.detection import detection
    from facelab.faces.extractor import FeatureExtractor
    from facelab.recipe import within

    with progress(f"drawing {arguments.people} people", "files") as done:
        files = within.draw_people(
            arguments.folder, arguments.people, jobs=arguments.jobs, progress=done
        )
    with progress("describing them", "files") as done:
        extractor = FeatureExtractor(detection("facelab"))
        vectors, people, frames = within.describe(files, extractor, progress=done)
    whitening = within.whitening_from(within.within_class(vectors, people), arguments.rank)
    within.store(whitening, arguments.output)
    print(f"{arguments.output}: {arguments.output.stat().st_size / 1000:.0f} kB")
    print(
        f"from {len(vectors):,} of {frames:,} frames, where the face is found; an axis loses "
        f"{whitening.shares.min():.0%} to {whitening.shares.max():.0%}"
    )
    return 0


def summary(finder: FaceDetector, actors: int = 50, rooms: int = 300) -> str:
    """Return, in a line, how well a finder does on people and rooms never trained on."""
    from facelab.recipe.evaluation import (
        evaluate,
        false_boxes,
        largest,
        new_rooms,
        unseen_people,
    )

    people = evaluate(finder, map(largest, unseen_people(actors)))
    false = false_boxes(finder, [room.pixels for room in new_rooms(rooms)])
    return (
        f"found {people.found:.1%} of {people.frames} unseen people, "
        f"a face in {false:.1%} of {rooms} empty rooms"
    )
