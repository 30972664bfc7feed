"""The recipe of the whitening: whom it is learnt from, in which light, and its arithmetic."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from facelab.cli import main
from facelab.recipe import likenesses as drawn
from facelab.recipe.within import whitening_from, within_class
from facelab.studio.crowd import read_crowd
from facelab.studio.maths import generator
from facelab.studio.plan import read_plan
from tests.conftest import ROOT

TURNED = 1.8 * 0.10
"""By how much the plan turns a lamp at most, in rad."""


def test_no_light_that_is_learnt_from_is_the_books() -> None:
    """T4's and T5's question would be answered already."""
    plan, _ = read_plan(ROOT / "fixtures" / "plan.toml")
    asked = {*plan.photos["probes/t4"].unseen_lights}
    asked |= {*read_crowd(ROOT / "fixtures" / "crowd.toml").own.unseen_lights}
    assert {(plan.lights[name].azimuth, plan.lights[name].elevation) for name in asked} == {
        *drawn.LAMPS
    }
    steady = plan.vary["steady"]
    assert steady.cut * steady.light_turn == pytest.approx(TURNED)
    rng = generator(1)
    lights = [drawn.draw_light(rng, hard=hard) for hard in (False, True) for _ in range(500)]
    nearest = min(map(drawn.from_lamps, lights))
    assert drawn.APART <= nearest < drawn.APART + 0.05
    assert drawn.APART > 2 * TURNED


@pytest.mark.slow
def test_a_shot_is_drawn_three_times_and_again() -> None:
    first, again = (list(islice(drawn.likenesses(5), 6)) for _ in range(2))
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.pixels, other.pixels)
    assert first[0].pixels.shape == (drawn.HEIGHT, drawn.WIDTH, 3)
    # one pose: the box stays where it is, whatever the light and the nose carries
    for place in (0, 3):
        for k in (1, 2):
            np.testing.assert_allclose(first[place].boxes, first[place + k].boxes)
            assert (first[place].pixels != first[place + k].pixels).any()


def test_the_covariance_is_that_within_people() -> None:
    rng = np.random.default_rng(2)
    own = rng.normal(0, [1, 3], (4000, 2)).astype(np.float32)
    people = np.repeat(np.arange(40), 100)
    apart = own + rng.normal(0, 50, (40, 2)).astype(np.float32)[people]
    np.testing.assert_allclose(within_class(apart, people), np.diag([1, 9]), atol=0.4)
    alone = np.r_[apart, [[1e6, 1e6]]].astype(np.float32)
    np.testing.assert_array_equal(
        within_class(apart, people), within_class(alone, np.r_[people, 99])
    )


def test_an_axis_keeps_what_its_variance_leaves_it() -> None:
    """Whitened by the covariance plus its mean, 4, and scaled so that no variance loses nothing."""
    variances = np.array([12.0, 0, 4, 0])
    whitening = whitening_from(np.diag(variances), rank=2)
    np.testing.assert_array_equal(np.abs(whitening.axes), np.eye(4)[:, [0, 2]])
    np.testing.assert_allclose(1 - whitening.shares, [np.sqrt(4 / 16), np.sqrt(4 / 8)])


@pytest.mark.slow
def test_the_command_goes_on_where_it_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, output = tmp_path / "people", tmp_path / "whitening.npz"
    command = ["whitening", str(folder), "-o", str(output), "--jobs=1", "--rank=3"]
    assert main([*command, "--people=1"]) == 0
    said = capsys.readouterr().out
    assert "of 24 frames, where the face is found" in said
    with np.load(output) as stored:
        assert stored["axes"].shape == (1764, 3)
        assert stored["axes"].dtype == np.float16
        first = stored["axes"]
    [file] = folder.iterdir()
    before = file.stat().st_mtime_ns
    output.unlink()
    assert main([*command, "--people=1"]) == 0
    assert file.stat().st_mtime_ns == before
    with np.load(output) as stored:
        np.testing.assert_array_equal(stored["axes"], first)


@pytest.mark.parametrize(
    ("option", "line"),
    [
        ("--people=0", "--people: received 0, allowed is at least 1; choose another number"),
        ("--rank=0", "--rank: received 0, allowed is between 1 and 256; choose another number"),
        ("--rank=257", "--rank: received 257, allowed is between 1 and 256; choose another number"),
    ],
)
def test_numbers_that_are_refused(
    option: str, line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["whitening", str(tmp_path), option]) == 2
    assert capsys.readouterr().err == f"facelab: {line}\n"
