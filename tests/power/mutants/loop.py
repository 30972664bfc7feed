"""Faults in the training loop: rate, order, step, and what a step remembers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np
import tensorflow as tf

from facelab.contract.history import History
from facelab.contract.parameters import Parameters
from tests.power.mutant import TRAINING, Catalogue, Mutant, Patch
from tests.power.mutants.data import ORACLE, TRAIN
from tests.power.mutants.head import GRADIENT, INITIAL, STEP
from tests.power.state import Memory, Pair, Rule, remembering

MUTANTS = Catalogue()
add = MUTANTS.add

ORDER, RUN = f"{TRAINING}photo_order", f"{TRAINING}run_chunk"
LOW = 0.005
"""A rate under this counts as low, for faults that only show there."""


def rate_changed(change: Callable[[Any], Any]) -> Patch:
    """Return a patch of ``step`` that uses another rate."""
    return lambda step: lambda kernel, bias, slope, rate: step(kernel, bias, slope, change(rate))


add("T1", "nothing is learnt", STEP)(rate_changed(lambda rate: 0 * rate))
add("T2", "the gradient's sign is flipped", STEP)(rate_changed(lambda rate: -rate))
add("T3", "the rate is ten times the one shown", STEP)(rate_changed(lambda rate: 10 * rate))
add("T4", "a tenth of the rate shown", STEP)(rate_changed(lambda rate: rate / 10))
add("T5", "the rate is not used, always 0.01", STEP)(rate_changed(lambda _: 0.01))
add("N18", "the rate is 3 % more than shown", STEP)(rate_changed(lambda rate: 1.03 * rate))


def shown_as_asked(changed: Patch) -> dict[str, Patch]:
    """Return the patches of a changed rate that the history hides."""

    def train(original: Any) -> Any:
        def mutated(x: Any, y: Any, people: int, parameters: Parameters, **more: Any) -> Any:
            head, history = original(x, y, people, parameters, **more)
            shown = np.full_like(history.learning_rate, parameters.learning_rate)
            return head, replace(history, learning_rate=shown)

        return mutated

    return {STEP: changed, TRAIN: train}


def hidden(label: str, what: str, change: Callable[[Any], Any]) -> None:
    """Define a mutant whose history shows the rate asked for, whatever was used."""
    MUTANTS.define(Mutant(label, what, shown_as_asked(rate_changed(change))))


hidden("N19", "the rate is shown but not used: 0.01 it is", lambda _: 0.01)
hidden(
    "N20", "at a low rate ten times as much, shown as asked", lambda r: tf.where(r < LOW, 10 * r, r)
)
hidden("N21", "at a low rate a tenth, shown as asked", lambda r: tf.where(r < LOW, r / 10, r))
hidden("N22", "at a high rate a hundredth, shown as asked", lambda r: tf.where(r < LOW, r, r / 100))
hidden(
    "N23",
    "rates above 1 are cut to 1, below 0.5 set to 0.5",
    lambda r: tf.clip_by_value(r, 0.5, 1.0),
)


@add("T9", "the gradient is cut to a length of 0.01", GRADIENT)
def clipped(gradient: Any) -> Any:
    def mutated(*given: Any) -> Pair:
        kernel, bias = gradient(*given)
        length = tf.sqrt(tf.reduce_sum(kernel**2, axis=[1, 2]) + tf.reduce_sum(bias**2, axis=1))
        factor = 0.01 / tf.maximum(length, 0.01)
        return kernel * factor[:, None, None], bias * factor[:, None]

    return mutated


@add("T10", "the gradient is the sum over the batch, not its mean", GRADIENT)
def summed(gradient: Any) -> Any:
    return lambda x, logits, y, share: gradient(x, logits, y, tf.sign(share))


def _squared() -> Mutant:
    def measure(original: Any) -> Any:
        def mutated(logits: Any, y: Any, share: Any) -> Any:
            square = tf.reduce_mean((tf.nn.softmax(logits) - y) ** 2, axis=2)
            return tf.reduce_sum(square * share, axis=1), original(logits, y, share)[1]

        return mutated

    def gradient(_: Any) -> Any:
        def mutated(x: Any, logits: Any, y: Any, share: Any) -> Pair:
            odds = tf.nn.softmax(logits)
            off = odds * (odds - y)
            residual = off - odds * tf.reduce_sum(off, axis=2, keepdims=True)
            residual *= 2 / y.shape[2] * share[..., None]
            kernel = tf.reduce_sum(x[..., None] * residual[:, :, None], axis=1)
            return kernel, tf.reduce_sum(residual, 1)

        return mutated

    return Mutant(
        "T11",
        "squared error in place of cross-entropy",
        {f"{TRAINING}measure": measure, GRADIENT: gradient},
    )


MUTANTS.define(_squared())


def remembers(
    label: str, what: str, slots: int = 0, *, from_start: bool = False, why: str = ""
) -> Callable[[Rule], Rule]:
    """Return a decorator: the rule below makes a mutant that remembers.

    ``why`` the features may not see it: then the oracle must.
    """

    def define(rule: Rule) -> Rule:
        patches = remembering(rule, slots, from_start=from_start)
        tests = ORACLE if why else ()
        MUTANTS.define(Mutant(label, what, patches, tests=tests, why=why))
        return rule

    return define


def moved(weights: Pair, slope: Pair, rate: Any) -> Pair:
    """Return the weights after a plain step; ``rate`` may differ by replicate, (R, 1)."""
    rate = tf.broadcast_to(rate, [weights[1].shape[0], 1])
    return weights[0] - rate[:, :, None] * slope[0], weights[1] - rate * slope[1]


@remembers("T6", "the rate decays as 1 / t")
def decaying(weights: Pair, slope: Pair, rate: Any, memory: Memory) -> tuple[Pair, list[Pair]]:
    return moved(weights, slope, rate / (1 + memory.number)), []


def adam(weights: Pair, slope: Pair, rate: Any, memory: Memory) -> tuple[Pair, list[Pair]]:
    """Return a step by Adam (Kingma and Ba, 2015), with its usual settings."""
    time = memory.number[:, :, None] + 1
    first, second = memory.slots
    first = tuple(0.9 * m + 0.1 * g for m, g in zip(first, slope, strict=True))
    second = tuple(0.999 * v + 0.001 * g**2 for v, g in zip(second, slope, strict=True))
    after = []
    for w, m, v in zip(weights, first, second, strict=True):
        t = time if len(w.shape) == 3 else time[:, :, 0]
        after.append(w - rate * (m / (1 - 0.9**t)) / (tf.sqrt(v / (1 - 0.999**t)) + 1e-7))
    return (after[0], after[1]), [first, second]


remembers("T7", "Adam in place of SGD", 2)(adam)


def _adam_at_low_rates() -> Mutant:
    def rule(weights: Pair, slope: Pair, rate: Any, memory: Memory) -> tuple[Pair, list[Pair]]:
        fast, slots = adam(weights, slope, rate, memory)
        plain = moved(weights, slope, rate)
        low = rate < LOW
        return (tf.where(low, fast[0], plain[0]), tf.where(low, fast[1], plain[1])), slots

    patches = remembering(rule, 2)
    remembered = patches[TRAIN]
    hide = shown_as_asked(lambda step: step)[TRAIN]
    return Mutant(
        "N24",
        "too good: Adam at low rates, shown as the rate asked for",
        {**patches, TRAIN: lambda train: hide(remembered(train))},
    )


MUTANTS.define(_adam_at_low_rates())


@remembers("T8", "momentum 0.9", 1)
def momentum(weights: Pair, slope: Pair, rate: Any, memory: Memory) -> tuple[Pair, list[Pair]]:
    velocity = tuple(0.9 * v + g for v, g in zip(memory.slots[0], slope, strict=True))
    return moved(weights, (velocity[0], velocity[1]), rate), [(velocity[0], velocity[1])]


def gated(weights: Pair, slope: Pair, rate: Any, open_: Any) -> tuple[Pair, list[Pair]]:
    """Return a plain step where ``open_`` (R, 1) is true, else none."""
    return moved(weights, slope, rate * tf.cast(open_, tf.float32)), []


@remembers("T12", "only the first batch of an epoch moves the weights")
def first_batch(weights: Pair, slope: Pair, rate: Any, memory: Memory) -> tuple[Pair, list[Pair]]:
    return gated(weights, slope, rate, memory.number % memory.per_epoch == 0)


@remembers("T13", "only every tenth batch moves the weights")
def tenth_batch(weights: Pair, slope: Pair, rate: Any, memory: Memory) -> tuple[Pair, list[Pair]]:
    return gated(weights, slope, rate, memory.number % 10 == 9)


@remembers(
    "N25",
    "the last batch of an epoch is seen but not learnt",
    why="other photos are in it every epoch, so that a fifteenth of the work is lost and no photo",
)
def last_batch(weights: Pair, slope: Pair, rate: Any, memory: Memory) -> tuple[Pair, list[Pair]]:
    return gated(weights, slope, rate, memory.number % memory.per_epoch != memory.per_epoch - 1)


@remembers("T14", "weights go back to the start after each epoch", 1, from_start=True)
def reset(weights: Pair, slope: Pair, rate: Any, memory: Memory) -> tuple[Pair, list[Pair]]:
    last = memory.number % memory.per_epoch == memory.per_epoch - 1
    kernel, bias = moved(weights, slope, rate)
    start = memory.slots[0]
    return (tf.where(last[:, :, None], start[0], kernel), tf.where(last, start[1], bias)), [start]


@remembers("T28", "gradients add up and are never cleared", 1)
def never_cleared(weights: Pair, slope: Pair, rate: Any, memory: Memory) -> tuple[Pair, list[Pair]]:
    total = tuple(s + g for s, g in zip(memory.slots[0], slope, strict=True))
    return moved(weights, (total[0], total[1]), rate), [(total[0], total[1])]


def _lagging() -> Mutant:
    def run_chunk(original: Any) -> Any:
        def mutated(x: Any, y: Any, order: Any, *more: Any) -> Any:
            before = np.concatenate([order[:1], order[:-1]])
            return original(x, y, np.concatenate([order, before], axis=2), *more)

        return mutated

    def first(values: Any) -> Any:
        return values[:, : values.shape[1] // 2]

    def second(values: Any) -> Any:
        return values[:, values.shape[1] // 2 :]

    return Mutant(
        "T15",
        "labels lag a batch behind the photos",
        {
            RUN: run_chunk,
            f"{TRAINING}batch_share": lambda share: lambda photos: share(first(photos)),
            f"{TRAINING}measure": lambda measure: (
                lambda logits, y, share: measure(first(logits), second(y), share)
            ),
            GRADIENT: lambda gradient: (
                lambda x, logits, y, share: gradient(first(x), first(logits), second(y), share)
            ),
        },
    )


MUTANTS.define(_lagging())


@add("T16", "it always learns from the same photo", RUN)
def same_photo(run_chunk: Any) -> Any:
    return lambda x, y, order, *more: run_chunk(x, y, np.minimum(order, 0), *more)


def ordered(label: str, what: str, change: Callable[[Any, int, Parameters, int], Any]) -> None:
    """Define a mutant whose updates see other photos.

    ``change(order, photos, parameters, seed)`` returns their order (U, B).
    """

    def patch(photo_order: Any) -> Any:
        def mutated(photos: int, parameters: Parameters, seed: int) -> Any:
            order = photo_order(photos, parameters, seed)
            return change(order, photos, parameters, seed).astype(np.int32)

        return mutated

    MUTANTS.add(label, what, ORDER)(patch)


def sampled(order: Any, photos: int, _: Parameters, seed: int) -> Any:
    """Draw the photos of each batch with replacement."""
    drawn = np.random.default_rng(seed).integers(0, photos, order.shape)
    return np.where(order < 0, -1, drawn)


def by_epoch(order: Any, parameters: Parameters) -> Any:
    """Return an order (U, B) as (epochs, places)."""
    return order.reshape(parameters.epochs, -1)


def unshuffled(order: Any, photos: int, parameters: Parameters, _: int) -> Any:
    """Leave the photos in the gallery's order."""
    places = by_epoch(order, parameters).shape[1]
    one = np.pad(np.arange(photos), (0, places - photos), constant_values=-1)
    return np.tile(one, (parameters.epochs, 1)).reshape(order.shape)


def shuffled_once(order: Any, _: int, parameters: Parameters, __: int) -> Any:
    """Repeat the first epoch's order."""
    epochs = by_epoch(order, parameters)
    return np.repeat(epochs[:1], len(epochs), axis=0).reshape(order.shape)


ordered("T17", "photos are drawn with replacement", sampled)
ordered("T18", "photos are not shuffled", unshuffled)
ordered("T19", "photos are shuffled once, not every epoch", shuffled_once)
ordered("T20", "the last, partial batch is dropped", lambda o, *_: o[(o >= 0).all(axis=1)])
ordered("T21", "the first batch is skipped", lambda o, *_: o[1:] if len(o) > 1 else o)


def asked(label: str, what: str, change: Callable[[Parameters, int], Parameters]) -> None:
    """Define a mutant that trains with other parameters than asked for."""

    def patch(train: Any) -> Any:
        def mutated(x: Any, y: Any, people: int, parameters: Parameters, **more: Any) -> Any:
            return train(x, y, people, change(parameters, len(x)), **more)

        return mutated

    MUTANTS.add(label, what, TRAIN)(patch)


asked("T22", "one epoch too many", lambda p, _: p.with_(epochs=p.epochs + 1))
asked("T23", "epochs are not used, always 20", lambda p, _: p.with_(epochs=20))
asked("T24", "the batch size is not used, always 32", lambda p, _: p.with_(batch_size=32))
asked("T25", "one batch of all photos", lambda p, photos: p.with_(batch_size=photos))


@add("T26", "it stops at the first batch that is all right", TRAIN)
def impatient(train: Any) -> Any:
    def mutated(*given: Any, **more: Any) -> Any:
        head, history = train(*given, **more)
        all_right = (history.accuracy == 1).any(axis=0)
        drawn = int(all_right.argmax()) + 1 if all_right.any() else history.updates
        return head, cut(history, slice(drawn))

    return mutated


def cut(history: History, part: Any) -> History:
    """Return a history with some of its updates."""
    names = ("loss", "accuracy", "learning_rate", "photos")
    kept: dict[str, Any] = {name: getattr(history, name)[:, part] for name in names}
    return replace(history, **kept)


def going_on(after: Callable[[History, int], bool]) -> dict[str, Any]:
    """Return the patches of a mutant whose training goes on from the weights of the last one.

    ``after(history, updates)``: whether it does so after this one, which was to make so many.
    """
    kept: dict[str, Any] = {}

    def train(original: Any) -> Any:
        kept.clear()

        def mutated(x: Any, y: Any, people: int, parameters: Parameters, **more: Any) -> Any:
            head, history = original(x, y, people, parameters, **more)
            kept.clear()
            if after(history, parameters.updates(len(x))):
                kept["head"] = head
            return head, history

        return mutated

    def initial_head(original: Any) -> Any:
        def mutated(*given: Any) -> Any:
            fresh, last = original(*given), kept.get("head")
            return last if last is not None and last.kernel.shape == fresh.kernel.shape else fresh

        return mutated

    return {TRAIN: train, INITIAL: initial_head}


def _continuing() -> Mutant:
    return Mutant(
        "T27",
        "a training goes on from the weights of the one before",
        going_on(lambda *_: True),
    )


def _unseeded() -> Mutant:
    # Numbers of its own in place of entropy: the mutant is the same in every run.
    numbers = count(1_000_000)

    def initial_head(original: Any) -> Any:
        return lambda features, people, parameters, seeds: original(
            features, people, parameters, [next(numbers) for _ in seeds]
        )

    def photo_order(original: Any) -> Any:
        return lambda photos, parameters, _: original(photos, parameters, next(numbers))

    return Mutant("T30", "the seed is not used", {INITIAL: initial_head, ORDER: photo_order})


MUTANTS.define(_continuing())
MUTANTS.define(_unseeded())


@add(
    "T31",
    "all replicates have the first one's seed",
    TRAIN,
    tests=("tests/learning/test_training.py::test_a_replicate_has_the_same_bits_alone",),
    why="no phrase compares the replicates of a training with each other",
)
def one_seed(train: Any) -> Any:
    # The first seed of each five: so it is in a run of five.
    def mutated(*given: Any, seeds: Any, **more: Any) -> Any:
        return train(*given, seeds=[seeds[i - i % 5] for i in range(len(seeds))], **more)

    return mutated


@add("N26", "an interrupt is not heard", TRAIN)
def deaf(train: Any) -> Any:
    return lambda *given, **more: train(*given, **{**more, "stop": None})


@add("N27", "an interrupted training loses all but the last part it drew", TRAIN)
def forgetful(train: Any) -> Any:
    def mutated(*given: Any, stop: Any = None, **more: Any) -> Any:
        head, history = train(*given, stop=stop, **more)
        return head, cut(history, slice(-512, None)) if stop else history

    return mutated


@add(
    "N28",
    "weights are rounded to 8 bits after each update",
    STEP,
    tests=ORACLE,
    why="the curves are the same to the eye",
)
def half_precision(step: Any) -> Any:
    def mutated(*given: Any) -> Pair:
        kernel, bias = step(*given)
        rough = tf.cast(tf.cast(kernel, tf.bfloat16), tf.float32)
        return rough, tf.cast(tf.cast(bias, tf.bfloat16), tf.float32)

    return mutated
