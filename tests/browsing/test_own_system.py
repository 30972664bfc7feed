"""What is made of what facelab's page tells of a training."""

from __future__ import annotations

from facelab.browsing.own_system import _history
from facelab.contract.history import NO_PHOTO
from facelab.contract.parameters import Parameters

TOLD = {"loss": "1.5", "accuracy": "0.5", "learning rate": "1"}


def test_a_batch_is_as_large_as_the_page_says() -> None:
    """So a page that takes a photo more draws too few values, and is refused for their number."""
    tables = [[{**TOLD, "photos": "2 0 1"}, {**TOLD, "photos": "3"}]]
    history = _history(tables, (0,), Parameters(batch_size=2), [5, 6, 7, 4], 2)
    assert history.photos.tolist() == [[[7, 5, 6], [4, NO_PHOTO, NO_PHOTO]]]
    assert history.batch_sizes.tolist() == [[3, 1]]


def test_a_training_that_was_stopped_at_once() -> None:
    history = _history([[], []], (0, 1), Parameters(batch_size=2), [0, 1], 2)
    assert history.photos.shape == (2, 0, 2)
