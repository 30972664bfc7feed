"""Pages: docs/power.md and docs/phrases.md, made of docs/power.json and of the code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from facelab.contract.interval import Interval
from facelab.contract.verdict import Verdict, judge
from facelab.judging.answers import error_bound
from tests.power import catalogue
from tests.power.play import ROOT, SIZE
from tests.power.shares import percent

DATA = ROOT / "docs" / "power.json"

Result = dict[str, Any]


def summary(core: Result, mutants: list[Result], tested: dict[str, Result], sets: int) -> Result:
    """Return what the pages keep of the results."""
    verdicts = [read(line) for line in core["verdicts"]]
    count = core["seeds"] // SIZE
    passed = np.ones(count, bool)
    for verdict in verdicts:
        passed &= [of_set(verdict, number).accepted for number in range(count)]
    uses = [use(line, verdict) for line, verdict in zip(core["verdicts"], verdicts, strict=True)]
    return {
        "seeds": core["seeds"],
        "core": {"sets": count, "passed": int(passed.sum()), "errors": core["errors"]},
        "sets": sets,
        "seconds": round(core["seconds"] + sum(m["seconds"] for m in [*mutants, *tested.values()])),
        "uses": uses,
        "mutants": [kills(mutant, tested.get(mutant["id"])) for mutant in mutants],
    }


def read(line: Result) -> Verdict:
    """Return the verdict on all replicates that a line of the core's result keeps."""
    low, high = map(float, line["allowed"])
    values = [float(value) for value in line["values"]]
    allowed = Interval(low, high, *line["open"])
    return judge(line["measure"], values, allowed, unit=line["unit"], exact=line["exact"])


def of_set(verdict: Verdict, number: int) -> Verdict:
    """Return the verdict on five of the replicates; a single value is that of every set."""
    values = verdict.values
    if len(values) > 1:
        values = values[SIZE * number : SIZE * (number + 1)]
    return judge(verdict.measure, values, verdict.allowed, unit=verdict.unit, exact=verdict.exact)


def use(line: Result, verdict: Verdict) -> Result:
    """Return what is kept of a phrase as a scenario uses it: threshold, spread, margin."""
    values = np.array(verdict.values)
    middle = float(np.median(values))
    # Never reached is infinite: it has an order but no spread.
    spread = float(values.std(ddof=1)) if np.isfinite(values).all() and np.ptp(values) else 0.0
    margin = verdict.allowed.margin(float(values.mean()))
    return {
        "scenario": line["scenario"],
        "step": line["step"],
        "measure": line["measure"],
        "exact": line["exact"],
        "threshold": verdict.threshold,
        "n": len(values),
        "median": verdict.number(middle),
        "range": [verdict.number(float(end)) for end in (values.min(), values.max())],
        "sd": verdict.number(float(f"{spread:.3g}")) if spread else "–",
        "margin": round(margin / spread, 1) if spread else None,
        "violations": verdict.violations,
    }


def kills(mutant: Result, tested: Result | None) -> Result:
    """Return what is kept of a mutant: on how many sets each phrase refused it."""
    by: dict[tuple[str, str], set[int]] = {}
    for line in mutant["lines"]:
        name = (line["scenario"].partition(" (")[0], catalogue.named(line["step"]))
        by.setdefault(name, set()).update(line["sets"])
    whole = len(mutant["killed"])
    alone = []
    for phrase in sorted({phrase for _, phrase in by}):
        others = set().union(*(found for (_, p), found in by.items() if p != phrase))
        if sum(mutant["killed"]) == whole > len(others):
            alone.append(phrase)
    return {
        "id": mutant["id"],
        "killed": sum(mutant["killed"]),
        "by": [[*name, len(found)] for name, found in by.items()],
        "alone": alone,
        "failed": tested["failed"] if tested else [],
    }


def as_json(data: Result) -> str:
    """Return the data as text, a line an entry, so that changes can be read."""
    parts = []
    for name, value in data.items():
        if isinstance(value, list):
            rows = ",\n  ".join(json.dumps(row, ensure_ascii=False) for row in value)
            parts.append(f'"{name}": [\n  {rows}\n]')
        else:
            parts.append(f'"{name}": {json.dumps(value, ensure_ascii=False)}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def caught(mutant: Result, sets: int) -> bool:
    """Tell whether the features refuse a mutant on every set."""
    return bool(mutant["killed"] == sets)


def survivors(data: Result) -> list[str]:
    """Return the mutants that neither the features, on every set, nor a test refuses."""
    return [m["id"] for m in data["mutants"] if not caught(m, data["sets"]) and not m["failed"]]


def render(data: Result) -> dict[Path, str]:
    """Return the text of each page."""
    from tests.power import page_of_mutants, page_of_phrases

    return {
        ROOT / "docs" / "power.md": page_of_mutants.text(data),
        ROOT / "docs" / "phrases.md": page_of_phrases.text(data),
    }


def at_least(killed: int, sets: int) -> str:
    """Write the exact lower bound on the probability that a set of seeds refuses."""
    return percent(error_bound(killed, sets, "lower"))


def false_alarm(entry: Result) -> str:
    """Write the bound on how often five fresh seeds refuse the product, with 95 % confidence.

    p, the chance that a replicate violates the phrase, is at most the exact bound of Clopper and
    Pearson; the phrase is refused when 3 of 5 do.
    """
    from scipy import stats

    if entry["exact"] or entry["n"] == 1:
        return "no chance in it"
    chance = error_bound(entry["violations"], entry["n"], "upper")
    return f"{stats.binom.sf(SIZE // 2, SIZE, chance):.1g}"
