"""Hidden: faults in what the page makes of certainty, which the book does not see.

As a plugin of pytest it puts one into every page that a test opens: ``FACELAB_HIDDEN`` names it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import pytest

from tests.browsing.serving import changed
from tests.conftest import ROOT

SITE = ROOT / "facelab" / "page" / "site"

VARIABLE = "FACELAB_HIDDEN"
DECIDES = "tests/page/test_vectors.py::test_it_decides_on_a_film_as_python_does"
COUNTS = "tests/page/test_page_lesson.py::test_the_count_is_what_python_counts"


@dataclass(frozen=True)
class Hidden:
    """A fault in what is decided over a second, which the book does not see; ``test`` does."""

    what: str
    file: str
    old: str
    new: str
    test: str


HIDDEN = {
    "D1": Hidden(
        "a name is said however uncertain it is", "decision.js",
        "most >= Math.fround(this.#certain) ? mean.indexOf(most) : -2", "mean.indexOf(most)",
        DECIDES),
    "D2": Hidden(
        "the certainty of the last frame counts, not that of a second", "decision.js",
        "most >= Math.fround(this.#certain)", "Math.max(...odds) >= Math.fround(this.#certain)",
        DECIDES),
    "D3": Hidden(
        "the certainty of another name counts", "decision.js",
        "most >= Math.fround(this.#certain)", "mean[0] >= Math.fround(this.#certain)", DECIDES),
    "D4": Hidden(
        "all frames decide, not those of a second", "decision.js",
        "before.filter(([then]) => then > seconds - SECOND)", "before.slice()", DECIDES),
    "D5": Hidden(
        "another face goes on with the frames of the one before", "decision.js",
        "intersectionOverUnion(face, this.#box) < NEAR) this.#frames.clear();",
        "intersectionOverUnion(face, this.#box) < NEAR) this.#missed = 0;", DECIDES),
    "D6": Hidden(
        "an empty chair forgets nobody", "decision.js",
        "if (++this.#missed > MAX_MISSED) this.#frames.clear();", "this.#missed++;", DECIDES),
    "D7": Hidden(
        "unsure is counted as the most probable name", "tally.js",
        "addOne(decided, id, nameAt(model, /** @type {any} */ (decisions.get(id)).person));",
        "addOne(decided, id, person);", COUNTS),
    "D8": Hidden(
        "unsure is counted as nobody", "tally.js", "(person === -1 ? NOBODY : UNSURE)", "NOBODY",
        COUNTS),
    "D9": Hidden(
        "the certainty that was set is not heard of", "tally.js",
        "const certain = () => store.state?.certainty ?? 1;", "const certain = () => 1;", COUNTS),
    "D10": Hidden(
        "a frame that is unsure is left out of the count of the most probable", "tally.js",
        "      addOne(tallies, id, person);",
        "      if (/** @type {any} */ (decisions.get(id)).person !== -2)"
        " addOne(tallies, id, person);", COUNTS),
    "D11": Hidden(
        "who is decided on is counted as the most probable", "tally.js",
        "      addOne(tallies, id, person);",
        "      addOne(tallies, id, nameAt(model,"
        " /** @type {any} */ (decisions.get(id)).person));", COUNTS),
    "D12": Hidden(
        "what is live is the mean over a second", "tally.js",
        "line.dataset.probabilities = given.map(", "line.dataset.probabilities = mean.map(",
        COUNTS),
    "D13": Hidden(
        "whoever was certain stays until another is", "tally.js",
        "      const person = predicted(known, given);",
        "      const now = nameAt(model, /** @type {any} */ (decisions.get(id)).person);"
        " const stay = (window.stay ??= {});"
        " const person = now === UNSURE ? (stay[id] ?? known[0]) : (stay[id] = now);", COUNTS),
    "D14": Hidden(
        "an unsure frame is nobody's in the count of the most probable", "tally.js",
        "      addOne(tallies, id, person);",
        "      addOne(tallies, id, /** @type {any} */ (decisions.get(id)).person === -2"
        " ? NOBODY : person);", COUNTS),
}  # fmt: skip


def mutated(fault: Hidden) -> str:
    """Return the file with its fault."""
    return changed((SITE / fault.file).read_text("utf-8"), {fault.old: fault.new})


def pytest_configure(config: pytest.Config) -> None:
    """Have the file answered by the faulty one in every context of a browser."""
    label = os.environ.get(VARIABLE)
    if not label:
        return
    from playwright.sync_api import Browser

    fault, opened = HIDDEN[label], Browser.new_context
    content = mutated(fault)

    def faulty(browser: Browser, *some: Any, **named: Any) -> Any:
        context = opened(browser, *some, **named)
        context.route(
            f"**/site/{fault.file}",
            lambda route: route.fulfill(body=content, content_type="text/javascript"),
        )
        return context

    patch = pytest.MonkeyPatch()
    patch.setattr(Browser, "new_context", faulty)
    patch.setattr(Browser, "new_page", lambda *some, **named: faulty(*some, **named).new_page())
    config.add_cleanup(patch.undo)


def played(test: str, label: str = "") -> tuple[int, str]:
    """Run a test, with a fault if one is named; return its exit status and what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p",
         "tests.browsing.hidden", test],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), VARIABLE: label},
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr
