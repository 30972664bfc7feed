"""The page's JavaScript agrees with its types: TypeScript reads it, where it is installed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow

SITE = ROOT / "facelab/page/site"

REMARKS = {"no face", "several faces", "too dark", "too bright", "blurred", "frozen"}
"""What the core says of a frame."""

OWN = ROOT / "tests/page/typescript/node_modules/.bin/tsc"
"""Where ``npm install --prefix tests/page/typescript`` puts it."""

OPTIONS = [
    "--checkJs", "--allowJs", "--noEmit", "--strict", "--target", "es2022", "--module", "es2022",
    "--moduleResolution", "bundler", "--lib", "es2022,dom,dom.iterable,dom.asynciterable",
]  # fmt: skip


def tsc() -> str:
    """The compiler's command."""
    found = str(OWN) if OWN.exists() else shutil.which("tsc")
    if found is None:
        pytest.skip("TypeScript is not installed: npm install --prefix tests/page/typescript")
    return found


def checked(folder: Path) -> list[str]:
    """What the compiler complains of in a copy of the site."""
    modules = sorted(str(path) for path in folder.rglob("*.js") if "worker" not in path.name)
    done = subprocess.run(
        [tsc(), *OPTIONS, *modules], capture_output=True, text=True, check=False, timeout=300
    )
    return done.stdout.splitlines()


def test_every_module_agrees_with_its_types(tmp_path: Path) -> None:
    shutil.copytree(SITE, tmp_path / "site")
    assert checked(tmp_path / "site") == []
    # and a wrong one would be found
    camera = tmp_path / "site/camera.js"
    wrong = camera.read_text("utf-8").replace("width, height };", "width };", 1)
    camera.write_text(wrong, "utf-8")
    assert any("camera.js" in line and "TS2741" in line for line in checked(tmp_path / "site"))


def test_every_module_is_checked() -> None:
    for path in SITE.rglob("*.js"):
        assert path.read_text("utf-8").startswith("// @ts-check"), path.name


def words() -> dict[str, str]:
    """The texts of the page, in English."""
    told: dict[str, str] = json.loads((SITE / "words/en.json").read_text("utf-8"))["words"]
    return told


def test_every_text_is_there_and_none_is_left_over() -> None:
    there = set(words())
    files = [*SITE.rglob("*.js"), SITE / "index.html"]
    code = "".join(path.read_text("utf-8") for path in files)
    asked = set(
        re.findall(r"\bsay\('([^']+)'", code) + re.findall(r'data-say[\w-]*="([^"]+)"', code)
    )
    assert asked <= there
    named = {name for name in there if re.search(rf"['\"]{re.escape(name)}['\"]", code)}
    browser = {"NotAllowedError", "NotFoundError", "NotReadableError"}
    assert there - named <= browser | REMARKS


def test_every_remark_has_a_text() -> None:
    assert set(words()) >= REMARKS
    quality = (ROOT / "facelab/camera/quality.py").read_text("utf-8")
    told = set(re.findall(r'(?:return|if) "([a-z ]+)"', quality)) | {"blurred"}
    assert told == REMARKS
