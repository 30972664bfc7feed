"""The live tally: ``facelab watch`` counts every frame of a film, and ends well when stopped."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from facelab.camera.address import hidden
from facelab.camera.live_count import bars, line
from facelab.cli import main
from facelab.gallery.gallery import Gallery
from facelab.gallery.image import decode_image
from tests.camera.webcam import Webcam, serve

Shots = dict[str, list[bytes]]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, shots: Shots) -> Path:
    """A classifier of Alex and Naomie."""
    folder = tmp_path_factory.mktemp("watched")
    with Gallery(folder / "gallery") as gallery:
        for person in ("Alex", "Naomie"):
            for shot in shots[person][40:52]:
                gallery.save(person, decode_image(shot, person))
    output = folder / "model.keras"
    assert main(["train", str(folder / "gallery"), "-o", str(output), "--epochs=20"]) == 0
    return output


def counted(out: str) -> dict[str, int]:
    """The final count, by name."""
    rows = re.findall(r"│ (\w+) +│[ █▉▊▋▌▍▎▏]+│ +([\d,]+) │", out)
    return {name: int(count) for name, count in rows}


@pytest.mark.slow
def test_every_frame_of_a_film_is_counted(
    tmp_path: Path, model: Path, shots: Shots, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, shot in enumerate(shots["Alex"][:30] + shots["Naomie"][:11]):
        (tmp_path / f"{number:03d}.jpg").write_bytes(shot)
    assert main(["watch", str(model), "--camera", f"{tmp_path}/%03d.jpg"]) == 0
    counts = counted(capsys.readouterr().out)
    assert list(counts) == ["Alex", "Naomie", "nobody"]
    assert sum(counts.values()) == 41
    assert counts["Alex"] > 2 * counts["Naomie"] > 0


@pytest.mark.slow
def test_ctrl_c_ends_it_with_the_count(
    model: Path, shots: Shots, capsys: pytest.CaptureFixture[str]
) -> None:
    usual = signal.getsignal(signal.SIGINT)

    def press() -> None:
        while signal.getsignal(signal.SIGINT) is usual:
            time.sleep(0.01)
        time.sleep(1.5)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=press)
    with serve(Webcam(shots["Naomie"], every=0.01, again=True)) as url:
        thread.start()
        assert main(["watch", str(model), "--camera", url]) == 0
        thread.join()
    counts = counted(capsys.readouterr().out)
    assert counts["Naomie"] > counts["Alex"]


@pytest.mark.slow
def test_a_camera_that_breaks_off_leaves_the_count(
    model: Path, shots: Shots, capsys: pytest.CaptureFixture[str]
) -> None:
    with serve(Webcam(shots["Alex"][:5], every=0.2)) as url:
        assert main(["watch", str(model), "--camera", url]) == 2
        out, err = capsys.readouterr()
    assert err.startswith(f"facelab: {hidden(url)}: broke off after frame ")
    assert err.count("\n") == 1
    assert list(counted(out)) == ["Alex", "Naomie", "nobody"]


@pytest.mark.slow
def test_no_classifier(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["watch", str(tmp_path / "model.keras"), "--camera", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith(f"facelab: {tmp_path}/model.keras: not a facelab ")


def test_nobody_has_a_bar() -> None:
    counts = np.array([610, 79, 4], np.int64)
    assert line(("Alex", "Amine"), counts) == "Alex 610, Amine 79, nobody 4"
    assert bars(("[b]Alex", "Amine"), counts).row_count == 3
