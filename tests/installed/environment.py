"""Environments: a Python of its own with facelab's wheel, and nothing but what it demands.

Nothing is fetched. The packages are those of the environment that the tests run in, by links, and
only those that a list of requirements leads to: whatever else facelab needed would be missing.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement

from tests.conftest import ROOT

BUILD = "import sys, hatchling.build as b; print(b.{}(sys.argv[1]))"


def build(folder: Path, kind: str = "build_wheel") -> Path:
    """Build a wheel of this clone by its own build system."""
    done = subprocess.run(
        [sys.executable, "-c", BUILD.format(kind), str(folder)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return folder / done.stdout.split()[-1]


@dataclass(frozen=True)
class Environment:
    """A virtual environment and an empty folder to work in."""

    home: Path
    folder: Path

    @property
    def packages(self) -> Path:
        """Where packages are installed."""
        if sys.platform == "win32":
            return self.home / "Lib" / "site-packages"
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        return self.home / "lib" / version / "site-packages"

    def run(self, *command: str, status: int = 0, **more: str) -> str:
        """Run ``python -m …`` in the folder, and return what it says. Asserts its exit status."""
        python = self.home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        kept = {
            k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "PYTHON", "COV"))
        }
        done = subprocess.run(
            [str(python), "-m", *command],
            cwd=self.folder, env=kept | more, capture_output=True, text=True, check=False,
        )  # fmt: skip
        said = done.stdout + done.stderr
        assert done.returncode == status, said
        return said


def make(home: Path, wheel: Path, requirements: Iterable[str]) -> Environment:
    """Make an environment with a wheel, and with what requirements lead to."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    made = Environment(home, home.parent / f"{home.name}-work")
    made.folder.mkdir()
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(made.packages)
    for found in closure(requirements):
        for name in _tops(found):
            if not (made.packages / name).exists():
                (made.packages / name).symlink_to(Path(str(found.locate_file(name))))
    return made


def closure(requirements: Iterable[str]) -> list[Distribution]:
    """Return the distributions here that requirements lead to, facelab itself left out."""
    found: dict[str, Distribution] = {}
    wanted = [(Requirement(one), {""}) for one in requirements]
    while wanted:
        requirement, extras = wanted.pop()
        applies = requirement.marker is None or any(
            requirement.marker.evaluate({"extra": extra}) for extra in extras
        )
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        if not applies or name in found or name == "facelab":
            continue
        found[name] = distribution(name)
        wanted += [
            (Requirement(one), {"", *requirement.extras}) for one in found[name].requires or []
        ]
    return list(found.values())


def _tops(found: Distribution) -> set[str]:
    """Return what a distribution has put at the top of the packages."""
    tops = {file.parts[0] for file in found.files or []}
    return {name for name in tops if name not in ("..", "bin", "__pycache__")}


def installed(name: str) -> bool:
    """Return whether a package is installed here."""
    return any(one.name == name for one in distributions())
