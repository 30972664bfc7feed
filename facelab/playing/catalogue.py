"""Catalogue: the phrases of all steps, with their meaning, from the docstrings."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType

from pytest_bdd.steps import StepFunctionContext, step_function_context_registry

from facelab.contract.errors import FacelabError
from facelab.playing.entry import BOOK
from facelab.report.wording import sentence


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
    meaning = inspect.getdoc(function) or ""
    place = function.__module__.removeprefix(f"{BOOK}.").replace(".", "/") + ".py"
    kind = (context.type or "step").capitalize()
    return Definition(kind, context.parser.name, " ".join(meaning.split()), place)


def contexts(module: ModuleType) -> list[StepFunctionContext]:
    """Return what pytest-bdd keeps of a module's steps: given, when, then, as in the file."""
    # pytest-bdd leaves a fixture in the module that a step is defined in.
    kept = {id(getattr(value, "_fixture_function", None)) for value in vars(module).values()}
    return sorted(
        (c for f, c in step_function_context_registry.items() if id(f) in kept), key=_order
    )


def markdown(modules: Iterable[ModuleType]) -> str:
    """Return the catalogue of modules as Markdown: a heading a module, an item a phrase."""
    lines = []
    for module in modules:
        definitions = [define(context) for context in contexts(module)]
        if definitions:
            title = (inspect.getdoc(module) or "").partition("\n")[0].rstrip(".")
            lines += [
                f"### {sentence(title.removeprefix('Steps on '))}",
                "",
                f"`{definitions[0].place}`",
                "",
            ]
            lines += [f"- **{d.kind}** `{d.phrase}`  \n  {d.meaning}" for d in definitions]
            lines += [""]
    return "\n".join(lines)


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
