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
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest

import facelab
from facelab import cli
from facelab.contract.parameters import Parameters
from facelab.contract.system import Lesson
from facelab.gallery.gallery import Gallery
from facelab.gallery.image import read_image
from tests.conftest import ROOT, draw

PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
LINKED = [*PAGES, ROOT / "CHANGELOG.md", ROOT / "SECURITY.md"]
COMMAND = re.compile(
    r"^(?:\$ )?((?:(?:\.venv/bin/)?(?:pytest|facelab|python3?|npm|pip)|scripts/\w+|\.ci/run)"
    r"(?: [^#\n]*?)?) *(?:#.*)?$"
)
FOLLOWED = ("facelab forget", "facelab report", "facelab steps", "pytest")
ELSEWHERE = ("--camera=0", "--cluster", "/tmp/", "node ", "--people 300")
"""What no reader's folder has: a camera, a cluster, photos from elsewhere, Node, a crowd."""


MADE = {"reports/acceptance.html", "reports/waivers.toml", "steps/own.py", "waivers.toml"} | {
    "acceptance-short.html", "acceptance.md", "accepted.json",
}  # fmt: skip
"""Files that a run writes, or the reader."""


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
RUN = sorted(
    command
    for command in {one.removeprefix(".venv/bin/") for one in COMMANDS}
    if command.startswith(FOLLOWED) and not any(what in command for what in ELSEWHERE)
)
"""Those that neither train, draw, film nor measure; pytest's are collected."""

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


@cache
def files() -> list[str]:
    """Every file and folder of the repository, from its top."""
    return [
        f"/{path.relative_to(ROOT).as_posix()}"
        for top in ROOT.iterdir()
        if not top.name.startswith(".")
        for path in [top, *top.rglob("*.*")]
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_file_that_a_page_names_is_there(page: Path) -> None:
    prose = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    names = set(re.findall(r"`((?:[\w.-]+/)*[\w.-]+\.(?:py|toml|md|json|npz|csv|html))`", prose))
    missing = {name for name in names if not any(file.endswith(f"/{name}") for file in files())}
    assert missing <= MADE


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}


@pytest.mark.parametrize("page", LINKED, ids=lambda page: page.stem)
def test_a_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    for link in re.findall(r"\]\((?!https?:)([^)]+)\)", page.read_text(encoding="utf-8")):
        file, _, heading = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), link
        assert not heading or heading in anchors(target), link


@pytest.mark.parametrize("script", sorted(p.name for p in (ROOT / "scripts").iterdir()))
def test_a_script_is_documented_and_says_what_it_takes(script: str) -> None:
    path = ROOT / "scripts" / script
    assert os.access(path, os.X_OK)
    assert f"$ scripts/{script} " in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    if script != "nightly":
        done = subprocess.run([path, "nonsense"], capture_output=True, text=True, check=False)
        said = f"scripts/{script}: received nonsense; allowed are "
        assert (done.returncode, done.stderr.startswith(said)) == (2, True)
        assert done.stderr.count("\n") == 1


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


def test_a_lesson_is_told_as_it_is() -> None:
    page = (ROOT / "docs" / "your_system.md").read_text(encoding="utf-8")
    table = page.partition("## What you receive")[2].partition("\n## ")[0]
    told = [name for row in re.findall(r"^\| (`.+?) \|", table, re.M) for name in row.split(", ")]
    assert [name.strip("`") for name in told] == [field.name for field in fields(Lesson)]
    assert f"norm {Parameters.embedding_norm:g} |" in table


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
    shutil.copy(ROOT / "tests" / "browsing" / "strange" / "page.toml", clone)
    photographed(clone / "filmed")
    (clone / "mine.py").write_text(blocks(ROOT / "docs" / "your_system.md", "python")[0])
    return clone


@pytest.mark.slow
@pytest.mark.parametrize("command", RUN)
def test_a_command_runs(command: str, clone: Path) -> None:
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
