"""Choice: the language of a reader: that of an option, else of the project, else English.

The machine's locale is not asked: the same run would read otherwise on another machine.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from facelab.languages.language import SOURCE, Language, language

LANGUAGE = "language"
"""What of a title block is no part of it: the language that its project is read in."""

PROJECT = "pyproject.toml"


def title_block(root: Path) -> dict[str, str]:
    """Return the document's fields from ``[tool.facelab.document]`` of the pyproject.toml."""
    path = root / PROJECT
    tool = tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {}) if path.exists() else {}
    block: dict[str, str] = tool.get("facelab", {}).get("document", {})
    return block


def chosen(option: str | None, root: Path | None = None) -> Language:
    """Return the language of an option, else of the project at a root.

    ``root``: by default the nearest folder above this one with a ``pyproject.toml``. One that
    cannot be read names no language here. Raises FacelabError for a language without a catalogue.
    """
    if option:
        return language(option)
    here = Path.cwd()
    folder = root or next((one for one in (here, *here.parents) if (one / PROJECT).exists()), here)
    try:
        code = title_block(folder).get(LANGUAGE, SOURCE)
    except (OSError, ValueError, AttributeError):
        code = SOURCE
    return language(code)
