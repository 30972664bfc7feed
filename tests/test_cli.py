"""The command ``facelab``: bad input is one line and exit status 2; ``train`` learns and saves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from facelab.cli import main
from facelab.contract.training import TrainingRequest
from facelab.gallery.own_gallery import read_gallery
from tests.conftest import ROOT, draw, without_libgl


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder of two people with 4 photos each."""
    for number, person in enumerate(("Ann", "Bo")):
        (tmp_path / "own" / person).mkdir(parents=True)
        for photo in range(4):
            file = tmp_path / "own" / person / f"{photo}.png"
            cv2.imwrite(str(file), draw(2 * number, photo))
    return tmp_path / "own"


def refusal(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """Run a command that must fail with exit status 2 and one line; return the line."""
    assert main([str(argument) for argument in arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("facelab: ")
    assert err.count("\n") == 1
    return err.removeprefix("facelab: ").rstrip("\n")


RATE = "how far one update moves the weights, for example 0.001 or 1"
SIZE = "how many photos one update sees, from 1 to all photos of the gallery"
EPOCHS = "how often every photo is seen, for example 20"


@pytest.mark.parametrize(
    ("option", "value", "line"),
    [
        *[
            ("--learning-rate", v, f"learning rate: received {v}, allowed is a number more than 0 "
             f"and at most 1,000; choose {RATE}")
            for v in ("0", "-1", "nan", "abc", "1_0")
        ],
        *[
            ("--batch-size", v, f"batch size: received {v}, allowed is a whole number between 1 "
             f"and 1,000,000; choose {SIZE}")
            for v in ("0", "2.5")
        ],
        ("--epochs", "0", "epochs: received 0, allowed is a whole number between 1 and 1,000,000; "
         f"choose {EPOCHS}"),
        *[
            ("--seed", v, f"seed: received {v}, allowed is a whole number between 0 and "
             "2,147,483,647; choose which first weights and order are drawn")
            for v in ("-1", "x")
        ],
        ("--output", "model.h5", "--output: received model.h5, allowed is a file ending in .keras "
         "in a folder that exists; choose another"),
        ("--output", "no/model.keras", "--output: received no/model.keras, allowed is a file "
         "ending in .keras in a folder that exists; choose another"),
    ],
)  # fmt: skip
def test_parameters(
    own: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    option: str,
    value: str,
    line: str,
) -> None:
    monkeypatch.chdir(own)
    assert refusal(capsys, "train", own, f"{option}={value}") == line
    assert sorted(path.name for path in own.iterdir()) == ["Ann", "Bo"]


def test_no_gallery(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert refusal(capsys, "train", tmp_path / "none") == (
        f"{tmp_path}/none: no such folder; name one with a sub-folder a person"
    )


@pytest.mark.slow
def test_a_damaged_photo_is_left_out(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (own / "Bo" / "2.png").write_bytes(b"")
    output = own.parent / "model.keras"
    assert main(["train", str(own), "-o", str(output), "--batch-size", "8"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "facelab: gallery: Bo/2.png: 0 bytes that are no picture; allowed are JPEG, PNG, BMP, "
        "WebP and PGM files; take it away or replace it",
        "facelab: gallery: Ann: received 4 photos, recommended are 9 or more; add some",
        "facelab: gallery: Bo: received 3 photos, recommended are 9 or more; add some",
        "facelab: batch size: received 8, allowed is a whole number between 1 and 7; "
        f"choose {SIZE}",
    ]


def test_batch_size_beyond_the_gallery(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = own.parent / "model.keras"
    assert main(["train", str(own), "-o", str(output), "--batch-size", "9"]) == 2
    assert capsys.readouterr().err.endswith(
        "facelab: batch size: received 9, allowed is a whole number between 1 and 8; "
        f"choose {SIZE}\n"
    )
    assert not output.exists()


@pytest.mark.slow
def test_a_classifier_answers_the_same_when_loaded(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from facelab.contract.parameters import Parameters
    from facelab.learning.classifier import load, people_of
    from facelab.learning.trainer import Trainer

    output = own.parent / "model.keras"
    command = ["train", str(own), "-o", str(output), "--batch-size=4", "--epochs=30", "--seed=3"]
    assert main([*command, "--face-detector=none"]) == 0
    said, page = capsys.readouterr().out.splitlines()[-2:]
    assert said.startswith(f"{output}: 2 people, 60 updates, loss 0.0")
    assert said.endswith(" and accuracy 1.00 in the last epoch")
    assert page == f"{output.with_suffix('.html')}: its curves"
    model = load(output)
    assert people_of(model) == ("Ann", "Bo")
    photos, _ = read_gallery(own)
    same = Trainer("none").train(photos, TrainingRequest(Parameters(1.0, 30, 4), [3]))
    answers = model.predict(np.stack(photos.frames), verbose=0)
    np.testing.assert_allclose(answers, same.predict(photos.frames)[0], atol=1e-5)
    assert answers.argmax(axis=1).tolist() == [0] * 4 + [1] * 4


@pytest.mark.slow
def test_photos_without_a_face_are_told(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", str(own), "-o", str(own.parent / "m.keras"), "--batch-size=4"]) == 0
    out = capsys.readouterr().out
    for person in ("Ann", "Bo"):
        assert (
            f"no face is found on any of the 4 photos of {person}: whatever is answered says "
            "nothing of this person; take photos nearer to the camera and in more light, or try "
            "--face-detector none\n"
        ) in out
    assert (
        "no face is found on 8 of 8 photos (Ann 4 of 4, Bo 4 of 4): their centre square is "
        "described; take photos nearer"
    ) in out
    page = (own.parent / "m.html").read_text("utf-8")
    assert "no face found" in page
    assert "8 of 8 photos (Ann 4 of 4, Bo 4 of 4)" in page


@pytest.mark.slow
def test_an_interrupted_training_is_saved(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from facelab.learning.classifier import load

    usual = signal.getsignal(signal.SIGINT)

    def press() -> None:
        while signal.getsignal(signal.SIGINT) is usual:
            time.sleep(0.01)
        time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGINT)

    output = own.parent / "model.keras"
    thread = threading.Thread(target=press)
    thread.start()
    command = ["train", str(own), "-o", str(output), "--batch-size=1", "--epochs=500000"]
    assert main(command) == 130
    thread.join()
    assert signal.getsignal(signal.SIGINT) is usual
    said = capsys.readouterr().out.splitlines()[-2]
    assert said.endswith(" in the last epoch, interrupted")
    updates = int(said.split(" people, ")[1].split(" updates")[0].replace(",", ""))
    assert 0 < updates < 8 * 500_000
    assert load(output).predict(draw(0, 0)[None], verbose=0).argmax() == 0


@pytest.mark.slow
@pytest.mark.parametrize("command", [["train", "own"], ["studio", "record"]])
def test_opencv_that_cannot_start(own: Path, command: list[str]) -> None:
    host = without_libgl(own.parent)
    done = subprocess.run(
        [sys.executable, "-m", "facelab", *command],
        cwd=own.parent,
        env={**os.environ, "PYTHONPATH": f"{host}:{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "facelab: OpenCV cannot start: libGL.so.1: cannot open shared object file: No such file "
        "or directory; install what it needs, on Debian and Ubuntu with "
        "`apt-get install libgl1 libglib2.0-0`\n"
    )


def test_no_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=r"^2$"):
        main([])
    assert "the following arguments are required: COMMAND" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize(
    "program",
    [
        "import pytest; assert not pytest.main(['features', '-m', 'T0', '-q', "
        "'-pno:cacheprovider', f'--acceptance-report={sys.argv[1]}'])",
        "import pytest; pytest.main(['--help'])",
        "from facelab.cli import main; main(['--help'])",
        "from facelab.cli import main; main(['report', 'reports/example/acceptance.json', "
        "'-o', sys.argv[1]])",
        "import builtins; builtins.print = lambda *_, **__: sys.exit(); "
        "from facelab.cli import main; main(['doctor'])",
    ],
    ids=["the face base", "help of pytest", "help", "report", "the doctor's first line"],
)
def test_tensorflow_is_not_imported_for(program: str, tmp_path: Path) -> None:
    check = "import atexit, sys; say = print; "
    check += "atexit.register(lambda: say('tensorflow' in sys.modules))"
    command = [sys.executable, "-c", f"{check}; {program}", str(tmp_path / "page.html")]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "False"
