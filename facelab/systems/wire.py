"""Wire: messages as lines of JSON, and the values that are allowed in them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facelab.contract.text import one_line

Message = dict[str, Any]


def encode(message: Message) -> bytes:
    """Return a message as a line; arrays of any shape are lists of lists."""
    parts = [f"{json.dumps(key)}:{_json(value)}" for key, value in message.items()]
    return ("{" + ",".join(parts) + "}\n").encode()


def _json(value: Any) -> str:
    if not isinstance(value, np.ndarray):
        return json.dumps(value, allow_nan=False)
    if value.ndim > 1:
        return "[" + ",".join(map(_json, value)) + "]"
    # Nine digits give a float32 back bit for bit, in half the bytes of a float64's seventeen.
    return "[" + ",".join(map("%.9g".__mod__, value.tolist())) + "]"


def decode(line: bytes) -> Any:
    """Return the content of a line. Raises ValueError, in one short line, when it is no JSON."""
    try:
        return json.loads(line, parse_constant=_no_json)
    except (ValueError, RecursionError) as error:
        raise ValueError(short(error)) from error


def _no_json(name: str) -> float:
    raise ValueError(f"{name} is not in JSON")


def number_rows(value: Any) -> NDArray[np.float64]:
    """Return rows of numbers as an array (rows, columns).

    Raises ValueError for rows of unequal length, and for values that are no number: JSON's true and
    "1" are none, nor is a whole number larger than any float.
    """
    rows = value if isinstance(value, list) else [value]
    for row in rows:
        if not isinstance(row, list) or not {*map(type, row)} <= {int, float}:
            raise ValueError("not rows of numbers")
    try:
        return np.array(rows, np.float64)
    except OverflowError as error:
        raise ValueError("a number is larger than any float") from error


def short(value: object, most: int = 80) -> str:
    """Return the beginning of a received value, in printable form."""
    if isinstance(value, bytes):
        return one_line(value[: 4 * most + 4].decode(errors="replace"), most)
    return one_line(str(value), most)
