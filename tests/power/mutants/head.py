"""Faults in the softmax head: its weights, its outputs, its loss."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import tensorflow as tf

from tests.power.mutant import TRAINING, Catalogue, Mutant
from tests.power.mutants.data import PREDICT

MUTANTS = Catalogue()
add = MUTANTS.add

INITIAL, STEP = f"{TRAINING}initial_head", f"{TRAINING}step"
FORWARD, MEASURE, GRADIENT = (f"{TRAINING}{name}" for name in ("forward", "measure", "gradient"))


def scaled(factor: float) -> Any:
    """Return a patch that multiplies the initial kernels."""

    def patch(initial_head: Any) -> Any:
        def mutated(*given: Any) -> Any:
            head = initial_head(*given)
            return replace(head, kernel=head.kernel * np.float32(factor))

        return mutated

    return patch


add("M1", "weights begin at zero", INITIAL)(scaled(0))
add("M2", "weights begin twenty times as large", INITIAL)(scaled(20))
add(
    "N17",
    "weights begin three times as large",
    INITIAL,
    tests=("tests/learning/test_training.py::test_weights_begin_as_glorot_and_bengio_have_them",),
    why="even then the first answers lie near chance",
)(scaled(3))


@add("M4", "there is no bias", STEP)
def no_bias(step: Any) -> Any:
    return lambda kernel, bias, slope, rate: (step(kernel, bias, slope, rate)[0], bias)


@add("M5", "only the bias learns", STEP)
def frozen(step: Any) -> Any:
    return lambda kernel, bias, slope, rate: (kernel, step(kernel, bias, slope, rate)[1])


@add("M6", "one output too many", f"{TRAINING}train")
def one_more(train: Any) -> Any:
    return lambda x, y, people, parameters, **more: train(x, y, people + 1, parameters, **more)


@add("M7", "softmax twice", FORWARD)
def twice(forward: Any) -> Any:
    return lambda *given: tf.nn.softmax(forward(*given))


def _logits_as_odds() -> Mutant:
    def gradient(_: Any) -> Any:
        def mutated(x: Any, logits: Any, y: Any, share: Any) -> Any:
            inside = tf.cast((logits > 1e-7) & (logits < 1), tf.float32)
            residual = -inside * y / tf.maximum(logits, 1e-7) * share[..., None]
            kernel = tf.reduce_sum(x[..., None] * residual[:, :, None], axis=1)
            return kernel, tf.reduce_sum(residual, 1)

        return mutated

    def measure(original: Any) -> Any:
        return lambda logits, y, share: original(
            tf.math.log(tf.clip_by_value(logits, 1e-7, 1.0)), y, share
        )

    return Mutant(
        "M8", "logits are taken for probabilities", {GRADIENT: gradient, MEASURE: measure}
    )


def _sigmoid() -> Mutant:
    def gradient(_: Any) -> Any:
        def mutated(x: Any, logits: Any, y: Any, share: Any) -> Any:
            residual = (tf.nn.sigmoid(logits) - y) * share[..., None]
            kernel = tf.reduce_sum(x[..., None] * residual[:, :, None], axis=1)
            return kernel, tf.reduce_sum(residual, 1)

        return mutated

    def measure(original: Any) -> Any:
        def mutated(logits: Any, y: Any, share: Any) -> Any:
            each = tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=logits)
            loss = tf.reduce_sum(tf.reduce_sum(each, axis=2) * share, axis=1)
            return loss, original(logits, y, share)[1]

        return mutated

    def predict(_: Any) -> Any:
        def mutated(trained: Any, frames: Any) -> Any:
            vectors = trained.embedder.embed(frames).vectors
            logits = np.matmul(vectors, trained.head.kernel) + trained.head.bias[:, None]
            return 1 / (1 + np.exp(-logits))

        return mutated

    return Mutant(
        "M9",
        "a sigmoid for each person in place of softmax",
        {GRADIENT: gradient, MEASURE: measure, PREDICT: predict},
    )


def _dropout() -> Mutant:
    masks: list[Any] = []

    def forward(original: Any) -> Any:
        def mutated(x: Any, kernel: Any, bias: Any) -> Any:
            mask = tf.cast(tf.random.uniform(tf.shape(x)) < 0.1, tf.float32) * 10
            masks[:] = [mask]
            return original(x * mask, kernel, bias)

        return mutated

    def gradient(original: Any) -> Any:
        return lambda x, *given: original(x * masks[0], *given)

    return Mutant(
        "M12",
        "nine in ten inputs are dropped while it learns",
        {FORWARD: forward, GRADIENT: gradient},
    )


@add("M13", "weights are drawn to zero (L2, 1.0)", STEP)
def decay(step: Any) -> Any:
    def mutated(kernel: Any, bias: Any, slope: Any, rate: Any) -> Any:
        return step(kernel, bias, (slope[0] + kernel, slope[1]), rate)

    return mutated


for _made in (_logits_as_odds(), _sigmoid(), _dropout()):
    MUTANTS.define(_made)
