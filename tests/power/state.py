"""State: seams for faults that remember something from one update to the next.

The loop carries a kernel (R, D, C) and a bias (R, C). A fault that needs memory makes both longer:
``kernel`` becomes (R, D * (1 + slots), C), ``bias`` (R, C * (1 + slots)) + 1 for the number of
updates made; the seams outside ``step`` see the first part alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from tests.power.mutant import TRAINING, Patch

Pair = tuple[Any, Any]


@dataclass
class Memory:
    """What a step may use: ``number`` of updates made (R, 1), ``slots`` pairs like kernel, bias.

    ``per_epoch``: updates an epoch (R, 1).
    """

    number: Any
    per_epoch: Any
    slots: list[Pair]


Rule = Callable[[Pair, Pair, Any, Memory], tuple[Pair, list[Pair]]]
"""(kernel, bias), slope, rate, memory -> (next kernel, next bias), next slots."""


def remembering(rule: Rule, slots: int = 0, *, from_start: bool = False) -> dict[str, Patch]:
    """Return the patches of a fault whose step is ``rule``, with ``slots`` pairs of memory.

    The slots begin as zeros, or with ``from_start`` as the initial weights.
    """
    kept: dict[str, Any] = {"period": 1, "last": None}

    def train(original: Any) -> Any:
        def mutated(embeddings: Any, labels: Any, people: Any, parameters: Any, **more: Any) -> Any:
            kept.update(period=parameters.updates_per_epoch(len(embeddings)), last=None)
            return original(embeddings, labels, people, parameters, **more)

        return mutated

    def run_chunk(original: Any) -> Any:
        def mutated(
            x: Any, y: Any, order: Any, count: Any, rate: Any, kernel: Any, bias: Any
        ) -> Any:
            if kept["last"] is None:
                first = 1.0 if from_start else 0.0
                kernel_slots, bias_slots = [kernel * first] * slots, [bias * first] * slots
                clock = np.tile(np.array([0, kept["period"]], np.float32), (bias.shape[0], 1))
            else:
                kernel_slots, bias_slots, clock = kept["last"]
            long_kernel = tf.concat([kernel, *kernel_slots], axis=1)
            long_bias = tf.concat([bias, *bias_slots, clock], axis=1)
            long_kernel, long_bias, points = original(
                x, y, order, count, rate, long_kernel, long_bias
            )
            kernel, *kernel_slots = tf.split(long_kernel, slots + 1, axis=1)
            bias, *bias_slots = tf.split(long_bias[:, :-2], slots + 1, axis=1)
            kept["last"] = kernel_slots, bias_slots, long_bias[:, -2:]
            return kernel, bias, points

        return mutated

    def forward(original: Any) -> Any:
        return lambda x, kernel, bias: original(
            x, kernel[:, : x.shape[2]], bias[:, : kernel.shape[2]]
        )

    def step(_: Any) -> Any:
        def mutated(kernel: Any, bias: Any, slope: Pair, rate: Any) -> Pair:
            kernels = tf.split(kernel, slots + 1, axis=1)
            biases = tf.split(bias[:, :-2], slots + 1, axis=1)
            number, period = bias[:, -2:-1], bias[:, -1:]
            pairs = list(zip(kernels, biases, strict=True))
            memory = Memory(number, period, pairs[1:])
            moved, after = rule(pairs[0], slope, rate, memory)
            all_kernels, all_biases = zip(moved, *after, strict=True)
            return tf.concat(all_kernels, axis=1), tf.concat(
                [*all_biases, number + 1, period], axis=1
            )

        return mutated

    def record(original: Any) -> Any:
        return lambda loss, accuracy, moved, slope: original(
            loss, accuracy, moved[:, : slope.shape[1]], slope
        )

    return {
        f"{TRAINING}forward": forward,
        f"{TRAINING}step": step,
        f"{TRAINING}record": record,
        f"{TRAINING}train": train,
        f"{TRAINING}run_chunk": run_chunk,
    }
