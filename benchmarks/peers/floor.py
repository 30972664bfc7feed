"""The floor: the same updates in C, compiled here."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.data import Task
from benchmarks.rounds import Method

SOURCE = Path(__file__).with_name("floor.c")
UPDATES = 41_200


def c_loop(task: Task) -> Method:
    """Build the loop. Raises RuntimeError where there is no C compiler."""
    train, order = _compiled(), task.order(UPDATES)

    def run() -> float:
        learn(train, task, order)
        return UPDATES

    return Method("C, a loop: the floor", run)


def learn(train: Any, task: Task, order: NDArray[np.int32]) -> NDArray[np.float32]:
    """Train from zeros and return the loss of every update, (U,)."""
    kernel = np.zeros((task.people, task.x.shape[1]), np.float32)
    bias = np.zeros(task.people, np.float32)
    loss, accuracy = np.empty((2, len(order)), np.float32)
    x = np.ascontiguousarray(task.x)
    sizes = ctypes.c_long(len(order)), task.x.shape[1], task.people, ctypes.c_float(1.0)
    train(
        *map(_pointer, (x, task.y, order)), *sizes, *map(_pointer, (kernel, bias, loss, accuracy))
    )
    return loss


def _compiled() -> Any:
    compiler = shutil.which("cc")
    if compiler is None:
        raise RuntimeError("no C compiler")
    library = Path(tempfile.mkdtemp(prefix="facelab-floor-")) / "floor.so"
    flags = ["-O3", "-march=native", "-ffast-math", "-shared", "-fPIC"]
    subprocess.run([compiler, *flags, str(SOURCE), "-o", str(library), "-lm"], check=True)
    return ctypes.CDLL(str(library)).train


def _pointer(array: NDArray[Any]) -> ctypes.c_void_p:
    return array.ctypes.data_as(ctypes.c_void_p)
