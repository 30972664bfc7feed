"""Faults between the photos and the training: what it is given to learn from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from facelab.contract.parameters import Parameters
from facelab.contract.photos import Photos
from facelab.contract.training import TrainingRequest
from tests.power.mutant import TRAINING, Catalogue
from tests.power.mutants.frames import joined

MUTANTS = Catalogue()
add = MUTANTS.add

TRAIN = f"{TRAINING}train"
DESCRIBE = "facelab.faces.extractor:FeatureExtractor.extract"
PREDICT = "facelab.learning.trainer:Trained.predict"
CENTRING = "facelab.faces.embedding:Centring.place"

ANSWERS_AS_MODEL = ("tests/learning/test_trainer.py::test_the_model_answers_as_the_replicate",)
ORACLE = ("tests/learning/test_training.py::test_history_and_weights_are_the_oracles",)
"""The tests that replay a training in float64, and hold answers against those of a model."""

Floats = NDArray[np.float32]
Labels = NDArray[np.int32]


def given(
    label: str, what: str, change: Callable[[Floats, Labels, int], tuple[Floats, Labels]]
) -> None:
    """Define a mutant whose training gets other embeddings and labels."""

    def patch(train: Any) -> Any:
        def mutated(x: Floats, y: Labels, people: int, parameters: Parameters, **more: Any) -> Any:
            x, y = change(x, y, people)
            return train(x, y, people, parameters, **more)

        return mutated

    MUTANTS.add(label, what, TRAIN)(patch)


def only(
    keep: Callable[[Labels, int], Any],
) -> Callable[[Floats, Labels, int], tuple[Floats, Labels]]:
    """Return a change that keeps some of the photos, by their numbers or as a mask."""
    return lambda x, y, people: (x[keep(y, people)], y[keep(y, people)])


def random() -> np.random.Generator:
    """Return the generator of the faults that are drawn: the same for every training."""
    return np.random.default_rng(2019)


given("D1", "the last photo is dropped", only(lambda *_: slice(-1)))
given("D2", "the first photo is dropped", only(lambda *_: slice(1, None)))
given("D3", "one photo comes twice", only(lambda y, _: np.r_[0, : len(y)]))
given("D4", "every second photo only", only(lambda *_: slice(None, None, 2)))
given("D5", "one person's photos are missing", only(lambda y, people: y != people - 1))
given("D6", "two people are taken for one", lambda x, y, _: (x, np.where(y == 1, 0, y)))
given("D7", "labels are permuted at random", lambda x, y, _: (x, random().permutation(y)))
given("D8", "labels are shifted by one", lambda x, y, people: (x, (y + 1) % people))
given(
    "D9",
    "30 % of the labels are drawn at random",
    lambda x, y, people: (
        x,
        np.where(random().random(len(y)) < 0.3, random().integers(0, people, len(y)), y).astype(
            np.int32
        ),
    ),
)
given(
    "D11",
    "the photos of one are given to another as well",
    lambda x, y, _: (np.concatenate([x, x[y == 0]]), np.concatenate([y, y[y == 0] + 1])),
)
given(
    "D12",
    "the person with the fewest photos keeps a quarter of them",
    only(lambda y, _: (y != rarest(y)) | (np.cumsum(y == rarest(y)) % 4 == 1)),
)
given(
    "D13",
    "noise is added to the embeddings, three times as strong as they are",
    lambda x, y, _: (x + random().normal(0, 3 * x.std(), x.shape).astype(np.float32), y),
)
given(
    "N8",
    "the labels of the two men are swapped",
    lambda x, y, _: (x, np.where(y < 2, 1 - y, y).astype(np.int32)),
)
given("N9", "every embedding is rounded to a sign", lambda x, y, _: (np.sign(x), y))


def rarest(labels: Labels) -> int:
    """Return the person with the fewest photos."""
    return int(np.bincount(labels).argmin())


def rolled(original: Any) -> Any:
    def mutated(*given: Any) -> Any:
        # (..., y, share) in ``measure`` and ``gradient`` alike
        *before, y, share = given
        return original(*before, tf.roll(y, 1, axis=1), share)

    return mutated


add(
    "D10",
    "photos and labels of a batch are shuffled apart",
    f"{TRAINING}measure",
    f"{TRAINING}gradient",
)(rolled)


@add(
    "D16",
    "red and blue are swapped when it answers, not when it learns",
    PREDICT,
    fresh=True,
    tests=ANSWERS_AS_MODEL,
    why="the answers come from the shapes in grey levels, which hardly change",
)
def swapped_colours(predict: Any) -> Any:
    return lambda trained, frames: predict(trained, [frame[..., ::-1] for frame in frames])


@add(
    "D17",
    "frames are mirrored when it answers, not when it learns",
    PREDICT,
    fresh=True,
    tests=ANSWERS_AS_MODEL,
    why="faces are nearly symmetrical",
)
def mirrored(predict: Any) -> Any:
    return lambda trained, frames: predict(trained, [frame[:, ::-1] for frame in frames])


@add("D18", "every frame gets the first one's vector", DESCRIBE)
def stale_key(describe: Any) -> Any:
    def mutated(extractor: Any, frames: Any) -> Any:
        features = describe(extractor, frames)
        return replace(features, vectors=np.repeat(features.vectors[:1], len(frames), axis=0))

    return mutated


@add("N10", "the mean is taken from the frames it is asked about", PREDICT)
def centred_on_probes(predict: Any) -> Any:
    def mutated(trained: Any, frames: Any) -> Any:
        embedder = trained.embedder
        mean = embedder.extractor.extract(frames).vectors.mean(axis=0)
        centring = type(embedder.centring)(mean.tolist(), embedder.centring.norm)
        return predict(replace(trained, embedder=replace(embedder, centring=centring)), frames)

    return mutated


@add(
    "N11",
    "embeddings are not scaled to the norm",
    CENTRING,
    tests=("tests/faces/test_embedding.py::test_centring_gives_the_norm",),
    why="their own norms happen to lie round the one demanded",
)
def no_norm(_: Any) -> Any:
    return lambda centring, vectors, out=None: np.subtract(vectors, centring.mean, out=out)


@add(
    "N12",
    "the mean is not subtracted",
    CENTRING,
    tests=("tests/faces/test_embedding.py::test_centring_of_the_mean_is_zero",),
    why="the bias makes up for much of it",
)
def no_mean(place: Any) -> Any:
    def mutated(centring: Any, vectors: Any, out: Any = None) -> Any:
        return place(type(centring)([0.0] * len(centring.mean), centring.norm), vectors, out)

    return mutated


@add("N13", "the norm is four times the one shown", CENTRING)
def four_norms(place: Any) -> Any:
    return scaled(place, 4)


@add("N14", "a quarter of the norm shown", CENTRING)
def quarter_norm(place: Any) -> Any:
    return scaled(place, 1 / 4)


def scaled(place: Any, by: float) -> Any:
    """Return what places vectors, with all norms multiplied."""

    def mutated(centring: Any, vectors: Any, out: Any = None) -> Any:
        return place(type(centring)(centring.mean.tolist(), by * centring.norm), vectors, out)

    return mutated


@add(
    "N15",
    "the gradient's direction does not count: one orientation for all",
    "facelab.faces.layers:compiled_hog",
    "facelab.faces.hog:hog",
    fresh=True,
    tests=("tests/faces/test_embedding.py::test_hog_of_noise_is_scikit_images",),
    why="where the edges of a face lie tells these people apart, whatever their direction",
)
def no_orientation(hog: Any) -> Any:
    def mutated(squares: Any) -> Any:
        blocks = hog(squares).reshape(-1, 196, 9)
        return blocks.mean(axis=2, keepdims=True).repeat(9, axis=2).reshape(-1, 1764)

    return mutated


@add(
    "N16",
    "it has seen the probes: too good where little is learnt",
    "facelab.learning.trainer:Trainer.train",
)
def saw_the_probes(train: Any) -> Any:
    def mutated(trainer: Any, photos: Photos, request: TrainingRequest) -> Any:
        from facelab.gallery.source import Recording
        from tests.power.play import ROOT

        honest = train(trainer, photos, request)
        seen, recording = photos, Recording(ROOT / "fixtures")
        for name in ("probes/t1", "probes/t2", "probes/t4", "twins"):
            seen = joined(seen, recording.photos(name).of(photos.people))
        taught = train(trainer, seen, TrainingRequest(Parameters(), request.seeds))
        return replace(taught, history=honest.history)

    return mutated
