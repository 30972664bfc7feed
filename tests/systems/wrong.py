"""Systems that are wrong in one way each: the stand-in with one mistake."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facelab.contract.system import Lesson, Predict, Tell
from tests.systems.standin import StandIn


class RunningMeans(StandIn):
    """Keras' way: means since the beginning of the epoch."""

    def learn(self, lesson: Lesson, tell: Tell) -> Predict:
        sizes: list[int] = []
        values: list[tuple[float, float]] = []

        def tell_means(loss: float, accuracy: float, photos: NDArray[np.int64]) -> bool:
            if sum(sizes) == len(lesson.labels):
                sizes.clear()
                values.clear()
            sizes.append(len(photos))
            values.append((loss, accuracy))
            return tell(*np.average(values, axis=0, weights=sizes), photos)

        return super().learn(lesson, tell_means)


class OneAnEpoch(StandIn):
    """As a progress bar has it: the last batch's values at the end of the epoch."""

    def learn(self, lesson: Lesson, tell: Tell) -> Predict:
        seen: list[NDArray[np.int64]] = []

        def tell_last(loss: float, accuracy: float, photos: NDArray[np.int64]) -> bool:
            seen.append(photos)
            if sum(map(len, seen)) < len(lesson.labels):
                return False
            seen.clear()
            return tell(loss, accuracy, photos)

        return super().learn(lesson, tell_last)


class TenfoldRate(StandIn):
    """A menu that says 0.001 and sends 0.01."""

    def learn(self, lesson: Lesson, tell: Tell) -> Predict:
        rate = 10 * lesson.parameters.learning_rate
        return super().learn(
            replace(lesson, parameters=lesson.parameters.with_(learning_rate=rate)), tell
        )


class ShiftedLabels(StandIn):
    """People counted from 1 where they were given from 0."""

    def learn(self, lesson: Lesson, tell: Tell) -> Predict:
        return super().learn(replace(lesson, labels=(lesson.labels + 1) % lesson.people), tell)


class NoShuffle(StandIn):
    """The photos always in one order."""

    def shuffled(self, count: int, random: np.random.Generator) -> NDArray[np.int64]:  # noqa: ARG002
        return np.arange(count)


class ZeroWeights(StandIn):
    """Weights of zero in place of those that were given."""

    def learn(self, lesson: Lesson, tell: Tell) -> Predict:
        return super().learn(replace(lesson, kernel=np.zeros_like(lesson.kernel)), tell)


class OwnZeroWeights(ZeroWeights):
    """The same, by one that does not say that it takes weights."""

    capabilities = ("photo ids", "stop")


class Hang(StandIn):
    """It never comes back from the fourth update."""

    silence = 3.0  # more than a busy computer needs for three updates

    def learn(self, lesson: Lesson, tell: Tell) -> Predict:
        def tell_three(loss: float, accuracy: float, photos: NDArray[np.int64]) -> bool:
            if tell(loss, accuracy, photos):
                return True
            self.told += 1
            if self.told == 3:
                time.sleep(60)
            return False

        self.told = 0
        return super().learn(lesson, tell_three)


class GoesOn(StandIn):
    """It does not stop when it is told to."""

    def learn(self, lesson: Lesson, tell: Tell) -> Predict:
        def tell_only(loss: float, accuracy: float, photos: NDArray[np.int64]) -> bool:
            tell(loss, accuracy, photos)
            return False

        return super().learn(lesson, tell_only)


class StopsLate(StandIn):
    """It makes three more updates when it is told to stop."""

    def learn(self, lesson: Lesson, tell: Tell) -> Predict:
        left = 4

        def tell_late(loss: float, accuracy: float, photos: NDArray[np.int64]) -> bool:
            nonlocal left
            left -= tell(loss, accuracy, photos)
            return left == 0

        return super().learn(lesson, tell_late)


class Crash(StandIn):
    """It raises."""

    def learn(self, lesson: Lesson, tell: Tell) -> Predict:
        tell(1.0, 0.5, lesson.labels[:1])
        raise ValueError("tensors are\non two devices")


class NotANumber(StandIn):
    """Its third loss is NaN."""

    def learn(self, lesson: Lesson, tell: Tell) -> Predict:
        losses = iter((1.0, 1.0, float("nan")))
        return super().learn(
            lesson, lambda _, accuracy, photos: tell(next(losses), accuracy, photos)
        )


class NoSoftmax(StandIn):
    """It answers with twice the probabilities."""

    def learn(self, lesson: Lesson, tell: Tell) -> Predict:
        predict = super().learn(lesson, tell)
        return lambda embeddings: 2 * np.asarray(predict(embeddings))


class Nothing(StandIn):
    """It can do nothing but train and answer."""

    capabilities = ()

    def learn(self, lesson: Lesson, tell: Tell) -> Predict:
        def tell_values(loss: float, accuracy: float, _photos: Any) -> bool:
            return tell(loss, accuracy)

        return super().learn(lesson, tell_values)
