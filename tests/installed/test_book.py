"""The book where facelab is installed: in an empty folder, without a clone or TensorFlow."""

from __future__ import annotations

import json
import re
import shutil
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.installed.conftest import WITHOUT_TENSORFLOW, built
from tests.installed.environment import Environment

pytestmark = pytest.mark.slow

OWN = ROOT / "examples" / "own_repository"
COLLECT = ("--collect-only", "-q", "-m", "T0")
FACE_BASE = "7/49 tests collected (42 deselected)"


def test_the_wheel_has_what_the_clone_has(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("wheel")
    with zipfile.ZipFile(built("build_wheel", folder)) as wheel:
        names = set(wheel.namelist())
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"facelab"}
    for kind in ("features", "steps", "fixtures"):
        own = {
            f"facelab/book/{path.relative_to(ROOT).as_posix()}"
            for path in (ROOT / kind).rglob("*.*")
            if "__pycache__" not in path.parts
        }
        assert own == {name for name in names if name.startswith(f"facelab/book/{kind}/")}


def test_the_face_base_in_an_empty_folder(bare: Environment) -> None:
    said = bare.run("pytest", "--pyargs", "facelab.book", "-m", "T0", "-W", "error")
    assert "partly run: a part of the book: 1 of 7 features; 7 of 7 scenarios accepted" in said
    record = json.loads((bare.folder / "reports" / "acceptance.json").read_text("utf-8"))
    [family] = record["families"]
    assert family["file"] == "features/T0_face_base.feature"
    assert family["sheets"][0]["node"].startswith("features/T0_face_base.feature::")
    assert record["run"]["options"] == "-p facelab.book"
    assert record["run"]["environment"]["tensorflow"] == "not installed"
    assert str(bare.home) not in json.dumps(record)


def test_a_repository_of_one_s_own(bare: Environment) -> None:
    shutil.copytree(OWN, bare.folder, dirs_exist_ok=True)
    mine = ("--system", "mine:Mine", "--seeds", "1")
    said = bare.run("facelab", "doctor", "--system", "mine:Mine")
    assert "+ every value is the one calculated, at the learning rate shown" in said
    said = bare.run("pytest", *mine)
    assert "+ T9  accepted     Small batches tell two women apart" in said
    assert "8 of 8 scenarios accepted" in said
    said = bare.run(
        "facelab", "play", "features/T3_epochs_and_batch_size.feature", "-k", "515", *mine
    )
    assert "+ T3  accepted     Each graph has exactly its number of values (epochs 5" in said
    bare.run("facelab", "report", "--markdown")
    assert (bare.folder / "reports" / "acceptance.md").is_file()


def test_without_tensorflow_facelab_s_own_system_says_what_it_takes(bare: Environment) -> None:
    line = "this takes TensorFlow, with which facelab itself learns, and which is not installed;"
    assert line in bare.run("facelab", "doctor", status=2)


def test_an_editable_installation_has_the_clone_s_book(editable: Environment) -> None:
    assert not (editable.packages / "facelab").exists()
    assert FACE_BASE in editable.run("pytest", "--pyargs", "facelab.book", *COLLECT)


@pytest.mark.parametrize("words", [(), ("--pyargs", "facelab.book"), ("-p", "no:facelab")])
def test_the_clone_loads_one_plugin_once(words: tuple[str, ...]) -> None:
    clone = Environment(Path(sys.prefix), ROOT)
    said = clone.run("pytest", *words, *COLLECT, "-p", "no:cacheprovider", PYTHONPATH=str(ROOT))
    assert FACE_BASE in said


@pytest.mark.parametrize(
    ("words", "status"), [(("--pyargs", "facelab.book"), 0), (("-p", "no:facelab"), 5)]
)
def test_an_own_repository_loads_one_plugin_once(
    bare: Environment, words: tuple[str, ...], status: int
) -> None:
    shutil.copy(OWN / "own_steps.py", bare.folder)
    shutil.copy(OWN / "conftest.py", bare.folder)
    said = bare.run("pytest", *words, *COLLECT, status=status)
    assert (FACE_BASE in said) == (status == 0)


def test_its_list_of_requirements_is_facelab_s() -> None:
    lines = (OWN / "requirements.txt").read_text("utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == WITHOUT_TENSORFLOW


def test_its_feature_and_step_are_those_of_the_tutorial() -> None:
    page = (ROOT / "docs" / "steps.md").read_text("utf-8")
    for language, file in (
        ("gherkin", "features/T9_two_women.feature"),
        ("python", "own_steps.py"),
    ):
        told = re.search(rf"```{language}\n(.*?)```", page, re.DOTALL)
        assert told
        assert told[1] == (OWN / file).read_text("utf-8")
