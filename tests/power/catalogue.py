"""Catalogue: the phrases of the steps, with their definitions."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from pytest_bdd.steps import step_function_context_registry

import steps


@dataclass(frozen=True)
class Phrase:
    """What a step says: its ``pattern`` with fields, its ``kind`` (given, when, then)."""

    pattern: str
    kind: str
    function: Any
    parser: Any

    @property
    def definition(self) -> str:
        """What it measures: the first line of the step's docstring."""
        return inspect.cleandoc(self.function.__doc__ or "").partition("\n")[0]


@cache
def phrases() -> tuple[Phrase, ...]:
    """Return every phrase of the steps, in order of definition."""
    for name in steps.pytest_plugins:
        import_module(name)
    return tuple(
        Phrase(c.parser.name, str(c.type), c.step_func, c.parser)
        for c in step_function_context_registry.values()
        if c.step_func.__module__.startswith("steps.")
    )


@cache
def phrase_of(step: str) -> Phrase | None:
    """Return the phrase that a step's text is an instance of; ``None`` when there is none."""
    return next((phrase for phrase in phrases() if phrase.parser.is_matching(step)), None)


def named(step: str) -> str:
    """Return the pattern of a step, or its text where it has none.

    >>> named("none of them is answered wrong")
    'none of them is answered wrong'
    """
    phrase = phrase_of(step)
    return phrase.pattern if phrase else step
