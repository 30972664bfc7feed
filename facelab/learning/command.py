"""The command ``facelab train``: a folder of photos becomes a classifier in one file."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facelab.base.destination import check_destination
from facelab.base.files import reason, whole
from facelab.base.progress import progress
from facelab.contract.errors import FacelabError
from facelab.contract.interval import Interval
from facelab.contract.parameters import PARAMETERS, Parameter, Parameters
from facelab.contract.training import TrainingRequest

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]

SEED = Parameter(
    "seed", "seed", Interval.between(0, 2**31 - 1), True, "which first weights and order are drawn"
)


ROOM, PERSON = 1 << 20, 8 << 10
"""Bytes that a classifier needs at most: half of a megabyte, and 7 kB of weights a person."""


def add_commands(subparsers: Subparsers) -> None:
    """Add ``train``; its options are the parameters, as they are declared."""
    command = subparsers.add_parser("train", help="train a classifier on a gallery")
    command.add_argument("gallery", type=Path, help="folder with a sub-folder of photos a person")
    command.add_argument("-o", "--output", type=Path, default=Path("model.keras"))
    command.add_argument("--seed", default=0, help=f"{SEED.meaning}; default %(default)s")
    command.add_argument(
        "--face-detector",
        default="facelab",
        help="facelab, or none for the centre square; default %(default)s",
    )
    for parameter in PARAMETERS:
        command.add_argument(
            f"--{parameter.field.replace('_', '-')}",
            default=getattr(Parameters, parameter.field),
            help=f"{parameter.meaning}; default %(default)s",
        )
    command.set_defaults(run=run_train)


def run_train(arguments: argparse.Namespace) -> int:
    """Train and save; an interrupt (Ctrl-C) saves the model so far."""
    seed = int(SEED.check(arguments.seed))
    if arguments.output.suffix != ".keras" or not arguments.output.parent.is_dir():
        raise FacelabError(
            f"--output: received {arguments.output}, allowed is a file ending in .keras in a "
            "folder that exists; choose another"
        )
    parameters = Parameters(**{p.field: getattr(arguments, p.field) for p in PARAMETERS})
    from facelab.gallery.own_gallery import (
        read_gallery,  # with pandas: half a second for every command
    )

    photos, warnings = read_gallery(arguments.gallery)
    for line in warnings:
        print(f"facelab: gallery: {line}", file=sys.stderr)
    check_destination(arguments.output, ROOM + len(photos.people) * PERSON, "--output")
    # imported only now: whatever is wrong with the input is said before TensorFlow's five seconds
    from facelab.base.interrupt import interruptible
    from facelab.learning.trainer import Trainer

    with (
        interruptible() as interrupted,
        progress(f"training on {len(photos)} photos", "updates") as told,
    ):
        trained = Trainer(arguments.face_detector).train(
            photos,
            TrainingRequest(parameters, [seed], stop=lambda _: interrupted(), progress=told),
        )
    _save(trained.model(), arguments.output)
    blind = (~trained.embedder.embed(photos.frames).seen).sum()
    if blind:
        print(f"{blind} of {len(photos)} photos show no face: their centre square was learned")
    last = trained.history.accuracy[0, -trained.history.updates_per_epoch :].mean()
    print(
        f"{arguments.output}: {len(photos.people)} people, {trained.history.updates} updates, "
        f"accuracy {last:.2f} in the last epoch" + (", interrupted" if interrupted() else "")
    )
    return 0


def _save(model: Any, output: Path) -> None:
    """Write a classifier whole, and leave that which was there until it is.

    Raises FacelabError when that fails though it was tried before; the new one is kept elsewhere.
    """
    try:
        with whole(output) as half:
            model.save(half)
    except OSError as error:
        elsewhere = Path(tempfile.mkdtemp(prefix="facelab-classifier-"), output.name)
        try:
            model.save(elsewhere)
            kept = f"the classifier is kept in {elsewhere}; make room and move it"
        except OSError as other:
            kept = f"nor can {elsewhere} ({reason(other)}): it is lost; make room and train again"
        raise FacelabError(
            f"--output: {output} cannot be written ({reason(error)}); {kept}; what was there is "
            "kept, too"
        ) from error
