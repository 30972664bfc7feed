"""The options of a played page: beside those of other plugins, and checked before the play."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.browsing.serving import STRANGE
from tests.conftest import ROOT, Project

OPTIONS = {"--page", "--page-description", "--page-engine", "--page-headed", "--page-trace"}

OTHERS = {
    "pytest-playwright 0.8": "--base-url --browser --browser-channel --device "
    "--full-page-screenshot --headed --output --screenshot --slowmo --tracing --video",
    "pytest-selenium 4": "--capability --driver --driver-path --event-listener --host --port",
    "pytest-html 4": "--css --html --self-contained-html",
    "allure-pytest 2": "--allure-epics --allure-features --allure-ids --allure-label "
    "--allure-no-capture --allure-severities --allure-stories --alluredir --clean-alluredir",
    "pytest-cov 7": "--cov --cov-append --cov-branch --cov-config --cov-context --cov-fail-under "
    "--cov-precision --cov-report --cov-reset --no-cov --no-cov-on-fail",
    "pytest-rerunfailures 16": "--fail-on-flaky --force-reruns --only-rerun --rerun-except "
    "--reruns --reruns-delay",
    "pytest-timeout 2": "--session-timeout --timeout --timeout-disable-debugger-detection "
    "--timeout-method",
    "pytest-randomly 4": "--randomly-dont-reorganize --randomly-dont-reset-seed --randomly-seed",
    "pytest-repeat 0.9": "--count --repeat-scope",
    "pytest-json-report 1": "--json-report --json-report-file --json-report-indent "
    "--json-report-omit --json-report-summary --json-report-verbosity",
    "pytest-sugar 1": "--force-sugar --old-summary --sugar-trace-dir --verbose-sugar",
    "pytest-django 4": "--create-db --dc --ds --fail-on-template-vars --no-migrations "
    "--nomigrations --reuse-db",
    "pytest-asyncio 1": "--asyncio-debug --asyncio-mode",
    "pytest-benchmark 5": "--benchmark-only --benchmark-skip --benchmark-storage",
    "pytest-metadata 3": "--metadata --metadata-from-json --metadata-from-json-file",
}
"""The options of plugins that are common beside a browser, of their documents."""


def test_no_option_is_that_of_another_plugin() -> None:
    theirs = {option for names in OTHERS.values() for option in names.split()}
    assert not OPTIONS & theirs


@pytest.mark.slow
def test_pytest_and_its_plugins_here_have_no_such_option() -> None:
    """Each plugin that is installed is loaded, and argparse refuses an option that is there."""
    words = [sys.executable, "-m", "pytest", "--help", "-p", "facelab.plugin"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    ours = done.stdout.partition("facelab, the acceptance test book:")[2].partition("\n\n")[0]
    others = done.stdout.replace(ours, "")
    assert {*re.findall(r"^  (--page[\w-]*)", ours, re.MULTILINE)} == OPTIONS
    assert not OPTIONS & {*re.findall(r"--[\w-]+", others)}
    assert "--trace " in others  # pytest's own: so ours has another name


WRONG = {
    "a page without a description": (
        ["--page", "http://127.0.0.1:8000/"],
        "--page: received http://127.0.0.1:8000/ without --page-description; describe the page "
        "(docs/your_page.md), or play facelab's own with --system page",
    ),
    "a description without a page": (
        ["--page-description", str(STRANGE / "page.toml")],
        "--page-description: received without --page; name the page's address with it",
    ),
    "no such description": (
        ["--page", "http://127.0.0.1:8000/", "--page-description", "none.toml"],
        "none.toml: there is no such file; name an existing one with --page-description",
    ),
    "a page and a system": (
        ["--page", "http://127.0.0.1:8000/", "--system", "mine:Mine"],
        "--page and --system: received both; the page at http://127.0.0.1:8000/ is the system: "
        "leave --system out",
    ),
    "a page and a detector": (
        ["--system", "page", "--face-detector", "none"],
        "--face-detector: received none with a page, which finds faces by itself; leave the option "
        "out",
    ),
    "a page and an embedding": (
        ["--system", "page", "--embedding", "whitened"],
        "--embedding: received whitened with a page, which describes faces by itself; leave the "
        "option out",
    ),
}


@pytest.mark.parametrize("slip", list(WRONG))
def test_options_that_contradict_each_other(slip: str, project: Project) -> None:
    words, line = WRONG[slip]
    project.family("T0", "all is well")
    run = project.run(*words)
    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert run.said(f"ERROR: {line}")
    assert not run.folder.exists()


def test_an_engine_that_nobody_knows(project: Project) -> None:
    project.family("T0", "all is well")
    run = project.run("--system", "page", "--page-engine", "gpu")
    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert any("--page-engine: invalid choice: 'gpu'" in line for line in run.lines)


def test_an_embedding_that_nobody_knows(project: Project) -> None:
    project.family("T0", "all is well")
    run = project.run("--embedding", "deep")
    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert any("--embedding: invalid choice: 'deep'" in line for line in run.lines)


LOOKS = """
@then("nothing of a browser is there")
def nothing():
    import sys
    parts = ("facelab.browsing", "facelab.page", "playwright", "starlette")
    assert not [name for name in sys.modules if name.startswith(parts)]
"""


@pytest.mark.slow
def test_without_a_page_nothing_of_the_player_is_imported(project: Project) -> None:
    project.steps(LOOKS, plugins=("facelab.plugin", "steps"))
    project.family("T0", "nothing of a browser is there")
    assert project.run(apart=True).verdicts == {"T0 1": ("accepted", "")}
