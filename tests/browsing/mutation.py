"""Mutation: a plugin of pytest that puts a fault into facelab's page, and plays one scenario.

``FACELAB_PAGE_MUTANT`` names, in JSON, an address and the file that answers in its place.
"""

from __future__ import annotations

import json
import os
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from facelab.browsing import own_page
from facelab.browsing.tab import Tab

PATIENCE = 600.0
"""Seconds: no fault here is found by a page that is late."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--only-scenario", default="")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Play the scenario of this name, and no other."""
    name = config.getoption("only_scenario")
    items[:] = [item for item in items if name_of(item) == name]


def name_of(item: Any) -> str:
    """Return a scenario's name, with the value of an example behind it."""
    from facelab.playing.features import example_of, scenario_of

    values = ", ".join(example_of(item).values())
    return f"{scenario_of(item).name} ({values})" if values else scenario_of(item).name


def pytest_configure() -> None:
    """Have the page's file answered by another one; wait for it however busy the computer is."""
    routes = []
    if fault := os.environ.get("FACELAB_PAGE_MUTANT"):
        address, file = json.loads(fault)
        routes = [(address, Path(file))]
    patient = partial(Tab, wait=PATIENCE, routes=routes)
    pytest.MonkeyPatch().setattr(own_page, "Tab", patient)
