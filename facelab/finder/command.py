"""Commands of the face finder: make its network anew."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from facelab.errors import FacelabError
from facelab.interval import Interval

ACTORS, EPOCHS = 3400, 14
"""What the committed weights were made with."""


def add_commands(subparsers: Any) -> None:
    """Add ``finder``."""
    command = subparsers.add_parser(
        "finder", help="draw scenes and train the face finder on them; goes on where it stopped"
    )
    command.add_argument("folder", type=Path, help="folder of scenes and checkpoints")
    command.add_argument("-o", "--output", type=Path, default=Path("weights.npz"))
    command.add_argument("--actors", type=int, default=ACTORS, help="default %(default)s")
    command.add_argument("--epochs", type=int, default=EPOCHS, help="default %(default)s")
    command.add_argument("--jobs", type=int, default=-1, help="processes; default: one a core")
    command.set_defaults(run=run_finder)


def run_finder(arguments: argparse.Namespace) -> int:
    """Draw, train, store the weights; then say how well they find unseen people."""
    allowed = Interval.at_least(1)
    for name in ("actors", "epochs"):
        if getattr(arguments, name) not in allowed:
            raise FacelabError(
                f"--{name}: received {getattr(arguments, name)}, allowed is {allowed}; choose more"
            )
    from rich.progress import Progress

    from facelab.finder.recipe.shards import draw_shards

    with Progress() as bar:
        task = bar.add_task(f"drawing {arguments.actors} people")
        draw_shards(
            arguments.folder,
            arguments.actors,
            jobs=arguments.jobs,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    from facelab.finder.recipe.model import folded
    from facelab.finder.recipe.training import store, train

    store(folded(train(arguments.folder, arguments.epochs, jobs=arguments.jobs)), arguments.output)
    print(f"{arguments.output}: {arguments.output.stat().st_size / 1000:.0f} kB")
    return 0
