"""Movement for clips: every part of a shot as a smooth, keyed function of time."""

import math

import numpy as np

from facelab.studio.light import blend
from facelab.studio.maths import generator
from facelab.studio.plan import Variety
from facelab.studio.shot import Expression, Pose, Shot
from facelab.studio.takes import ClipTake

_WAVE, _BLINK, _NOISE = 31, 32, 33  # purposes of generators
_YAW, _PITCH, _ROLL, _DISTANCE, _ACROSS, _UP, _TALK, _TALKING, _SMILE, _GAZE, _LIFT, _BROW = range(
    12
)


def wave(seed: int, channel: int, seconds: float, slow: float, fast: float) -> float:
    """Sum of seven sines of random phase between two frequencies (Hz): mean 0, sd 1, smooth."""
    rng = generator(_WAVE, seed, channel)
    rates = np.exp(rng.uniform(math.log(slow), math.log(fast), 7))
    phases = rng.uniform(0, 2 * np.pi, 7)
    weights = rates**-0.5  # slow movements are larger
    weights = weights / np.sqrt((weights**2).sum() / 2)
    return float((weights * np.sin(2 * np.pi * rates * seconds + phases)).sum())


def shot_at(take: ClipTake, frame: int) -> Shot:
    """Shot of one frame of a clip; any frame can be asked for alone."""
    clip, v, seed = take.clip, take.variety, take.seed
    seconds = frame / clip.rate

    def sway(channel: int, deviation: float, slow: float = 0.04, fast: float = 0.35) -> float:
        # beyond the cut the movement bends instead of stopping dead
        return deviation * v.cut * math.tanh(wave(seed, channel, seconds, slow, fast) / v.cut)

    pose = Pose(
        yaw=sway(_YAW, v.yaw),
        pitch=sway(_PITCH, v.pitch),
        roll=sway(_ROLL, v.roll),
        distance=v.distance * math.exp(sway(_DISTANCE, v.distance_spread, 0.03, 0.2)),
        across=sway(_ACROSS, v.across),
        up=v.middle + sway(_UP, v.up),
    )
    drift = clip.drift * (0.5 - 0.5 * math.cos(2 * math.pi * seconds / clip.drift_seconds))
    return Shot(
        pose=pose,
        expression=_expression(take, seconds, v),
        garment=clip.garment,
        noise=(_NOISE, seed, frame),
        light=blend(take.sitting.light, take.towards, drift),
    )


def _expression(take: ClipTake, seconds: float, variety: Variety) -> Expression:
    seed = take.seed
    strength = variety.strength[1]
    talking = 1 / (1 + math.exp(-4 * wave(seed, _TALKING, seconds, 0.05, 0.2)))
    mouth = max(0.0, 0.5 + 0.5 * wave(seed, _TALK, seconds, 1.5, 4.0)) * 0.28 * talking
    smile = max(0.0, wave(seed, _SMILE, seconds, 0.04, 0.15) - 0.4) * 0.7
    return Expression(
        word="talk",
        open=min(mouth, 0.6) * strength,
        smile=min(smile, 1.0) * strength,
        blink=blink_at(seed, seconds),
        brow=0.25 * math.tanh(wave(seed, _BROW, seconds, 0.1, 0.5)),
        gaze_across=0.4 * math.tanh(wave(seed, _GAZE, seconds, 0.1, 0.6)),
        gaze_up=0.25 * math.tanh(wave(seed, _LIFT, seconds, 0.1, 0.6)),
    )


def blink_at(seed: int, seconds: float) -> float:
    """How far the lids are closed, 0 to 1: one blink of 0.24 s in every three seconds."""
    beat = int(seconds // 3)
    middle = 3 * beat + float(generator(_BLINK, seed, beat).uniform(0.2, 2.8))
    return float(np.clip(1.25 - abs(seconds - middle) / 0.096, 0, 1))
