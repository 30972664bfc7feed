"""The commands ``train`` and ``compare`` on photos that are drawn: real trainings and files."""

from __future__ import annotations

import os
import pty
import re
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from facelab.cli import main
from facelab.learning.answerer import read
from tests.conftest import ROOT
from tests.trials.conftest import fill

BASIC = ("--face-detector=none", "--batch-size=8")
RATES = ("--face-detector=none", "--seeds=2", "--epochs", "40", "--rates", "0.001", "1")


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


def refusal(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """Run a command that must fail with exit status 2 and one line; return the line."""
    assert run(*arguments) == 2
    err = capsys.readouterr().err
    assert err.startswith("facelab: ")
    assert err.count("\n") == 1
    return err.removeprefix("facelab: ").rstrip("\n")


def press_when(ready: Callable[[], bool]) -> threading.Thread:
    """Press Ctrl-C once training has begun, and something is so."""
    usual = signal.getsignal(signal.SIGINT)

    def press() -> None:
        while signal.getsignal(signal.SIGINT) is usual or not ready():
            time.sleep(0.01)
        time.sleep(0.3)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=press)
    thread.start()
    return thread


@pytest.mark.slow
def test_train_holds_probes_out_and_says_how_well_they_are_answered(
    team: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = team.parent / "m.keras"
    assert run("train", team, "-o", model, *BASIC) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "3 people: 27 photos to learn from, 9 held out as probes"
    assert re.fullmatch(
        r".*m\.keras: 3 people, 80 updates, loss 0\.\d+ and accuracy 1\.00 in the last epoch",
        lines[-3],
    )
    assert lines[-2:] == [
        "9 of 9 probes answered right (100 %)",
        f"{model.with_suffix('.html')}: its curves and answers",
    ]
    page = model.with_suffix(".html").read_text("utf-8")
    assert "9 answers, 0 errors" in page
    assert model.stat().st_size > 10_000


@pytest.mark.slow
def test_whitened_vectors_are_learnt_and_kept_in_the_model(
    team: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = team.parent / "m.keras"
    assert run("train", team, "-o", model, "--embedding=whitened", *BASIC) == 0
    assert "9 of 9 probes answered right" in capsys.readouterr().out
    assert ", whitened" in model.with_suffix(".html").read_text("utf-8")
    whitening = read(model).embedder.centring.whitening
    assert whitening is not None
    assert len(whitening.shares) == 100


@pytest.mark.parametrize("command", ["train", "compare"])
def test_an_embedding_that_is_none(
    team: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    rates = ["--rates", "0.1", "1"] * (command == "compare")
    line = refusal(capsys, command, team, "--embedding=deep", *rates)
    assert line == "--embedding: received 'deep', allowed is hog or whitened; choose one"


@pytest.mark.slow
def test_who_is_taken_for_whom_is_said(team: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = team.parent / "m.keras"
    assert run("train", team, "-o", model, *BASIC, "--learning-rate=1e-6", "--epochs=1") == 0
    right, confused = capsys.readouterr().out.splitlines()[-3:-1]
    count = int(right.split()[0])
    assert count < 9
    pairs = re.findall(r"(Ann|Bo|Cy) for (?:Ann|Bo|Cy) (\d) x", confused)
    assert confused.startswith("taken for another: ")
    assert sum(int(times) for _, times in pairs) == 9 - count


@pytest.mark.slow
def test_people_with_few_photos_are_learned_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = fill(tmp_path / "team", {"Ann": 12, "Bo": 5})
    assert run("train", folder, "-o", tmp_path / "m.keras", *BASIC) == 0
    assert "2 people: 14 photos to learn from, 3 held out as probes" in capsys.readouterr().out
    kept = {path: path.stat().st_ino for path in folder.rglob("*.rows")}
    assert len(kept) == 17
    command = ("train", folder, "-o", tmp_path / "m.keras", *BASIC, "--all-photos", "--force")
    assert run(*command) == 0
    out = capsys.readouterr().out
    assert "2 people: 17 photos to learn from, none held out to be asked about" in out
    # what was described is used again: a file that is written again is another
    assert {path: path.stat().st_ino for path in folder.rglob("*.rows")} == kept
    assert "probes answered" not in out
    assert "Answers" not in (tmp_path / "m.html").read_text("utf-8")


@pytest.mark.slow
def test_compare_lays_trainings_side_by_side(
    team: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = team.parent / "c.html"
    assert run("compare", team, *RATES, "-o", page) == 0
    lines = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"rate 0\.001: \d( \(\d–\d\))? of 9 right", lines[-3])
    assert lines[-2:] == ["rate 1: 9 of 9 right", f"{page}: 2 of 2 trainings compared"]
    content = page.read_text("utf-8")
    assert "2, seeds 0 to 1" in content
    assert content.count('<table class="confusion">') == 2
    # rate 0.001 hardly learns, rate 1 does: the points that are drawn
    drawn = unescape(re.findall(r'href="data:text/csv[^,]*,(measure[^"]+)"', content)[0])
    rows = [row.split(",") for row in drawn.split("%0A")[1:] if row]
    last = {name: float(middle) for measure, name, _, _, middle, _ in rows if measure == "loss"}
    assert last["rate%200.001"] > 0.5
    assert last["rate%201"] < 0.1


@pytest.mark.slow
def test_an_interrupted_comparison_keeps_what_is_there(
    team: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = team.parent / "c.html"
    thread = press_when(lambda: True)
    command = ("compare", team, "--face-detector=none", "--seeds=1", "--epochs", "300000")
    assert run(*command, "--batch-sizes", "1", "2", "3", "-o", page) == 130
    thread.join()
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    missing = [line for line in out.splitlines() if line.startswith("missing: ")]
    assert re.fullmatch(
        r"missing: batch 1: interrupted after [\d,]+ of 8,100,000 updates", missing[0]
    )
    assert missing[1:] == [
        f"missing: batch {size}: not trained, it was interrupted before" for size in (2, 3)
    ]
    content = page.read_text("utf-8")
    assert content.count("Not whole:") == 3
    assert content.count('<table class="confusion">') == 1


@pytest.mark.slow
@pytest.mark.parametrize("command", ["train", "compare"])
def test_an_interrupt_while_tensorflow_starts_ends_all(team: Path, command: str) -> None:
    rates = ["--rates", "0.1", "1"] if command == "compare" else []
    output = team.parent / ("m.html" if rates else "m.keras")
    words = [str(team), *BASIC[:1], *rates, "-o", str(output)]
    with subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", "facelab", command, *words],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=team.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:  # fmt: skip
        assert process.stderr
        for line in process.stderr:
            if re.search(r"\| +tensorflow", line):  # the first of its thousands of modules
                process.send_signal(signal.SIGINT)
                break
        said = [line for line in process.stderr if not line.startswith("import time:")]
    assert said[-1] == "facelab: interrupted; what was done is kept\n"
    assert process.returncode == 130
    assert not output.exists()


def test_nothing_is_overwritten_unless_asked(
    team: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, command in (("m.keras", ("train",)), ("m.html", ("train", "compare"))):
        there = team.parent / name
        there.write_text("mine")
        for one in command:
            output = team.parent / ("m.keras" if one == "train" else "m.html")
            rates = ("--rates", 0.1, 1) if one == "compare" else ()
            assert refusal(capsys, one, team, "-o", output, *rates) == (
                f"{there}: is there already, and is not overwritten; name another file with -o, "
                "or replace it with --force"
            )
        assert there.read_text() == "mine"
        there.unlink()


def test_where_nothing_can_be_written_is_said_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder.html").mkdir()
    long = f"{'x' * 300}.html"
    for name, why in (("folder.html", "is a directory"), (long, "file name too long")):
        command = ("compare", tmp_path / "no gallery", "--rates", 1, 2, "--force")
        assert refusal(capsys, *command, "-o", tmp_path / name) == (
            f"--output: received {tmp_path / name}, which cannot be written ({why}); make room or "
            "choose another place; what is there is kept"
        )
    assert [path.name for path in tmp_path.iterdir()] == ["folder.html"]


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (("--rates", "0.1", "0.1"), "--rates: received 0.1 twice, "),
        (("--rates", "0.1", "2000"), "learning rate: received 2000, allowed is a number more "),
        (("--rates", "1"), "compare: received 1 combination (1 x 1 x 1 "),
        (("--epochs", "1", "2", "3", "4", "5", "6", "7"), "compare: received 7 combinations "),
        (("--rates", "1", "2", "--seeds", "0"), "seeds: received 0, allowed is a whole number "
         "between 1 and 100; "),
        (("--rates", "1", "2", "-o", "no/c.html"), "--output: received no/c.html, allowed is a "
         "file ending in .html in a folder that exists; "),
        (("--rates", "1", "2", "-o", "c.txt"), "--output: received c.txt, allowed is a file "),
        (("--batch-sizes", "4", "28"), "batch size: received 28, allowed is a whole number between "
         "1 and 27; "),
    ],
)  # fmt: skip
def test_bad_input_is_one_line(
    team: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
    line: str,
) -> None:
    monkeypatch.chdir(team.parent)
    assert refusal(capsys, "compare", team, *options).startswith(line)
    assert [path.name for path in team.parent.iterdir()] == ["team"]


def test_a_gallery_too_small_to_compare_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = fill(tmp_path / "small", {"Ann": 8, "Bo": 5})
    command = ("compare", folder, "--rates", 1, 2, "--batch-sizes", 4, "-o", tmp_path / "c.html")
    assert refusal(capsys, *command) == (
        f"{folder}: received at most 8 photos of a person, needed are 9 or more, 8 to learn from "
        "and 1 to be asked about; add photos"
    )
    assert refusal(capsys, "compare", tmp_path / "none", "--rates", 1, 2).startswith(
        f"{tmp_path}/none: no such folder; "
    )


@pytest.mark.slow
def test_a_full_disk_is_one_line_and_keeps_the_old_file(
    team: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = team.parent / "c.html"
    page.write_text("old")
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, usual[1]))  # as a disk with 10 kB left
    try:
        line = refusal(capsys, "compare", team, *RATES, "-o", page, "--force")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert line == (
        f"--output: received {page}, which cannot be written (file too large); make room or choose "
        "another place; what is there is kept"
    )
    assert page.read_text() == "old"
    assert sorted(path.name for path in team.parent.iterdir()) == ["c.html", "team"]


@pytest.mark.slow
def test_a_terminal_shows_a_first_line_at_once_and_curves_that_stay(team: Path) -> None:
    master, slave = pty.openpty()
    told = [sys.executable, "-X", "importtime"]  # among what is shown: which modules are there
    process = subprocess.Popen(
        [*told, "-m", "facelab", "train", str(team), *BASIC, "-o", "m.keras"],
        stdout=slave, stderr=slave, stdin=subprocess.DEVNULL, cwd=team.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "100",
             "LANG": "C.UTF-8"},
    )  # fmt: skip
    os.close(slave)
    shown = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:  # how Linux says that the other end is closed
            break
        if not part:
            break
        shown += part
    os.close(master)
    assert process.wait() == 0
    text = shown.decode()
    before, _, after = text.partition("reading the photos in ")
    tensorflow = re.compile(r"\| +tensorflow")  # it alone takes five seconds
    assert not tensorflow.search(before)
    assert tensorflow.search(after)
    text = re.sub(r"import time:.*\r\n", "", text)
    assert text.startswith("reading the photos in ")
    last = text[text.rindex("loss 0–") :]
    assert re.search("[\u2801-\u28ff]{3}", last)
    assert "80 of 80" in last
    assert "probes answered right" in last
