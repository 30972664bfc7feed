"""Cluster: an existing Dask cluster, for the parallel work of joblib."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import facelab
from facelab.base.packages import version_of
from facelab.contract.errors import FacelabError

TIMEOUT = 10
"""Seconds after which a scheduler that does not answer is given up."""

WORKER = 10
"""Seconds after which one that has no worker is."""

PACKAGES = ("numpy", "opencv-python", "tensorflow", "keras", "joblib", "distributed")
"""What decides the frames and vectors that a worker makes, and what it understands."""


def versions() -> dict[str, str]:
    """Return the versions that must be the same everywhere; asked of each worker too.

    facelab's own is a digest of its source and weights: a clone may be at any commit.
    """
    source, home = hashlib.sha256(), Path(facelab.__file__).parent
    for path in sorted([*home.rglob("*.py"), *home.rglob("*.npz")]):
        source.update(path.read_bytes())
    known = {package: version_of(package) for package in PACKAGES}
    python = ".".join(platform.python_version_tuple()[:2])
    return {"facelab": source.hexdigest()[:12], "Python": python, **known}


@contextmanager
def workers(address: str) -> Iterator[None]:
    """Within the block, joblib uses the cluster at an address.

    Raises FacelabError, in one line, when there is no such cluster, or a worker is another version.
    """
    import joblib  # only here: a tenth of what is imported before pytest collects

    client = connect(address)
    try:
        with joblib.parallel_config(backend="dask", client=client):
            yield
    finally:
        client.close()


def connect(address: str) -> Any:
    """Return the client of a cluster whose workers are all of this version."""
    try:
        from distributed import Client
    except ImportError as error:
        raise FacelabError(
            "--cluster: Dask is not installed; pip install 'facelab[cluster]'"
        ) from error

    class Closing(Client):  # type: ignore[misc]  # Dask publishes no types
        """A client that is closed when it cannot start.

        Left to the garbage collector, which may run in the thread that starts the next client, it
        would wait for the lock which that start holds (distributed's `LoopRunner`).
        """

        def start(self, **kwargs: Any) -> None:
            try:
                super().start(**kwargs)
            except Exception:
                self.close()
                raise

    try:
        client = Closing(address, timeout=TIMEOUT)
    except (OSError, ValueError, TypeError) as error:
        reason = " ".join(str(error).split()).partition(": ")[0]
        raise FacelabError(
            f"--cluster: no scheduler at {address} ({reason}); start one with `dask scheduler`, "
            "or leave --cluster out"
        ) from error
    try:
        check(client, address)
    except BaseException:
        client.close()
        raise
    return client


def check(client: Any, address: str) -> None:
    """Raise FacelabError when a cluster has no worker, or one that is of another version."""
    try:
        client.wait_for_workers(1, timeout=WORKER)
    except TimeoutError as error:
        raise FacelabError(
            f"--cluster: the scheduler at {address} has no worker; start one with "
            f"`dask worker {address}`"
        ) from error
    own = versions()
    for worker, theirs in client.run(versions, on_error="return").items():
        if not isinstance(theirs, dict):
            raise FacelabError(
                f"--cluster: the worker {worker} cannot run facelab ({theirs}); install the same "
                "facelab there"
            )
        for package, here in own.items():
            if theirs.get(package) != here:
                raise FacelabError(
                    f"--cluster: the worker {worker} has {package} {theirs.get(package)}, here it "
                    f"is {here}; install the same there"
                )
