"""Mutant: one small fault, applied to the product from outside, at a named seam.

A mutant maps places ("package.module:name" or "package.module:Class.name") to functions that take
what stands there and return what shall stand there instead.
"""

from __future__ import annotations

import hashlib
import importlib
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

Patch = Callable[[Any], Any]

TRAINING = "facelab.learning.training:"

COMPILED = ("batch_share", "forward", "measure", "gradient", "step", "record")
"""Seams inside the compiled loop: with one of them mutated, the loop is compiled anew."""

FRAMES = ("facelab.gallery.", "facelab.faces.")
"""Where frames and their vectors come from: with these mutated, nothing may be kept from before."""

_PACKAGES = ("facelab", "steps", "tests")


@dataclass(frozen=True)
class Mutant:
    """A fault. ``id``: as in the benchmark's list; ``what``: in one line; ``fresh``: as below.

    ``tests``: the tests that catch it, for a fault that the features cannot see; ``why`` they
    cannot.
    """

    id: str
    what: str
    patches: dict[str, Patch]
    fresh: bool = False
    tests: tuple[str, ...] = ()
    why: str = ""

    @property
    def touches_frames(self) -> bool:
        """Whether frames or their vectors may differ from those of the product."""
        return self.fresh or any(place.startswith(FRAMES) for place in self.patches)

    @property
    def fingerprint(self) -> str:
        """Return a digest of the patches' code, so that a changed mutant is played again."""
        code = [(place, *_code(patch)) for place, patch in self.patches.items()]
        return hashlib.sha256(repr(code).encode()).hexdigest()[:12]


def _code(thing: Any) -> Iterator[object]:
    """Yield what a function does: its code, its constants, and what it holds on to."""
    if inspect.isfunction(thing):
        yield from _code(thing.__code__)
        for cell in thing.__closure__ or ():
            yield from _code(cell.cell_contents)
    elif inspect.iscode(thing):
        yield from (thing.co_code, thing.co_names)
        for constant in thing.co_consts:
            yield from _code(constant)
    elif isinstance(thing, str | int | float | bool | tuple):
        yield thing


class Catalogue(dict[str, Mutant]):
    """Mutants by label, in order of definition."""

    def add(
        self,
        label: str,
        what: str,
        *places: str,
        fresh: bool = False,
        tests: tuple[str, ...] = (),
        why: str = "",
    ) -> Callable[[Patch], Patch]:
        """Return a decorator: the function below is the patch at every one of the places."""

        def define(patch: Patch) -> Patch:
            self.define(Mutant(label, what, dict.fromkeys(places, patch), fresh, tests, why))
            return patch

        return define

    def define(self, mutant: Mutant) -> None:
        """Put a mutant in. Raises ValueError when its label is taken."""
        if mutant.id in self:
            raise ValueError(f"two mutants are called {mutant.id}")
        self[mutant.id] = mutant


@contextmanager
def applied(mutant: Mutant | None) -> Iterator[None]:
    """Within the block, the product has the fault; ``None`` leaves it as it is."""
    patches = dict(mutant.patches) if mutant else {}
    names = {place.removeprefix(TRAINING) for place in patches if place.startswith(TRAINING)}
    with ExitStack() as undo:
        if mutant and mutant.touches_frames:
            # What is stored was made by the product; what is made now must not be stored.
            undo.enter_context(replaced("facelab.faces.store:Store.place", lambda _: None))
        if names & set(COMPILED):
            # Compiled programs keep the seams they were traced with: the mutant gets its own.
            undo.enter_context(replaced(f"{TRAINING}run_chunk", _fresh_loop))
        for place, patch in patches.items():
            undo.enter_context(replaced(place, patch))
        yield


def _fresh_loop(run_chunk: Any) -> Any:
    import tensorflow as tf

    return tf.function(run_chunk.python_function, jit_compile=True, autograph=False)


@contextmanager
def replaced(place: str, patch: Patch) -> Iterator[None]:
    """Within the block, what stands at a place is what ``patch`` makes of it.

    A function is replaced in every module of the project that has imported it by name.
    """
    module, _, path = place.partition(":")
    *inside, name = path.split(".")
    owner = importlib.import_module(module)
    for part in inside:
        owner = getattr(owner, part)
    original = inspect.getattr_static(owner, name)
    inner = original.__func__ if isinstance(original, staticmethod | classmethod) else original
    mutated = patch(inner)
    owners = [(owner, name)] if inside else list(_holders(original))
    try:
        for holder, key in owners:
            setattr(holder, key, mutated)
        yield
    finally:
        for holder, key in owners:
            setattr(holder, key, original)


def _holders(original: object) -> Iterator[tuple[Any, str]]:
    for module_name, module in list(sys.modules.items()):
        if module_name.partition(".")[0] in _PACKAGES:
            for key, value in list(vars(module).items()):
                if value is original:
                    yield module, key
