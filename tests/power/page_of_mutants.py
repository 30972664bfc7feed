"""docs/power.md: which mutants are caught, by what, and how surely."""

from __future__ import annotations

from typing import Any

from tests.power import pages
from tests.power.mutants import MUTANTS
from tests.power.mutants.absent import ABSENT
from tests.power.play import SIZE
from tests.power.shares import percent

HEAD = """# What the book catches

A mutant is facelab with one small fault, put in from outside ([tests/power](../tests/power)). The
features are played against each on {sets} disjoint sets of {size} seeds, and a set catches it when
a phrase refuses it or a step breaks. Scenarios are played to their end and none is blocked, so that
every phrase has its say. What the features cannot see, a test of ours must. Written by
`python -m tests.power` from [power.json](power.json); how far each phrase is from crying wolf is in
[phrases.md](phrases.md).

| | |
|---|---|
| mutants | {mutants} |
| caught by the features on all {sets} sets | {caught} ({share}) |
| caught by the features or by a test | {either} |
| sets of {size} seeds that accept facelab itself | {passed} of {core} |
| computing, all in all | {minutes:.0f} minutes of one core |

A mutant that is caught on all {sets} sets is caught with a probability of at least {bound}
(Clopper and Pearson, 95 %).
"""

LISTED = 3
"""Phrases named for a mutant; the rest are counted."""


def text(data: dict[str, Any]) -> str:
    """Return the page."""
    sets, mutants = data["sets"], data["mutants"]
    seen = [m for m in mutants if pages.caught(m, sets)]
    unseen = [m for m in mutants if not pages.caught(m, sets)]
    head = HEAD.format(
        sets=sets,
        size=SIZE,
        mutants=len(mutants),
        caught=len(seen),
        share=percent(len(seen) / len(mutants)),
        either=len(mutants) - len(pages.survivors(data)),
        passed=data["core"]["passed"],
        core=data["core"]["sets"],
        minutes=data["seconds"] / 60,
        bound=pages.at_least(sets, sets),
    )
    return "\n".join(
        [
            head,
            "## Caught by the features",
            "",
            "| | fault | by |",
            "|---|---|---|",
            *(f"| {m['id']} | {MUTANTS[m['id']].what} | {_by(m, sets)} |" for m in seen),
            "",
            "## Not caught by the features, or not always",
            "",
            "| | fault | sets | at least | why | caught by |",
            "|---|---|---|---|---|---|",
            *(_unseen(m, sets) for m in unseen),
            "",
            "## Not played",
            "",
            "| | why | in its place |",
            "|---|---|---|",
            *(
                f"| {label} | {why} | {other}: {MUTANTS[other].what} |"
                for label, (why, other) in ABSENT.items()
            ),
            "",
        ]
    )


def _by(mutant: dict[str, Any], sets: int) -> str:
    # A phrase that alone makes the difference first, then by how many sets it refuses.
    ranked = sorted(
        mutant["by"], key=lambda by: (by[1] not in mutant["alone"], -by[2], by[0], by[1])
    )
    named = []
    for scenario, phrase, count in ranked[:LISTED]:
        often = "" if count == sets else f" ({count} of {sets})"
        named.append(f"{scenario.partition(' ')[0]} *{phrase}*{often}")
    more = f" and {len(ranked) - LISTED} more" if len(ranked) > LISTED else ""
    return "; ".join(named) + more


def _unseen(mutant: dict[str, Any], sets: int) -> str:
    fault = MUTANTS[mutant["id"]]
    killed = mutant["killed"]
    tests = "; ".join(f"`{test}`" for test in mutant["failed"][:2]) or "**nothing**"
    partly = f" ({_by(mutant, sets)})" if mutant["by"] else ""
    return (
        f"| {mutant['id']} | {fault.what} | {killed} of {sets} | {pages.at_least(killed, sets)} "
        f"| {fault.why}{partly} | {tests} |"
    )
