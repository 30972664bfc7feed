"""The command ``facelab doctor``: shows what a system can do, before the exam."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]

PEOPLE = 4
"""How many people of the gallery a system is examined on."""


def add_commands(subparsers: Subparsers) -> None:
    """Add ``doctor``."""
    command = subparsers.add_parser("doctor", help="run the exact checks alone on a system")
    command.add_argument(
        "--system",
        default="facelab",
        help="as for pytest: facelab, package.module:factory or 'command: node trainer.js'; "
        "default %(default)s",
    )
    command.add_argument(
        "--fixtures",
        type=Path,
        help="folder of recorded frames; default fixtures/ here, else the book's",
    )
    command.set_defaults(run=run_doctor)


def run_doctor(arguments: argparse.Namespace) -> int:
    """Print a line a finding; the status is 0 when no check failed, else 1."""
    from facelab.base.home import recorded
    from facelab.gallery.source import Recording

    frames: Path = arguments.fixtures or recorded(Path.cwd())
    gallery = Recording(frames).photos("gallery")
    # imported only now: whatever is wrong with the input is said before TensorFlow's five seconds
    from facelab.contract.system import title
    from facelab.systems.loading import described, load_system

    system = load_system(arguments.system)
    from facelab.systems.doctor import examine

    print(title(system))
    failed = 0
    for finding in examine(system, gallery.of(gallery.people[:PEOPLE])):
        print(f"{finding.sign} {finding.text}", flush=True)
        failed += finding.sign == "x"
    named = described(arguments.system)
    print(f"the whole exam: pytest --system {named!r}" if not failed else "refused")
    return int(bool(failed))
