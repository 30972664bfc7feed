"""Describer: photos as what a training sees of them, for the exam, without TensorFlow."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from facelab.contract.parameters import Parameters
from facelab.contract.photos import Photos
from facelab.contract.system import Lesson
from facelab.faces.detection import detection
from facelab.faces.embedding import Centring, Embedder
from facelab.faces.extractor import FeatureExtractor, Features, Hog
from facelab.faces.hog import hog as numpy_hog
from facelab.faces.store import Store, fingerprint
from facelab.faces.whitening import whitening_of
from facelab.learning.first_weights import first_head
from facelab.learning.theory import theory


class Describer:
    """Finds the face in frames and describes it by HOG; hands out lessons of them."""

    def __init__(
        self,
        face_detector: str = "facelab",
        cache: Path | None = None,
        hog: Hog = numpy_hog,
        embedding: str = "hog",
    ) -> None:
        """Choose how faces are found: ``facelab``, ``none`` or the path of a YuNet file.

        ``cache``: folder in which what photos were described as is kept for the next run. ``hog``:
        what describes squares. ``embedding``: ``hog``, or ``whitened`` for HOG whitened; both are
        made of the same vectors in the cache. Raises FacelabError for any other.
        """
        self.whitening = whitening_of(embedding)
        found, name = detection(face_detector), f"{hog.__module__}.{hog.__qualname__}"
        store = Store(cache, fingerprint(face_detector, name)) if cache else Store()
        self.extractor = FeatureExtractor(found, store, hog)

    def embedded(self, photos: Photos, parameters: Parameters) -> tuple[Embedder, Features]:
        """Return what embeds frames as for a training on photos, round their mean, and the photos.

        Each is described once.
        """
        features = self.extractor.extract(photos.frames)
        mean = features.vectors.mean(axis=0)
        centring = Centring(mean, parameters.embedding_norm, self.whitening)
        embedder = Embedder(self.extractor, centring)
        return embedder, embedder.placed(features)

    def lessons(self, photos: Photos, parameters: Parameters, seeds: Sequence[int]) -> list[Lesson]:
        """Return what a learner is given to train each replicate on photos, one a seed.

        They share their embeddings. The first weights are drawn here once more, as the exam's own
        arithmetic: not by the training's function, which is examined.
        """
        embeddings = self.embedded(photos, parameters)[1].vectors
        labels, people = photos.numbers(photos.people), len(photos.people)
        features = embeddings.shape[1]
        heads = [first_head(features, people, parameters, seed) for seed in seeds]
        return [
            Lesson(embeddings, labels, people, parameters, seed, *head)
            for seed, head in zip(seeds, heads, strict=True)
        ]

    def theory(self, photos: Photos, parameters: Parameters) -> dict[str, float]:
        """Return what theory says of a training on photos, by the reader's names."""
        _, embedded = self.embedded(photos, parameters)
        told = {
            "photos without a face, described by their centre square": (~embedded.seen).sum(),
            "photos with several faces, described by the main one": embedded.several.sum(),
        }
        known = theory(embedded.vectors, photos.numbers(photos.people), parameters)
        return known | {name: float(count) for name, count in told.items() if count}
