"""Liars sit the exam: what the seam hands over names nobody, and a recording can be drawn anew."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from facelab import Exam, Film, Frame, Parameters, Photos, Recording, TrainingRequest
from facelab.base.progress import progress
from facelab.playing import blind
from facelab.systems.loading import as_system
from tests.conftest import ROOT
from tests.systems.liars import Liar, clues, told
from tests.systems.searching import holders, reached, texts
from tests.systems.standin import StandIn

PEOPLE = ("Alex", "Amine", "Lara", "Naomie")


@pytest.fixture(scope="module")
def probes(recording: Recording) -> Photos:
    return recording.photos("probes/t2")


@pytest.fixture
def film(recording: Recording) -> Film:
    return recording.clip("alex_t2")


def named(found: set[str]) -> set[str]:
    """Return the texts that name a person, a file or a folder."""
    return {one for one in found if one in PEOPLE or "/" in one or ".jpg" in one}


def in_order(probes: Photos, *, own: bool = False) -> list[Frame]:
    return list(blind.to_answer(probes.frames, blind.mixed(len(probes)), own=own))


def test_the_search_finds_what_was_handed_over_before(probes: Photos, film: Film) -> None:
    """Each of these once crossed the seam, or would be an easy mistake."""

    def played() -> Any:
        yield from film

    def stop(done: int) -> bool:
        return done > len(probes)

    assert "probes/t2/Alex/001.jpg" in texts(probes.frames) | texts(probes)
    assert "Alex" in texts(played())
    assert "Alex" in texts(stop)
    assert "Alex" in texts(map(len, film))
    kept = Photos(tuple(probes.frames), probes.labels)
    assert "Alex" in texts(*holders([kept.frames[0]]))
    assert [one for one in reached(kept.frames) if isinstance(one, Photos)] == []
    assert told(stop)


def test_frames_that_are_asked_about_lead_nowhere(probes: Photos) -> None:
    for shown in (probes, Photos(tuple(probes.frames), probes.labels)):
        frames = in_order(shown)
        assert named(texts(frames)) == set()
        assert all(frame.base is None for frame in frames)
        assert holders(frames) == []
        assert [len(found) for found in clues(frames)] == [1] * len(frames)


@pytest.mark.slow
def test_photos_to_learn_from_have_their_person_and_no_path(probes: Photos) -> None:
    for shown in (probes, Photos(tuple(probes.frames), probes.labels)):
        given = blind.to_learn(shown)
        frames = list(given.frames)
        people = set(shown.labels["person"])
        assert named(texts(given, *frames)) == people
        assert named(texts(*holders(frames))) <= people


def test_a_film_leads_nowhere(film: Film) -> None:
    with blind.to_watch(film) as shown:
        assert named(texts(shown)) == set()
        first = next(shown)
        assert named(texts(shown, first, *holders([first[0]], [first]))) == set()
        assert len(first) + sum(map(len, shown)) == len(film)
    assert list(shown) == []


def test_a_request_leads_nowhere() -> None:
    stop_at = 5
    with progress("training on 103 photos", "updates") as tell:
        request = TrainingRequest(Parameters(), (0, 1), stop=lambda n: n >= stop_at, progress=tell)
        found = texts(request)
    assert "training on 103 photos" in found
    assert {one for one in found if one in PEOPLE or "probes" in one or ".jpg" in one} == set()


class OldLiar(Liar):
    """The same, as a system was written for facelab 1.0.0."""

    def train(self, photos: Photos, parameters: Parameters, *, seeds: Any, **asked: Any) -> Any:  # type: ignore[override]
        return super().train(photos, TrainingRequest(parameters, seeds, **asked))


def test_a_system_of_an_old_signature_is_a_stranger_too(recording: Recording) -> None:
    system = as_system(OldLiar(), "mine:Old")
    assert not blind.is_own(system)
    assert blind.is_own(as_system(StandIn(), "mine:Learner"))  # it is handed embeddings alone
    exam = Exam(system, recording, (0,))
    photos = recording.photos("gallery").of(PEOPLE)
    training = exam.train(photos, Parameters(learning_rate=1))
    probes = recording.photos("probes/t2")
    assert exam.ask(training, photos.people, probes).wrong.any()


@pytest.mark.slow
@pytest.mark.parametrize("decoded", [False, True])
def test_a_liar_who_is_told_makes_no_mistake(probes: Photos, decoded: bool) -> None:
    """It is refused for what it is not told: files, or frames that their photos hold, name all."""
    shown = Photos(tuple(probes.frames), probes.labels) if decoded else probes
    training = Liar().train(probes, TrainingRequest(Parameters(learning_rate=1), (0,)))
    training.named.clear()  # it was handed these very photos to learn from
    assert training.predict(shown.frames)[0].argmax(axis=1).tolist() == (
        probes.numbers(probes.people).tolist()
    )


def sit(system: str, folder: Path, *words: str) -> tuple[int, dict[str, str], str]:
    """Sit the exam; return exit status, the verdict on every scenario and what was printed."""
    command = ["features", "-q", "-p", "no:cacheprovider", f"--system=tests.systems.liars:{system}"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *command, "--seeds=1", f"--report={folder}", *words],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    record = json.loads((folder / "acceptance.json").read_text("utf-8"))
    verdicts = {s["name"]: s["verdict"] for f in record["families"] for s in f["sheets"]}
    return done.returncode, verdicts, done.stdout + done.stderr


PROBES_T2, PROBES_T4 = "No probe is answered wrong", "The right faces are still predicted"

ASKED = ["-k", "no_probe_is_answered_wrong or right_faces or alex_before_the_webcam"]
"""The scenarios that ask about probes and about a film, of T2 and of T4."""


@pytest.mark.slow
def test_a_liar_is_refused(tmp_path: Path) -> None:
    status, verdicts, output = sit("Liar", tmp_path, *ASKED)
    assert status == pytest.ExitCode.TESTS_FAILED, output
    assert verdicts[PROBES_T2] == verdicts[PROBES_T4] == "refused"
    assert verdicts["Alex before the webcam gets most detections by far"] == "refused"
    assert verdicts["Alex before the webcam still gets most detections"] == "refused"
    assert "error" not in verdicts.values()


@pytest.mark.slow
def test_who_knows_the_recording_by_heart_is_accepted(tmp_path: Path) -> None:
    status, verdicts, output = sit("Memory", tmp_path, *ASKED)
    assert status == pytest.ExitCode.OK, output
    assert not {"refused", "error", "blocked"} & set(verdicts.values())
    assert verdicts[PROBES_T2] == verdicts[PROBES_T4] == "accepted"


@pytest.mark.slow
def test_but_not_when_the_probes_are_drawn_anew(tmp_path: Path) -> None:
    words = ["-k", "no_probe_is_answered_wrong", "--fresh-probes"]
    status, verdicts, output = sit("Memory", tmp_path, *words)
    assert status == pytest.ExitCode.TESTS_FAILED, output
    assert verdicts[PROBES_T2] == "refused"


@pytest.mark.nightly
@pytest.mark.slow
def test_nor_in_any_family(tmp_path: Path) -> None:
    _, verdicts, output = sit("Memory", tmp_path, "-m", "T1 or T2 or T4", "--fresh-probes")
    assert verdicts[PROBES_T2] == verdicts[PROBES_T4] == "refused", output
    assert "error" not in verdicts.values(), output
