"""docs/phrases.md: what each phrase means, how far it is from its bound, what it is good for."""

from __future__ import annotations

from typing import Any

from pytest_bdd.steps import StepFunctionContext

from facelab.playing.catalogue import define
from tests.power import catalogue, pages
from tests.power.histories import HISTORIES, tell
from tests.power.reasons import REASONS

HEAD = """# The phrase book

What a step of the features measures, what it demands, and how surely. Each phrase was measured on
facelab itself with {seeds:,} seeds: *median* and *range* are those of the seeds, *sd* is their
standard deviation, *margin* how many of these lie between mean and threshold. *False alarm* bounds
the chance that a run of five fresh seeds refuses facelab by this phrase, with 95 % confidence:
*violated* bounds the chance of one seed (Clopper and Pearson), and a phrase is refused when 3 of 5
violate it. Counts and identities have no chance in them and are refused when one replicate violates
them. *Histories* are the smallest cases on both sides of the bound and on it; they are played by
`tests/power/test_histories.py`. *Only it catches* names the faults of [power.md](power.md) that
would pass at least one set of seeds without the phrase.

Written by `python -m tests.power` from [power.json](power.json), `steps/` and `tests/power/`.
"""

UNMEASURED = """\
Phrases of a crowd, which is not drawn for these figures, and those that no feature of the book used
when they were taken. Their histories are played all the same."""

TITLES = {
    "steps.people": "People and photos",
    "steps.training": "Training",
    "steps.curves": "Curves",
    "steps.replays": "Replays",
    "steps.answers": "Answers",
    "steps.load": "Growing load",
    "steps.twins": "Twins",
    "steps.counts": "Counts",
    "steps.crowd": "Crowds",
    "steps.strangers": "Strangers",
}


def text(data: dict[str, Any]) -> str:
    """Return the page."""
    uses: dict[str, list[dict[str, Any]]] = {}
    for entry in data["uses"]:
        uses.setdefault(catalogue.named(entry["step"]), []).append(entry)
    lines = [HEAD.format(seeds=data["seeds"])]
    unmeasured: list[StepFunctionContext] = []
    for module, title in TITLES.items():
        own = [one for one in catalogue.phrases() if one.step_func.__module__ == module]
        measured = [one for one in own if one.parser.name in uses]
        unmeasured += [one for one in own if one not in measured and one.type == "then"]
        lines += [f"## {title}", ""] if measured else []
        for phrase in measured:
            lines += _section(phrase, uses[phrase.parser.name], data)
    if unmeasured:
        lines += ["## Not measured", "", UNMEASURED, ""]
        lines += [f"- *{TITLES[one.step_func.__module__]}:* {_quoted(one)}" for one in unmeasured]
        lines.append("")
    return "\n".join(lines)


def _quoted(phrase: StepFunctionContext) -> str:
    function = phrase.step_func
    return f"{plain(phrase.parser.name)}. `{function.__module__}.{function.__name__}`"


def plain(pattern: str) -> str:
    """Return a phrase with its fields in italics.

    >>> plain("the accuracy is under {bound:Number}")
    'the accuracy is under *bound*'
    """
    words = []
    for part in pattern.split("{"):
        field, closing, rest = part.partition("}")
        words.append(f"*{field.partition(':')[0]}*{rest}" if closing else part)
    return "".join(words)


def _section(
    phrase: StepFunctionContext, uses: list[dict[str, Any]], data: dict[str, Any]
) -> list[str]:
    name, function = phrase.parser.name, phrase.step_func
    lines = [
        f"### {plain(name)}",
        "",
        f"{define(phrase).meaning} `{function.__module__}.{function.__name__}`",
        "",
        "| in | measure | threshold | median | range | sd | margin | violated | false alarm |",
        "|---|---|---|---|---|---|---|---|---|",
        *dict.fromkeys(_row(entry) for entry in uses),
        "",
    ]
    if name in HISTORIES:
        lines += [f"Histories: {tell(name)}.", ""]
    alone = [m["id"] for m in data["mutants"] if name in m["alone"]]
    if alone:
        lines += [f"Only it catches {', '.join(alone)}.", ""]
    else:
        lines += [f"It catches nothing alone; it stays because {REASONS[name]}.", ""]
    return lines


def _row(entry: dict[str, Any]) -> str:
    low, high = entry["range"]
    margin = "–" if entry["margin"] is None else f"{entry['margin']:g} sd"
    cells = [
        entry["scenario"].partition(" ")[0],
        entry["measure"],
        entry["threshold"],
        entry["median"],
        low if low == high else f"{low} … {high}",
        entry["sd"],
        margin,
        f"{entry['violations']} of {entry['n']:,}",
        pages.false_alarm(entry),
    ]
    return f"| {' | '.join(cells)} |"
