"""The training core: against the oracle, alone and in company, interrupted, counted."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from facelab.contract.errors import FacelabError
from facelab.contract.parameters import Parameters
from facelab.contract.training import Head
from facelab.learning.training import (
    CHUNK,
    LARGE,
    aligned,
    chunk_room,
    handed_over,
    initial_head,
    next_chunk,
    orthonormal_basis,
    photo_order,
    spent,
    train,
)
from tests.learning.oracle import replay

pytestmark = pytest.mark.slow

PHOTOS, FEATURES, PEOPLE = 103, 1764, 4


@pytest.fixture(scope="module")
def embeddings() -> NDArray[np.float32]:
    """Vectors of norm 4 that a linear head can just tell apart, (103, 1764)."""
    random = np.random.default_rng(7)
    centres = random.standard_normal((PEOPLE, FEATURES))
    x = centres[labels()] * 0.15 + random.standard_normal((PHOTOS, FEATURES))
    return np.asarray(4 * x / np.linalg.norm(x, axis=1, keepdims=True), np.float32)


def labels() -> NDArray[np.int32]:
    return np.resize(np.arange(PEOPLE, dtype=np.int32), PHOTOS)


@pytest.mark.parametrize("rate", [0.001, 1.0])
@pytest.mark.parametrize("batch_size", [1, 16, 103])
def test_history_and_weights_are_the_oracles(
    embeddings: NDArray[np.float32], rate: float, batch_size: int
) -> None:
    parameters = Parameters(rate, epochs=5, batch_size=batch_size)
    start = initial_head(FEATURES, PEOPLE, parameters, [3])
    head, history = train(embeddings, labels(), PEOPLE, parameters, seeds=[3])
    kernel, bias, loss, accuracy = replay(
        embeddings, labels(), start.kernel[0], start.bias[0], history.photos[0], rate
    )
    np.testing.assert_allclose(history.loss[0], loss, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(history.accuracy[0], accuracy, atol=1e-6)
    np.testing.assert_allclose(head.kernel[0], kernel, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(head.bias[0], bias, rtol=1e-3, atol=1e-5)


def test_an_array_is_handed_over_at_an_address_that_xla_may_read() -> None:
    for rows in range(1, 40):
        array = np.arange(3 * rows, dtype=np.float32).reshape(rows, 3)
        assert aligned(array).ctypes.data % 64 == 0
        tensor = handed_over(array)
        array[:] = 0  # it is a copy
        assert tensor.numpy().ravel().tolist() == [*range(3 * rows)]


@pytest.mark.parametrize("batch_size", [1, 5, 16, 103])
def test_a_replicate_has_the_same_bits_alone(
    embeddings: NDArray[np.float32], batch_size: int
) -> None:
    parameters = Parameters(epochs=3, batch_size=batch_size)
    head, history = train(embeddings, labels(), PEOPLE, parameters, seeds=range(5))
    for replicate in range(5):
        lone, alone = train(embeddings, labels(), PEOPLE, parameters, seeds=[replicate])
        np.testing.assert_array_equal(history.loss[replicate], alone.loss[0])
        np.testing.assert_array_equal(history.accuracy[replicate], alone.accuracy[0])
        np.testing.assert_array_equal(history.photos[replicate], alone.photos[0])
        np.testing.assert_array_equal(head.kernel[replicate], lone.kernel[0])


@pytest.mark.parametrize("batch_size", [1, 16, 103])
def test_a_large_head_is_the_oracles_and_nearly_the_same_alone(batch_size: int) -> None:
    people, features = 100, 700
    assert people * features >= LARGE
    x = np.asarray(np.random.default_rng(7).standard_normal((750, features)) / 9, np.float32)
    who = np.resize(np.arange(people, dtype=np.int32), len(x))
    parameters = Parameters(epochs=1, batch_size=batch_size)
    head, history = train(x, who, people, parameters, seeds=[0, 1, 2])
    lone, alone = train(x, who, people, parameters, seeds=[1])
    np.testing.assert_allclose(history.loss[1], alone.loss[0], rtol=1e-5)
    np.testing.assert_allclose(head.kernel[1], lone.kernel[0], atol=1e-6)
    start = initial_head(features, people, parameters, [1])
    kernel, _, loss, _ = replay(x, who, start.kernel[0], start.bias[0], alone.photos[0], 1.0)
    np.testing.assert_allclose(alone.loss[0], loss, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(lone.kernel[0], kernel, rtol=1e-3, atol=1e-5)


def test_it_begins_with_the_weights_it_is_given(embeddings: NDArray[np.float32]) -> None:
    parameters = Parameters(epochs=1)
    drawn = initial_head(FEATURES, PEOPLE, parameters, [0])
    _, own = train(embeddings, labels(), PEOPLE, parameters, seeds=[0])
    _, same = train(embeddings, labels(), PEOPLE, parameters, seeds=[0], start=drawn)
    np.testing.assert_array_equal(same.loss, own.loss)
    zero = Head(np.zeros_like(drawn.kernel), drawn.bias)
    _, flat = train(embeddings, labels(), PEOPLE, parameters, seeds=[0], start=zero)
    assert flat.loss[0, 0] == pytest.approx(np.log(PEOPLE))
    with pytest.raises(FacelabError) as raised:
        train(embeddings, labels(), PEOPLE, parameters, seeds=[0, 1], start=drawn)
    assert str(raised.value) == (
        "initial weights: received a kernel (1, 1764, 4) and a bias (1, 4), allowed are "
        "(2, 1764, 4) and (2, 4): replicates, features, people"
    )


def test_one_epoch_of_single_photos_gives_a_value_for_each(
    embeddings: NDArray[np.float32],
) -> None:
    _, history = train(
        embeddings, labels(), PEOPLE, Parameters(epochs=1, batch_size=1), seeds=[0, 1]
    )
    assert history.loss.shape == history.accuracy.shape == (2, 103)
    assert set(np.unique(history.accuracy)) <= {0.0, 1.0}
    assert [sorted(order.ravel()) for order in history.photos] == [list(range(103))] * 2


def test_the_rate_is_read_back_from_the_steps(embeddings: NDArray[np.float32]) -> None:
    for rate in (0.001, 1.0):
        _, history = train(embeddings, labels(), PEOPLE, Parameters(rate), seeds=[0])
        np.testing.assert_allclose(np.median(history.learning_rate), rate, rtol=1e-3)


def test_interrupted_training_is_the_head_of_the_whole(embeddings: NDArray[np.float32]) -> None:
    parameters = Parameters(epochs=100, batch_size=1)
    told: list[tuple[int, int]] = []
    head, part = train(
        embeddings,
        labels(),
        PEOPLE,
        parameters,
        seeds=[0, 1],
        stop=lambda done: done >= 1000,
        progress=lambda done, total: told.append((done, total)),
    )
    _, whole = train(embeddings, labels(), PEOPLE, parameters, seeds=[0, 1])
    assert 1000 <= part.updates < 1000 + CHUNK
    assert part.updates == told[-1][0]
    assert {total for _, total in told} == {10_300}
    assert max(np.diff([0, *(done for done, _ in told)])) <= CHUNK
    np.testing.assert_array_equal(part.loss, whole.loss[:, : part.updates])
    assert np.isfinite(head.kernel).all()


@pytest.mark.parametrize(
    ("replicates", "places", "room"), [(1, 1, 2048), (5, 16, 512), (32, 128, 16), (100, 1024, 1)]
)
def test_a_call_is_handed_no_more_than_256_kilobytes(
    replicates: int, places: int, room: int
) -> None:
    assert chunk_room(replicates, places) == room


def test_chunks_come_to_ten_milliseconds() -> None:
    microseconds, overhead, room = 90.0, 500.0, 512
    seconds, chunk = [], 1
    for _ in range(6):
        seconds.append((overhead + chunk * microseconds) / 1e6)
        chunk = next_chunk(chunk, seconds[-1], room)
    assert 0.008 < seconds[-1] < 0.012
    assert next_chunk(chunk, 2.0, room) == 1  # it was held up: short again, and grown again
    assert next_chunk(1, 0.0, room) == room


def test_a_busy_machine_makes_no_chunk_short() -> None:
    # 40 ms by the clock for one update, 0.5 ms of them at work: the rest belongs to others
    assert spent((5.0, 1.0), (5.04, 1.0005)) == pytest.approx(0.0005)
    assert next_chunk(1, spent((5.0, 1.0), (5.04, 1.0005)), room=512) == 20
    assert spent((5.0, 1.0), (5.01, 1.02)) == pytest.approx(0.01)  # on two cores


def test_what_was_learnt_does_not_depend_on_the_chunks(
    embeddings: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch
) -> None:
    parameters = Parameters(epochs=2, batch_size=1)
    _, whole = train(embeddings, labels(), PEOPLE, parameters, seeds=[0, 1])
    sizes = iter([1, 7, 40, 2, 99] * 9)
    monkeypatch.setattr("facelab.learning.training.next_chunk", lambda *_: next(sizes))
    _, parts = train(embeddings, labels(), PEOPLE, parameters, seeds=[0, 1])
    np.testing.assert_array_equal(parts.loss, whole.loss)


def test_weights_begin_as_glorot_and_bengio_have_them() -> None:
    head = initial_head(FEATURES, PEOPLE, Parameters(), range(20))
    limit = np.sqrt(6 / (FEATURES + PEOPLE))  # uniform within it: Glorot and Bengio, 2010
    assert np.abs(head.kernel).max() <= limit
    np.testing.assert_allclose(head.kernel.std(), limit / np.sqrt(3), rtol=0.01)
    assert not head.bias.any()


def test_orders_differ_between_epochs_and_seeds() -> None:
    first, second = (photo_order(103, Parameters(epochs=2), seed).reshape(2, -1) for seed in (0, 1))
    assert not np.array_equal(first[0], first[1])
    assert not np.array_equal(first[0], second[0])


def test_basis_keeps_lengths_and_angles(embeddings: NDArray[np.float32]) -> None:
    basis = orthonormal_basis(embeddings)
    assert basis is not None
    assert basis.shape == (FEATURES, PHOTOS)
    coordinates = embeddings @ basis
    np.testing.assert_allclose(coordinates @ coordinates.T, embeddings @ embeddings.T, atol=1e-4)


def test_more_photos_than_features_train_as_they_are(embeddings: NDArray[np.float32]) -> None:
    narrow = np.ascontiguousarray(embeddings[:, :50])
    parameters = Parameters(epochs=2)
    start = initial_head(50, PEOPLE, parameters, [0])
    _, history = train(narrow, labels(), PEOPLE, parameters, seeds=[0])
    *_, loss, _ = replay(narrow, labels(), start.kernel[0], start.bias[0], history.photos[0], 1.0)
    np.testing.assert_allclose(history.loss[0], loss, rtol=1e-3)
