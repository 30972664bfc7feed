"""The ``facelab`` command; each package adds its own commands."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from facelab.base.opencv import explained
from facelab.camera import command as filming
from facelab.contract.errors import FacelabError
from facelab.gallery import command as frames
from facelab.learning import command as learning
from facelab.playing import command as running
from facelab.recipe import command as finder
from facelab.report import command as reporting
from facelab.studio import command as studio
from facelab.systems import command as systems


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands; each package adds its own."""
    root = argparse.ArgumentParser(prog="facelab", description=__doc__)
    subparsers = root.add_subparsers(metavar="COMMAND", required=True)
    for package in (learning, filming, frames, studio, reporting, finder, running, systems):
        package.add_commands(subparsers)
    return root


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status; bad input is one line on standard error."""
    chosen = parser().parse_args(arguments)
    # TensorFlow tells of drivers that nobody asked for; whoever wants to read it sets 0.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        with explained():
            status: int = chosen.run(chosen)
    except FacelabError as error:
        print(f"facelab: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("facelab: interrupted; what was done is kept", file=sys.stderr)
        return 130
    return status
