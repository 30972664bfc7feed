"""The live count: ``facelab watch`` counts every frame of a film, and ends well when stopped."""

from __future__ import annotations

import contextlib
import csv
import os
import re
import signal
import subprocess
import sys
import termios
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest

from facelab.camera import live_count
from facelab.camera.address import hidden
from facelab.cli import main
from facelab.gallery.image import decode_image
from tests.camera.webcam import Webcam, serve
from tests.conftest import ROOT, eventually

Shots = dict[str, list[bytes]]

MODEL = ROOT / "tests" / "data" / "1.0.0" / "classifier.keras"
"""A classifier of Alex and Naomie."""

ALONE = f"""
import sys
from facelab.cli import main
assert main(["watch", {str(MODEL)!r}, "--camera", sys.argv[1]]) == 0
heavy = {{"tensorflow", "keras", "tf_keras", "jax", "torch"}} & set(sys.modules)
assert not heavy, heavy
"""


@pytest.fixture
def film(tmp_path: Path, shots: Shots) -> str:
    """41 pictures: 30 of Alex, then 11 of Naomie."""
    folder = tmp_path / "film"
    folder.mkdir()
    for number, shot in enumerate(shots["Alex"][:30] + shots["Naomie"][:11]):
        (folder / f"{number:03d}.jpg").write_bytes(shot)
    return f"{folder}/%03d.jpg"


def watch(*arguments: str | Path) -> int:
    """Watch without a picture."""
    return main(["watch", str(MODEL), "--no-picture", *map(str, arguments)])


def counted(out: str) -> dict[str, int]:
    """The final count, by name."""
    rows = re.findall(r"│ (\w+) +│[ ·▁▂▃▄▅▆▇█]+│ +([\d,]+) │", out)
    return {name: int(count) for name, count in rows}


@pytest.mark.slow
def test_every_frame_of_a_film_is_counted(film: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert watch("--camera", film) == 0
    out, err = capsys.readouterr()
    first, *_, last = out.splitlines()
    assert first == f"{MODEL} knows Alex, Naomie; Ctrl-C ends the count"
    assert last == f"{film}: the film is over, 0:01 after the first frame"
    assert err == ""
    counts = counted(out)
    assert list(counts) == ["Alex", "Naomie", "unsure", "nobody"]
    assert sum(counts.values()) == 41
    assert counts["Alex"] > 2 * counts["unsure"] > 0  # Naomie comes at once, for half a second


def test_a_camera_that_gives_nothing_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert watch("--camera", tmp_path) == 2
    out, err = capsys.readouterr()
    assert [line for line in out.splitlines() if "display" not in line] == [
        f"{MODEL} knows Alex, Naomie; Ctrl-C ends the count"
    ]
    assert err.startswith(f"facelab: {tmp_path}: no pictures there; ")


@pytest.mark.slow
def test_it_is_watched_without_tensorflow(film: str) -> None:
    rest = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    done = subprocess.run(
        [sys.executable, "-c", ALONE, film],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=rest,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[1] == "no display: no picture is shown"


@pytest.mark.slow
def test_a_csv_has_a_line_a_frame(
    tmp_path: Path, film: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "seen.csv"
    assert watch("--camera", film, "--csv", path) == 0
    out = capsys.readouterr().out
    assert out.endswith(f"{path}: who was seen when, a line a frame\n")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    told = ["frame", "seconds", "seen", "most probable", "probability", "several faces"]
    assert list(rows[0]) == [*told, "Alex", "Naomie"]
    assert [row["frame"] for row in rows] == [str(number) for number in range(1, 42)]
    assert rows[10]["seconds"] == "0.400"
    counts = counted(out)
    for name in counts:
        assert sum(row["seen"] == name for row in rows) == counts[name]
    assert counts["unsure"] > 0
    for row in (row for row in rows if row["seen"] != "nobody"):
        probability = float(row["probability"])
        assert probability >= 0.5
        assert row["seen"] == (row["most probable"] if probability >= 0.7 else "unsure")
    assert float(rows[0]["probability"]) == float(rows[0]["Alex"])
    assert [one.name for one in tmp_path.iterdir() if one.name != "film"] == ["seen.csv"]


def test_a_csv_that_is_there_is_not_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "seen.csv"
    path.write_text("a year's work")
    assert watch("--camera", tmp_path, "--csv", path) == 2
    assert capsys.readouterr().err == (
        f"facelab: {path}: is there already, and is not overwritten; name another file with "
        "--csv, or replace it with --force\n"
    )
    assert path.read_text() == "a year's work"


@pytest.mark.slow
def test_a_csv_is_replaced_when_asked(tmp_path: Path, film: str) -> None:
    path = tmp_path / "seen.csv"
    path.write_text("a year's work")
    assert watch("--camera", film, "--csv", path, "--force") == 0
    assert len(path.read_text().splitlines()) == 42


@pytest.mark.parametrize("place", ["", "nowhere/seen.csv"])
def test_where_no_csv_can_be(
    tmp_path: Path, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / place
    assert watch("--camera", tmp_path, "--csv", path) == 2
    assert capsys.readouterr().err == (
        f"facelab: --csv: received {path}, allowed is a file in a folder that exists; choose "
        "another\n"
    )


@pytest.mark.slow
def test_the_certainty_is_an_option(film: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = []
    for certainty in ("0", "0.7", "1"):
        assert watch("--camera", film, "--certainty", certainty) == 0
        found.append(counted(capsys.readouterr().out))
    assert found[0]["unsure"] == 0
    assert 0 < found[1]["unsure"] < 41 - found[1]["nobody"]
    assert found[2] == {"Alex": 0, "Naomie": 0, "unsure": 41 - found[2]["nobody"], "nobody": 0}


@pytest.mark.parametrize("given", ["1.1", "-0.1", "nan", "sure", ""])
def test_what_is_no_certainty(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert watch(f"--certainty={given}") == 2
    assert capsys.readouterr().err == (
        f"facelab: --certainty: received {given}, allowed is a number between 0 and 1; choose the "
        "probability from which on a name is certain enough, for example 0.7\n"
    )


@pytest.mark.slow
def test_ctrl_c_ends_it_with_the_count(
    tmp_path: Path,
    shots: Shots,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_count, "EVERY", 0.1)  # a line of the count, where no board is shown

    def press() -> None:
        if eventually(lambda: "now: Naomie" in capsys.readouterr().out):
            os.kill(os.getpid(), signal.SIGINT)
        else:
            webcam.closing.set()

    thread, path = threading.Thread(target=press), tmp_path / "seen.csv"
    webcam = Webcam(shots["Naomie"], every=0.01, again=True)
    with serve(webcam) as url:
        thread.start()
        assert watch("--camera", url, "--csv", path) == 0
        thread.join()
    out = capsys.readouterr().out
    counts = counted(out)
    assert counts["Naomie"] > counts["Alex"]
    assert re.search(r"^ended with Ctrl-C, \d+:\d\d after the first frame$", out, re.MULTILINE)
    assert len(path.read_text().splitlines()) == 1 + sum(counts.values())


@pytest.mark.slow
def test_a_camera_that_breaks_off_leaves_the_count(
    tmp_path: Path, shots: Shots, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "seen.csv"
    with serve(Webcam(shots["Alex"][:5], every=0.2)) as url:
        assert watch("--camera", url, "--csv", path) == 2
        out, err = capsys.readouterr()
    assert err.startswith(f"facelab: {hidden(url)}: broke off after frame ")
    assert err.count("\n") == 1
    assert list(counted(out)) == ["Alex", "Naomie", "unsure", "nobody"]
    assert len(path.read_text().splitlines()) == 1 + sum(counted(out).values())


@pytest.mark.slow
def test_several_faces_are_said(
    tmp_path: Path, shots: Shots, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = (decode_image(shots[name][45], name) for name in ("Alex", "Naomie"))
    for number in range(3):
        both = np.hstack([one, other] if number else [one, np.full_like(one, 90)])
        cv2.imwrite(str(tmp_path / f"{number}.png"), both)
    assert watch("--camera", tmp_path, "--csv", tmp_path / "seen.csv") == 0
    assert "3 frames, 2 of them with several faces" in capsys.readouterr().out
    rows = (tmp_path / "seen.csv").read_text().splitlines()[1:]
    assert [row.split(",")[5] for row in rows] == ["no", "yes", "yes"]


@pytest.mark.slow
def test_a_terminal_shows_who_is_seen_now(shots: Shots) -> None:
    master, terminal = os.openpty()
    termios.tcsetwinsize(terminal, (30, 100))
    shown, pressed = bytearray(), False
    with serve(Webcam(shots["Naomie"], every=0.02, again=True)) as url:
        process = subprocess.Popen(
            [sys.executable, "-m", "facelab", "watch", str(MODEL), "--no-picture", "--camera", url],
            stdout=terminal,
            stderr=terminal,
            cwd=ROOT,
        )
        os.close(terminal)
        with contextlib.suppress(OSError):  # at the end of a terminal
            while more := os.read(master, 1 << 16):
                shown += more
                if b"now: Naomie, 0." in shown and not pressed:
                    process.send_signal(signal.SIGINT)
                    pressed = True
        os.close(master)
    assert process.wait(120) == 0
    text = shown.decode()
    first, last = text.splitlines()[0], text.splitlines()[-1]
    assert first.startswith(f"{MODEL} knows Alex, Naomie; ")
    assert re.search(r"ended with Ctrl-C, \d+:\d\d after the first frame", last)
    assert list(counted(re.sub(r"\x1b\[[\d;?]*\w", "", text))) == [
        "Alex",
        "Naomie",
        "unsure",
        "nobody",
    ]


def test_no_classifier(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["watch", str(tmp_path / "model.keras"), "--camera", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith(f"facelab: {tmp_path}/model.keras: not a facelab ")


def test_no_camera(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert watch("--camera", tmp_path / "nothing") == 2
    err = capsys.readouterr().err
    assert err.startswith(f"facelab: --camera: received {tmp_path}/nothing, no such file; ")
    assert err.count("\n") == 1
