"""Reader: refusals at pytest's terminal, in the language that was chosen for the run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from facelab.contract.errors import FacelabError
from facelab.languages.choice import chosen
from facelab.languages.language import ENGLISH, Language


def reader(config: pytest.Config) -> Language:
    """Return the language of a run; English for one that is itself refused."""
    try:
        return chosen(config.getoption("language", None), config.rootpath)
    except FacelabError:
        return ENGLISH


def said(config: pytest.Config, text: str) -> str:
    """Return a refusal in the language of a run, line by line; Python in it stays."""
    language = reader(config)
    lines = text.split("\n")
    return "\n".join(line if line[:1].isspace() else language.translated(line) for line in lines)


@contextmanager
def usage_errors(config: pytest.Config) -> Iterator[None]:
    """Within the block, bad input is pytest's usage error: a line each, exit status 4."""
    try:
        yield
    except FacelabError as error:
        raise pytest.UsageError(said(config, str(error))) from error
    except pytest.UsageError as error:
        raise pytest.UsageError(*(said(config, str(line)) for line in error.args)) from error
