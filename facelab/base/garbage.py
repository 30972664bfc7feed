"""Garbage: when Python shall not look for it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def long_lived() -> Iterator[None]:
    """Within the block nothing is garbage: TensorFlow's import makes a million objects that stay.

    Looking through them for garbage, again and again, takes a tenth of the import.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
