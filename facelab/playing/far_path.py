"""Far path: a path after a blank, outside of the clone, which pytest takes for tests.

pytest looks for its project before it knows facelab's options. ``--gallery /elsewhere/team`` are
then an unknown option and a folder of tests: pytest takes that folder's project, in which facelab
is not. This module is loaded in every run of pytest where facelab is installed, and answers.
"""

from __future__ import annotations

from collections.abc import Generator
from itertools import pairwise
from os.path import realpath
from pathlib import Path

import pytest

OPTIONS = (
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


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> Generator[None]:
    """Refuse an option that is unknown because pytest has taken its path for tests."""
    yield
    unknown = parser.parse_known_and_unknown_args(args)[1]
    for option, path in pairwise(args):
        if option in OPTIONS and option in unknown:
            inside = Path(realpath(early_config.invocation_params.dir))
            # which raises nothing, also of links in a ring
            if not Path(realpath(inside / path)).is_relative_to(inside):
                raise pytest.UsageError(
                    f"{option} {path}: after a blank, pytest takes a path outside of this folder "
                    f"for tests; write {option}={path}"
                )
