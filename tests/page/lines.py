"""Lines: what the server and the engines can say to somebody before the page, found in the code."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from errno import EACCES, EDQUOT, EIO, ENOENT, ENOSPC, EROFS
from pathlib import Path

import pytest

import facelab
from facelab.camera.session import SENTENCE
from facelab.contract.errors import FacelabError
from facelab.contract.interval import Interval
from facelab.contract.parameters import PARAMETERS, SEED
from facelab.gallery import foreign
from facelab.gallery.name import MEANINGS
from tests.page.serving import SITE

VALUE = "7"
"""What stands in every field: a number will do as a name."""

HOME = Path(facelab.__file__).parent

ERRORS = {"FacelabError", "Refusal", "Forgotten", "Unreadable", "NoClassifier", "Damaged"}

SPEAKING = {
    "page/answers": None,
    "page/app": None,
    "page/guard": None,
    "page/lessons": None,
    "page/looking": None,
    "page/models": None,
    "page/session": None,
    "page/trainings": None,
    "page/words": None,
    "page/store": {"_check_photo", "_own", "agree", "save", "forget"},
    "page/tensorflowjs": {"read"},
    "base/files": {"_too_large"},
    "base/locking": None,
    "gallery/forget": {"forget"},
    "gallery/forgotten": None,
    "gallery/gallery": {"_unsaved"},
    "gallery/image": None,
    "gallery/name": {"check_name", "check_person"},
    "gallery/reader": {"_content"},
    "gallery/pgm": None,
    "gallery/picture_data": None,
    "learning/answerer": None,
    "learning/classifier": None,
    "learning/model_file": None,
}
"""Modules of facelab whose refusals come before the page, and in which functions (None: in all)."""

NONE = "7: not a facelab classifier ({}); make one with `facelab train GALLERY -o 7`"
"""What becomes of the reason why a file is no classifier."""

OTHERS = (
    SENTENCE,
    *MEANINGS.values(),
    *("no face", "several faces", "too dark", "too bright", "blurred", "frozen"),
    "photos: received those of nobody, allowed are those of 2 people or more; film another person",
    *("model 7", "TensorFlow is starting", "finding faces: 1,007 of 7 photos"),
    *("the training broke off: 7", "a frame: 7"),
    "the server broke off (7); its terminal says where",
    "7: received 7 for an address that the page does not have",
    "received a foreign Host; open the address that `facelab page` has printed",
    "received a foreign Origin; only the page itself may ask this",
    "this page is not open to you; open the address that `facelab page` has printed",
    "7: received 7, there is nothing of that name; did you mean 7?",
    "7: this is not TensorFlow.js 7 any more; get it again with `7`, then load the page again",
    "7: received a second program that writes into it, allowed is one: another program; wait for "
    "it, or end it",
    "7: received a second program that writes into it, allowed is one: 7, process 7, since 7; "
    "wait for it, or end it",
    *(f"7: {what} cannot be saved (no space left on device); make room or name another folder; "
      "what was saved before is kept"
      for what in ("photos", "the photo", "the manifest", "the consent of 7")),
    "the photo: the picture breaks off after 7 bytes; copy it again from where it came",
    "7: 7 bytes that are no picture; allowed are JPEG, PNG, BMP, WebP and PGM files; take it away "
    "or replace it",
    "7: damaged, its SHA-256 is not the manifest's; restore it",
    "7: the server answered 7",
    *map(os.strerror, (ENOSPC, EDQUOT, EACCES, EROFS, ENOENT, EIO)),
    *(f"7: {what}; {todo}; allowed are JPEG, PNG, BMP, WebP and PGM"
      for what, todo in {*foreign._BRANDS.values(), *foreign._BEGINNINGS.values(), foreign._FILM}),
    *("it is put together in another way", "an empty file", "no zip archive", "copy it again"),
    *("its layers cannot be built", "its weights are not those of its layers"),
    "it was made with Keras 7, here is Keras 7",
    "an HDF5 file, as older Keras wrote them",
    NONE.format("it breaks off: copy it again"),
    *(f"this browser's engine broke off ({why}); try again, or choose this computer"
      for why in ("its files cannot be loaded", "no sign of life for 7 seconds")),
)  # fmt: skip
"""What is put together from parts, or said otherwise than by an error."""


def lines() -> list[str]:
    """Return every line, with a value in its fields."""
    return sorted({*OTHERS, *_of_parameters(), *_of_server(), *_of_engines()})


def _of_parameters() -> Iterator[str]:
    for parameter in (*PARAMETERS, SEED):
        yield parameter.name
        yield parameter.meaning
        for allowed in (None, Interval.between(1, 1), Interval.between(1, 24)):
            with pytest.raises(FacelabError) as refusal:
                parameter.check("seven", allowed)
            yield str(refusal.value).replace("seven", VALUE)


def _of_server() -> Iterator[str]:
    for name, functions in SPEAKING.items():
        tree = ast.parse((HOME / f"{name}.py").read_text("utf-8"))
        constants = {
            target.id: str(node.value.value)
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (
                functions is None or node.name in functions
            ):
                for call in ast.walk(node):
                    error: str = getattr(getattr(call, "func", None), "id", "")
                    if isinstance(call, ast.Call) and error in ERRORS:
                        told = filter(None, (_text(one, constants) for one in call.args))
                        yield from (
                            NONE.format(one) if error == "NoClassifier" else one for one in told
                        )


def _text(node: ast.expr, constants: dict[str, str]) -> str:
    """Return the text that an expression gives; nothing where it is none."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(_text(one, constants) or VALUE for one in values)
        case ast.FormattedValue(value=ast.Name(id=name)):
            return constants.get(name, VALUE)
        case ast.BinOp(left=left, right=right):
            return _text(left, constants) + _text(right, constants)
    return ""


def _of_engines() -> Iterator[str]:
    for path in sorted((SITE / "engine").glob("*.js")):
        for single, template in re.findall(
            r"""new Error\((?:translated\()?(?:'([^']+)'|`([^`]+)`)""", path.read_text("utf-8")
        ):
            # a value in a template may hold braces and parentheses of its own, but no `})`
            yield single or re.sub(r"\$\{.*?\}(?=[^}]|$)", VALUE, template)
