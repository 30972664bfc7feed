"""README and docs as a reader follows them: every command is one, every example compiles."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import facelab
from facelab import cli
from facelab.gallery.gallery import Gallery
from facelab.gallery.image import read_image
from tests.conftest import ROOT, draw

PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
COMMAND = re.compile(
    r"^(?:\$ )?((?:(?:\.venv/bin/)?(?:pytest|facelab|python3?|npm|pip)|scripts/\w+|\.ci/run)"
    r"(?: [^#\n]*?)?) *(?:#.*)?$"
)
FOLLOWED = ("facelab forget", "facelab report", "facelab steps", "pytest")
ELSEWHERE = ("--camera=0", "--cluster", "/tmp/", "node ", "PACKAGE")
"""What no reader's folder has: a camera, a cluster, photos from elsewhere, Node."""


def blocks(page: Path, *languages: str) -> list[str]:
    """The code blocks of a page that are of these languages; "" is that of none."""
    text = page.read_text(encoding="utf-8")
    found = re.findall(r"^```(\w*)\n(.+?)^```$", text, re.MULTILINE | re.DOTALL)
    return [block for language, block in found if language in languages]


def told() -> list[tuple[str, str]]:
    """Every command that a page tells the reader to type, with the page."""
    return [
        (page.relative_to(ROOT).as_posix(), command[1])
        for page in PAGES
        for block in blocks(page, "console", "")
        for line in block.splitlines()
        if (command := COMMAND.match(line))
    ]


COMMANDS = sorted({command for _, command in told()})
EXAMPLES = [
    pytest.param(code, id=f"{page.stem}-{n}")
    for page in PAGES
    for n, code in enumerate(blocks(page, "python"))
]


def test_commands_are_found() -> None:
    assert len(COMMANDS) > 25
    lines = [line for page in PAGES for b in blocks(page, "console") for line in b.splitlines()]
    assert [line for line in lines if not COMMAND.match(line)] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_and_its_options_are_there(command: str, pytestconfig: pytest.Config) -> None:
    program, *words = shlex.split(command.removeprefix("$ "))
    match program.removeprefix(".venv/bin/"):
        case "pytest":
            unknown = pytestconfig._parser.parse_known_and_unknown_args(words)[1]
            assert not unknown
            files = [word for word in words if word.startswith(("features/", "tests/"))]
            assert all((ROOT / file.partition("::")[0]).exists() for file in files)
        case "facelab":
            assert cli.parser().parse_args(words).run
        case "python" | "python3" if words[0] == "-m":
            assert importlib.util.find_spec(words[1])
        case "python" | "npm" | "pip":
            folders = [word for word in words if "/" in word and not word.startswith("/")]
            assert all((ROOT / folder).exists() for folder in folders)
        case script:
            assert os.access(ROOT / script, os.X_OK)


@pytest.mark.parametrize("code", EXAMPLES)
def test_an_example_compiles_and_imports_what_there_is(code: str) -> None:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            assert all(importlib.util.find_spec(alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module
            module = importlib.import_module(node.module)
            for alias in node.names:
                assert hasattr(module, alias.name) or importlib.util.find_spec(
                    f"{node.module}.{alias.name}"
                )
                if node.module.startswith("facelab.") and alias.name in facelab.__all__:
                    raise AssertionError(f"import {alias.name} from facelab, as strangers do")


@pytest.mark.parametrize("name", ["face_finder", "studio", "your_photos"])
def test_an_example_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fixtures").symlink_to(ROOT / "fixtures")
    frame = read_image(sorted((ROOT / "fixtures" / "gallery" / "Alex").iterdir())[0])
    code = blocks(ROOT / "docs" / f"{name}.md", "python")[0]
    kept: dict[str, object] = {"Path": Path, "frame": frame}
    exec(compile(code, name, "exec"), kept)
    assert set(kept) & {"faces", "gallery", "someone"}


def photographed(folder: Path) -> None:
    """Make a gallery of four people."""
    with Gallery(folder) as gallery:
        for person, name in enumerate(("marie", "zoe", "Ann", "Ben")):
            for photo in range(11):
                gallery.save(name, draw(person, photo))


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone with what the pages suppose: photos of one's own, a film, a report, a trainer."""
    clone = tmp_path_factory.mktemp("clone")
    for name in ("facelab", "steps", "tests", "fixtures", "examples"):
        (clone / name).symlink_to(ROOT / name)
    for name in ("docs", "features", "reports"):
        shutil.copytree(ROOT / name, clone / name)
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, clone)
    shutil.copy(clone / "reports" / "example" / "acceptance.json", clone / "reports")
    photographed(clone / "filmed")
    (clone / "mine.py").write_text(blocks(ROOT / "docs" / "your_system.md", "python")[0])
    return clone


@pytest.mark.slow
@pytest.mark.parametrize("command", [c for c in COMMANDS if not any(e in c for e in ELSEWHERE)])
def test_a_command_runs(command: str, clone: Path) -> None:
    command = command.removeprefix(".venv/bin/")
    if not command.startswith(FOLLOWED):
        pytest.skip("it trains, draws, films or measures; its options are tested above")
    shutil.rmtree(clone / "own", ignore_errors=True)  # another command may have forgotten marie
    photographed(clone / "own" / "team")
    program, *words = shlex.split(command)
    module = {"pytest": "pytest", "facelab": "facelab"}[program]
    more = ["--collect-only", "-q", "-p", "no:xdist"] if program == "pytest" else []
    done = subprocess.run(
        [sys.executable, "-m", module, *words, *more],
        cwd=clone,
        env={**os.environ, "PYTHONPATH": str(clone)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "test_" in done.stdout or program != "pytest"
