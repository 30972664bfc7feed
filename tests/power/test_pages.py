"""The pages say what the data and the code say, and the data what was promised."""

from __future__ import annotations

from tests.power import pages

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
