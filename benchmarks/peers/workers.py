"""Workers: peers in a process of their own, which train when they are told and time themselves."""

from __future__ import annotations

import atexit
import json
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.data import Task
from benchmarks.rounds import Method

HERE = Path(__file__).parent


def torch_eager(task: Task, python: str) -> Method:
    """PyTorch, eager with autograd, in a Python that has it."""
    return _worker("PyTorch, eager", [python, str(HERE / "torch_worker.py")], task, 515)


def tensorflow_js(task: Task, backend: str) -> Method:
    """TensorFlow.js' ``trainOnBatch`` in Node. Raises RuntimeError where it is not installed."""
    node, folder = shutil.which("node"), HERE / "tensorflow.js"
    if node is None:
        raise RuntimeError("no Node")
    if not (folder / "node_modules").is_dir():
        raise RuntimeError("not installed: npm install --prefix benchmarks/peers/tensorflow.js")
    command = [node, str(folder / "worker.js"), backend]
    return _worker(f"TensorFlow.js in Node, {backend}", command, task, 206)


def _worker(name: str, command: Sequence[str], task: Task, updates: int) -> Method:
    folder = Path(tempfile.mkdtemp(prefix="facelab-worker-"))
    (folder / "x").write_bytes(task.x.tobytes())
    (folder / "y").write_bytes(task.y.tobytes())
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    atexit.register(process.kill)
    assert process.stdin
    assert process.stdout
    photos, features = task.x.shape
    sizes = {"photos": photos, "features": features, "people": task.people, "rate": 1.0}
    lines_in, lines_out = process.stdin, process.stdout

    def ask(message: dict[str, object]) -> str:
        try:
            lines_in.write(json.dumps(message) + "\n")
            lines_in.flush()
            answer = lines_out.readline()
        except OSError:
            answer = ""
        if not answer:
            raise RuntimeError(f"not there: {Path(command[0]).name} ended with {process.wait()}")
        return answer

    ask({"folder": str(folder), **sizes})

    def run() -> float:
        return float(ask({"order": task.order(updates).tolist()})) / updates

    return Method(name, run, timed=True)
