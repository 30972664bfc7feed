"""The pages say what the data and the code say, and the data what was promised."""

from __future__ import annotations

import json

import pytest

from tests.conftest import ROOT
from tests.power import catalogue, pages
from tests.power.mutants import MUTANTS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def data() -> pages.Result:
    """What was measured last."""
    measured: pages.Result = json.loads(pages.DATA.read_text(encoding="utf-8"))
    return measured


def test_the_pages_are_those_of_the_data_and_the_code(data: pages.Result) -> None:
    for path, text in pages.render(data).items():
        assert path.read_text(encoding="utf-8") == text, (
            f"{path.name} is stale: python -m tests.power --pages"
        )


def test_the_data_is_that_of_the_features_and_the_mutants(data: pages.Result) -> None:
    assert [mutant["id"] for mutant in data["mutants"]] == list(MUTANTS)
    folder = ROOT / "features"
    text = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.feature"))
    for use in data["uses"]:
        assert catalogue.phrase_of(use["step"]), use["step"]
        # The text of an outline's step is that of its examples.
        assert use["step"] in text or use["step"].endswith(" values are drawn"), use["step"]


def test_what_was_promised_was_measured(data: pages.Result) -> None:
    caught = [pages.caught(mutant, data["sets"]) for mutant in data["mutants"]]
    assert sum(caught) >= 0.85 * len(caught)
    assert pages.survivors(data) == []
    assert data["core"]["errors"] == []
    assert data["core"]["passed"] == data["core"]["sets"] >= 59


def test_every_test_that_is_named_fails_on_its_mutant(data: pages.Result) -> None:
    for mutant in data["mutants"]:
        assert bool(mutant["failed"]) == bool(MUTANTS[mutant["id"]].tests), mutant["id"]


CORE = {"seeds": 10, "errors": [], "seconds": 1.0}
LINE = {"scenario": "T1 a", "step": "none of them is answered wrong", "measure": "errors"}
ALLOWED = {"unit": "", "exact": False, "allowed": ["0", "0"], "open": [False, False]}


def test_a_set_with_three_violations_is_counted() -> None:
    values = [0, 0, 0, 1, 1, 0, 0, 1, 1, 1]
    core = {**CORE, "verdicts": [{**LINE, **ALLOWED, "values": values}]}
    summary = pages.summary(core, [], {}, 2)
    assert summary["core"] == {"sets": 2, "passed": 1, "errors": []}
    assert summary["uses"][0]["violations"] == 5


def test_the_pages_tell_what_was_measured() -> None:
    core = {**CORE, "verdicts": [{**LINE, **ALLOWED, "values": [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]}]}
    lines = [{**LINE, "scenario": "T2 b", "error": "", "sets": [0, 1]}]
    killed = {"id": "P7", "killed": [True, True], "lines": lines, "seconds": 1.0}
    missed = {"id": "R1", "killed": [False, False], "lines": [], "seconds": 1.0}
    tested = {"R1": {"id": "R1", "failed": ["tests/a.py::test_b"], "seconds": 1.0}}
    data = pages.summary(core, [killed, missed], tested, 2)
    power, phrases = pages.render(data).values()
    assert (
        "| P7 | the first person is always answered | T2 *none of them is answered wrong* |"
        in power
    )
    assert "| 0 of 2 | 0 % | the features do not read the report | `tests/a.py::test_b` |" in power
    assert "| caught by the features on all 2 sets | 1 (50 %) |" in power
    # p < 0.394 with 95 % confidence, so that 3 of 5 violate it in at most 0.303 of cases
    assert "| T1 | errors | exactly 0 | 0 | 0 … 1 | 0.316 | -0.3 sd | 1 of 10 | 0.3 |" in phrases
    assert "*none of them is answered wrong*: 0 of 4 is accepted, 1 of 4 is refused." in phrases
    assert "Only it catches P7." in phrases


def test_what_a_phrase_alone_catches() -> None:
    lines = [
        {**LINE, "error": "", "sets": [0, 1]},
        {**LINE, "step": "every value is finite and no loss is negative", "error": "", "sets": [1]},
    ]
    mutant = {"id": "T1", "killed": [True, True], "lines": lines, "seconds": 1.0}
    assert pages.kills(mutant, None)["alone"] == ["none of them is answered wrong"]
