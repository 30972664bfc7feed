"""Definitions: finds the function that plays a step, and reports none or several."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd.compat import get_fixture_names, getfixturedefs
from pytest_bdd.parser import Step
from pytest_bdd.steps import StepFunctionContext, step_function_context_registry

from facelab.contract.errors import FacelabError
from facelab.languages.language import ENGLISH, Language
from facelab.playing.features import feature_of, language_of, scenario_of
from facelab.playing.fields import Phrase
from facelab.playing.snippet import NUMBER, snippet

Function = Callable[..., Any]

LIKE = 0.7
"""How much of two phrases must be alike for one to be taken for the other."""

_FIELD = re.compile(r"\{.*?\}")
_NAME = re.compile(r"\b[A-Z]\w*(?:, [A-Z]\w*)*(?: and [A-Z]\w*)?")


def check_definitions(
    session: pytest.Session, items: list[pytest.Item], people: Collection[str] | None = None
) -> list[StepFunctionContext]:
    """Return the definitions of all steps of scenarios, each once, in the order of their use.

    ``people``: the names allowed in steps; None where they are unknown before the frames are
    opened.

    Raises pytest.UsageError, a line for each step: without a definition, with the nearest one and a
    snippet; with an impossible number, light or person; and for what pytest-bdd would accept in
    silence: of two definitions that match a step it takes one, an ``async def`` it never awaits.
    """
    seen: set[tuple[object, int, str]] = set()
    in_sight: dict[object, list[pytest.FixtureDef[Any]]] = {}
    used: dict[int, StepFunctionContext] = {}
    faults: dict[str, None] = {}
    for item in items:
        if feature_of(item) is None:
            continue
        for step in scenario_of(item).steps:
            key = (item.parent, step.line_number, step.name)
            if key not in seen:
                seen.add(key)
                if item.parent not in in_sight:  # what one scenario of a file can see, all can
                    in_sight[item.parent] = list(visible(session, item))
                found = definitions_of(in_sight[item.parent], step)
                place = f"{item.path.name}:{step.line_number}: "
                faults |= {
                    place + what: None for what in _faults(session, item, step, found, people)
                }
                used |= {id(context): context for context in found}
    if faults:
        raise pytest.UsageError(*faults)
    return list(used.values())


def definitions_of(
    in_sight: Iterable[pytest.FixtureDef[Any]], step: Step
) -> list[StepFunctionContext]:
    """Return the definitions in sight that may play a step: those nearest to the feature."""
    found = [
        (len(definition.baseid), context)
        for definition in in_sight
        if (context := step_function_context_registry[definition.func]).type in (None, step.type)
        and context.parser.is_matching(step.name)
    ]
    nearest = max((length for length, _ in found), default=0)
    return [context for length, context in found if length == nearest]


def visible(session: pytest.Session, item: pytest.Item) -> Iterator[pytest.FixtureDef[Any]]:
    """Yield all definitions that an item can see."""
    for name in get_fixture_names(session._fixturemanager):
        for definition in getfixturedefs(session._fixturemanager, name, item) or ():
            if definition.func in step_function_context_registry:
                yield definition


def overridden(session: pytest.Session, item: pytest.Item, names: Iterable[str]) -> bool:
    """Return whether an item sees another fixture of one of these names than the plugin's."""
    return any(
        definition.func.__module__ != "facelab.plugin"
        for name in names
        for definition in getfixturedefs(session._fixturemanager, name, item) or ()
    )


def _faults(
    session: pytest.Session,
    item: pytest.Item,
    step: Step,
    found: list[StepFunctionContext],
    people: Collection[str] | None,
) -> Iterator[str]:
    functions = list(dict.fromkeys(context.step_func for context in found))
    if not functions:
        known = [step_function_context_registry[one.func] for one in visible(session, item)]
        yield undefined(step, known, language_of(item))
    if len(functions) > 1:
        yield (
            f"{step.name!r} is defined {len(functions)} times, at "
            f"{' and at '.join(sorted(map(_where, functions)))}; reword one of them"
        )
    for function in functions:
        if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
            yield (
                f"{step.name!r} is played by an async function, at {_where(function)}, that nobody "
                "would wait for; make it a plain one"
            )
    for context in found[:1]:
        if isinstance(context.parser, Phrase):
            yield from _misread(step, context.parser, people)


def _misread(step: Step, phrase: Phrase, people: Collection[str] | None) -> Iterator[str]:
    try:
        named = phrase.people(step.name)
    except FacelabError as error:
        yield f"{step.name!r}: {error}"
        return
    for person in named:
        if people is not None and person not in people:
            near = get_close_matches(person, people, 1)
            hint = f"is {near[0]} meant" if near else "correct the name"
            yield f"{step.name!r}: nobody is called {person}; there are {', '.join(people)}; {hint}"


def undefined(step: Step, known: list[StepFunctionContext], spoken: Language = ENGLISH) -> str:
    """Return the refusal of an undefined step: the nearest phrase, and a snippet to define it.

    Both are in the language of its feature.
    """
    said = f"{spoken.message(step.type.capitalize())} {step.name!r}: no step is defined so"
    for context in known:
        if context.type not in (None, step.type) and context.parser.is_matching(step.name):
            keyword = spoken.message(str(context.type).capitalize())
            return f"{said}; it is defined as a {keyword}; write that keyword"
    sources = [c.parser.name for c in known if c.type in (None, step.type)]
    phrases = {_plain(one): one for one in (spoken.book.get(name, name) for name in sources)}
    near = get_close_matches(_plain(step.name), phrases, 1, LIKE)
    hint = (
        f"the nearest is {phrases[near[0]]!r}; write that, or define it:" if near else "define it:"
    )
    return f"{said}; {hint}\n{snippet(step)}"


def _plain(text: str) -> str:
    """Return a phrase or a step with a sign in place of each field, number and name."""
    return _NAME.sub("#", NUMBER.sub("#", _FIELD.sub("#", text)))


def _where(function: Function) -> str:
    code = function.__code__
    return f"{Path(code.co_filename).name}:{code.co_firstlineno}"
