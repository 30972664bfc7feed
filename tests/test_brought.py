"""Brought: odd things that strangers bring get the right answer, or one true line."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from facelab.base.files import exists, whole, write_atomically
from facelab.camera.count import Sight
from facelab.camera.sightings import sightings
from facelab.cli import main
from facelab.contract.errors import FacelabError
from facelab.gallery.folder import list_folder
from facelab.gallery.forget import forget
from facelab.gallery.image import read_bytes
from facelab.playing.waivers import PLACE, read_waivers
from facelab.report.place import UNFINISHED, mark, unmark
from facelab.report.record import encode_record, read_record
from facelab.studio.still import COLUMNS
from tests.conftest import ROOT
from tests.gallery.test_own_gallery import fill
from tests.report.conftest import bad_day

ROWS = f"{','.join(COLUMNS)}\n../kept.jpg,,seating{',' * (len(COLUMNS) - 3)}\n"
"""A manifest of the studio's form, with a file that lies elsewhere."""


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The record of a run, on disk."""
    path = tmp_path / "acceptance.json"
    path.write_bytes(encode_record(bad_day()))
    return path


def line(capsys: pytest.CaptureFixture[str], *command: object) -> str:
    """Run a command that must fail in one line, with exit status 2; return the line."""
    assert main([str(one) for one in command]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    return err.removeprefix("facelab: ").rstrip("\n")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_a_device_or_a_pipe_stays_what_it_is(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As /dev/null, which the superuser would make a file for everybody."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert line(capsys, "report", kept, "-o", pipe) == (
        f"-o: received {pipe}, which cannot be written (no regular file); make room or choose "
        "another place; what is there is kept"
    )
    with pytest.raises(OSError, match="no regular file"):
        write_atomically(pipe, b"a page")
    with pytest.raises(OSError, match="no regular file"), whole(pipe):
        pass
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert sorted(one.name for one in tmp_path.iterdir()) == [kept.name, "pipe"]


@pytest.mark.parametrize(
    ("output", "why"),
    [
        ("acceptance.json", "a record's name; allowed are pages, as acceptance.html: choose"),
        ("other.JSON", "a record's name; allowed are pages, as other.html: choose another"),
        ("folder", "which cannot be written (is a directory)"),
        ("acceptance.json/page.html", "which cannot be written (not a directory)"),
        ("acceptance.json/deep/page.html", "which cannot be written (not a directory)"),
        ("x" * 300 + ".html", "which cannot be written (file name too long)"),
    ],
)
def test_where_no_page_can_be_is_said_before_it_is_drawn(
    kept: Path, capsys: pytest.CaptureFixture[str], output: str, why: str
) -> None:
    before = kept.read_bytes()
    (kept.parent / "folder").mkdir()
    (kept.parent / "broken.json").write_text("{")  # whoever read it would complain of it
    path = kept.parent / output
    said = line(capsys, "report", kept.parent / "broken.json", "-o", path)
    assert said.startswith(f"-o: received {path}, {why}")
    assert kept.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not a facelab report (an empty file)"),
        (b" \n", "not a facelab report (an empty file)"),
        (b"[" * 100_000, "not a facelab report (nested too deeply)"),
        ("{}".encode("utf-16"), "not a facelab report (no text in UTF-8)"),
        (b'{"schema": "2"}', "received schema '2', allowed is 2"),
        (b'{"schema": true}', "received schema True, allowed is 2"),
        (b'{"schema": NaN}', "received schema nan, allowed is 2"),
        (b'{"schema": [2]}', "received schema something else, allowed is 2"),
    ],
)
def test_the_reason_why_a_file_is_no_record(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "acceptance.json"
    path.write_bytes(content)
    with pytest.raises(FacelabError) as caught:
        read_record(path)
    assert str(caught.value) == f"{path}: {why}; run pytest again"


def test_a_record_is_read_with_a_mark_of_its_encoding(kept: Path) -> None:
    """As PowerShell and Notepad write it."""
    without = read_record(kept)
    kept.write_bytes(b"\xef\xbb\xbf" + kept.read_bytes())
    assert read_record(kept) == without


@pytest.mark.skipif(sys.platform == "win32", reason="there is no bash")
def test_a_record_may_come_out_of_a_pipe_of_the_shell(kept: Path) -> None:
    """As `facelab diff <(git show …) …`; a pipe with a name, in which nothing is, is refused."""
    command = f"{sys.executable} -m facelab diff <(cat {kept}) {kept}"
    done = subprocess.run(
        ["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "nothing changed\n", "")
    os.mkfifo(kept.with_name("pipe"))
    with pytest.raises(FacelabError, match="pipe: no regular file; run pytest to write a report"):
        read_record(kept.with_name("pipe"))


def test_links_in_a_ring(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A gallery, or a photo in one: never a traceback, never the name of a type of Python."""
    ring = tmp_path / "ring"
    ring.symlink_to("ring")
    said = line(capsys, "train", ring)
    assert "links that lead in a ring" in said or "no such folder" in said
    assert not exists(ring, "manifest.csv")
    with pytest.raises((FacelabError, OSError)) as caught:
        read_bytes(tmp_path, "ring")
    assert "Error" not in str(caught.value)
    assert "link" in str(caught.value)


def test_a_person_called_reports_is_named(tmp_path: Path) -> None:
    fill(tmp_path, photos=2)
    (tmp_path / "p1").rename(tmp_path / "reports")
    told = [str(one) for one in list_folder(tmp_path) if isinstance(one, FacelabError)]
    assert told == [
        "reports: left out, facelab keeps its reports there; rename the folder if it is a person's"
    ]


def test_a_report_that_a_killed_run_owes_is_told(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mark(kept.parent)
    owed = f"facelab: {kept.parent / UNFINISHED}: A run of the book that began on "
    for command in (["report", str(kept), "--badge"], ["diff", str(kept), str(kept)]):
        assert main(command) == 0
        err = capsys.readouterr().err
        assert err.startswith(owed)
        assert "it was killed" in err
        assert err.endswith("What is here is of the run before; run the book again.\n")
    unmark(kept.parent)
    assert main(["diff", str(kept), str(kept)]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda out: out.write_text("a file"), "--out: received {out}, which cannot be written to"),
        (
            lambda out: spoilt(out, "manifest.csv", b"\xff\xfe"),
            "{out}/manifest.csv: not written by the studio, or damaged; remove it, or record into",
        ),
        (
            lambda out: spoilt(out, "manifest.csv", b"name,size\nx,3\n"),
            "{out}/manifest.csv: not written by the studio, or damaged; remove it, or record into",
        ),
        (
            lambda out: spoilt(out, "recording.json", b"[["),
            "{out}/recording.json: not written by the studio, or damaged; remove it, or record",
        ),
        (
            lambda out: spoilt(out, "manifest.csv", ROWS.encode()),
            "../kept.jpg: lies outside of the folder out; take it out of it",
        ),
    ],
)
def test_where_the_studio_cannot_record_is_said_before_it_draws(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    spoil: Callable[[Path], object],
    said: str,
) -> None:
    """The folder may be a stranger's: what its manifest names and no plan does is removed."""
    (tmp_path / "kept.jpg").touch()
    out = tmp_path / "out"
    spoil(out)
    plan = ROOT / "fixtures" / "plan.toml"
    command = ["studio", "record", "--plan", str(plan), "--out", str(out), "--only", "seating"]
    assert main(command) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"facelab: {said.format(out=out)}")
    assert told.count("\n") == 1
    assert (tmp_path / "kept.jpg").exists()


def spoilt(out: Path, file: str, content: bytes) -> None:
    """Make a folder with such a file in it."""
    out.mkdir()
    (out / file).write_bytes(content)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xef\xbb\xbf", ""),
        (b"\xff\xfe", "cannot be read (no text in UTF-8); repair or remove it"),
        (b"x = " + b"[" * 5000, "nested too deeply; correct it"),
        (b"x = " + b"1" * 5000, "not TOML ("),
    ],
    ids=["byte order mark", "UTF-16", "nested", "digits"],
)
def test_waivers_as_editors_and_strangers_write_them(
    tmp_path: Path, content: bytes, said: str
) -> None:
    (tmp_path / PLACE).parent.mkdir(parents=True)
    (tmp_path / PLACE).write_bytes(content)
    if said:
        with pytest.raises(FacelabError) as caught:
            read_waivers(tmp_path)
        assert str(caught.value).startswith(f"{PLACE}: {said}")
    else:
        assert read_waivers(tmp_path) == ()


def test_forgetting_finds_reports_of_every_form_and_name(tmp_path: Path) -> None:
    team, beside = tmp_path / "team", tmp_path / "beside"
    fill(team, photos=1)
    (team / "p0").rename(team / "an_na")
    for place in (team / "reports", beside):
        place.mkdir()
        (place / "acceptance.md").write_text(r"taken for another: an\_na for p1")
        (place / "march.html").write_text("<dt>Who plays whom</dt><dd>Alex: an_na</dd>")
        (place / "march.json").write_text('{"cast":{"Alex":"an_na"}}')
        (place / "other.html").write_text("<dt>Who plays whom</dt><dd>Alex: p1</dd>")
        (place / "notes.md").write_text("ask an_na whether she agrees")
    forget(team, "an_na", [beside])
    for place in (team / "reports", beside):
        assert sorted(one.name for one in place.iterdir()) == ["notes.md", "other.html"]


def test_a_folder_of_reports_that_is_none_is_told_before_anything_is_removed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(tmp_path / "team", photos=1)
    said = line(capsys, "forget", tmp_path / "team", "p0", "--report", tmp_path / "reprots")
    assert said == (
        f"--report: received {tmp_path}/reprots, no such folder; name one with reports; nothing "
        "was removed"
    )
    assert (tmp_path / "team" / "p0").is_dir()


def test_forgetting_says_that_what_a_link_led_to_stays(tmp_path: Path) -> None:
    fill(tmp_path / "team", photos=1)
    (tmp_path / "team" / "p0").rename(tmp_path / "elsewhere")
    (tmp_path / "team" / "p0").symlink_to(tmp_path / "elsewhere")
    assert forget(tmp_path / "team", "p0") == [
        "p0, a link; what it led to lies elsewhere, remove it yourself"
    ]


def test_a_path_in_ones_own_folder_behind_an_equals_sign(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No shell puts the folder in; `film --record=~/team` would film into a folder called ~."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    said = line(capsys, "film", "--camera=none.mp4", "--film-plan=~/plan.toml")
    assert said.startswith(f"{tmp_path}/plan.toml: there is no such file")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGTERM")
@pytest.mark.parametrize("ignored", [False, True])
def test_sigterm_ends_a_command_as_ctrl_c_does(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ignored: bool
) -> None:
    """A count that a service ends keeps its CSV; Ctrl-C, which a script may ignore, did alone."""
    before = signal.getsignal(signal.SIGTERM)

    def counting(_: object) -> int:
        signal.raise_signal(signal.SIGTERM)
        return 0

    monkeypatch.setattr("facelab.report.command.run_diff", counting)
    usual = signal.getsignal(signal.SIGINT)
    if ignored:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert main(["diff", "old.json", "new.json"]) == 130
    finally:
        signal.signal(signal.SIGINT, usual)
    assert capsys.readouterr().err == "facelab: interrupted; what was done is kept\n"
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize("end", [SystemExit(1), KeyboardInterrupt(), BrokenPipeError()])
def test_a_count_keeps_its_csv_however_it_ends(tmp_path: Path, end: BaseException) -> None:
    """As `facelab watch --csv seen.csv | head -1`, of which rich makes a SystemExit."""
    odds = np.array([0.25, 0.75], np.float32)
    sight = Sight(0.04, 1, odds, odds, several=False)

    def count() -> None:
        with sightings(tmp_path / "seen.csv", ["Ann", "Bo"]) as keep:
            keep(sight)
            raise end

    with pytest.raises(type(end)):
        count()
    [_, row] = (tmp_path / "seen.csv").read_text().splitlines()
    assert row == "1,0.040,Bo,Bo,0.75,no,0.25,0.75"
