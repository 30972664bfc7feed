"""Searching: all that can be reached from what a system is handed.

Through attributes, containers, closures, bound methods, generators, weak references, the memory
that arrays and tables share, and whatever else the interpreter says refers to a frame. Not through
a module's globals, nor up the stack: from there any code in our process reaches everything.
"""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath
from types import BuiltinFunctionType, CellType, FrameType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np
import pandas as pd

MOST = 50_000
"""Things that are looked at; a search that finds no end is given up."""

_DULL = (ModuleType, type, BuiltinFunctionType, FrameType, int, float, bytes, bool, type(None))


def reached(*things: Any) -> Iterator[Any]:
    """Yield all that can be reached from some things, these first, each once."""
    seen: dict[int, Any] = {}
    found = list(things)
    while found and len(seen) < MOST:
        thing = found.pop()
        if id(thing) in seen or isinstance(thing, _DULL):
            continue
        seen[id(thing)] = thing  # kept, so that no other gets its number
        yield thing
        found += parts(thing)


def parts(thing: Any) -> Iterator[Any]:
    """Yield what a thing holds."""
    match thing:
        case str() | PurePath():
            return
        case FunctionType():  # its __globals__ are left alone
            yield from (thing.__closure__, thing.__defaults__, thing.__kwdefaults__, vars(thing))
        case MethodType():
            yield from (thing.__self__, thing.__func__)
        case CellType():
            yield from gc.get_referents(thing)
        case weakref.ReferenceType():
            yield thing()
        case np.ndarray():
            yield thing.base
            if thing.dtype == object:
                yield from thing.ravel().tolist()
        case pd.DataFrame() | pd.Series() | pd.Index():
            yield from thing.to_numpy(object).ravel().tolist()
            yield from _blocks(thing)
        case pd.api.extensions.ExtensionArray():
            yield from thing.tolist()
            yield getattr(thing, "_ndarray", None)
        case _:
            yield from gc.get_referents(thing)


def _blocks(table: Any) -> Iterator[Any]:
    """Yield the memory of a table, and that of the tables that share it."""
    for block in getattr(getattr(table, "_mgr", None), "blocks", ()):
        yield block.values  # noqa: PD011
        for shared in block.refs.referenced_blocks:
            if (other := shared()) is not None:
                yield other.values  # noqa: PD011


def holders(things: Sequence[Any], known: Iterable[Any] = (), levels: int = 3) -> list[Any]:
    """Return what refers to some things, and to that, so many times; not what is ``known``.

    Nor modules and functions that run, nor the sequence itself. One pass over the memory looks for
    all of them.
    """
    found: list[Any] = []
    edge = list(things)
    seen = {id(one) for one in (*things, things, found, *known)}
    for _ in range(levels):
        seen.add(id(edge))
        above = [one for one in gc.get_referrers(*edge) if not _dull(one)] if edge else []
        edge = [one for one in {id(one): one for one in above}.values() if id(one) not in seen]
        seen |= {id(above), *map(id, edge)}
        found += edge
    return found


def _dull(thing: Any) -> bool:
    return isinstance(thing, _DULL) or (isinstance(thing, dict) and "__builtins__" in thing)


def texts(*things: Any) -> set[str]:
    """Return every text and path that can be reached from some things."""
    return {str(one) for one in reached(*things) if isinstance(one, str | PurePath)}
