"""Trainings on the page: how one is asked for, and what is sent and told of it."""

from __future__ import annotations

import base64
import json
from itertools import islice
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from websockets.sync.client import ClientConnection

from facelab.contract.parameters import Parameters
from tests.conftest import ROOT
from tests.page.client import Client, heard

CHOSEN: dict[str, Any] = {"learning_rate": 0.5, "epochs": 6, "batch_size": 5}
PARAMETERS_CHOSEN = Parameters(**CHOSEN)
FOREVER: dict[str, Any] = {"learning_rate": 0.001, "epochs": 150_000, "batch_size": 1}
"""A training that is still running when it is stopped, on a quick machine too."""
PHOTOS = 24


def train(tab: ClientConnection, number: str = "t", *, hears: bool = False, **chosen: Any) -> None:
    told = {"type": "train", "id": number, "parameters": CHOSEN | chosen, "seed": 3}
    tab.send(json.dumps(told | {"hears": hears}))


def numbers(text: str, kind: str = "<f4") -> NDArray[Any]:
    return np.frombuffer(base64.b64decode(text), kind)


def packed(array: NDArray[Any], kind: str = "<f4") -> str:
    return base64.b64encode(array.astype(kind).tobytes()).decode()


def shots() -> list[NDArray[np.uint8]]:
    """Frames of two people and of nobody, in grey."""
    paths = [
        *islice(sorted((ROOT / "fixtures" / "gallery" / "Alex").iterdir()), 8, 12),
        *islice(sorted((ROOT / "fixtures" / "gallery" / "Lara").iterdir()), 8, 12),
    ]
    read = [cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) for path in paths]
    return [*(np.asarray(grey, np.uint8) for grey in read), np.full((240, 320), 128, np.uint8)]


def trained_on(page: Client, **chosen: Any) -> Any:
    with page.socket() as tab:
        train(tab, **chosen)
        return heard(tab, "trained")["model"]
