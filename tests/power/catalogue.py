"""Catalogue: which phrase a step's text is an instance of."""

from __future__ import annotations

from functools import cache

from pytest_bdd.steps import StepFunctionContext

from facelab.playing.catalogue import contexts, step_modules

BOOK = (
    "steps.people",
    "steps.training",
    "steps.curves",
    "steps.replays",
    "steps.answers",
    "steps.load",
    "steps.twins",
    "steps.counts",
    "steps.crowd",
    "steps.strangers",
)
"""The modules whose phrases stand in docs/steps.md and have cases in tests/power/histories.py.

A module of one's own, beside these in ``steps/``, is held to neither.
"""


@cache
def phrases() -> tuple[StepFunctionContext, ...]:
    """Return every phrase of the steps, as pytest-bdd keeps it, in order of definition."""
    return tuple(context for module in step_modules() for context in contexts(module))


@cache
def phrase_of(step: str) -> StepFunctionContext | None:
    """Return the phrase that a step's text is an instance of; ``None`` when there is none."""
    return next((phrase for phrase in phrases() if phrase.parser.is_matching(step)), None)


def named(step: str) -> str:
    """Return the pattern of a step, or its text where it has none.

    >>> named("none of them is answered wrong")
    'none of them is answered wrong'
    """
    phrase = phrase_of(step)
    return phrase.parser.name if phrase else step
