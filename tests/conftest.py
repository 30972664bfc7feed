"""Fixtures that all tests share."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd
import pytest
from _pytest.pytester import SysModulesSnapshot
from hypothesis import HealthCheck, settings

from facelab.base.files import sha256
from facelab.contract.frame import Frame
from facelab.gallery.gallery import Gallery
from facelab.gallery.manifest import write_manifest
from facelab.gallery.source import Recording
from facelab.report.record import FIELDS

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parent.parent

SLOW = re.compile(r"^pytestmark = (\[\n? *)?pytest\.mark\.slow\b", re.MULTILINE)
"""A file of tests that are all slow."""

PYPROJECT = """
[tool.pytest]
testpaths = ["features"]
addopts = ["--strict-markers", "--strict-config", "--import-mode=importlib"]
filterwarnings = ["error"]
[tool.facelab.document]
title = "A tiny book"
project = "tiny"
owner = "Nobody"
version = "1"
authors = "Nobody"
submitted = "2026-11-22"
diffusion = "None"
confidentiality = "Public"
"""

STEPS = """
import pytest
from pytest_bdd import given, parsers, step, then

pytest_plugins = {plugins}

@step("all is well")
def well():
    pass

@step(parsers.parse("it fails with {{reason}}"))
def failing(reason):
    raise AssertionError(reason)

@step(parsers.parse("it breaks with {{reason}}"))
def broken(reason):
    raise RuntimeError(reason)

@step(parsers.parse("it is left out for {{reason}}"))
def left_out(reason):
    pytest.skip(reason)

@step("somebody presses Ctrl-C")
def interrupted():
    raise KeyboardInterrupt
"""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not import a file of slow tests where they are left out: it may need TensorFlow."""
    if config.option.markexpr != "not slow" or collection_path.suffix != ".py":
        return None
    return is_slow(collection_path) or None


@cache
def is_slow(path: Path) -> bool:
    """Return whether all tests of a file are slow."""
    return SLOW.search(path.read_text(encoding="utf-8")) is not None


def pytest_configure(config: pytest.Config) -> None:
    """Have xdist hand the files out in our order, not those of the most tests first.

    Its workers, and all that they start, calculate on one thread each: together they have the
    machine's cores, and a second thread of one would turn in circles while another works. Ctrl-C
    is heard by what they start, even where it was ignored when they began.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # begun in a shell's background
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False
    if getattr(config.option, "numprocesses", None):
        for library in ("OPENBLAS", "OMP"):
            os.environ.setdefault(f"{library}_NUM_THREADS", "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with files of slow tests, and leave to scripts/nightly what is too long for CI.

    At the end the workers share many quick files: none waits for the other's long one.
    """
    items.sort(key=lambda item: not is_slow(item.path))
    if os.environ.get("FACELAB_NIGHTLY") != "1":
        for item in items:
            if item.get_closest_marker("nightly"):
                item.add_marker(pytest.mark.skip(reason="too long for CI: scripts/nightly runs it"))


# by day the same examples each time, however long one takes: a busy computer breaks no run
settings.register_profile(
    "day",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("nightly", max_examples=2_000, deadline=None)
settings.load_profile("nightly" if os.environ.get("FACELAB_NIGHTLY") == "1" else "day")


def examples(count: int) -> int:
    """Return how many of Hypothesis' examples to try: 20 times as many at night."""
    return count * (20 if os.environ.get("FACELAB_NIGHTLY") == "1" else 1)


@pytest.fixture(scope="session")
def recording() -> Recording:
    """The frames recorded in fixtures/."""
    return Recording(ROOT / "fixtures")


@dataclass
class Run:
    """What a run of pytest on a tiny project left: exit status, terminal, record."""

    status: int
    lines: list[str]
    folder: Path

    @property
    def record(self) -> dict[str, Any]:
        """The JSON of the run."""
        record: dict[str, Any] = json.loads((self.folder / "acceptance.json").read_text("utf-8"))
        return record

    @property
    def sheets(self) -> list[dict[str, Any]]:
        """The scenarios of the record, in order."""
        return [sheet for family in self.record["families"] for sheet in family["sheets"]]

    @property
    def verdicts(self) -> dict[str, tuple[str, str]]:
        """Verdict and reason of every scenario of the record, by its name, in order."""
        return {s["name"]: (s["verdict"], s["reason"]) for s in self.sheets}

    @property
    def acceptance(self) -> list[str]:
        """The lines at the end of the terminal: one a scenario, then the verdict."""
        start = next(i for i, line in enumerate(self.lines) if " acceptance " in line)
        return [
            line for line in self.lines[start + 1 :] if line[:2] in {s + " " for s in "+~-=x!?"}
        ]

    def said(self, line: str) -> bool:
        """Tell whether a line was printed, word for word."""
        return line in self.lines


class Project:
    """A tiny project: features, steps, and pytest to play them."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.folder = pytester.path
        (self.folder / "pyproject.toml").write_text(PYPROJECT)
        (self.folder / "features").mkdir()
        self.steps()

    def steps(self, more: str = "", plugins: tuple[str, ...] = ("facelab.plugin",)) -> None:
        """Write the steps: those that hold, fail, break, skip, stop, and more."""
        (self.folder / "conftest.py").write_text(STEPS.format(plugins=list(plugins)) + more)

    def feature(self, name: str, text: str) -> Path:
        """Write a feature file."""
        path = self.folder / "features" / f"{name}.feature"
        path.write_text(text, encoding="utf-8")
        return path

    def family(self, name: str, *steps: str, after: str = "", tags: str = "") -> Path:
        """Write a feature tagged with its name, a scenario a step.

        A step that stands alone is what its scenario judges: a Then.
        """
        waits = " ".join(f"@after:{one}" for one in after.split())
        scenarios = "".join(
            f"  Scenario: {name} {number}\n    {'Given' if 'Then ' in step else 'Then'} {step}\n"
            for number, step in enumerate(steps, 1)
        )
        prose = "".join(f"  {field}: as it is\n" for field in FIELDS)
        return self.feature(
            name, f"@{name} {waits} {tags}\nFeature: Family {name}\n{prose}\n{scenarios}"
        )

    def run(self, *arguments: str, apart: bool = False) -> Run:
        """Run pytest in this process, or ``apart`` in one of its own."""
        run = self.pytester.runpytest_subprocess if apart else self.pytester.runpytest_inprocess
        done = run("-p", "no:hypothesispytest", *arguments)
        return Run(int(done.ret), done.outlines + done.errlines, self.folder / "reports")


def is_installed(name: str) -> bool:
    """Return whether a module that was imported is another package's."""
    return "site-packages" in (getattr(sys.modules[name], "__file__", None) or "")


@pytest.fixture(scope="session", autouse=True)
def kept_imports() -> Iterator[None]:
    """Keep what a run in this process has imported of other packages.

    pytester takes a run's imports back; the next import of TensorFlow would abort this process.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            pytest.Pytester,
            "_Pytester__take_sys_modules_snapshot",
            lambda _: SysModulesSnapshot(preserve=is_installed),
        )
        yield


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A tiny project without frames; its steps are in its conftest.py."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return Project(pytester)


def draw(person: int, photo: int, size: tuple[int, int] = (48, 64)) -> Frame:
    """Return a picture with a pattern of its own for a person, a little moved for each photo."""
    height, width = size
    down, across = np.mgrid[:height, :width]
    angle = np.pi * person / 5
    wave = np.sin((down * np.sin(angle) + across * np.cos(angle)) / 3 + photo / 4)
    grey = 127 + 100 * wave + np.random.default_rng(photo).normal(0, 5, wave.shape)
    return np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def film(path: Path, frames: list[Frame]) -> None:
    """Write frames as a video without loss."""
    path.parent.mkdir(parents=True, exist_ok=True)
    height, width = frames[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"FFV1"), 25, (width, height))
    assert writer.isOpened()
    for frame in frames:
        writer.write(frame)
    writer.release()


def recorded(folder: Path, photos: int) -> Recording:
    """Make a tiny recording: 4 people with so many photos each, and a clip of Alex."""
    gallery = Gallery(folder)
    for number, person in enumerate(("Alex", "Amine", "Lara", "Naomie")):
        for photo in range(photos):
            gallery.save(f"{person}", draw(number, photo))
    gallery.close()
    rows = gallery.table.assign(frames="").to_dict("records")
    clip = folder / "clips" / "alex_t2.avi"
    film(clip, [draw(0, photo) for photo in range(70)])
    rows.append(
        {
            "file": "clips/alex_t2.avi",
            "sha256": sha256(clip),
            "set": "clips",
            "person": "Alex",
            "frames": "70",
        }
    )
    write_manifest(folder, pd.DataFrame(rows))
    return Recording(folder)


@pytest.fixture
def frames(tmp_path: Path) -> Recording:
    """A tiny recording: 4 people with 10 photos each, a clip of Alex."""
    return recorded(tmp_path / "fixtures", 10)


def eventually(so: Callable[[], object], seconds: float = 60) -> bool:
    """Return whether something comes to be true; it is asked again and again until then.

    ``seconds`` are many: they are waited for only where it never comes.
    """
    until = time.monotonic() + seconds
    while not (found := so()) and time.monotonic() < until:
        time.sleep(0.01)
    return bool(found)


def without_libgl(folder: Path) -> Path:
    """Make a cv2 that fails as OpenCV does on a host without libGL, in a folder to be put first."""
    (folder / "host" / "cv2").mkdir(parents=True)
    (folder / "host" / "cv2" / "__init__.py").write_text(
        "raise ImportError('libGL.so.1: cannot open shared object file: "
        "No such file or directory')\n"
    )
    return folder / "host"
