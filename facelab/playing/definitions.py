"""Definitions: the function that plays a step; where it is none or not the only one, say so."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd.parser import Step
from pytest_bdd.scenario import find_fixturedefs_for_step
from pytest_bdd.steps import StepFunctionContext, step_function_context_registry

from facelab.playing.features import feature_of, scenario_of

Function = Callable[..., Any]


def check_definitions(
    session: pytest.Session, items: list[pytest.Item]
) -> list[StepFunctionContext]:
    """Return the definitions of all steps of scenarios, each once, in the order of their use.

    Raises pytest.UsageError, in one line, for what pytest-bdd would pass over in silence: of two
    definitions that match a step it takes one; an ``async def`` it calls but never awaits.
    """
    seen: set[tuple[object, str, str]] = set()
    used: dict[int, StepFunctionContext] = {}
    for item in items:
        if feature_of(item) is None:
            continue
        for step in scenario_of(item).steps:
            key = (item.parent, step.type, step.name)
            if key not in seen:
                seen.add(key)
                found = definitions_of(session, item, step)
                _check(item, step, list(dict.fromkeys(c.step_func for c in found)))
                used |= {id(context): context for context in found}
    return list(used.values())


def definitions_of(
    session: pytest.Session, item: pytest.Item, step: Step
) -> list[StepFunctionContext]:
    """Return the definitions that may play a step: those nearest to the feature."""
    found = list(find_fixturedefs_for_step(step, session._fixturemanager, item))
    nearest = max((len(definition.baseid) for definition in found), default=0)
    return [
        step_function_context_registry[definition.func]
        for definition in found
        if len(definition.baseid) == nearest
    ]


def _check(item: pytest.Item, step: Step, functions: list[Function]) -> None:
    place = f"{item.path.name}:{step.line_number}: {step.name!r}"
    if len(functions) > 1:
        raise pytest.UsageError(
            f"{place} is defined {len(functions)} times, at "
            f"{' and at '.join(sorted(map(_where, functions)))}; reword one of them"
        )
    for function in functions:
        if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
            raise pytest.UsageError(
                f"{place} is played by an async function, at {_where(function)}, that nobody "
                "would wait for; make it a plain one"
            )


def _where(function: Function) -> str:
    code = function.__code__
    return f"{Path(code.co_filename).name}:{code.co_firstlineno}"
