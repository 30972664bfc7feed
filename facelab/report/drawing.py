"""Drawing: Vega's specification in, SVG out; by an engine in this process, or in another.

The engine takes 0.1 GB, and half a second to start. Where TensorFlow is in memory already, another
process has the engine.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from subprocess import Popen
from threading import Thread
from typing import Any

from facelab.base.beside import asked_and_told, begin, end

EMPTY = {"$schema": "https://vega.github.io/schema/vega/v6.json"}

_apart: list[Popen[bytes]] = []


@contextmanager
def drawn_apart() -> Iterator[None]:
    """Within the block another process draws; where it cannot begin, or ends, this one does."""
    try:
        process = begin(__name__)
    except OSError:
        yield
        return
    _apart.append(process)
    try:
        yield
    finally:
        _apart.remove(process)
        end(process)


def start() -> None:
    """Start the engine while others work; the first drawing would wait for it."""
    if not _apart:
        Thread(target=_drawn, args=(json.dumps(EMPTY), {})).start()


def to_svg(spec: dict[str, Any], locale: dict[str, Any]) -> str:
    """Draw a specification. Raises ValueError, with the engine's reason, when it cannot be drawn.

    ``locale``: how numbers are written, in the engine's own words; empty for English.
    """
    text = json.dumps(spec)
    told = _asked(_apart[0], text, locale) if _apart else None
    svg, reason = told or _drawn(text, locale)
    if reason:
        raise ValueError(reason)
    return svg


def _asked(process: Popen[bytes], spec: str, locale: dict[str, Any]) -> list[str] | None:
    assert process.stdin
    assert process.stdout
    with suppress(OSError, ValueError):  # it has ended
        process.stdin.write(json.dumps([spec, locale]).encode() + b"\n")
        process.stdin.flush()
        told: list[str] = json.loads(process.stdout.readline())
        return told
    return None


def serve() -> None:
    """Draw what is asked for on standard input, a line each, until nobody asks any more."""
    asked, told = asked_and_told()
    _drawn(json.dumps(EMPTY), {})
    with suppress(BrokenPipeError):
        for line in asked:
            told.write(json.dumps(_drawn(*json.loads(line))).encode() + b"\n")
            told.flush()


def _drawn(spec: str, locale: dict[str, Any]) -> list[str]:
    """Return the SVG, and why there is none."""
    import vl_convert

    try:
        return [vl_convert.vega_to_svg(spec, **locale), ""]
    except ValueError as error:
        return ["", str(error).partition(" at ")[0] or "no reason is told"]
