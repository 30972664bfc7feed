"""Extraction: finds everything that is to be translated, as methods for Babel.

Words of the report are marked, by ``_`` and its like, and Babel finds them. A record keeps English
texts, which were put together elsewhere; these methods find the texts in the code that says them,
an f-string as a text with places: ``f"the gallery has no probes in {light} light"``.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import IO, Any

Found = tuple[int, str, str, list[str]]
"""Line, name of the function that marks it (none), message, comments: what Babel expects."""

RECORD = "A text of records: it is found again where its places are filled."
"""The comment in a catalogue on what a record says, as against the words of the report."""

MARKS = ("_", "N_", "_n:1,2", "Nn_:1,2")
"""The marks of messages, as Babel is told of them."""

RAISED = ("Lacking", "Unoffered", "SystemFault", "require", "pass_over", "leave_out", "skip")
"""Calls whose text is the reason of a scenario that is not run, or refused."""

REFUSING = ("FacelabError", "Refusal", "Forgotten", "Unreadable", "Ended", "UsageError",
            "BrokenPicture", "NoLine", "Dropped", "NoClassifier", "Damaged", "refusal",
            "_misread")  # fmt: skip
"""Calls whose texts refuse something, in one line: the errors of facelab, and what makes them."""

SHOWN = ("judge", "facts", "curves", "show_curves", "predictions", "tally", "strip", "growth",
         "series", "picture")  # fmt: skip
"""Calls whose texts are all shown, single words too."""

DECORATORS = ("given", "when", "then", "step")

_WORDS = re.compile(r"[^\W\d_]{2}")
_LETTER = re.compile(r"[^\W\d_]")
_SEVERAL_WORDS = re.compile(r"[^\W\d_]{2}.*\s[^\W\d_]{2}", re.DOTALL)
_PLACE = re.compile(r"\{\w+\}")
_FILE = re.compile(r"\S+\.\w+")
_POSITION = re.compile(r"\{:[^}]*\}")


def phrases(
    file: IO[bytes], keywords: Collection[str], tags: Collection[str], options: dict[str, Any]
) -> Iterator[Found]:
    """Find the phrases of steps, their meanings, and what they measure, show and lack."""
    del keywords, tags, options
    tree = ast.parse(file.read())
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield from _phrases_of(node)
            yield from _strings(node)
        elif isinstance(node, ast.Assign) and node in tree.body:
            yield from _strings(node)


def sayings(
    file: IO[bytes], keywords: Collection[str], tags: Collection[str], options: dict[str, Any]
) -> Iterator[Found]:
    """Find every text of more than one word in functions and in tables of a module."""
    del keywords, tags, options
    for node in ast.parse(file.read()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Assign):
            yield from _strings(node)


def reasons(
    file: IO[bytes], keywords: Collection[str], tags: Collection[str], options: dict[str, Any]
) -> Iterator[Found]:
    """Find why a scenario is not run, or a system has broken its side of the protocol."""
    del keywords, tags, options
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call) and _name(node.func) in RAISED:
            for argument in node.args:
                if isinstance(argument, ast.Constant | ast.JoinedStr):
                    yield from _message(argument)


def refusals(
    file: IO[bytes], keywords: Collection[str], tags: Collection[str], options: dict[str, Any]
) -> Iterator[Found]:
    """Find what is refused, with what texts of the module fill its places."""
    del keywords, tags, options
    tree = ast.parse(file.read())
    constants = dict(_constants(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in REFUSING:
            names = [one.id for one in node.args if isinstance(one, ast.Name)]
            named = [constants[name] for name in names if name in constants]
            for text in _leaves((*node.args, *named)):
                said = _text(text, constants)
                if _SEVERAL_WORDS.search(_PLACE.sub("", said)):
                    yield text.lineno, "", said, []
        elif isinstance(node, ast.FunctionDef):
            yield from _fillings(node, constants)


def _fillings(function: ast.FunctionDef, constants: Mapping[str, ast.expr]) -> Iterator[Found]:
    """Find the texts that a function gives a name to, and then refuses something with."""
    calls = (one for one in ast.walk(function) if isinstance(one, ast.Call))
    refused = [call for call in calls if _name(call.func) in REFUSING]
    named = {one.id for call in refused for one in ast.walk(call) if isinstance(one, ast.Name)}
    for node in (one for one in ast.walk(function) if isinstance(one, ast.Assign)):
        if any(isinstance(target, ast.Name) and target.id in named for target in node.targets):
            for text in _leaves((node.value,)):
                said = _text(text, constants)
                if _SEVERAL_WORDS.search(_PLACE.sub("", said)):
                    yield text.lineno, "", said, []


def _constants(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names that a module gives to values, and the values."""
    for node in (one for one in tree.body if isinstance(one, ast.Assign)):
        for target in node.targets:
            match target, node.value:
                case ast.Name(id=name), value:
                    yield name, value
                case ast.Tuple(elts=names), ast.Tuple(elts=values):
                    pairs = zip(names, values, strict=True)
                    yield from (
                        (one.id, value) for one, value in pairs if isinstance(one, ast.Name)
                    )


def _leaves(nodes: Iterable[ast.expr]) -> Iterator[ast.Constant | ast.JoinedStr]:
    """Yield the texts of which expressions are put together."""
    for node in nodes:
        match node:
            case ast.Constant(value=str()) | ast.JoinedStr():
                yield node
            case ast.BinOp():
                yield from _leaves((node.left, node.right))
            case ast.BoolOp(values=values):
                yield from _leaves(values)
            case ast.IfExp():
                yield from _leaves((node.body, node.orelse))


def lines(
    file: IO[bytes], keywords: Collection[str], tags: Collection[str], options: dict[str, Any]
) -> Iterator[Found]:
    """Find the lines of the server and of the engines that the page knows, without their kinds."""
    del keywords, tags, options
    for number, text in enumerate(json.load(file)["lines"].values(), 1):
        yield number, "", line_of(text), []


def line_of(text: str) -> str:
    """Return a line of the page as a message: a place without what the page makes of it.

    >>> line_of("{n, number} of {why, line}")
    '{n} of {why}'
    """
    return re.sub(r"\{(\w+), \w+\}", r"{\1}", text)


def features(
    file: IO[bytes], keywords: Collection[str], tags: Collection[str], options: dict[str, Any]
) -> Iterator[Found]:
    """Find titles, prose, scenarios and the words in the examples of a feature."""
    from gherkin.parser import Parser

    del keywords, tags, options
    feature = Parser().parse(file.read().decode())["feature"]
    for line, text in texts_of(feature):
        yield line, "", text, []


def texts_of(feature: Any) -> Iterator[tuple[int, str]]:
    """Yield line and text of all that is prose in a parsed feature; its steps are phrases."""
    yield feature["location"]["line"], feature["name"]
    for text in paragraphs(feature["description"]):
        yield feature["location"]["line"], text
    for child in feature["children"]:
        if scenario := child.get("scenario"):
            line = scenario["location"]["line"]
            yield line, scenario["name"]
            if scenario["description"].strip():
                yield line, " ".join(scenario["description"].split())
            for table in scenario["examples"]:
                rows = [table["tableHeader"], *table["tableBody"]]
                for cell in (cell["value"] for row in rows for cell in row["cells"]):
                    if _LETTER.search(cell):
                        yield table["location"]["line"], cell


_HEADING = re.compile(r"^\s*([A-Z][\w ]*):\s", re.MULTILINE)


def paragraphs(description: str) -> Iterator[str]:
    """Yield the headings of a feature's prose, and the texts under them, each on one line."""
    parts = _HEADING.split(description)
    for part in parts:
        if text := " ".join(part.split()):
            yield text


def _phrases_of(function: ast.FunctionDef) -> Iterator[Found]:
    found = False
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and _name(decorator.func) in DECORATORS:
            first = decorator.args[0]
            text = first.args[0] if isinstance(first, ast.Call) else first
            if isinstance(text, ast.Constant):
                found = True
                yield text.lineno, "", str(text.value), []
    if found and (meaning := ast.get_docstring(function)):
        yield function.lineno, "", " ".join(meaning.split()), []


def _strings(node: ast.AST, shown: bool = False) -> Iterator[Found]:
    """Yield the texts below a node: of several words, or any word where it is shown."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue  # a docstring
        if isinstance(child, ast.Compare) or (
            isinstance(child, ast.Call) and _name(child.func) == "compile"
        ):
            continue  # what is looked for is not said
        if isinstance(node, ast.FunctionDef) and child in (*node.decorator_list, node.returns):
            continue
        if isinstance(child, ast.JoinedStr):
            yield from _message(child)
            for part in child.values:
                yield from _strings(part, shown) if isinstance(part, ast.FormattedValue) else ()
        elif isinstance(child, ast.Constant):
            if isinstance(child.value, str) and (" " in child.value.strip() or shown):
                yield from _message(child)
        else:
            here = isinstance(child, ast.Call) and _name(child.func) in SHOWN
            yield from _strings(child, (shown or here) and not isinstance(child, ast.keyword))


def _message(node: ast.Constant | ast.JoinedStr) -> Iterator[Found]:
    text = _text(node)
    words = _WORDS.search(re.sub(r"\{\w+\}", "", text))
    if words and not _FILE.fullmatch(text) and "\r\n" not in text:
        yield node.lineno, "", text, []


def _text(
    node: ast.Constant | ast.JoinedStr, constants: Mapping[str, ast.expr] = MappingProxyType({})
) -> str:
    """Return a text; an f-string, or one for ``format``, with a name in each place.

    A place that a text of ``constants`` fills is filled.
    """
    if isinstance(node, ast.Constant):
        return _POSITION.sub("{value}", str(node.value)).strip()
    said, times = "", dict[str, int]()
    for part in node.values:
        if isinstance(part, ast.Constant):
            said += str(part.value)
        elif isinstance(part, ast.FormattedValue):
            name = _field(part.value)
            own = constants.get(getattr(part.value, "id", ""))
            if isinstance(own, ast.Constant) and isinstance(own.value, str):
                said += own.value
                continue
            times[name] = times.get(name, 0) + 1
            said += f"{{{name}{times[name] if times[name] > 1 else ''}}}"
    return said.strip()


def _field(node: ast.expr) -> str:
    """Return the name for a place that an expression fills."""
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            return node.attr
        case ast.Subscript() | ast.Await() | ast.Starred():
            return _field(node.value)
        case ast.BinOp():
            return _field(node.left)
        case ast.GeneratorExp() | ast.ListComp():
            return _field(node.generators[0].iter)
        case ast.Call() if node.args:
            return _field(node.args[0])
        case ast.Call() if isinstance(node.func, ast.Attribute):
            return _field(node.func.value)
    return "value"


def _name(function: ast.expr) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))
