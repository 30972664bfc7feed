"""Doors: whatever a gallery reads, writes or deletes goes through base/files.py."""

from __future__ import annotations

import ast
from pathlib import Path

import facelab

HOME = Path(facelab.__file__).parent / "gallery"

TOUCHING = {
    *("open", "exists", "is_dir", "is_file", "is_symlink", "is_fifo", "stat", "lstat", "resolve"),
    *("readlink", "iterdir", "glob", "rglob", "walk", "scandir", "listdir", "touch", "mkdir"),
    *("makedirs", "rmdir", "removedirs", "unlink", "rename", "renames", "symlink_to", "symlink"),
    *("hardlink_to", "link", "chmod", "utime", "truncate", "rmtree", "copyfile", "copytree"),
    *("move", "read_bytes", "read_text", "write_bytes", "write_text", "samefile", "fwalk"),
    *("mkdtemp", "mkstemp", "imread", "imwrite", "fromfile", "tofile", "loadtxt", "memmap"),
    *("VideoCapture", "VideoWriter", "TemporaryDirectory", "NamedTemporaryFile"),
}
"""Names of calls that touch a path."""


ALLOWED = {
    ("clip.py", "VideoCapture"),  # of a path that base/files.py has found to be a regular file
}

MODULES = {"files"}
"""What a call may belong to: base/files.py, as a module."""


def calls(path: Path) -> set[tuple[str, str]]:
    """Return the calls of a module that touch a path by themselves."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        if isinstance(function, ast.Name) and function.id == "open":
            found.add((path.name, "open"))
        if not isinstance(function, ast.Attribute):
            continue
        owner = function.value.id if isinstance(function.value, ast.Name) else ""
        if (function.attr in TOUCHING and owner not in MODULES) or owner in ("os", "shutil"):
            found.add((path.name, function.attr))
    return found


def test_a_gallery_touches_no_path_by_itself() -> None:
    assert set().union(*map(calls, HOME.glob("*.py"))) == ALLOWED


def test_a_call_that_touches_a_path_is_found(tmp_path: Path) -> None:
    for line in ("open(x)", "x.open()", "x.unlink()", "os.remove(x)", "shutil.rmtree(x)"):
        (tmp_path / "module.py").write_text(line)
        assert calls(tmp_path / "module.py"), line
    (tmp_path / "module.py").write_text("files.names(x)")
    assert not calls(tmp_path / "module.py")


def test_tables_are_read_from_bytes() -> None:
    """What pandas reads and writes is text in memory, never a path."""
    for path in HOME.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                if node.func.attr == "read_csv":
                    assert ast.unparse(node.args[0]) == "content"
                if node.func.attr == "to_csv":
                    assert not node.args
