"""Trains the face finder: samples drawn afresh every epoch, a checkpoint after each."""

from pathlib import Path
from typing import Any

import joblib
import keras
import numpy as np

from facelab.finder.net import Convolution
from facelab.finder.recipe.batches import STEPS, batches
from facelab.finder.recipe.model import build, loss


def train(folder: Path, epochs: int, *, jobs: int, rate: float = 2.5e-3) -> keras.Model:
    """Train on the scenes of ``folder``, or go on from its last checkpoint; seeds are fixed."""
    checkpoint, log = folder / "finder.keras", folder / "finder.csv"
    keras.utils.set_random_seed(0)
    model = keras.saving.load_model(checkpoint) if checkpoint.exists() else build()
    if not model.compiled:
        schedule = keras.optimizers.schedules.CosineDecay(
            1e-5, epochs * STEPS, warmup_target=rate, warmup_steps=300
        )
        optimizer = keras.optimizers.AdamW(schedule, weight_decay=1e-4, clipnorm=5.0)
        model.compile(optimizer, loss, jit_compile=False)
    done = int(model.optimizer.iterations) // STEPS
    with joblib.Parallel(jobs, return_as="generator", pre_dispatch=2 * jobs) as workers:
        for epoch in range(done, epochs):
            model.fit(
                batches(folder, epoch, workers),
                steps_per_epoch=STEPS,
                shuffle=False,
                initial_epoch=epoch,
                epochs=epoch + 1,
                callbacks=[keras.callbacks.CSVLogger(log, append=True)],
                verbose=2,
            )
            unfinished = checkpoint.with_name("unfinished.keras")
            model.save(unfinished)
            unfinished.replace(checkpoint)
    return model


def store(net: dict[str, Convolution], path: Path) -> None:
    """Write folded convolutions as float16."""
    arrays: dict[str, Any] = {}
    for name, layer in net.items():
        arrays[f"{name}_kernel"] = layer.kernel.astype(np.float16)
        arrays[f"{name}_bias"] = layer.bias.astype(np.float16)
    np.savez_compressed(path, **arrays)
