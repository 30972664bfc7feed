"""A real Dask cluster on this machine: a scheduler and two workers, each a process of its own."""

from __future__ import annotations

import gc
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import joblib
import numpy as np
import pytest

from facelab.contract.errors import FacelabError
from facelab.faces.rendered import RenderedFeatures
from facelab.faces.store import Store
from facelab.learning.trainer import Trainer
from facelab.playing import cluster
from tests.conftest import ROOT, eventually
from tests.crowds import small_crowd
from tests.faces.test_rendered import GREYS, LEVELS, Means, levels

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("distributed") is None, reason="Dask is not installed"
    ),
]


@dataclass
class Dask:
    """A scheduler that runs, and its workers."""

    address: str
    processes: list[subprocess.Popen[bytes]]

    def start(self, *words: str) -> None:
        """Start a process of Dask, in the clone."""
        self.processes.append(
            subprocess.Popen(
                [sys.executable, "-m", "distributed.cli." + words[0], *words[1:]],
                env={**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        )

    def worker(self) -> None:
        """Start a worker, one process of one thread without a nanny that would revive it."""
        here = ["--no-nanny", "--nworkers", "1", "--nthreads", "1", "--no-dashboard"]
        self.start("dask_worker", self.address, *here)

    def stop(self) -> None:
        """End all processes that were started."""
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def started() -> Dask:
    """Return a cluster with a scheduler alone."""
    dask = Dask("", [])
    with TemporaryDirectory() as folder:
        file = Path(folder) / "scheduler.json"
        here = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
        dask.start("dask_scheduler", *here, "--scheduler-file", str(file))

        def listens() -> str:
            with suppress(OSError, ValueError):  # not there yet, or not whole
                dask.address = json.loads(file.read_text())["address"]
            return dask.address

        if eventually(listens, 300):
            return dask
    dask.stop()
    raise AssertionError("the scheduler does not start")


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for workers however long a busy computer starts them."""
    monkeypatch.setattr(cluster, "WORKER", 300)


@pytest.fixture(scope="module")
def dask() -> Iterator[Dask]:
    running = started()
    try:
        running.worker()
        running.worker()
        yield running
    finally:
        running.stop()


def both(client: object) -> None:
    """Wait for both workers."""
    client.wait_for_workers(2, timeout=300)  # type: ignore[attr-defined]


def test_a_crowd_is_drawn_and_learnt_on_two_workers_as_here(dask: Dask, tmp_path: Path) -> None:
    from facelab.contract.parameters import Parameters
    from facelab.contract.training import TrainingRequest
    from facelab.learning.replicates import train_replicates

    crowd = small_crowd(tmp_path, 11)
    photos, parameters = crowd.photos, Parameters(epochs=2)
    here = Trainer()
    vectors = here.extractor.extract(photos.frames).vectors
    draw = np.random.default_rng(0)
    vectors_of = np.asarray(draw.standard_normal((300, 1764)) / 20, np.float32)
    request = TrainingRequest(parameters, [0, 1, 2])
    lesson = (vectors_of, np.resize(np.arange(100, dtype=np.int32), 300), 100, request)
    head, history = train_replicates(*lesson)
    with cluster.workers(dask.address):
        both(joblib.parallel.get_active_backend()[0].client)
        there = Trainer().extractor.extract(photos.frames)
        spread, told = train_replicates(*lesson)
    np.testing.assert_array_equal(there.vectors, vectors)
    np.testing.assert_allclose(spread.kernel, head.kernel, atol=1e-6)
    np.testing.assert_allclose(told.loss, history.loss, rtol=1e-5)
    assert told.seeds == history.seeds == (0, 1, 2)


def test_a_worker_that_is_killed_costs_its_items(tmp_path: Path) -> None:
    running = started()
    try:
        running.worker()
        running.worker()
        crowd = small_crowd(tmp_path, 12)
        kept = RenderedFeatures(Store(tmp_path / "cache", "made"))

        def kill() -> None:
            while not list((tmp_path / "cache").glob("made/*.rows")):
                time.sleep(0.01)
            os.killpg(running.processes[1].pid, signal.SIGKILL)

        with cluster.workers(running.address):
            both(joblib.parallel.get_active_backend()[0].client)
            threading.Thread(target=kill, daemon=True).start()
            found = kept.extract(crowd.photos.frames, Means())  # type: ignore[arg-type]
        assert running.processes[1].wait(timeout=300) == -signal.SIGKILL
        assert running.processes[2].poll() is None
    finally:
        running.stop()
    with joblib.parallel_config(backend="sequential"):
        alone = RenderedFeatures(Store()).extract(crowd.photos.frames, Means())  # type: ignore[arg-type]
    assert levels(found) == levels(alone)


def test_no_scheduler() -> None:
    with socket.socket() as taken:  # by nobody who listens
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(FacelabError) as refused, cluster.workers(address):
            pass
    said = str(refused.value)
    assert said.startswith(f"--cluster: no scheduler at {address} (")
    assert said.endswith("; start one with `dask scheduler`, or leave --cluster out")
    assert "\n" not in said


@pytest.mark.parametrize("address", ["nonsense", "tcp://", "ftp://127.0.0.1:1"])
def test_what_is_no_address(address: str) -> None:
    with (
        pytest.raises(FacelabError, match=r"^--cluster: no scheduler at "),
        cluster.workers(address),
    ):
        pass


def test_a_refused_address_leaves_no_client_behind(
    dask: Dask, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Collected in the thread that starts the next client, it waited for that client's lock.
    run = threading.Thread.run

    def collect_first(thread: threading.Thread) -> None:
        gc.collect()
        run(thread)

    gc.disable()  # else it may be collected before
    try:
        with pytest.raises(FacelabError), cluster.workers("tcp://"):
            pass
        monkeypatch.setattr(threading.Thread, "run", collect_first)
        with cluster.workers(dask.address):
            pass
    finally:
        gc.enable()


def test_no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "WORKER", 1)
    running = started()
    try:
        with pytest.raises(FacelabError) as refused, cluster.workers(running.address):
            pass
    finally:
        running.stop()
    assert str(refused.value) == (
        f"--cluster: the scheduler at {running.address} has no worker; start one with "
        f"`dask worker {running.address}`"
    )


def test_another_version(dask: Dask, monkeypatch: pytest.MonkeyPatch) -> None:
    own = cluster.versions()
    monkeypatch.setattr(  # here alone: the workers are other processes
        cluster,
        "version_of",
        lambda package: "4.1.0" if package == "opencv-python" else own[package],
    )
    with pytest.raises(FacelabError) as refused, cluster.workers(dask.address):
        pass
    said = str(refused.value)
    assert said.startswith("--cluster: the worker tcp://127.0.0.1:")
    assert said.endswith(
        f" has opencv-python {own['opencv-python']}, here it is 4.1.0; install the same there"
    )


def test_what_a_cluster_renders_comes_in_order(dask: Dask) -> None:
    with cluster.workers(dask.address):
        assert levels(RenderedFeatures(Store()).extract(GREYS, Means())) == LEVELS
