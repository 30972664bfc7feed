"""What goes wrong in a browser: one line within its time, a report, and no process left."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from facelab.browsing.browser import VARIABLE, found
from facelab.browsing.description import read_description
from facelab.browsing.stranger import Stranger
from facelab.contract.errors import FacelabError, SystemFault
from facelab.contract.parameters import Parameters
from facelab.contract.photos import Photos
from facelab.contract.training import TrainingRequest
from facelab.gallery.source import Recording
from tests.browsing.conftest import LEARNS, Play
from tests.browsing.patient import Patient, opened
from tests.browsing.serving import STRANGE, serving
from tests.conftest import Project, Run

pytestmark = pytest.mark.slow

REQUEST = TrainingRequest(Parameters(epochs=2), (0,))


@pytest.fixture
def photos(frames: Recording) -> Photos:
    """Five photos of four people."""
    return frames.photos("gallery")


def refused(page: Patient, photos: Photos) -> str:
    """Train on a page; return the kind and the line of what goes wrong."""
    try:
        history = page.train(photos, REQUEST).history
    except FacelabError as error:
        return f"{type(error).__name__} {error}"
    finally:
        page.close()
    return f"{history.updates} values"


NEVER = "not ready within 3 s: ready = '#desk' finds something that is not shown"

FAULTS: dict[str, tuple[dict[str, dict[str, str]], dict[str, str], str, str]] = {
    "none": ({}, {}, "", "4 values"),
    "it is never ready": (
        {"strange.js": {"at('desk').hidden = false;": ""}},
        {},
        "ready",
        f"FacelabError {NEVER}; correct the description, or look at the page",
    ),
    "the webcam is refused": (
        {"strange.js": {"width: 320, height: 240 } }": "width: { exact: 4000 } } }"}},
        {},
        "ready",
        f"FacelabError {NEVER}; script error: its width is at most 320 pixels; correct "
        "the description, or look at the page",
    ),
    "a selector finds nothing": (
        {},
        {'field = "#rate"': 'field = "#speed"'},
        "",
        "FacelabError parameters.learning_rate = '#speed' finds nothing on the page (there is "
        "#loading, #desk, #screen, #people, …); correct the description",
    ),
    "a dialog": (
        {"strange.js": {"async function learn() {": "async function learn() { alert('Hi');"}},
        {},
        "",
        "SystemFault could not press #learn: a dialog came in the way (alert: Hi)",
    ),
    "a layer": (
        {"index.html": {'<div id="desk" ': '<p id="ad" style="position: fixed; inset: 0"></p>'
                        '<div id="desk" '}},
        {},
        "film",
        'SystemFault could not hold #person-0: not within 3 s (<p id="ad"></p> intercepts '
        "pointer events)",
    ),
    "a script error": (
        {"strange.js": {"async function learn() {": "async function learn() { nothing();"}},
        {},
        "train",
        "SystemFault a training gave no sign of life for 3 s after 0 values; #loss says "
        "'nothing learnt'; script error: nothing is not defined",
    ),
    "two photos at a time": (
        {"strange.js": {"photos.push({": "for (const _ of 'ab') photos.push({"}},
        {},
        "",
        "SystemFault #count-0 went from 0 to 2 when one photo was taken; if that is as it should "
        "be, describe it with film.several",
    ),
    "no photo": (
        {"strange.js": {"held = person;": "held = -1;"}},
        {},
        "film",
        "SystemFault #count-0 counts a photo once #person-0 is pressed, but not within 3 s",
    ),
    "a menu that lies": (
        {"index.html": {'value="1" selected': 'value="0.1" selected'}},
        {},
        "",
        "SystemFault #rate says 1 and sends 0.1",
    ),
    "a rate that is not on offer": (
        {"index.html": {'value="1" selected>1<': 'value="3" selected>3<'}},
        {},
        "",
        "Unoffered does not offer a learning rate of 1, but 0.001, 0.01, 0.1, 3",
    ),
    "values are lost": (
        {"strange.js": {"at('loss').textContent = `": "if (start) at('loss').textContent = `"}},
        {},
        "",
        "2 values",
    ),
    "no value": (
        {"strange.js": {"`loss ${loss}`": "`${loss}`"}},
        {},
        "",
        "SystemFault told no value of a training",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", list(FAULTS))
def test_a_fault_is_one_line(fault: str, browser: Browser, tmp_path: Path, photos: Photos) -> None:
    edits, description, act, line = FAULTS[fault]
    with serving(edits) as address:
        complains = "script error" in line
        page = opened(browser, address, tmp_path, description, act=act, complains=complains)
        told = refused(page, photos)
    told = re.sub(r"(#people), #person-0.*?\)", r"\1, …)", told.replace("the strange page: ", ""))
    assert told.replace("the strange page ", "") == line


def test_a_tab_that_crashes(browser: Browser, tmp_path: Path, photos: Photos) -> None:
    with serving() as address:
        description = read_description(STRANGE / "page.toml")
        page = Stranger(browser, address, description, tmp_path)
        learnt = page.train(photos, REQUEST)
        with pytest.raises(Exception, match="crash"):
            page.tab(learnt.tabs[0]).page.goto("chrome://crash")
        for _ in range(2):
            with pytest.raises(SystemFault, match=r"could not press #look: the page has crashed$"):
                learnt.predict(photos.frames[:1])
        page.close()


def reason(run: Run, verdict: str) -> str:
    """Return why the only scenario of a run has this verdict; the report is there."""
    [(given, why)] = run.verdicts.values()
    assert given == verdict, run.lines
    assert (run.folder / "acceptance.html").is_file()
    assert run.status == pytest.ExitCode.TESTS_FAILED
    return why


def test_a_page_that_is_not_there(play: Play) -> None:
    assert reason(play(address="http://127.0.0.1:9/?token=secret"), "error") == (
        "the strange page: nobody answers at http://127.0.0.1:9/ (net::ERR_UNSAFE_PORT); start the "
        "page, or correct its address"
    )


def test_what_is_refused_is_traced(play: Play) -> None:
    edits = {"index.html": {'value="1" selected': 'value="0.1" selected'}}
    run = play("--page-trace", edits=edits)
    assert reason(run, "refused") == "the strange page: #rate says 1 and sends 0.1"
    assert zipfile.is_zipfile(run.folder / "trace-T0.1.zip")
    [step] = [step for step in run.sheets[0]["steps"] if step["verdict"] == "refused"]
    assert [one["values"]["file"] for one in step["evidence"]] == ["trace-T0.1.zip"]


KILLS = """
@when("the browser is killed")
def killed():
    import os, signal
    from pathlib import Path
    mark = os.environ["FACELAB_TEST_RUN"].encode()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes()
            ours = mark in (process / "environ").read_bytes()
        except OSError:
            continue
        if ours and b"--headless" in words and b"--type=" not in words:
            os.kill(int(process.name), signal.SIGKILL)
"""
"""A step that kills the browser of this run."""


def test_a_browser_that_dies(play: Play, book: Project) -> None:
    book.steps("from pytest_bdd import when\n" + KILLS, plugins=("facelab.plugin", "steps"))
    asked = "at least 90 % of the photos are answered right"
    book.family("T0", f"{LEARNS}\n    When the browser is killed\n    Then {asked}")
    why = reason(play(), "refused")
    assert why in {
        "the strange page: could not press #look: the browser is gone",
        "the strange page: could not press #look: the page has crashed",
    }


def test_no_chromium(play: Play, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    assert reason(play(), "error").startswith(
        "no Chromium: none of chromium, chromium-browser, google-chrome, google-chrome-stable, "
        "chrome is on the PATH, nor one of Playwright's own; install one "
    )


def test_a_chromium_that_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    false = tmp_path / "chromium"
    false.write_text("#!/bin/sh\necho 'no screen' >&2\nexit 1\n")
    false.chmod(0o755)
    monkeypatch.setenv(VARIABLE, str(false))
    assert found() == str(false)


def test_the_variable_names_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "/no/chromium")
    with pytest.raises(FacelabError, match="FACELAB_CHROMIUM: received /no/chromium, no program"):
        found()


def test_no_playwright(play: Play, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "playwright").mkdir()
    (tmp_path / "playwright" / "__init__.py").write_text("raise ImportError('no playwright')\n")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{Path(__file__).parents[2]}")
    assert reason(play(), "error") == (
        "no Playwright, which drives the browser; install it with `pip install facelab[browser]`"
    )
