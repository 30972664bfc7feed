"""A filming session over HTTP: on a schedule, at a terminal, and with every fault of a camera."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from facelab.camera.address import hidden
from facelab.cli import main
from facelab.gallery.gallery import Gallery
from facelab.gallery.image import decode_image, read_image
from facelab.gallery.manifest import read_manifest
from tests.camera.conftest import Faulty, Sitters, dark, plan
from tests.camera.webcam import Webcam, jpeg, serve
from tests.conftest import ROOT, draw

Shots = dict[str, list[bytes]]


def filmed(folder: Path) -> Counter[tuple[str, str]]:
    """How many photos of a set and person are there, all whole."""
    gallery = Gallery(folder)
    assert gallery.damage() == []
    return Counter(zip(gallery.table["set"], gallery.table["person"], strict=True))


WHOLE = {(s, p): n for s, n in (("gallery", 4), ("probes", 2)) for p in ("Alex", "Amine")}


def film(url: str, folder: Path, plan_file: Path) -> int:
    return main(["film", "--camera", url, "--record", str(folder), "--film-plan", str(plan_file)])


@pytest.mark.slow
def test_a_session_without_a_terminal(
    tmp_path: Path, shots: Shots, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, file = tmp_path / "filmed", plan(tmp_path, film=30)
    with serve(Webcam(Sitters(folder, shots), every=0.01)) as url:
        assert film(url, folder, file) == 0
        said = capsys.readouterr().out.splitlines()
        assert said[0] == "Alex: 4 photos, sitting first, begins in 0 s"
        assert said[-1] == f"{folder}: 42 photos more, 42 in all"
        before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        assert film(url, folder, file) == 0
        assert capsys.readouterr().out == f"{folder}: 0 photos more, 42 in all\n"
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert filmed(folder) == WHOLE | {("clips/Alex", "Alex"): 30}
    manifest = read_manifest(folder)
    assert set(manifest["sitting"]) == {"first"}
    assert set(manifest["glasses"]) == {0}
    assert manifest["burst"].nunique() == 5
    consents = Gallery(folder).consent("Alex"), Gallery(folder).consent("Amine")
    assert [consent.sentence for consent in consents if consent] == ["We agreed on paper."] * 2
    for person in ("Alex", "Amine"):
        sent = [decode_image(shot, person) for shot in shots[person]]
        for path in folder.glob(f"*/{person}/*.png"):
            kept = read_image(path)
            assert any(np.array_equal(kept, one) for one in sent), path


FAULTS = {
    "drops": ([], r"broke off after frame \d+ \(the stream ended\); connect the camera again"),
    "hangs": ([b""], r"no picture for 3 s after frame \d+; see whether the camera is on and .*"),
    "freezes": (None, r"frozen, the same picture for 3 s; take its cover off or switch it .*"),
    "resizes": ([jpeg(draw(0, 0))], r"frame \d+ changes size from 320 × 240 to 64 × 48; set .*"),
    "breaks": (
        [b"no JPEG!!"] * 10,
        r"picture \d+ is broken \(9 bytes\), as 10 in a row are; see to the camera",
    ),
}
"""What comes after 4 photos, and the line that is said then."""


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_loses_nothing(
    tmp_path: Path, shots: Shots, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    wait = 3.0 if fault in ("hangs", "freezes") else 10.0
    folder, file = tmp_path / "filmed", plan(tmp_path, wait=wait, photos=30, every=0.05)
    then, line = FAULTS[fault]
    with serve(Webcam(Faulty(folder, shots["Alex"], then), every=0.01)) as url:
        assert film(url, folder, file) == 2
        out, err = capsys.readouterr()
    assert re.fullmatch(f"facelab: {re.escape(hidden(url))}: {line}\n", err)
    assert "hush" not in out + err
    there = filmed(folder)
    photos = there["gallery", "Alex"] + 1
    assert 4 < photos < 30
    assert f"{folder}: {there.total()} photos more, {there.total()} in all" in out
    before = {path: path.read_bytes() for path in folder.rglob("*.png")}
    with serve(Webcam(Sitters(folder, shots), every=0.01)) as url:
        assert film(url, folder, plan(tmp_path, photos=photos)) == 0
    assert filmed(folder) == WHOLE | {("gallery", p): photos for p in ("Alex", "Amine")}
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.slow
def test_what_is_wrong_is_told_and_a_take_given_up(
    tmp_path: Path, shots: Shots, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, file = tmp_path / "filmed", plan(tmp_path, patience=3.0, probes=0)
    seen = {"Alex": shots["Alex"], "Amine": dark(shots["Amine"])}
    with serve(Webcam(Sitters(folder, seen), every=0.01)) as url:
        assert film(url, folder, file) == 1
    said = capsys.readouterr().out.splitlines()
    assert "Amine: 4 photos, sitting first: too dark" in said
    assert "Amine: 4 photos, sitting first: given up after 3 s: too dark" in said
    assert said[-1] == "missing: Amine: 4 photos, sitting first: 0 there"
    assert filmed(folder) == {("gallery", "Alex"): 4}


@pytest.mark.slow
def test_a_broken_picture_is_told_in_passing(
    tmp_path: Path, shots: Shots, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, file = tmp_path / "filmed", plan(tmp_path)
    torn = {person: [own[0], own[1][:5000], *own[2:]] for person, own in shots.items()}
    with serve(Webcam(Sitters(folder, torn), every=0.01)) as url:
        assert film(url, folder, file) == 0
    told = re.escape(hidden(url)) + r": picture \d+ is broken \(5000 bytes\); left out"
    assert re.search(told, capsys.readouterr().out)
    assert filmed(folder) == WHOLE


def test_nobody_is_filmed_unasked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, file = tmp_path / "filmed", plan(tmp_path, consent="")
    assert film(str(ROOT / "fixtures" / "clips" / "alex_t2.mp4"), folder, file) == 2
    assert capsys.readouterr().err == (
        "facelab: consent: nobody can ask Alex, Amine without a terminal; ask them, and write "
        "into the film plan what they agreed to, as consent = '…'\n"
    )
    assert filmed(folder) == {}


def test_nobody_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert film("0", tmp_path / "filmed", plan(tmp_path, people=[])) == 2
    assert "people: received nobody, allowed are 2 or more" in capsys.readouterr().err


def test_a_film_that_is_too_short(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, file = tmp_path / "filmed", plan(tmp_path, photos=99, every=3.0, patience=99.0)
    clip = ROOT / "fixtures" / "clips" / "alex_t2.mp4"
    assert film(str(clip), folder, file) == 2
    assert capsys.readouterr().err == (
        f"facelab: {clip}: the film is over before everything is filmed; what is saved stays, go "
        "on with another\n"
    )
    assert filmed(folder) == {("gallery", "Alex"): 9}  # 793 frames at 30 a second, 3 s apart


@pytest.mark.parametrize("kind", ["fixtures", "own", "file"])
def test_recording_never_overwrites(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    folder = tmp_path / "there"
    if kind == "fixtures":
        folder = ROOT / "fixtures"
    elif kind == "own":
        (folder / "Ann").mkdir(parents=True)
        (folder / "Ann" / "1.jpg").write_bytes(jpeg(draw(0, 0)))
    else:
        folder.write_text("mine")
    assert film("0", folder, plan(tmp_path)) == 2
    assert capsys.readouterr().err.startswith(f"facelab: --record: received {folder}, ")


class Screen:
    """A terminal with facelab in it: what it shows, and keys."""

    def __init__(self, *arguments: str) -> None:
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "facelab", *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            # a shell's background jobs ignore Ctrl-C, and so would what they start
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            env=os.environ | {"PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "100"},
        )
        os.close(slave)
        self.seen, self._from = "", 0

    def until(self, text: str, within: float = 120) -> None:
        """Wait until a text is shown, after what was waited for last."""
        limit = time.monotonic() + within
        while (found := self.seen.find(text, self._from)) < 0:
            if time.monotonic() > limit:
                self.process.kill()
                self.process.wait()
                pytest.fail(f"{text!r} not in {self.seen[self._from :]!r}")
            self.read()
        self._from = found + len(text)

    def press(self, keys: str, text: str = "") -> None:
        """Press keys, then wait for a text."""
        os.write(self.master, keys.encode())
        if text:
            self.until(text)

    def end(self) -> int:
        """Wait until it ends and return its status."""
        limit = time.monotonic() + 120
        while self.process.poll() is None and time.monotonic() < limit:
            self.read()
        self.read()
        os.close(self.master)
        return self.process.wait(timeout=1)

    def read(self) -> None:
        """Take in what is shown, for a fifth of a second at most."""
        if select.select([self.master], [], [], 0.2)[0]:
            try:
                self.seen += os.read(self.master, 65536).decode("utf-8", "replace")
            except OSError:  # the other end is closed
                time.sleep(0.05)


@pytest.mark.slow
def test_people_at_a_terminal(tmp_path: Path, shots: Shots) -> None:
    """Names, consent, filming, again, skip, ending – and going on."""
    folder = tmp_path / "filmed"
    file = plan(tmp_path, people=[], consent="", probes=1)
    arguments = ("--record", str(folder), "--film-plan", str(file))
    with serve(Webcam(Sitters(folder, shots), every=0.01)) as url:
        screen = Screen("film", "--camera", url, *arguments)
        screen.until("Name of person 1")
        screen.press("Alex\n", "person 2")
        screen.press("../x\n", "is needed")
        screen.press("Amine\n", "person 3")
        screen.press("\n", "do you agree?")
        screen.press("y", "Enter begins")
        assert filmed(folder) == {}
        screen.press("\n", "done: Enter goes on")
        first = {p.name: p.stat().st_mtime_ns for p in (folder / "gallery" / "Alex").iterdir()}
        assert len(first) == 4
        screen.press("r", "Enter begins")
        screen.press("\n", "done: Enter goes on")
        again = {p.name: p.stat().st_mtime_ns for p in (folder / "gallery" / "Alex").iterdir()}
        assert len(again) == 4
        assert not set(first.items()) & set(again.items())
        screen.press("\n", "1 probe,")
        screen.press("s", "skipped")
        screen.until("Amine, do you agree?")
        screen.press("n", "is not filmed")
        assert screen.end() == 1
        assert "missing: Alex: 1 probe, sitting first: 0 there" in screen.seen
        assert "missing: Amine: 4 photos, sitting first: 0 there" in screen.seen
        assert filmed(folder) == {("gallery", "Alex"): 4}

        screen = Screen("film", "--camera", url, *arguments)
        screen.until("filmed before: Alex")
        screen.press("Amine\n", "person 3")
        screen.press("\n", "Enter begins")
        screen.press("\n", "done: Enter goes on")
        screen.press("\n", "Amine, do you agree?")
        screen.press("q", "filming was ended; what is saved stays")
        assert screen.end() == 2
    assert filmed(folder) == {("gallery", "Alex"): 4, ("probes", "Alex"): 1}
    assert Gallery(folder).consent("Amine") is None


@pytest.mark.slow
def test_ctrl_c_keeps_what_was_filmed(tmp_path: Path, shots: Shots) -> None:
    folder, file = tmp_path / "filmed", plan(tmp_path, photos=999, every=0.05)
    arguments = ("--record", str(folder), "--film-plan", str(file))
    with serve(Webcam(Sitters(folder, shots), every=0.01)) as url:
        screen = Screen("film", "--camera", url, *arguments)
        screen.until("do you agree?")
        screen.press("y", "Enter begins")
        screen.press("\n", "look here")
        while len(list(folder.glob("gallery/Alex/*.png"))) < 4:
            screen.read()
        screen.process.send_signal(signal.SIGINT)
        screen.until("facelab: interrupted; what was done is kept")
        assert screen.end() == 130
    assert filmed(folder)[("gallery", "Alex")] >= 3


@pytest.mark.slow
def test_nobody_is_named_at_a_terminal(tmp_path: Path) -> None:
    screen = Screen("film", "--camera", "0", "--record", str(tmp_path / "filmed"))
    screen.until("Name of person 1")
    screen.press("\x04", "facelab: people: nobody is named, so nobody is filmed")
    assert screen.end() == 2


@pytest.mark.slow
def test_nobody_answers_at_a_terminal(tmp_path: Path) -> None:
    """The terminal is left as it was, with one line."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        file = plan(tmp_path)
        record = str(tmp_path / "filmed")
        place = f"http://ann:secret@127.0.0.1:{port}/"
        screen = Screen("film", "--camera", place, "--record", record, "--film-plan", str(file))
        assert screen.end() == 2
    assert screen.seen.splitlines()[-1].endswith(
        f"facelab: http://127.0.0.1:{port}/: nobody listens on port {port} there (connection "
        "refused); is the port right, has the camera's server been started?"
    )
