"""Inject: a pytest plugin that runs any tests, or the features, against a mutant.

python -m pytest features -p tests.power.inject --mutant=T2
"""

from __future__ import annotations

from collections.abc import Generator

import pytest

from tests.power.mutant import applied
from tests.power.mutants import MUTANTS


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the option."""
    parser.addoption("--mutant", choices=list(MUTANTS), required=True, help="the mutant's id")


@pytest.hookimpl(wrapper=True)
def pytest_cmdline_main(config: pytest.Config) -> Generator[None, object, object]:
    """Apply the mutant before anything is collected, for the whole session."""
    with applied(MUTANTS[config.getoption("mutant")]):
        return (yield)
