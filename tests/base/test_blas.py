"""Products on one thread: how many threads BLAS may use within the block, and behind it."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from threadpoolctl import ThreadpoolController

from facelab.base.blas import one_thread, one_thread_in_a_run


def threads() -> set[int]:
    """Return the numbers of threads that NumPy's BLAS may use now; SciPy's is another."""
    found = ThreadpoolController().select(user_api="blas").info()
    return {one["num_threads"] for one in found if "numpy" in one["filepath"]}


def test_one_thread_within_and_as_many_as_before_behind() -> None:
    before = threads()
    with one_thread():
        assert threads() == {1}
        with one_thread():
            assert threads() == {1}
        assert threads() == {1}
    assert threads() == before


def test_what_goes_wrong_within_gives_the_threads_back() -> None:
    before = threads()
    with pytest.raises(ValueError, match="wrong"), one_thread():
        raise ValueError("wrong")
    assert threads() == before


@pytest.mark.slow
def test_several_threads_may_want_it() -> None:
    before = threads()

    def within(_: int) -> set[int]:
        with one_thread():
            return threads()

    with ThreadPoolExecutor(4) as pool:
        assert all(one == {1} for one in pool.map(within, range(200)))
    assert threads() == before


def test_a_run_holds_nobody_up() -> None:
    before = threads()

    def within() -> set[int]:
        with one_thread():
            return threads()

    with one_thread_in_a_run(), ThreadPoolExecutor(1) as other:
        assert threads() == {1}
        assert other.submit(within).result(60) == {1}
        assert threads() == {1}
    assert threads() == before


@pytest.mark.slow
@pytest.mark.skipif(threads() != {1}, reason="the tests above had several threads")
def test_the_same_where_there_are_two_threads() -> None:
    """A worker of xdist has one thread, which nothing could hold back."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__],
        env={**os.environ, "OPENBLAS_NUM_THREADS": "2"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "4 passed, 1 skipped" in done.stdout
