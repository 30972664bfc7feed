"""Again: the options with which a run is repeated, as they may be written down."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

import pytest

from facelab.contract.parameters import CERTAIN
from facelab.playing.entry import BOOK
from facelab.report.redaction import hide

SAME = (
    "face_detector",
    "embedding",
    "gallery",
    "cast",
    "film_plan",
    "people",
    "certainty",
    "cluster",
    "fresh_probes",
    "nothing_left_out",
    "report_photos",
    "page",
    "page_description",
    "page_engine",
)
"""Options that are repeated as they were, by what pytest calls them."""


def options(config: pytest.Config, run: dict[str, Any]) -> str:
    """Return the options of a run that is to be repeated, as of a command line.

    ``run`` is the record's: its seeds are those that were drawn, its system is without secrets. A
    recording stands for the camera that filmed it. Addresses and paths are hidden as in the report.
    """
    return " ".join(map(shlex.quote, map(hide, _options(config, run))))


def _options(config: pytest.Config, run: dict[str, Any]) -> Iterator[str]:
    if config.pluginmanager.has_plugin(BOOK):
        yield from ("-p", BOOK)  # features/… may then be those of the book
    if config.getoption("seeds") != "5":
        first, last = run["seeds"][0], run["seeds"][-1]
        yield f"--seeds={first}-{last}"
    if config.getoption("system") != "facelab":
        yield f"--system={run['system']}"
    if folder := config.getoption("record"):
        yield f"--gallery={folder}"
    elif place := config.getoption("camera"):
        yield f"--camera={place}"
    defaults = {
        "face_detector": "facelab",
        "embedding": "hog",
        "cast": "",
        "page_engine": "computer",
        "certainty": str(CERTAIN),
    }
    for name in SAME:
        value = config.getoption(name)
        option = f"--{name.replace('_', '-')}"
        if value is True:
            yield option
        elif value not in (None, False, defaults.get(name)):
            yield f"{option}={value}"
