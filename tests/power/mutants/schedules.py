"""Faults in the rate and the step: schedules, limits, shrinkage, what shows only now and then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from tests.power.mutant import Catalogue
from tests.power.mutants.head import GRADIENT, STEP
from tests.power.mutants.loop import RUN, moved
from tests.power.state import Memory, Pair, Rule, remembering

MUTANTS = Catalogue()
add = MUTANTS.add


def paced(label: str, what: str, pace: Callable[[Memory], Any]) -> None:
    """Define a mutant whose rate is multiplied by ``pace``, (R, 1), at each update."""

    def rule(weights: Pair, slope: Pair, rate: Any, memory: Memory) -> tuple[Pair, list[Pair]]:
        return moved(weights, slope, rate * pace(memory)), []

    stepped(label, what)(rule)


def stepped(
    label: str, what: str, slots: int = 0, *, from_start: bool = False
) -> Callable[[Rule], Rule]:
    """Return a decorator: the rule below makes a mutant that remembers."""

    def define(rule: Rule) -> Rule:
        from tests.power.mutant import Mutant

        MUTANTS.define(Mutant(label, what, remembering(rule, slots, from_start=from_start)))
        return rule

    return define


def at_rate(label: str, what: str, change: Callable[[int, int], float]) -> None:
    """Define a mutant whose rate is multiplied by what ``change(batch size, people)`` says."""

    def run_chunk(original: Any) -> Any:
        def mutated(
            x: Any, y: Any, order: Any, count: Any, rate: Any, kernel: Any, bias: Any
        ) -> Any:
            size = int((order >= 0).sum(axis=2).max())
            factor = np.float32(change(size, int(bias.shape[1])))
            return original(x, y, order, count, rate * factor, kernel, bias)

        return mutated

    add(label, what, RUN)(run_chunk)


def epoch(memory: Memory) -> Any:
    """Return the number of whole epochs made, (R, 1)."""
    return tf.floor(memory.number / memory.per_epoch)


def place(memory: Memory) -> Any:
    """Return how many updates of the epoch are made, (R, 1)."""
    return memory.number % memory.per_epoch


def length(pair: Pair) -> Any:
    """Return the length of a gradient of each replicate, (R,)."""
    return tf.sqrt(tf.reduce_sum(pair[0] ** 2, axis=[1, 2]) + tf.reduce_sum(pair[1] ** 2, axis=1))


def triangle(memory: Memory) -> Any:
    """Rise from half to one and a half in the epoch and fall again, 1 on average."""
    along = (place(memory) + 0.5) / memory.per_epoch
    return 1.5 - 2 * tf.abs(along - 0.5)


paced("S29", "warm-up over the first 20 updates", lambda m: tf.minimum((m.number + 1) / 20, 1.0))
paced(
    "S30", "warm-up over the first epoch", lambda m: tf.minimum((m.number + 1) / m.per_epoch, 1.0)
)
paced("S31", "the rate decays by 2 % an epoch", lambda m: 0.98 ** epoch(m))
paced("S32", "the rate is halved every five epochs", lambda m: 0.5 ** tf.floor(epoch(m) / 5))
paced("S33", "the rate cycles within an epoch, right on average", triangle)
paced(
    "S34",
    "a tenth of the rate at each epoch's first update",
    lambda m: tf.where(place(m) < 1, 0.1, 1.0),
)
paced(
    "S35",
    "half the rate at each epoch's last batch",
    lambda m: tf.where(place(m) < m.per_epoch - 1, 1.0, 0.5),
)
paced("S36", "the rate decays from update 1,000 on", lambda m: 1000 / tf.maximum(m.number, 1000.0))
at_rate("S37", "the rate goes with the root of the batch size", lambda size, _: (size / 16) ** 0.5)
at_rate("S38", "twice the rate for single photos", lambda size, _: 2 if size == 1 else 1)
at_rate(
    "S39",
    "the rate is shared out among more than four people",
    lambda _, people: 4 / max(people, 4),
)


@stepped("S40", "the kernel learns at 0.9 of the rate, the bias at all of it")
def slow_kernel(weights: Pair, slope: Pair, rate: Any, _: Memory) -> tuple[Pair, list[Pair]]:
    return moved(weights, (0.9 * slope[0], slope[1]), rate), []


@stepped("S41", "momentum 0.1", 1)
def small_momentum(
    weights: Pair, slope: Pair, rate: Any, memory: Memory
) -> tuple[Pair, list[Pair]]:
    kernel, bias = (0.1 * v + g for v, g in zip(memory.slots[0], slope, strict=True))
    return moved(weights, (kernel, bias), rate), [(kernel, bias)]


@stepped("S42", "Nesterov's momentum, 0.3", 1)
def nesterov(weights: Pair, slope: Pair, rate: Any, memory: Memory) -> tuple[Pair, list[Pair]]:
    kernel, bias = (0.3 * v + g for v, g in zip(memory.slots[0], slope, strict=True))
    ahead = 0.3 * kernel + slope[0], 0.3 * bias + slope[1]
    return moved(weights, ahead, rate), [(kernel, bias)]


@stepped("S43", "the gradient is noisy, by 5 % of its length")
def noisy(weights: Pair, slope: Pair, rate: Any, memory: Memory) -> tuple[Pair, list[Pair]]:
    # sines of large numbers in place of a generator, which takes minutes to compile
    _, features, people = slope[0].shape
    places = tf.reshape(tf.range(features * people, dtype=tf.float32), [1, features, people])
    noise = tf.sin(12.9898 * places + 78.233 * memory.number[:, :, None]) * 437.585
    noise = noise - tf.floor(noise) - 0.5
    noise *= length(slope)[:, None, None] / tf.norm(noise, axis=[1, 2], keepdims=True)
    return moved(weights, (slope[0] + 0.05 * noise, slope[1]), rate), []


@stepped("S44", "gradients of two batches are gathered, then their mean is used", 1)
def gathered(weights: Pair, slope: Pair, rate: Any, memory: Memory) -> tuple[Pair, list[Pair]]:
    held = tuple(s + g / 2 for s, g in zip(memory.slots[0], slope, strict=True))
    use = tf.cast(memory.number % 2 >= 1, tf.float32)
    kept = held[0] * (1 - use[:, :, None]), held[1] * (1 - use)
    return moved(weights, (held[0], held[1]), rate * use), [kept]


def clipped_to(most: float) -> Callable[[Any], Any]:
    """Return a patch of ``gradient`` that cuts it to a length."""

    def patch(gradient: Any) -> Any:
        def mutated(*given: Any) -> Pair:
            kernel, bias = gradient(*given)
            factor = most / tf.maximum(length((kernel, bias)), most)
            return kernel * factor[:, None, None], bias * factor[:, None]

        return mutated

    return patch


add("S45", "the gradient is cut to a length of 1", GRADIENT)(clipped_to(1))
add("S46", "the gradient is cut to a length of 0.1", GRADIENT)(clipped_to(0.1))


@add("S47", "weights decay: the kernel loses a thousandth at each update", STEP)
def decaying(step: Any) -> Any:
    def mutated(kernel: Any, bias: Any, slope: Any, rate: Any) -> Pair:
        after: Pair = step(kernel, bias, slope, rate)
        return after[0] - 0.001 * kernel, after[1]

    return mutated


@add("S48", "a person's weights are held to a length of 2", STEP)
def held(step: Any) -> Any:
    def mutated(*given: Any) -> Pair:
        kernel, bias = step(*given)
        return kernel * 2 / tf.maximum(tf.norm(kernel, axis=1, keepdims=True), 2.0), bias

    return mutated


@add("S49", "photos that it is sure of, by 0.9, are not learnt from", GRADIENT)
def hinged(gradient: Any) -> Any:
    def mutated(x: Any, logits: Any, y: Any, share: Any) -> Pair:
        right = tf.reduce_sum(tf.nn.softmax(logits) * y, axis=2)
        after: Pair = gradient(x, logits, y, share * tf.cast(right < 0.9, tf.float32))
        return after

    return mutated


@add("S50", "half a step where the whole batch is right", GRADIENT)
def content(gradient: Any) -> Any:
    def mutated(x: Any, logits: Any, y: Any, share: Any) -> Pair:
        hit = tf.cast(tf.argmax(logits, axis=2) == tf.argmax(y, axis=2), tf.float32)
        right = tf.reduce_sum(hit * share, axis=1) > 0.999
        factor = tf.where(right, 0.5, 1.0)[:, None]
        after: Pair = gradient(x, logits, y, share * factor)
        return after

    return mutated
