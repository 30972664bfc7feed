from dataclasses import replace

import numpy as np
import pytest

from facelab.studio.actor import FALLING, Actor, Beard, Hair, sample
from facelab.studio.maths import Array, generator
from facelab.studio.plan import Variety
from facelab.studio.renderer import Frame, take, take_group
from facelab.studio.shot import NEUTRAL, Expression, Pose, Shot
from facelab.studio.sitting import Sitting
from facelab.studio.takes import draw_pose

STILL = Shot(Pose(), NEUTRAL, 0, (1, 2))


@pytest.fixture(scope="module")
def neutral(ann: Actor, sitting: Sitting) -> Frame:
    return take(ann, sitting, STILL, compressed=False)


@pytest.fixture(scope="module")
def bald(ann: Actor, sitting: Sitting) -> Frame:
    return take(replace(ann, hair=Hair.BALD), sitting, STILL)


@pytest.fixture(scope="module")
def shaven(sitting: Sitting) -> Frame:
    return take(replace(sample(124), beard=Beard.NONE), sitting, STILL)


def changed(a: Frame, b: Frame) -> Array:
    """Rows and columns (n, 2) of the pixels that differ by more than the code of a JPEG does."""
    difference = np.abs(a.pixels.astype(int) - b.pixels.astype(int)).max(2)
    return np.argwhere(difference > 24)


def relative(a: Frame, b: Frame) -> tuple[float, float]:
    """Mean height (0 top, 1 bottom of the skull) and spread across of what differs."""
    x, y, width, height = a.boxes[0]
    where = changed(a, b)
    assert len(where) > 10
    rows, columns = (where[:, 0] - y) / height, (where[:, 1] - x) / width
    return float(rows.mean()), float(np.abs(columns - 0.5).max())


@pytest.mark.slow
def test_the_same_shot_gives_the_same_bytes(ann: Actor, sitting: Sitting) -> None:
    first = take(ann, sitting, STILL)
    take(sample(20), sitting, replace(STILL, noise=(9,)))
    take(ann, sitting, replace(STILL, expression=Expression(open=1.0, smile=1.0, squint=0.5)))
    again = take(ann, sitting, STILL)
    assert first.jpeg == again.jpeg
    assert first.pixels.shape == (240, 320, 3)
    assert first.pixels.dtype == np.uint8


def test_only_the_noise_key_changes_the_noise(ann: Actor, sitting: Sitting) -> None:
    one, other = take(ann, sitting, STILL), take(ann, sitting, replace(STILL, noise=(3,)))
    assert one.jpeg != other.jpeg
    assert np.abs(one.pixels.astype(int) - other.pixels.astype(int)).mean() < 6


@pytest.mark.slow
@pytest.mark.parametrize(
    ("expression", "low", "high"),
    [
        (Expression(open=0.5), 0.6, 1.0),
        (Expression(smile=0.9), 0.45, 0.95),
        (Expression(pucker=1.0), 0.6, 0.95),
        (Expression(blink=1.0), 0.35, 0.6),
        (Expression(gaze_across=1.0), 0.35, 0.6),
        (Expression(surprise=1.0), 0.25, 0.55),
    ],
)
def test_an_expression_changes_its_own_region(
    ann: Actor,
    sitting: Sitting,
    neutral: Frame,
    expression: Expression,
    low: float,
    high: float,
) -> None:
    moved = take(ann, sitting, replace(STILL, expression=expression), compressed=False)
    height, spread = relative(neutral, moved)
    assert low < height < high
    assert spread < 0.65


def test_glasses_change_the_eyes_and_nothing_else(ann: Actor, sitting: Sitting) -> None:
    bare, worn = take(ann, sitting, STILL), take(ann, sitting, replace(STILL, glasses=True))
    height, _ = relative(bare, worn)
    assert 0.35 < height < 0.65
    rows = changed(bare, worn)[:, 0]
    y, tall = bare.boxes[0][1], bare.boxes[0][3]
    assert rows.max() < y + 0.85 * tall
    assert bare.boxes == worn.boxes


def test_a_garment_changes_what_is_below_the_chin(ann: Actor, sitting: Sitting) -> None:
    one, two = take(ann, sitting, STILL), take(ann, sitting, replace(STILL, garment=2))
    y, tall = one.boxes[0][1], one.boxes[0][3]
    assert np.quantile(changed(one, two)[:, 0], 0.02) > y + 0.8 * tall


@pytest.mark.slow
@pytest.mark.parametrize("hair", list(Hair))
def test_every_style_is_drawn(ann: Actor, sitting: Sitting, bald: Frame, hair: Hair) -> None:
    styled = take(replace(ann, hair=hair), sitting, STILL)
    assert (len(changed(styled, bald)) > 200) == (hair is not Hair.BALD)
    if hair in FALLING:
        y, tall = styled.boxes[0][1], styled.boxes[0][3]
        assert changed(styled, bald)[:, 0].max() > y + 0.6 * tall


@pytest.mark.slow
@pytest.mark.parametrize("beard", [b for b in Beard if b is not Beard.NONE])
def test_every_beard_is_on_the_lower_face(sitting: Sitting, shaven: Frame, beard: Beard) -> None:
    grown = take(replace(sample(124), beard=beard), sitting, STILL)
    x, y, wide, tall = shaven.boxes[0]
    difference = np.abs(grown.pixels.astype(int) - shaven.pixels.astype(int)).mean(2)
    face = difference[y : y + tall, x : x + wide]
    middle = int(0.55 * tall)
    assert face[middle:].mean() > 2 * face[:middle].mean()


@pytest.mark.slow
def test_a_face_is_inside_the_frame_for_every_pose(ann: Actor, sitting: Sitting) -> None:
    variety = Variety(
        0.15, 0.07, 0.05, 4.9, 0.05, 0.18, 0.09, 0.05, 1.8, 12, 0, 0, 0, (0, 1), {"neutral": 1}
    )
    for k in range(12):
        pose = draw_pose(variety, generator(1, k))
        x, y, wide, tall = take(ann, sitting, replace(STILL, pose=pose), compressed=False).boxes[0]
        assert x > 0
        assert y > 0
        assert x + wide < 320
        assert y + tall < 240
        assert 0.3 < (x + wide / 2) / 320 < 0.7


def test_two_people_have_two_boxes_in_their_order(ann: Actor, bo: Actor, sitting: Sitting) -> None:
    left = replace(STILL, pose=Pose(distance=8, across=-2))
    right = replace(STILL, pose=Pose(distance=7, across=2))
    frame = take_group([(ann, left), (bo, right)], sitting, STILL)
    assert frame.boxes[0][0] < 160 < frame.boxes[1][0]
    assert frame.boxes[0][3] < frame.boxes[1][3]


def test_an_empty_room_has_no_box(sitting: Sitting) -> None:
    assert take_group([], sitting, STILL).boxes == ()


def test_a_nearer_head_is_larger(ann: Actor, sitting: Sitting) -> None:
    near = take(ann, sitting, replace(STILL, pose=Pose(distance=4.5))).boxes[0]
    far = take(ann, sitting, replace(STILL, pose=Pose(distance=9.0))).boxes[0]
    assert near[3] == pytest.approx(2.1 * far[3], rel=0.15)
