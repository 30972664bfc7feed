"""Files: written at once or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

import pytest

from facelab.base.files import whole, write_atomically


def test_write_atomically(tmp_path: Path) -> None:
    path = tmp_path / "new" / "deep" / "file"
    write_atomically(path, b"one")
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert [p.name for p in path.parent.iterdir()] == ["file"]


def test_written_files_have_usual_rights(tmp_path: Path) -> None:
    write_atomically(tmp_path / "one", b"")
    (tmp_path / "other").touch()
    rights = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("one", "other")]
    assert rights[0] == rights[1]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("where", [(os, "fsync"), (os, "replace")], ids=["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_file(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    where: tuple[object, str],
    error: BaseException,
) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"old")

    def fail(*_: object, **__: object) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(*where, fail)
        with pytest.raises(type(error)) as caught:
            write_atomically(path, b"new")
    assert caught.value is error
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_what_writes_itself_is_whole_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    with whole(path) as half:
        assert half.suffix == ".keras"
        half.write_bytes(b"one")
    with contextlib.suppress(KeyboardInterrupt), whole(path) as half:
        half.write_bytes(b"tw")
        raise KeyboardInterrupt
    assert path.read_bytes() == b"one"
    assert [p.name for p in tmp_path.iterdir()] == ["model.keras"]
