"""Packages: which versions are installed, and what to do where TensorFlow is not."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

NONE = "not installed"

WITHOUT_TENSORFLOW = (
    "this takes TensorFlow, with which facelab itself learns, and which is not installed; install "
    "it, let the page's browser learn, or examine a system of your own with --system"
)


def version_of(package: str) -> str:
    """Return the version of an installed package, or that it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return NONE


def has_tensorflow() -> bool:
    """Return whether TensorFlow can be imported, without importing it."""
    return find_spec("tensorflow") is not None
