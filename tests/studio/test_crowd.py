"""Small frames are drawn from coarser grids; the fixtures are drawn as they were recorded."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from facelab.studio.actor import Actor, Hair, sample
from facelab.studio.crowd import read_crowd, sitter
from facelab.studio.plan import read_plan
from facelab.studio.renderer import take, take_group
from facelab.studio.takes import takes

FIXTURES = Path(__file__).parents[2] / "fixtures"


@pytest.mark.slow
@pytest.mark.parametrize("place", range(0, 1110, 185))
def test_the_fixtures_are_drawn_as_they_were_recorded(place: int) -> None:
    plan, cast = read_plan(FIXTURES / "plan.toml")
    still = takes(plan, plan.sets())[place]
    frame = take_group(
        [(cast[name], shot) for name, shot in still.people], still.sitting, still.shot
    )
    recorded = cv2.imdecode(np.frombuffer((FIXTURES / still.file).read_bytes(), np.uint8), 1)
    # 4 grey levels: another processor rounds otherwise
    assert np.abs(frame.pixels.astype(int) - recorded).max() <= 4


def styles() -> list[Actor]:
    """Return an actor of each style of hair."""
    found: dict[Hair, Actor] = {}
    for seed in range(200):
        actor = sample(seed)
        found.setdefault(actor.hair, actor)
    return list(found.values())


@pytest.mark.slow
def test_a_coarse_frame_shows_the_same_face() -> None:
    shot = sitter(read_crowd(FIXTURES / "crowd.toml"), 1).likenesses[0].take
    actors = styles()
    assert len(actors) == len(Hair)
    other = take(sample(999), shot.sitting, shot.shot, compressed=False).pixels.astype(int)
    for actor in actors:
        fine, coarse = (
            take(actor, shot.sitting, shot.shot, compressed=False, coarse=coarse)
            for coarse in (False, True)
        )
        difference = np.abs(fine.pixels.astype(int) - coarse.pixels.astype(int))
        assert difference.mean() < 0.25 * np.abs(fine.pixels - other).mean()
        assert np.abs(np.subtract(fine.boxes[0], coarse.boxes[0])).max() <= 2


def test_a_sitter_is_the_same_in_any_order() -> None:
    crowd = read_crowd(FIXTURES / "crowd.toml")
    sitter(crowd, 2)
    one, again = sitter(crowd, 5), sitter(read_crowd(FIXTURES / "crowd.toml"), 5)
    assert one == again
    assert one.key == again.key != sitter(crowd, 6).key
