"""Clothes painted on the torso: cut at the neck, weave, folds."""

from dataclasses import dataclass

import numpy as np

from facelab.studio.maths import Array, Float, lerp, smoothstep, unit
from facelab.studio.noise import Pattern, sample
from facelab.studio.sitting import Garment, Neck, Weave


@dataclass(frozen=True)
class Dressed:
    """Torso with its garment at n pixels: albedo (n, 3), folded normals (n, 3), cover (n,)."""

    albedo: Array
    normal: Array
    cover: Array


def dress(garment: Garment, u: Array, v: Array, skin: Array, normal: Array) -> Dressed:
    """Dress the torso at flat (u, v), given the skin (n, 3) and the bare normals (n, 3)."""
    edge = _neckline(garment.neck, (u - 0.5) * 2 * np.pi)
    cover = smoothstep(-0.006, 0.006, v - edge)
    broad = sample(Pattern.CLOUD, u * 1.1 + garment.texture * 0.37, v * 0.9)
    fine = sample(Pattern.GRAIN, u * 7, v * 6)
    tone = _weave(garment.weave, u, v) * (1 + 0.10 * broad + 0.06 * fine)
    band = smoothstep(0.0, 0.006, v - edge) * smoothstep(0.030, 0.022, v - edge)
    cloth = np.array(garment.colour, Float) * (tone * (1 - 0.25 * band))[:, None]
    across = sample(Pattern.CLOUD, u * 1.2 + 0.2 + garment.texture, v * 0.7) * 0.24
    upward = sample(Pattern.CLOUD, u * 1.2, v * 0.7 + garment.texture * 0.3) * 0.20
    folds = np.stack([across, upward, np.zeros_like(u)], -1) * cover[:, None]
    shadow = 1 - 0.5 * np.exp(-(((v - edge + 0.012) / 0.015) ** 2)) * (1 - cover)
    albedo = lerp(skin * shadow[:, None], cloth, cover[:, None]).astype(Float)
    return Dressed(albedo, unit(normal + folds), cover)


def _neckline(neck: Neck, azimuth: Array) -> Array:
    """V where the cloth begins at each azimuth (rad, 0 in front)."""
    if neck is Neck.CREW:
        return 0.075 + 0.05 * np.cos(azimuth)
    if neck is Neck.V:
        return 0.09 + 0.30 * np.clip(1 - np.abs(azimuth) / 0.55, 0, 1)
    if neck is Neck.COLLAR:
        return 0.03 + 0.14 * np.clip(1 - np.abs(azimuth) / 0.35, 0, 1)
    return 0.05 + 0.03 * np.cos(azimuth)


def _weave(weave: Weave, u: Array, v: Array) -> Array:
    if weave is Weave.STRIPE:
        return np.where(np.sin(v * 95) > 0.2, 1.0, 2.2)
    if weave is Weave.CHECK:
        across, down = np.sin(u * 150) > 0, np.sin(v * 80) > 0
        result: Array = (1 + 0.7 * down) * (1 + 0.7 * across) * 0.65
        return result
    return np.ones_like(u)
