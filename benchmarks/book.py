"""The whole book beside ``python -c "import tensorflow"``: wall, CPU, peak memory.

The scenarios that stood at 100a7ad are also played alone: theirs are the ratios that are aimed at.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.data import ROOT
from benchmarks.stood import later

BASE = "import tensorflow"

AS_INSTALLED = tuple(
    f"-pno:{plugin}" for plugin in ("hypothesispytest", "xdist", "xdist.looponfail")
)
"""Without pytest's plugins that only developers have: Hypothesis' imports itself in every run."""


@dataclass
class Cost:
    """What processes took, an entry a round: seconds of wall and of CPU, peak memory in MB."""

    name: str
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    def ratio(self, base: Cost, what: str) -> tuple[float, float, float]:
        """Return how many times the base's: median and quartiles over rounds."""
        ratios = np.array(getattr(self, what)) / np.array(getattr(base, what))
        low, middle, high = np.percentile(ratios, [25, 50, 75])
        return float(middle), float(low), float(high)


def measure(rounds: int, say: Callable[[str], None], seed: int = 0) -> list[Cost]:
    """Run everything once a round, in random order, the caches in a folder of their own."""
    with tempfile.TemporaryDirectory(prefix="facelab-book-") as folder:
        pytest = [
            sys.executable,
            "-m",
            "pytest",
            *AS_INSTALLED,
            f"--acceptance-report={folder}/report",
        ]
        whole = [*pytest, "features", "-q"]
        say("which scenarios came after 100a7ad")
        stood = [*whole, *(f"--deselect={one}" for one in later(_collected(whole)))]
        # each its own cache, which no other command fills or clears
        warm, cold = "-ocache_dir={}/warm-{}", "-ocache_dir={}/cold"
        played = {
            "the book, cache warm": [*whole, warm.format(folder, "whole")],
            "its scenarios of 100a7ad, cache warm": [*stood, warm.format(folder, "stood")],
        }
        commands = {
            BASE: [sys.executable, "-c", "import tensorflow"],
            **played,
            "the book, cache cold": [*whole, cold.format(folder), "--cache-clear"],
            "its scenarios of 100a7ad, cache cold": [*stood, cold.format(folder), "--cache-clear"],
            "pytest --collect-only": [*whole, "--collect-only"],
            "facelab report": [
                sys.executable,
                "-m",
                "facelab",
                "report",
                f"{folder}/report/acceptance.json",
            ],
        }
        say("the book twice, to fill the caches")
        for command in played.values():
            _run(command)
        costs = {name: Cost(name) for name in commands}
        names = list(commands)
        order = random.Random(seed)
        for number in range(rounds):
            order.shuffle(names)
            for name in names:
                say(f"round {number + 1} of {rounds}: {name}")
                wall, cpu, memory = _run(commands[name])
                costs[name].wall.append(wall)
                costs[name].cpu.append(cpu)
                costs[name].memory.append(memory)
    return list(costs.values())


def _collected(command: Sequence[str]) -> list[str]:
    """Return the node ids of the scenarios that a run would play."""
    told = subprocess.run(
        [*command, "--collect-only"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return [line for line in told.splitlines() if ".feature::" in line]


METER = """
import json, os, sys
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, used = os.wait4(pid, 0)
cpu = used.ru_utime + used.ru_stime
print(json.dumps([os.waitstatus_to_exitcode(status), cpu, used.ru_maxrss]))
"""
"""A process counts as its own the memory of the one that started it: so a small one does."""


def _run(command: Sequence[str]) -> tuple[float, float, float]:
    began = time.perf_counter()
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    told = subprocess.run(
        [sys.executable, "-S", "-c", METER, *command],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    ).stdout
    status, cpu, kilobytes = json.loads(told.splitlines()[-1])
    if status:
        raise RuntimeError(f"{' '.join(command[1:])} ended with {status}")
    return time.perf_counter() - began, cpu, kilobytes / 1000
