"""TOML: a table of anybody's is read, or refused in one line with the reason."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from facelab.base.toml import load
from facelab.camera.filming_plan import read_plan
from facelab.contract.errors import FacelabError


def said(path: Path) -> str:
    with pytest.raises(FacelabError) as error:
        read_plan(path)
    line = str(error.value)
    assert line.isprintable()
    assert line.startswith(f"{path}: ")
    return line


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"people = [", "not readable as TOML"),
        ("people = ['Zoé']".encode("latin-1"), "not UTF-8; save it as UTF-8"),
        ("photos = 3".encode("utf-16"), "not UTF-8; save it as UTF-8"),
        (b"photos = " + b"[" * 10**5, "nested too deeply"),
        (b"photos = " + b"9" * 5000, "a number of more digits than can be read"),
        (b"photos = nan", "is nan, allowed is"),
        (b"every = inf", "is inf, allowed is"),
        (b"photos = 1979-05-27", "allowed is"),
        (b"a.b.c = 1", "unknown entry 'a'"),
        (b'"\\u0000" = 1', "unknown entry"),
        (b"people = [1, 2]", "allowed is a text, in quotes; correct it"),
        (b"people = {a = 1}", "allowed is a list"),
    ],
)
def test_a_plan_of_anything(tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "plan.toml").write_bytes(content)
    assert why in said(tmp_path / "plan.toml")


def test_a_mark_of_byte_order_is_read(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_bytes(b"\xef\xbb\xbfphotos = 3\r\n")
    assert read_plan(tmp_path / "plan.toml").photos == 3


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
def test_what_is_no_file(tmp_path: Path) -> None:
    assert "there is no such file; name an existing one" in said(tmp_path / "none.toml")
    assert "cannot be read (is a directory)" in said(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert "cannot be read (no regular file)" in said(tmp_path / "pipe")
    (tmp_path / "endless").symlink_to("/dev/zero")
    assert "cannot be read (no regular file)" in said(tmp_path / "endless")
    with (tmp_path / "large").open("wb") as file:
        file.truncate(10**10)
    with pytest.raises(FacelabError, match="larger than 4 MB"):
        load(tmp_path / "large", "")
