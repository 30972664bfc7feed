"""Parameters: what is allowed, what is said when it is not, the arithmetic of updates."""

from __future__ import annotations

import re

import pytest

from facelab.contract.errors import FacelabError
from facelab.contract.parameters import PARAMETERS, Parameters


@pytest.mark.parametrize(
    ("photos", "epochs", "batch_size", "updates"),
    [
        (103, 1, 1, 103),
        (103, 100, 1, 10_300),
        (103, 100, 103, 100),
        (103, 20, 16, 140),
        (200, 1000, 5, 40_000),
        (103, 3, 102, 6),
    ],
)
def test_updates(photos: int, epochs: int, batch_size: int, updates: int) -> None:
    parameters = Parameters(epochs=epochs, batch_size=batch_size)
    assert parameters.updates(photos) == updates


LEARNING_RATE = (
    "learning rate: received {}, allowed is a number more than 0 and at most 1,000; "
    "choose how far one update moves the weights, for example 0.001 or 1"
)
BATCH_SIZE = (
    "batch size: received {}, allowed is a whole number between 1 and {}; "
    "choose how many photos one update sees, from 1 to all photos of the gallery"
)
EPOCHS = (
    "epochs: received {}, allowed is a whole number between 1 and 1,000,000; "
    "choose how often every photo is seen, for example 20"
)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        *[
            ("learning_rate", v, LEARNING_RATE.format(v))
            for v in (0, -1, "nan", "abc", "inf", 1001)
        ],
        *[("batch_size", v, BATCH_SIZE.format(v, "1,000,000")) for v in (0, -1, 1.5, "x", "nan")],
        *[("epochs", v, EPOCHS.format(v)) for v in (0, 0.5, "many")],
    ],
)
def test_values_that_are_not_allowed(field: str, value: object, message: str) -> None:
    with pytest.raises(FacelabError, match=f"^{re.escape(message)}$"):
        Parameters().with_(**{field: value})


def test_batch_size_beyond_the_gallery() -> None:
    with pytest.raises(FacelabError, match=f"^{re.escape(BATCH_SIZE.format(104, 103))}$"):
        Parameters(batch_size=104).check_against(103)
    Parameters(batch_size=103).check_against(103)


def test_text_is_read_as_a_number() -> None:
    assert Parameters().with_(learning_rate="0.001", epochs="3") == Parameters(0.001, 3)


def test_every_parameter_is_a_field() -> None:
    assert {parameter.field for parameter in PARAMETERS} < set(Parameters.__dataclass_fields__)


def test_what_a_report_shows_is_what_was_set() -> None:
    shown = Parameters(0.001, epochs=3, batch_size=5).as_rows()
    assert shown["learning rate"] == 0.001
    assert (shown["epochs"], shown["batch size"]) == (3, 5)
    assert shown["kernel initializer"] == "glorot_uniform"
