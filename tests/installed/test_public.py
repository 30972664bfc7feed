"""What a version promises: the public face is the sealed one, tests/data/public.json.

Who changes it on purpose says so in CHANGELOG.md, raises what has a number, and seals it again:
``python -m tests.installed.test_public``.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import re
from pathlib import Path
from typing import Any

import facelab
from facelab.playing.entry import BOOK, FEATURES
from facelab.playing.fields import FIELDS
from facelab.playing.play import Options
from facelab.report.record import SCHEMA
from facelab.systems.process import PROTOCOLS
from tests.conftest import ROOT

SEALED = ROOT / "tests" / "data" / "public.json"
PHRASE = re.compile(r"^- \*\*(\w+)\*\* `(.+)`", re.MULTILINE)


def face() -> dict[str, Any]:
    """Return what is public, as far as it can be compared."""
    sheet = facelab.LiveSheet
    page = (ROOT / "docs" / "steps.md").read_text(encoding="utf-8")
    schema = (ROOT / "facelab" / "report" / "record.schema.json").read_text(encoding="utf-8")
    return {
        "names": facelab.__all__,
        "plugin": BOOK,
        "setting": FEATURES,
        "options": sorted(Options().known),
        "fields": sorted(FIELDS),
        "phrases": sorted(f"{kind} {phrase}" for kind, phrase in PHRASE.findall(page)),
        "sheet.judge": str(inspect.signature(sheet.judge)),
        "sheet.show": str(inspect.signature(sheet.show)),
        "protocols": list(PROTOCOLS),
        "schema": SCHEMA,
        "schema's digest": hashlib.sha256(schema.encode()).hexdigest(),
    }


def test_the_public_face_is_the_sealed_one() -> None:
    sealed = json.loads(SEALED.read_text(encoding="utf-8"))
    assert face() == sealed, "say it in CHANGELOG.md, then: python -m tests.installed.test_public"


def test_the_page_lists_what_is_sealed() -> None:
    page = (ROOT / "docs" / "installed.md").read_text(encoding="utf-8")
    listed = page.partition("## What is public")[2]
    assert f"`{BOOK}`" in listed
    assert f"`{FEATURES}`" in listed
    assert f"protocol {' and '.join(map(str, PROTOCOLS))} " in listed
    assert f"schema {SCHEMA} " in listed


def seal(path: Path) -> None:
    """Write the public face of today down."""
    path.write_text(json.dumps(face(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    seal(SEALED)
