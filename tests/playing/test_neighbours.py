"""Neighbours: other plugins of pytest play beside facelab, or are refused before the play."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

import pytest

from tests.conftest import Project

TRIES = """
from _pytest.runner import runtestprotocol

def pytest_runtest_protocol(item, nextitem):
    # as pytest-rerunfailures does: whatever fails is played once more
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for last in (False, True):
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
        if last or not any(report.failed for report in reports):
            break
        item._initrequest()
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    return True
"""

FLAKY = """
TRIED = []

@step("it holds at the second try")
def flaky():
    TRIED.append(1)
    if len(TRIED) < 2:
        raise AssertionError("not yet")
"""


def plugin(project: Project, name: str, text: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Write a plugin of pytest and return the option that loads it."""
    (project.folder / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(project.folder)
    return f"-p{name}"


def needs(package: str) -> None:
    """Skip where another plugin is not installed."""
    try:
        version(package)
    except PackageNotFoundError:
        pytest.skip(f"{package} is not installed")


@pytest.fixture
def book(project: Project) -> Project:
    """Three families, one scenario of which is refused."""
    project.family("T0", "all is well", "all is well")
    project.family("T1", "all is well\n    And it fails with 1", "all is well", after="T0")
    project.family("T2", "all is well", after="T0")
    return project


VERDICTS = {
    "T0 1": ("accepted", ""),
    "T0 2": ("accepted", ""),
    "T1 1": ("refused", "1"),
    "T1 2": ("accepted", ""),
    "T2 1": ("accepted", ""),
}


def written(project: Project) -> dict[str, bytes]:
    """The files of the report."""
    folder = project.folder / "reports"
    return {path.name: path.read_bytes() for path in folder.glob("*.*") if path.is_file()}


@pytest.mark.slow
@pytest.mark.parametrize("options", [["-n2"], ["-n2", "--dist=loadfile"], ["-n1", "-k", "t1_2"]])
def test_shares_are_refused_before_the_play(book: Project, options: list[str]) -> None:
    run = book.run(*options, apart=True)
    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert run.said(
        "ERROR: -n: received with features, whose steps would be played in other processes, out of "
        "the sight of the report; play them without it (-n0), and other tests with it, by their "
        "folder"
    )
    assert not run.folder.exists()
    assert not any("passed" in line or "Traceback" in line for line in run.lines)


@pytest.mark.slow
def test_shares_of_other_tests_are_nobodys_business(book: Project) -> None:
    (book.folder / "test_plain.py").write_text(
        "import pytest\n@pytest.mark.parametrize('n', ['a.feature::b', 2])\n"
        "def test_plain(n):\n    pass\n"
    )
    run = book.run("-n2", "test_plain.py", apart=True)
    assert run.status == pytest.ExitCode.OK
    assert not any("report" in line for line in run.lines)
    assert book.run("-n0").verdicts == VERDICTS


def test_a_second_try_is_told(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.steps(FLAKY)
    project.family("T0", "all is well\n    And it fails with 1\n    And all is well")
    project.family("T1", "it holds at the second try", "all is well")
    run = project.run(plugin(project, "tries", TRIES, monkeypatch))
    assert run.status == pytest.ExitCode.TESTS_FAILED
    told = "held at try 2; try 1: refused: not yet"
    assert run.verdicts == {
        "T0 1": ("refused", "1"),
        "T1 1": ("accepted with reservations", told),
        "T1 2": ("accepted", ""),
    }
    assert [step["verdict"] for step in run.sheets[0]["steps"]] == [
        "accepted",
        "refused",
        "not run",
    ]
    page = (run.folder / "acceptance.html").read_text("utf-8")
    reservations = page[page.index('id="reservations"') : page.index('id="summary"')]
    assert told[1:] in reservations


@pytest.mark.slow
def test_rerunfailures(project: Project) -> None:
    needs("pytest-rerunfailures")
    project.steps(FLAKY)
    project.family("T0", "all is well\n    And it fails with 1")
    project.family("T1", "it holds at the second try", after="T0")
    project.family("T2", "it holds at the second try")
    run = project.run("--reruns=2", apart=True)
    assert run.verdicts["T0 1"] == ("refused", "1")
    assert run.verdicts["T1 1"] == ("blocked", "blocked by T0")
    assert run.verdicts["T2 1"][1] == "held at try 2; try 1: refused: not yet"


SHUFFLE = """
import pytest
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    items.reverse()
"""


def test_a_shuffled_book_is_the_same_book(book: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    run = book.run("-v", plugin(book, "shuffles", SHUFFLE, monkeypatch))
    assert list(run.verdicts.items()) == list(VERDICTS.items())
    played = [line.split("::")[1].split()[0] for line in run.lines if ".feature::" in line]
    assert played[:5] == ["test_t0_1", "test_t0_2", "test_t2_1", "test_t1_2", "test_t1_1"]


REPEATS = """
import pytest

@pytest.fixture
def __pytest_repeat_step_number(request):
    return request.param

@pytest.hookimpl(trylast=True)
def pytest_generate_tests(metafunc):
    metafunc.fixturenames.append("__pytest_repeat_step_number")
    metafunc.parametrize(
        "__pytest_repeat_step_number", range(2), indirect=True, ids=["1-2", "2-2"]
    )
"""


def test_a_repeated_scenario_is_told_apart(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.family("T0", "all is well")
    run = project.run(plugin(project, "repeats", REPEATS, monkeypatch))
    assert list(run.verdicts) == ["T0 1 (repetition 1)", "T0 1 (repetition 2)"]


ELSEWHERE = """
import pytest

def pytest_addoption(parser):
    parser.addoption("--forked", action="store_true")
    parser.addoption("--quietly-elsewhere", action="store_true")

@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item):
    if item.config.option.quietly_elsewhere:
        for when in ("setup", "call", "teardown"):
            report = pytest.TestReport(item.nodeid, item.location, {}, "passed", None, when)
            item.ihook.pytest_runtest_logreport(report=report)
        return True
"""


def test_what_is_played_elsewhere_is_not_accepted(
    book: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = plugin(book, "elsewhere", ELSEWHERE, monkeypatch)
    run = book.run(elsewhere, "--forked")
    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert run.said(
        "ERROR: --forked: received with features, whose steps would be played in other processes, "
        "out of the sight of the report; play them without it"
    )
    assert not run.folder.exists()
    run = book.run(elsewhere, "--quietly-elsewhere", "-m", "T0")
    assert run.status == pytest.ExitCode.TESTS_FAILED
    assert {verdict for verdict, _ in run.verdicts.values()} == {"error"}
    assert run.verdicts["T0 1"][1].startswith("its steps were played in another process, unseen")


REPORTER = """
def pytest_addoption(parser):
    parser.getgroup("report generation").addoption("--report", action="append", default=[])
"""


@pytest.mark.slow
def test_another_plugin_may_have_an_option_called_report(
    book: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    reporter = plugin(book, "reporter", REPORTER, monkeypatch)
    run = book.run(reporter, "--report=theirs.html", "--acceptance-report=ours")
    assert run.acceptance[-1].endswith("report: ours/acceptance.html")
    assert not run.folder.exists()
    assert not (book.folder / "theirs.html").exists()
    run = book.run("--report=former", "-m", "T0")
    assert run.acceptance[-1].endswith("report: former/acceptance.html")


SHOWN = """--fixtures; --fixtures-per-test; --setup-plan; --setup-only; --collect-only;
--seeds=none; --no-such-option; features/none.feature; -k nothing; --markers; --version; --help"""


@pytest.mark.slow
@pytest.mark.parametrize("options", [line.split() for line in SHOWN.split(";")], ids=" ".join)
def test_who_plays_nothing_leaves_the_report_as_it_was(book: Project, options: list[str]) -> None:
    book.run()
    before = written(book)
    assert set(before) == {"acceptance.html", "acceptance.json"}
    book.run(*options)
    assert written(book) == before


@pytest.mark.slow
@pytest.mark.parametrize(
    ("package", "options"),
    [
        ("pytest-randomly", []),
        ("pytest-html", ["--html=r.html", "--self-contained-html"]),
        ("pytest-json-report", ["--json-report"]),
        ("allure-pytest-bdd", ["--alluredir=allure"]),
        ("pytest-cov", ["--cov=facelab"]),
        ("pytest-timeout", ["--timeout=60"]),
        ("pytest-reporter", ["--report=r.html", "--template=none.html"]),
        ("pytest-playwright", ["--browser=chromium"]),
    ],
)
def test_one_that_is_installed(book: Project, package: str, options: list[str]) -> None:
    needs(package)
    run = book.run("-Wdefault", *options, apart=True)
    assert run.status == pytest.ExitCode.TESTS_FAILED
    assert run.verdicts == VERDICTS


def test_a_time_limit_is_no_refusal(project: Project) -> None:
    project.steps(
        """
@step("it takes too long")
def long():
    pytest.fail("Timeout (>0.2s) from pytest-timeout.")
"""
    )
    project.family("T0", "it takes too long")
    assert project.run().verdicts["T0 1"] == (
        "error",
        "Timeout (>0.2s) from pytest-timeout: it ran out of time, so nothing is judged",
    )
