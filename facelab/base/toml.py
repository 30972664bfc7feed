"""TOML: frozen records from tables; one declaration gives the type, the check and the message.

A field of a record is declared as ``Annotated[float, Span(low, high, unit)]``. The same span checks
the file and words the refusal.
"""

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from facelab.base.files import read_named, reason
from facelab.contract.errors import FacelabError

Record = TypeVar("Record")

TYPES: dict[Any, str] = {
    str: "a text, in quotes",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
}
"""What a value is called that must be of a type."""

MOST = 4_000_000
"""Bytes that a file has at most."""


@dataclass(frozen=True)
class Span:
    """What a number may be: lowest and highest value, both allowed, and what it counts."""

    low: float
    high: float
    unit: str

    def __str__(self) -> str:
        return f"{self.low:g} to {self.high:g} ({self.unit})"


def load(path: Path, cure: str) -> dict[str, Any]:
    """Read a TOML file, or refuse it in one line; ``cure`` is what to do when there is none."""
    try:
        return tomllib.loads(read_named(path, MOST).decode("utf-8-sig").replace("\r\n", "\n"))
    except FileNotFoundError:
        raise FacelabError(f"{path}: there is no such file; {cure}") from None
    except OSError as error:
        raise FacelabError(f"{path}: cannot be read ({reason(error)}); {cure}") from None
    except UnicodeDecodeError:
        raise FacelabError(f"{path}: not UTF-8; save it as UTF-8") from None
    except RecursionError:
        raise FacelabError(f"{path}: nested too deeply; correct the file") from None
    except tomllib.TOMLDecodeError as error:
        said = " ".join(str(error).split())
        raise FacelabError(f"{path}: not readable as TOML: {said}; correct the file") from None
    except ValueError:  # of Python's own: int() has a limit
        raise FacelabError(
            f"{path}: a number of more digits than can be read; correct the file"
        ) from None


def build(kind: type[Record], table: object, where: str) -> Record:
    """Make a record of the dataclass ``kind`` from a table; ``where`` opens every refusal."""
    if not isinstance(table, Mapping):
        raise refusal(where, table, "a table of entries", "write it as a table")
    hints = get_type_hints(kind, include_extras=True)
    for name in table:
        if name not in hints:
            raise FacelabError(f"{where}: unknown entry {name!r}; {nearest(name, hints)}")
    missing = [f.name for f in fields(kind) if _required(f) and f.name not in table]  # type: ignore[arg-type]
    if missing:
        raise FacelabError(f"{where}: the entry {missing[0]!r} is missing; add it")
    read = {name: value(hints[name], item, f"{where}: {name}") for name, item in table.items()}
    return kind(**read)


def value(hint: Any, item: object, where: str) -> Any:
    """Check one value against a type hint and convert it."""
    if get_origin(hint) is Annotated:
        inner, span = get_args(hint)
        return _spanned(inner, span, item, where)
    if get_origin(hint) is tuple:
        return _tuple(get_args(hint), item, where)
    if get_origin(hint) is dict:
        if not isinstance(item, Mapping):
            raise refusal(where, item, "a table of entries", "write it as a table")
        return {name: value(get_args(hint)[1], v, f"{where}.{name}") for name, v in item.items()}
    if is_dataclass(hint):
        return build(hint, item, where)  # type: ignore[arg-type]
    if isinstance(hint, type) and issubclass(hint, Enum):
        names = [member.value for member in hint]
        if item not in names:
            raise refusal(where, item, " or ".join(names), "choose one of them")
        return hint(item)
    if type(item) is not hint:
        raise refusal(where, item, TYPES.get(hint, hint.__name__), "correct it")
    return item


def _spanned(inner: Any, span: Span, item: object, where: str) -> Any:
    if get_origin(inner) is tuple:
        each = get_args(inner)[0]
        return tuple(_spanned(each, span, v, where) for v in _sized(get_args(inner), item, where))
    number = type(item) in (int, float) if inner is float else type(item) is int
    if not number or not span.low <= item <= span.high:  # type: ignore[operator]
        raise refusal(where, item, str(span), "correct it")
    return inner(item)


def _tuple(inner: tuple[Any, ...], item: object, where: str) -> tuple[Any, ...]:
    kinds = list(_sized(inner, item, where))
    hints = [inner[0]] * len(kinds) if inner[-1] is Ellipsis else list(inner)
    return tuple(
        value(hint, v, f"{where}[{k}]")
        for k, (hint, v) in enumerate(zip(hints, kinds, strict=True))
    )


def _sized(inner: tuple[Any, ...], item: object, where: str) -> list[Any]:
    if not isinstance(item, list):
        raise refusal(where, item, "a list", "write it in square brackets")
    if inner[-1] is not Ellipsis and len(item) != len(inner):
        raise refusal(where, item, f"a list of {len(inner)}", "correct it")
    return item


def refusal(where: str, received: object, allowed: str, cure: str) -> FacelabError:
    """Word an error: what, received, allowed, what to do."""
    return FacelabError(f"{where} is {received!r}, allowed is {allowed}; {cure}")


def nearest(name: str, allowed: Any) -> str:
    """Name the nearest of the allowed names, or all of them."""
    close = difflib.get_close_matches(name, list(allowed), 1)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"allowed is {', '.join(allowed)}; remove or rename it"


def _required(field: Any) -> bool:
    return field.default is MISSING and field.default_factory is MISSING
