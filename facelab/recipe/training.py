"""Trains the face finder, a checkpoint after each epoch; goes on from the last one."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import joblib
import keras
import numpy as np

from facelab.base.files import whole
from facelab.faces.network import Weights
from facelab.recipe.batches import STEPS, batches, draw_part, scenes_of
from facelab.recipe.dataset import CHECKPOINT
from facelab.recipe.model import build, build_refinement, loss, refinement_loss, unfold
from facelab.recipe.refinement_crops import BATCH, batches_of_crops, read_crops
from facelab.studio.maths import Array

Epoch = Callable[[int], Iterator[tuple[Array, Array]]]
"""Gives the batches of an epoch by its number."""


def train(folder: Path, epochs: int, start: Weights | None, *, jobs: int) -> keras.Model:
    """Train the network on the scenes of ``folder``; samples are drawn afresh every epoch.

    ``start``: the weights to go on from, if any.
    """

    def new() -> keras.Model:
        model = build()
        if start:
            unfold(model, start, draw_part(folder, 0, 0)[0][:256].astype(np.float32))
            scenes_of.cache_clear()  # a gigabyte that only the other processes need
        return model

    with joblib.Parallel(jobs, return_as="generator") as workers:
        return _train(
            folder / CHECKPOINT,
            new,
            loss,
            lambda epoch: batches(folder, epoch, workers),
            epochs=epochs,
            steps=STEPS,
            rate=1.5e-3,
        )


def train_refinement(folder: Path, epochs: int) -> keras.Model:
    """Train the refinement network, from nothing, on the crops of ``folder``."""
    pictures, targets = read_crops(folder)
    return _train(
        folder / "refinement.keras",
        build_refinement,
        refinement_loss,
        lambda epoch: batches_of_crops(pictures, targets, epoch),
        epochs=epochs,
        steps=len(pictures) // BATCH,
        rate=4e-3,
    )


def _train(
    checkpoint: Path,
    new: Callable[[], keras.Model],
    loss: Any,
    data: Epoch,
    *,
    epochs: int,
    steps: int,
    rate: float,
) -> keras.Model:
    """Train a model, or go on from its checkpoint; its losses go to a table beside that."""
    keras.utils.set_random_seed(0)
    model = keras.saving.load_model(checkpoint) if checkpoint.exists() else new()
    if not model.compiled:
        schedule = keras.optimizers.schedules.CosineDecay(
            1e-5, epochs * steps, warmup_target=rate, warmup_steps=300
        )
        optimizer = keras.optimizers.AdamW(schedule, weight_decay=1e-4, clipnorm=5.0)
        # on two cores 1.5 times as many samples a second as without
        model.compile(optimizer, loss, jit_compile=True)
    for epoch in range(int(model.optimizer.iterations) // steps, epochs):
        model.fit(
            data(epoch),
            steps_per_epoch=steps,
            shuffle=False,
            initial_epoch=epoch,
            epochs=epoch + 1,
            callbacks=[keras.callbacks.CSVLogger(checkpoint.with_suffix(".csv"), append=True)],
            verbose=2,
        )
        unfinished = checkpoint.with_name("unfinished.keras")
        model.save(unfinished)
        unfinished.replace(checkpoint)
    return model


def store(net: Weights, path: Path) -> None:
    """Write folded convolutions as float16."""
    arrays: dict[str, Any] = {}
    for name, layer in net.items():
        arrays[f"{name}_kernel"] = layer.kernel.astype(np.float16)
        arrays[f"{name}_bias"] = layer.bias.astype(np.float16)
    with whole(path) as half, half.open("wb") as file:
        np.savez_compressed(file, **arrays)
