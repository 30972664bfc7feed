"""Catalogue: the phrases that steps can play, with what each means, from their docstrings."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType

from pytest_bdd.steps import StepFunctionContext, step_function_context_registry

from facelab.errors import FacelabError


@dataclass(frozen=True)
class Definition:
    """A phrase: ``kind`` is Given, When or Then, ``place`` the file that defines it."""

    kind: str
    phrase: str
    meaning: str
    place: str


def define(context: StepFunctionContext) -> Definition:
    """Return the definition in what pytest-bdd keeps of a step function."""
    function = context.step_func
    meaning = (inspect.getdoc(function) or "").partition("\n\n")[0]
    place = function.__module__.replace(".", "/") + ".py"
    kind = (context.type or "step").capitalize()
    return Definition(kind, context.parser.name, " ".join(meaning.split()), place)


def catalogue(modules: Iterable[ModuleType]) -> list[Definition]:
    """Return the phrases that modules define: given, when, then, each in the order of the file."""
    found: list[tuple[str, StepFunctionContext]] = []
    for module in modules:
        # pytest-bdd leaves a fixture in the module that a step is defined in.
        kept = {id(getattr(v, "_fixture_function", None)) for v in vars(module).values()}
        contexts = [c for f, c in step_function_context_registry.items() if id(f) in kept]
        contexts.sort(key=_order)
        found += [(module.__name__, context) for context in contexts]
    return [define(context) for _, context in found]


def step_modules(package: str = "steps") -> list[ModuleType]:
    """Return the modules of steps that a package lists as its ``pytest_plugins``.

    Raises FacelabError where there is no such package.
    """
    try:
        names = importlib.import_module(package).pytest_plugins
    except (ImportError, AttributeError) as error:
        raise FacelabError(f"{package}/: no steps here ({error}); run this in the clone") from error
    return [importlib.import_module(name) for name in names]


def _order(context: StepFunctionContext) -> tuple[int, int]:
    return (
        ("given", "when", "then", None).index(context.type),
        context.step_func.__code__.co_firstlineno,
    )
