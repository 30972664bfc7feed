"""Entry: what pytest loads wherever facelab is installed; it does nothing until it is asked.

``pytest --pyargs facelab.book`` asks. Options, steps and hooks of the book are loaded then, after
the conftest.py files of the project, whose options so come before ours. A project whose
conftest.py has loaded them already is left as it is.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from itertools import pairwise
from os.path import realpath
from pathlib import Path

import pytest

from facelab.base.home import book

BOOK = "facelab.book"
"""The plugin of the book: what is loaded when somebody asks, and what they ask for."""

FEATURES = "facelab_features"
"""The project's setting: where its own features for the book lie."""

ASKED = pytest.StashKey[bool]()
"""Whether the book was loaded here, and not by the project itself."""

PATHS = (
    "--acceptance-report",
    "--camera",
    "--face-detector",
    "--film-plan",
    "--gallery",
    "--page-description",
    "--record",
    "--report",
)
"""facelab's options with a path."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the setting, which a project may hold whose run of pytest does not ask for us."""
    parser.addini(
        FEATURES,
        "files and folders of your own features for facelab's book; other features are left alone",
        type="paths",
        default=[],
    )


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> Generator[None]:
    """Load the book where it is asked for."""
    yield
    _refuse_far_paths(early_config, parser, args)
    manager = early_config.pluginmanager
    if BOOK in args and not _has_steps(manager):
        early_config.stash[ASKED] = manager.get_plugin("facelab.plugin") is None
        manager.import_plugin(BOOK)


def _has_steps(manager: pytest.PytestPluginManager) -> bool:
    """Return whether the clone's own conftest.py has loaded its steps, by their name there."""
    steps = getattr(manager.get_plugin("steps"), "__file__", None)
    return steps is not None and Path(steps).parent == book() / "steps"


def _refuse_far_paths(config: pytest.Config, parser: pytest.Parser, args: Sequence[str]) -> None:
    """Raise UsageError for a path after a blank that pytest has taken for tests.

    pytest looks for its project before it knows facelab's options. ``--gallery /elsewhere/team``
    are then an unknown option and a folder of tests: pytest takes that folder's project.
    """
    unknown = parser.parse_known_and_unknown_args(list(args))[1]
    inside = Path(realpath(config.invocation_params.dir))
    for option, path in pairwise(args):
        # realpath raises nothing, also of links in a ring
        far = not Path(realpath(inside / path)).is_relative_to(inside)
        if option in PATHS and option in unknown and far:
            raise pytest.UsageError(
                f"{option} {path}: after a blank, pytest takes a path outside of this folder "
                f"for tests; write {option}={path}"
            )
