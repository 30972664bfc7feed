"""Neighbours: pytest's other plugins, which play beside facelab or are refused before the play.

One process plays the book from its beginning to its end: a scenario waits for the verdicts before
it, and its report shows what its steps found. A plugin that plays scenarios in other processes
would keep both from the record.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable

import pytest

from facelab.contract.errors import FacelabError

SHOWING = ("collectonly", "showfixtures", "show_fixtures_per_test", "setuponly", "setupplan")
"""Options with which pytest shows what there is, and plays nothing."""

APART = "whose steps would be played in other processes, out of the sight of the report"


def plays(config: pytest.Config) -> bool:
    """Return whether this process plays what it collects, unlike a worker or ``--fixtures``."""
    shows = any(config.getoption(name, False) for name in SHOWING)
    return not (shows or hasattr(config, "workerinput"))


def refuse_forks(items: Iterable[pytest.Item], config: pytest.Config) -> None:
    """Raise FacelabError when pytest-forked would play one of these in a process of its own."""
    everywhere = config.getoption("forked", False)
    if everywhere or any(item.get_closest_marker("forked") for item in items):
        what = "--forked" if everywhere else "the marker forked"
        raise FacelabError(f"{what}: received with features, {APART}; play them without it")


def refuse_shares(nodes: Iterable[str]) -> None:
    """Raise pytest.UsageError when pytest-xdist would share scenarios out, known by node ids."""
    if any(node.partition("::")[0].endswith(".feature") for node in nodes):
        raise pytest.UsageError(
            f"-n: received with features, {APART}; play them without it (-n0), and other tests "
            "with it, by their folder"
        )


def add_former_name(parser: pytest.Parser, former: str, present: str, **more: object) -> None:
    """Accept an option under its former name too, unless another plugin has an option of that name.

    ``present``: where the value is kept. ``more``: as of ``addoption``.
    """
    try:
        parser.addoption(former, dest=present, help=argparse.SUPPRESS, **more)
    except (ValueError, argparse.ArgumentError):
        return
