"""Training: softmax regression by plain stochastic gradient descent, a point per update.

The model is p = softmax(x W + b), its loss the mean cross-entropy of the batch, its update
W <- W - rate * dloss/dW, the photos in a new random order every epoch. R replicates, which
differ only in their seed, are trained side by side on one axis, with the same bits as alone
(large heads: except the last bit).

The axes are named R replicate, U update, B place in the batch, N photo, D feature, C person.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from facelab.base.blas import one_thread
from facelab.contract.errors import FacelabError
from facelab.contract.history import History
from facelab.contract.parameters import Parameters
from facelab.contract.training import Head
from facelab.learning.programs import Sizes, note

CHUNK = 2048
"""Most updates of a compiled call: between two calls progress is told and a stop is asked for."""

CHUNK_SECONDS = 0.01
"""How long a call shall take: shorter than anyone feels, long beside what a call itself costs."""

LARGE = 1 << 16
"""Numbers of a kernel (features times people) from which on its products are made by matmul."""

ALIGNED = 16
"""Numbers from one address at which XLA may read to the next: 64 bytes."""

Tensor = Any  # TensorFlow publishes no type that mypy can use.


def train(
    embeddings: NDArray[np.float32],
    labels: NDArray[np.int32],
    people: int,
    parameters: Parameters,
    *,
    seeds: Sequence[int],
    start: Head | None = None,
    stop: Callable[[int], bool] | None = None,
    progress: Callable[[int, int], None] | None = None,
    points: Callable[[NDArray[np.float32]], None] | None = None,
) -> tuple[Head, History]:
    """Train one replicate a seed and return its head with its history.

    ``embeddings`` (N, D) float32, ``labels`` (N,) int32 in 0 … ``people`` - 1. ``start``: the
    initial heads, drawn from the seeds where it is None. After every chunk of updates,
    ``points(values)`` is given its values (updates, 3, R), ``progress(done, total)`` is called, and
    ``stop(done)`` returns whether to interrupt: the heads and values so far are returned.
    Raises FacelabError when the batch size is larger than N, or ``start`` has other sizes.
    """
    parameters.check_against(len(embeddings))
    start = start or initial_head(embeddings.shape[1], people, parameters, seeds)
    check_head(start, (len(seeds), embeddings.shape[1], people))
    orders = [photo_order(len(embeddings), parameters, seed) for seed in seeds]
    order = np.stack(orders, axis=1)  # (U, R, B)

    basis = orthonormal_basis(embeddings)  # (D, K)
    x = handed_over(embeddings) if basis is None else tf.constant(embeddings @ basis)
    y = tf.constant(labels, tf.int32)
    origin = start.kernel if basis is None else np.matmul(basis.T, start.kernel)
    rate = tf.constant(parameters.learning_rate, tf.float32)
    kernel, bias = tf.constant(origin), tf.constant(start.bias)

    places = places_for(parameters.batch_size)
    room = chunk_room(len(seeds), places)
    note(Sizes(x.shape[0], x.shape[1], people, len(seeds), places))
    chunks: list[NDArray[np.float32]] = []
    # a guess for the first call: a thousand million products and sums a second
    due = chunk_seconds(origin.nbytes)
    chunk = next_chunk(1, 4e-9 * origin.size * places, room, due)
    done = 0
    while done < len(order):
        began = clocks()
        batches = order[done : done + chunk]
        count = len(batches)
        spare = ((0, room - count), (0, 0), (0, places - parameters.batch_size))
        padded = np.pad(batches, spare, constant_values=-1)
        kernel, bias, drawn = run_chunk(x, y, padded, tf.constant(count), rate, kernel, bias)
        chunks.append(drawn.numpy()[:count].copy())  # not a view, which would keep all the room
        done += count
        chunk = next_chunk(count, spent(began, clocks()), room, due)
        if points:
            points(chunks[-1])
        if progress:
            progress(done, len(order))
        if stop and stop(done):
            break

    loss, accuracy, rate_used = np.concatenate(chunks).transpose(1, 2, 0)  # each (R, U)
    history = History(
        seeds=tuple(seeds),
        loss=loss,
        accuracy=accuracy,
        learning_rate=rate_used,
        photos=order[:done].transpose(1, 0, 2),
        updates_per_epoch=parameters.updates_per_epoch(len(embeddings)),
        people=people,
    )
    if basis is None:
        return Head(kernel.numpy(), bias.numpy()), history
    moved = np.matmul(basis, kernel.numpy() - origin)
    return Head(start.kernel + moved, bias.numpy()), history


def compile_for(sizes: Sizes) -> None:
    """Compile the program of trainings of these sizes, by a call of it that makes no update."""
    photos, features, people, replicates, places = sizes
    run_chunk(
        tf.zeros((photos, features)),
        tf.zeros(photos, tf.int32),
        np.zeros((chunk_room(replicates, places), replicates, places), np.int32),
        tf.constant(0),
        tf.constant(0.0),
        tf.zeros((replicates, features, people)),
        tf.zeros((replicates, people)),
    )


def places_for(batch_size: int) -> int:
    """Return how many places a batch has: a power of two from 8 on, so that few need compiling."""
    return batch_size if batch_size < 8 else 1 << (batch_size - 1).bit_length()


def chunk_room(replicates: int, places: int) -> int:
    """Return how many updates a compiled call has room for: a power of two, at most 2,048.

    Of large updates it is fewer, since what a call is handed is copied: at most 256 kB.
    """
    numbers = 65_536 // (replicates * places)
    return min(CHUNK, 1 << max(numbers.bit_length() - 1, 0))


def chunk_seconds(kernels: int) -> float:
    """Return how long a call shall take with so many bytes of kernels: 10 ms, and longer for many.

    Every call copies them in and out; the longer it is, the less that weighs.
    """
    return CHUNK_SECONDS + 3e-8 * kernels


def clocks() -> tuple[float, float]:
    """Return the seconds of the wall clock, and those of this process's own work."""
    return time.perf_counter(), time.process_time()


def spent(began: tuple[float, float], ended: tuple[float, float]) -> float:
    """Return how long a call took by the clock that shows less.

    Where other processes keep the cores busy, a call waits for its turn much longer than it works.
    By the wall clock alone chunks then shrink to single updates, and each waits for its turn.
    """
    return min(after - before for before, after in zip(began, ended, strict=True))


def next_chunk(count: int, seconds: float, room: int, due: float = CHUNK_SECONDS) -> int:
    """Return how many updates take ``due`` seconds when ``count`` take ``seconds``: 1 to ``room``.

    The first call compiles and seems slow; the second one is short, and gives the true speed.
    """
    return max(1, min(room, int(count * due / max(seconds, 1e-6))))


def initial_head(features: int, people: int, parameters: Parameters, seeds: Sequence[int]) -> Head:
    """Return the heads before any update: kernels drawn from the seeded initialiser, biases 0."""
    draw = type(keras.initializers.get(parameters.kernel_initializer))
    kernels = [np.asarray(draw(seed=seed)((features, people))) for seed in seeds]
    return Head(np.stack(kernels), np.zeros((len(seeds), people), np.float32))


def check_head(head: Head, sizes: tuple[int, int, int]) -> None:
    """Raise FacelabError when a head is not one for R replicates, D features and C people."""
    if head.kernel.shape != sizes or head.bias.shape != (sizes[0], sizes[2]):
        raise FacelabError(
            f"initial weights: received a kernel {head.kernel.shape} and a bias "
            f"{head.bias.shape}, allowed are {sizes} and {(sizes[0], sizes[2])}: replicates, "
            "features, people"
        )


def photo_order(photos: int, parameters: Parameters, seed: int) -> NDArray[np.int32]:
    """Return which photos each update sees, (U, B) int32: a fresh permutation every epoch.

    The last batch of an epoch may be a partial one: it is filled up with -1.
    """
    generator = np.random.default_rng(seed)
    places = parameters.updates_per_epoch(photos) * parameters.batch_size
    order = np.full((parameters.epochs, places), -1, np.int32)
    for epoch in order:
        epoch[:photos] = generator.permutation(photos)
    return order.reshape(-1, parameters.batch_size)


def orthonormal_basis(embeddings: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """Return orthonormal columns (D, N) that span the embeddings, None where N is D or more.

    Every gradient is a sum of embeddings, so SGD never leaves their span, and an orthonormal
    change of coordinates leaves its every step as it is. 103 photos of 1,764 features thus train
    on 103 numbers each, about 17 times fewer.
    """
    photos, features = embeddings.shape
    if photos >= features:
        return None
    return _basis(embeddings.tobytes(), photos)


def handed_over(array: NDArray[np.float32]) -> Tensor:
    """Return an array as a tensor that shares the memory of a copy of ours.

    ``tf.constant`` copies twice, and with oneDNN TensorFlow keeps the memory of the second copy for
    ever: for 1,000 people each is 212 MB.
    """
    return tf.experimental.dlpack.from_dlpack(aligned(array).__dlpack__())


def aligned(array: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a copy at an address that is a multiple of 64, as XLA demands."""
    room = np.empty(array.size + ALIGNED, np.float32)
    start = -room.ctypes.data % (4 * ALIGNED) // 4
    copy = room[start : start + array.size].reshape(array.shape)
    copy[:] = array
    return copy


@lru_cache(maxsize=4)
def _basis(content: bytes, photos: int) -> NDArray[np.float32]:
    # kept: a run trains on the same photos again and again, and this takes as long as a training
    embeddings = np.frombuffer(content, np.float32).reshape(photos, -1)
    with one_thread():
        return np.linalg.qr(embeddings.T.astype(np.float64)).Q.astype(np.float32)


@tf.function(jit_compile=True, autograph=False)  # type: ignore[untyped-decorator]
def run_chunk(
    x: Tensor, y: Tensor, order: Tensor, count: Tensor, rate: Tensor, kernel: Tensor, bias: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Make ``count`` updates and return kernel, bias and the recorded points (room, 3, R).

    ``x`` (N, D), ``y`` (N,), ``order`` (room, R, B), ``kernel`` (R, D, C), ``bias`` (R, C).
    """

    def update(
        number: Tensor, kernel: Tensor, bias: Tensor, points: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        photos = order[number]  # (R, B), -1 where a partial batch has no photo
        batch_x = tf.gather(x, tf.maximum(photos, 0))  # (R, B, D)
        share = batch_share(photos)  # (R, B)
        logits = forward(batch_x, kernel, bias)  # (R, B, C)
        batch_y = tf.one_hot(tf.gather(y, tf.maximum(photos, 0)), logits.shape[2])  # (R, B, C)
        loss, accuracy = measure(logits, batch_y, share)
        gradients = gradient(batch_x, logits, batch_y, share)
        next_kernel, next_bias = step(kernel, bias, gradients, rate)
        point = record(loss, accuracy, bias - next_bias, gradients[1])
        return number + 1, next_kernel, next_bias, points.write(number, point)

    # Not AutoGraph, which Python 3.13 breaks; nor tf.range, for which XLA would compile anew for
    # every count.
    points = tf.TensorArray(tf.float32, order.shape[0], element_shape=(3, order.shape[1]))
    start = (tf.constant(0), kernel, bias, points)
    _, kernel, bias, points = tf.while_loop(lambda number, *_: number < count, update, start)
    return kernel, bias, points.stack()


def batch_share(photos: Tensor) -> Tensor:
    """Return each photo's share of the batch mean, (R, B): 1 / its size, 0 where there is none."""
    present = tf.cast(photos >= 0, tf.float32)
    return present / tf.reduce_sum(present, axis=1, keepdims=True)


def forward(x: Tensor, kernel: Tensor, bias: Tensor) -> Tensor:
    """Return the logits x W + b, (R, B, C)."""
    # Products and sums rather than matmul: XLA then adds in one order however many replicates
    # there are, so that a replicate's bits do not depend on its company.
    if is_large(kernel):
        return tf.matmul(x, kernel) + bias[:, None]
    return tf.reduce_sum(x[..., None] * kernel[:, None], axis=2) + bias[:, None]


def is_large(kernel: Tensor) -> bool:
    """Return whether a head is so large that products are left to matmul.

    It is then up to 14 times as fast, and a replicate's last bit may depend on its company.
    """
    return bool(kernel.shape[1] * kernel.shape[2] >= LARGE)


def measure(logits: Tensor, y: Tensor, share: Tensor) -> tuple[Tensor, Tensor]:
    """Return the batch's cross-entropy in nats and its accuracy, (R,) each."""
    per_sample_loss = -tf.reduce_sum(y * tf.nn.log_softmax(logits), axis=2)
    right = tf.argmax(logits, axis=2) == tf.argmax(y, axis=2)
    loss = tf.reduce_sum(per_sample_loss * share, axis=1)
    return loss, tf.reduce_sum(tf.cast(right, tf.float32) * share, axis=1)


def gradient(x: Tensor, logits: Tensor, y: Tensor, share: Tensor) -> tuple[Tensor, Tensor]:
    """Return dloss/dW (R, D, C) and dloss/db (R, C): x^T (softmax(logits) - y), averaged."""
    residual = (tf.nn.softmax(logits) - y) * share[..., None]
    if x.shape[2] * y.shape[2] >= LARGE:
        return tf.matmul(x, residual, transpose_a=True), tf.reduce_sum(residual, 1)
    return tf.reduce_sum(x[..., None] * residual[:, :, None], axis=1), tf.reduce_sum(residual, 1)


def step(
    kernel: Tensor, bias: Tensor, gradients: tuple[Tensor, Tensor], rate: Tensor
) -> tuple[Tensor, Tensor]:
    """Return kernel and bias after one step of plain SGD down the gradients."""
    return kernel - rate * gradients[0], bias - rate * gradients[1]


def record(loss: Tensor, accuracy: Tensor, moved: Tensor, bias_gradient: Tensor) -> Tensor:
    """Return the point of one update, (3, R): loss, accuracy, and the learning rate really used.

    The rate is read back from how far the bias moved (R, C) along its gradients (R, C).
    """
    used = tf.math.divide_no_nan(
        tf.reduce_sum(moved * bias_gradient, axis=1), tf.reduce_sum(bias_gradient**2, axis=1)
    )
    return tf.stack([loss, accuracy, used])
