"""Redaction: removes what a run knows of its machine from a document that others receive."""

from __future__ import annotations

import math
import re
from dataclasses import fields, is_dataclass, replace
from typing import Any

from facelab.report.tables import PICTURE

_BEFORE = r"(?:(?<=[\s\"'(=:,;\[`])|^)"
_ADDRESS = re.compile(r"\b([a-z][a-z0-9+.-]*)://[^\s\"'<>)]+", re.IGNORECASE)
_PATH = re.compile(_BEFORE + r"(?:~|[A-Za-z]:)?[\\/](?:[^\s\"'<>\\/:;,()]+[\\/])+(?=[^\s\\/])")


def hide(text: str) -> str:
    """Return the text without absolute paths (their last part stays), hosts and credentials.

    >>> hide("/home/ann/photos/Alex/1.png: no such photo")
    '…/1.png: no such photo'
    >>> hide("rtsp://ann:secret@10.0.0.7/live"), hide("9/10 right, T0 and/or T1")
    ('rtsp://…', '9/10 right, T0 and/or T1')
    """
    return _PATH.sub("…/", _ADDRESS.sub(r"\1://…", text))


def redacted(value: Any) -> Any:
    """Return plain data or a record with ``hide`` applied to every text.

    It also converts what JSON cannot hold (tuples, numbers that are not finite) to the form that is
    read back from it, so that a record gives the same document before and after it was on disk.
    """
    if isinstance(value, str):
        if PICTURE.fullmatch(value):
            return value  # its letters may look like a path
        # half of a pair of characters, as in names of files that are no text, cannot be written
        text = value if value.isascii() else value.encode("utf-8", "replace").decode()
        return hide(text) if "/" in text or "\\" in text else text
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {redacted(key): redacted(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        # A curve, most of a record; a sum is finite where all its terms are.
        if set(map(type, value)) <= {int, float} and math.isfinite(sum(value)):
            return list(value)
        return [redacted(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        changed = {field.name: redacted(getattr(value, field.name)) for field in fields(value)}
        return replace(value, **changed)
    return value
