"""Keras: plain ``fit``, whose callbacks are given the values of the batch, not of the epoch so far.

``honest=False`` leaves out the one line that makes them so: then it is Keras as it comes.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from facelab.contract.system import Lesson, Predict, Tell


class KerasFit:
    name, version = "Keras fit", keras.__version__
    capabilities = ("initial weights", "photo ids", "stop")

    def __init__(self, honest: bool = True) -> None:
        self.honest = honest
        self._models: dict[tuple[int, int], keras.Model] = {}

    def learn(self, lesson: Lesson, tell: Tell) -> Predict:
        model = self._model(lesson.embeddings.shape[1], lesson.people)
        model.set_weights([lesson.kernel, lesson.bias])
        model.optimizer.learning_rate = lesson.parameters.learning_rate
        order = shuffled(lesson)
        x, y = tf.constant(lesson.embeddings), tf.constant(lesson.labels)

        def batch(photos: Any) -> tuple[Any, Any]:
            photos = tf.boolean_mask(photos, photos >= 0)
            return tf.gather(x, photos), tf.gather(y, photos)

        model.fit(
            tf.data.Dataset.from_tensor_slices(order).map(batch),
            epochs=lesson.parameters.epochs,
            steps_per_epoch=lesson.parameters.updates_per_epoch(len(y)),
            callbacks=[Values(order, tell, self.honest)],
            shuffle=False,  # it is already
            verbose=0,
        )
        kernel, bias = model.get_weights()
        return lambda embeddings: tf.nn.softmax(embeddings @ kernel + bias).numpy()

    def _model(self, features: int, people: int) -> keras.Model:
        if (features, people) not in self._models:
            dense = keras.layers.Dense(people, activation="softmax")
            model = keras.Sequential([keras.Input((features,)), dense])
            sgd = keras.optimizers.SGD()
            loss = "sparse_categorical_crossentropy"
            model.compile(sgd, loss, metrics=["accuracy"], jit_compile=False)
            self._models[features, people] = model
        return self._models[features, people]


class Values(keras.callbacks.Callback):  # type: ignore[misc]
    """Tells loss and accuracy after every batch."""

    def __init__(self, order: Any, tell: Tell, honest: bool) -> None:
        super().__init__()
        self.order, self.tell, self.honest, self.done = order, tell, honest, 0

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:  # noqa: ARG002
        if self.honest:
            self.model.reset_metrics()  # Keras keeps means since the epoch's beginning

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:  # noqa: ARG002
        photos = self.order[self.done]
        self.done += 1
        self.model.stop_training = self.tell(logs["loss"], logs["accuracy"], photos[photos >= 0])


def shuffled(lesson: Lesson) -> Any:
    """The photos of every update, (updates, batch size), -1 where the last batch has none."""
    count, size = len(lesson.labels), lesson.parameters.batch_size
    random = np.random.default_rng(lesson.seed)
    epochs = [random.permutation(count) for _ in range(lesson.parameters.epochs)]
    order = np.pad(epochs, ((0, 0), (0, -count % size)), constant_values=-1)
    return order.reshape(-1, size)
