"""Training at batch 1, true loss and accuracy kept at every update: facelab and its peers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from benchmarks.data import Task, gallery
from benchmarks.peers import floor, workers
from benchmarks.rounds import Build, Method
from facelab.contract.parameters import Parameters

RATE = 1.0
BASE = "Keras fit, a callback a batch"


def methods(people: int, torch: str) -> list[tuple[str, Build]]:
    """Return what trains on four or eleven people. ``torch``: a Python that has PyTorch."""
    task = gallery(people)
    builds: list[tuple[str, Callable[[Task], Method]]] = [
        (BASE, keras_fit),
        ("Keras train_on_batch", train_on_batch),
        ("NumPy, a loop", numpy_loop),
        ("C, a loop: the floor", floor.c_loop),
        ("PyTorch, eager", partial(workers.torch_eager, python=torch)),
        ("TensorFlow.js in Node, cpu", partial(workers.tensorflow_js, backend="cpu")),
        ("TensorFlow.js in Node, wasm", partial(workers.tensorflow_js, backend="wasm")),
    ]
    for replicates, epochs in ((1, 100), (5, 100), (32, 40)):
        name = f"facelab, {replicates} replicate{'s' * (replicates > 1)}"
        builds.append((name, partial(facelab, replicates=replicates, epochs=epochs, name=name)))
    return [(name, partial(build, task)) for name, build in builds]


def facelab(task: Task, replicates: int, epochs: int, name: str) -> Method:
    """The product's own function, whole: its heads, its basis, its history."""
    from facelab.learning.training import train

    parameters = Parameters(RATE, epochs, 1)

    def run() -> float:
        _, history = train(task.x, task.y, task.people, parameters, seeds=range(replicates))
        return history.updates * replicates

    return Method(name, run)


def _keras(task: Task) -> Any:
    import keras

    head = keras.layers.Dense(task.people, activation="softmax")
    model = keras.Sequential([keras.Input((task.x.shape[1],)), head])
    loss = "sparse_categorical_crossentropy"
    model.compile(optimizer=keras.optimizers.SGD(RATE), loss=loss, metrics=["accuracy"])
    return model


def keras_fit(task: Task) -> Method:
    """``Model.fit`` with a callback that keeps what it is told (running means, not the batch's)."""
    import keras

    class Keep(keras.callbacks.Callback):  # type: ignore[misc]
        def on_train_batch_end(self, _: int, logs: dict[str, Any]) -> None:
            kept.append((logs["loss"], logs["accuracy"]))

    kept: list[tuple[float, float]] = []
    model = _keras(task)

    def run() -> float:
        kept.clear()
        model.fit(task.x, task.y, batch_size=1, epochs=2, verbose=0, callbacks=[Keep()])
        return len(kept)

    return Method(BASE, run)


def train_on_batch(task: Task) -> Method:
    """``Model.train_on_batch``, whose values are the batch's own."""
    model, order = _keras(task), task.order(206)

    def run() -> float:
        kept = [model.train_on_batch(task.x[[i]], task.y[[i]]) for i in order]
        return len(np.array(kept, float))

    return Method("Keras train_on_batch", run)


def numpy_loop(task: Task) -> Method:
    """The same arithmetic by hand, one photo at a time."""
    order = task.order(4120)

    def run() -> float:
        return len(list(_numpy_updates(task, order)))

    return Method("NumPy, a loop", run)


def _numpy_updates(task: Task, order: Any) -> Iterator[tuple[float, bool]]:
    kernel = np.zeros((task.people, task.x.shape[1]), np.float32)
    bias = np.zeros(task.people, np.float32)
    for i in order:
        x, y = task.x[i], task.y[i]
        logits = kernel @ x + bias
        odds = np.exp(logits - logits.max())
        total = odds.sum()
        yield float(np.log(total / odds[y])), bool(logits.argmax() == y)
        slope = odds / total
        slope[y] -= 1
        slope *= RATE
        kernel -= slope[:, None] * x
        bias -= slope
