"""Steps of our own."""

import numpy as np
from pytest_bdd import then

from facelab import Interval, LiveSheet, Training, phrase


@then(phrase("from update to update the loss rises by at most {bound:Number}"))
def loss_rises_little(sheet: LiveSheet, training: Training, bound: float) -> None:
    """Measure the largest rise of the loss from one update to the next, in nats."""
    rise = np.diff(training.history.loss, axis=1).max(axis=1)
    sheet.judge("largest rise of the loss", rise, Interval.at_most(bound))
