"""Honest strangers sit T1 to T4, with the verdicts that the source's own words give them.

The source trains by gradient descent at the rate that a menu shows: 0.001 hardly learns, 1 learns
in seconds. Whoever does so on other features is accepted. Whoever takes other steps at that rate
is refused by what the source says of it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow

WEAKLY = "The loss falls, but weakly"
HARDLY = "The accuracy varies strongly and hardly progresses"
MANY_WRONG = "A large share of the probes is answered wrong"
TWO_MEN = "The two men are confused with each other, glasses or not"
QUICKLY = "The accuracy quickly reaches 1 and stays there"
TO_0 = "The loss falls to 0"
NONE_WRONG = "No probe is answered wrong"
BY_FAR = "Alex before the webcam gets most detections by far"
BY_FAR_TOO = "Amine before the webcam gets most detections by far"
CONFUSED_LESS = "The two men are confused less than at a low rate"
GLASSES = "Glasses change few answers"
PLATEAU = "A learning rate of 1 lies on the plateau"
AT_ONCE = "One epoch of single photos draws a value for each photo and is already good"
INTERRUPTED = "An interrupted training keeps what was drawn"
MORE_WORK = "More work makes more progress"
LONGER = "The training takes longer than with 4 people"
RIGHT_FACES = "The right faces are still predicted"
UNSEEN = "Light that no photo has makes no fewer errors"
MORE_PEOPLE = "More people make no fewer errors on the same frames"
COUNTED = "Whoever comes is counted while they are there"
STILL_MOST = "Alex before the webcam still gets most detections"

REFUSED: dict[str, tuple[set[str], set[str]]] = {
    # What refuses a system, and what may: a training that diverges ends anywhere.
    "random_convolutions": (set(), set()),
    # "The final values were enough for so small a sample" is asked as 90 % right; it has 88 %.
    # It takes Lara for Alex on the first frames of her clip: she leads after 36, not 30.
    "grey_pixels": ({AT_ONCE}, {COUNTED}),
    # Momentum makes ten steps of each: at 0.001 it learns, at 1 it diverges.
    "hidden_layer": (
        {WEAKLY, TO_0, NONE_WRONG, CONFUSED_LESS, PLATEAU, AT_ONCE, MORE_WORK} | {RIGHT_FACES},
        {MANY_WRONG, QUICKLY, BY_FAR, GLASSES, INTERRUPTED, LONGER, UNSEEN, MORE_PEOPLE}
        | {STILL_MOST, COUNTED, BY_FAR_TOO},
    ),
    # Its steps are as long as the rate, however small the slope: 0.001 is enough to learn.
    "adam": ({WEAKLY, HARDLY, MANY_WRONG, TWO_MEN, CONFUSED_LESS}, {COUNTED}),
}


ASKED = ["features", "-q", "-Wdefault", "-p", "no:cacheprovider", "-m", "T1 or T2 or T3 or T4"]
ASKED += ["-k", "not worked_example", "--seeds=3"]

SIT = f"""
import sys, pytest
folder, *systems = sys.argv[1:]
for name in systems:
    of_one = ["--system", "tests.systems.strangers:" + name, f"--report={{folder}}/{{name}}"]
    pytest.main({ASKED!r} + of_one)
"""


@pytest.fixture(scope="module")
def exams(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Where the records of all lie, and what was said.

    They sit but for the worked example, with 3 seeds, one after the other in one process: what the
    book shows to several of them, their random convolutions look at once.
    """
    folder = tmp_path_factory.mktemp("exams")
    done = subprocess.run(
        [sys.executable, "-c", SIT, folder, *REFUSED],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={
            **os.environ, "PYTHONPATH": str(ROOT),
            "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
        },
    )  # fmt: skip
    return folder, done.stdout + done.stderr


@pytest.mark.parametrize("system", list(REFUSED))
def test_the_verdict_of_the_source_s_own_words(system: str, exams: tuple[Path, str]) -> None:
    folder, output = exams
    record = json.loads((folder / system / "acceptance.json").read_text("utf-8"))
    sheets = [sheet for family in record["families"] for sheet in family["sheets"]]
    verdicts = {sheet["name"]: sheet["verdict"] for sheet in sheets}
    surely, maybe = REFUSED[system]
    refused = {name for name, verdict in verdicts.items() if verdict == "refused"}
    assert surely <= refused <= surely | maybe, output
    others = {verdict for name, verdict in verdicts.items() if name not in refused}
    # in part, since no stranger's losses can be calculated again from facelab's own weights
    assert others == {"accepted", "accepted with reservations"}, output
    assert surely | maybe <= set(verdicts)
