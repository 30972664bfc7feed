"""Changes: what moved from one run of the book to another, and whether more than seeds explain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import comb, isfinite
from typing import Any

from facelab.contract.interval import Interval
from facelab.contract.number import measured
from facelab.languages.speech import N_
from facelab.report.record import ACCEPTED, PARTLY, RESERVED, Record, Sheet

REGRESSION, NARROWED, IMPROVEMENT, MOVED = "regression", "narrowed", "improvement", "moved"
THRESHOLD, FEATURE, WAIVER, SETTING = "threshold", "feature", "waiver", "setting"
PART = "part"

HEADINGS = {
    REGRESSION: N_("Worse"),
    NARROWED: "Accepted, but the margin shrank by half or more",
    IMPROVEMENT: N_("Better"),
    MOVED: "Moved by more than seeds explain",
    THRESHOLD: "Thresholds that were edited",
    FEATURE: "Features that were edited",
    WAIVER: N_("Waivers"),
    SETTING: "What was tested, on what",
    PART: "Not compared",
}
"""The kinds of changes, the gravest first."""

GRAVE = (REGRESSION, NARROWED, THRESHOLD, PART)
"""The kinds that the terminal tells too."""

LITTLE = 0.01
"""By this part of its threshold an exact measure may differ, as by rounding, and has not moved."""

CHANCE = 0.05
"""What is at most as likely by chance has moved."""

JUDGED = (
    "Replicates of the same seed are compared in pairs: a measure has moved when so many of them "
    "lie on one side of before that chance would do it in one case of 20 at most (5 of 5). Where "
    "seeds differ, every value must lie beyond all of before; an exact count has moved when it "
    "differs."
)
"""How it is judged, for the reader."""

HELD = (ACCEPTED, RESERVED, PARTLY)


@dataclass(frozen=True)
class Change:
    """One change: its kind, where (the node of a scenario, or empty), and what, in one line."""

    kind: str
    node: str
    text: str


def changes(old: Record, new: Record) -> list[Change]:
    """Return what changed from one run to another, the gravest kind first."""
    found = [
        *_verdicts(old, new),
        *_measures(old, new),
        *_features(old, new),
        *_waivers(old, new),
        *_settings(old, new),
        *_uncompared(old, new),
    ]
    order = list(HEADINGS)
    return sorted(found, key=lambda change: order.index(change.kind))


def _pairs(old: Record, new: Record) -> Iterator[tuple[str, Sheet, Sheet]]:
    """Yield the scenarios that both have, with their family."""
    before = {sheet.node: sheet for sheet in old.sheets}
    for family in new.families:
        for sheet in family.sheets:
            if sheet.node in before:
                yield family.id, before[sheet.node], sheet


def _verdicts(old: Record, new: Record) -> Iterator[Change]:
    for family, before, sheet in _pairs(old, new):
        left = new.chosen(sheet) or old.chosen(before) or _ended(new, sheet) or _ended(old, before)
        if before.shown == sheet.shown or left:
            continue
        better = HELD.index(sheet.shown) if sheet.shown in HELD else len(HELD)
        worse = HELD.index(before.shown) if before.shown in HELD else len(HELD)
        kind = REGRESSION if better > worse else IMPROVEMENT if better < worse else MOVED
        why = f": {sheet.reason}" if sheet.reason and kind != IMPROVEMENT else ""
        text = f"{family} {sheet.name}: {before.shown} before, now {sheet.shown}{why}"
        yield Change(kind, sheet.node, text)


def _uncompared(old: Record, new: Record) -> Iterator[Change]:
    """Say how much of what was judged before was not played now: of that nothing is known."""
    before, now = (
        {sheet.node for sheet in run.sheets if not run.chosen(sheet) and not _ended(run, sheet)}
        for run in (old, new)
    )
    known = before if new.part else before & {sheet.node for sheet in new.sheets}
    if missing := len(known - now):
        text = f"{missing} of {len(before)} scenarios that were played before were not played now"
        yield Change(PART, "", text)


def _ended(record: Record, sheet: Sheet) -> bool:
    """Return whether a run ended before it could judge a scenario, or all of it."""
    return record.causes.get(sheet.node) == "ended"


def _measures(old: Record, new: Record) -> Iterator[Change]:
    for family, before, sheet in _pairs(old, new):
        known = criteria(before)
        for key, verdict in criteria(sheet).items():
            if key not in known:
                continue
            name = f"{family} {sheet.name}: {verdict['measure']}"
            was = known[key]
            if _interval(was) != _interval(verdict):
                text = f"{name}: {was['threshold']} before, now {verdict['threshold']} demanded"
                yield Change(THRESHOLD, sheet.node, text)
                continue
            side = moved(was, verdict)
            if not side:
                continue
            shown = f"{name}: {was['shown']} before, now {verdict['shown']}"
            shrank = was["accepted"] and verdict["accepted"] and _halved(was, verdict)
            if side < 0 and shrank:
                margins = f"; margin {room(was)} before, now {room(verdict)}"
                yield Change(NARROWED, sheet.node, f"{shown}{margins}")
            elif was["accepted"] == verdict["accepted"]:
                yield Change(MOVED, sheet.node, f"{shown}, {'worse' if side < 0 else 'better'}")


def criteria(sheet: Sheet) -> dict[tuple[str, int], dict[str, Any]]:
    """Return the criteria of a scenario by measure, and by number where there are several."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for step in sheet.steps:
        for verdict in step.verdicts:
            number = sum(measure == verdict["measure"] for measure, _ in found)
            found[verdict["measure"], number] = verdict
    return found


def moved(old: dict[str, Any], new: dict[str, Any]) -> int:
    """Return -1 when a measure has come nearer to its threshold, 1 when it has left it, else 0.

    Only as far as more than seeds explains it, as ``JUDGED`` says.
    """
    before, after = _margins(old), _margins(new)
    if not before or not after or before == after:
        return 0
    if new.get("exact") or len(before) == len(after) == 1:
        step = min(after) - min(before)
        if abs(step) <= LITTLE * _scale(_interval(new)):
            return 0
        return (step > 0) - (step < 0)
    if list(old.get("seeds", ())) == list(new.get("seeds", ())) and len(before) == len(after):
        pairs = list(zip(before, after, strict=True))
        better, worse = sum(b > a for a, b in pairs), sum(b < a for a, b in pairs)
        if _by_chance(better, len(pairs)) <= CHANCE:
            return 1
        return -1 if _by_chance(worse, len(pairs)) <= CHANCE else 0
    if min(len(before), len(after)) < 3:
        return 0
    return 1 if min(after) > max(before) else -1 if max(after) < min(before) else 0


def _by_chance(count: int, of: int) -> float:
    """Return how likely so many of a number of fair coins, or more, fall on one side."""
    return float(sum(comb(of, heads) for heads in range(count, of + 1)) / 2**of)


def _margins(verdict: dict[str, Any]) -> list[float]:
    allowed = _interval(verdict)
    return [allowed.margin(float(value)) for value in verdict["values"]]


def _interval(verdict: dict[str, Any]) -> Interval:
    plain = verdict["allowed"]
    low, high = float(plain["low"]), float(plain["high"])
    return Interval(low, high, plain["open_low"], plain["open_high"])


def _halved(old: dict[str, Any], new: dict[str, Any]) -> bool:
    return float(new["margin"]) < float(old["margin"]) / 2


def room(verdict: dict[str, Any]) -> str:
    """Return a margin as a part of its threshold; of a threshold of 0, the margin itself."""
    whole, margin = _scale(_interval(verdict)), float(verdict["margin"])
    part = whole and isfinite(margin)
    return measured(margin / whole, "%") if part else str(verdict["shown_margin"])


def _scale(allowed: Interval) -> float:
    """Return what a margin is a part of: the threshold, or half of the room between two of them."""
    ends = [end for end in (allowed.low, allowed.high) if isfinite(end)]
    if len(ends) == 2:
        return (allowed.high - allowed.low) / 2
    return abs(ends[0]) if ends else 0.0


def _features(old: Record, new: Record) -> Iterator[Change]:
    for family, before, sheet in _pairs(old, new):
        steps = [(step.keyword, step.text) for step in before.steps]
        now = [(step.keyword, step.text) for step in sheet.steps]
        if steps != now:
            said = [text for pair in now if pair not in steps for text in [" ".join(pair)]]
            gone = [text for pair in steps if pair not in now for text in [" ".join(pair)]]
            parts = [f"new: “{'”, “'.join(said)}”"] if said else []
            parts += [f"gone: “{'”, “'.join(gone)}”"] if gone else []
            text = "; ".join(parts) or "its steps stand in another order"
            yield Change(FEATURE, sheet.node, f"{family} {sheet.name}: {text}")
    before_names = {sheet.node: (f.id, sheet) for f in old.families for sheet in f.sheets}
    now_names = {sheet.node: (f.id, sheet) for f in new.families for sheet in f.sheets}
    for node, (family, sheet) in now_names.items():
        if node not in before_names and not old.part:
            yield Change(FEATURE, node, f"{family} {sheet.name}: a new scenario")
    for node, (family, sheet) in before_names.items():
        if node not in now_names and not new.part:
            yield Change(REGRESSION, node, f"{family} {sheet.name}: the scenario is gone")


def _waivers(old: Record, new: Record) -> Iterator[Change]:
    before = {(one["scenario"], one["phrase"]): one for one in old.waivers}
    now = {(one["scenario"], one["phrase"]): one for one in new.waivers}
    for key, waiver in now.items():
        name = f"“{key[1]}” of “{key[0]}”, by {waiver['who']} until {waiver['until']}"
        if key not in before:
            yield Change(WAIVER, "", f"new: {name}: {waiver['reason']}")
        elif before[key]["state"] != waiver["state"]:
            was = before[key]["state"]
            yield Change(WAIVER, "", f"{name}: {was} before, now {waiver['state']}")
    for key in before.keys() - now.keys():
        yield Change(WAIVER, "", f"gone: “{key[1]}” of “{key[0]}”")


SETTINGS = {"system": "system", "source": "frames", "seeds": "seeds", "capabilities": "it offers",
            "cast": "cast", "fresh_probes": "seed of fresh probes",
            "certainty": "certainty"}  # fmt: skip


def _settings(old: Record, new: Record) -> Iterator[Change]:
    for key, name in SETTINGS.items():
        before, now = old.run.get(key), new.run.get(key)
        if before != now and _known(key, old) and _known(key, new):
            yield Change(SETTING, "", f"{name}: {_said(before)} before, now {_said(now)}")
    if old.recordings.get("sha256") != new.recordings.get("sha256"):
        yield Change(SETTING, "", "the recorded frames or photos are others than before")
    versions, today = (record.run.get("environment") or {} for record in (old, new))
    for key in dict.fromkeys([*versions, *today]):
        if key not in ("date", "commit") and versions.get(key) != today.get(key):
            text = f"{key}: {_said(versions.get(key))} before, now {_said(today.get(key))}"
            yield Change(SETTING, "", text)


def _known(key: str, record: Record) -> bool:
    """Return whether a record says what was tested: a system that was asked nothing told nothing.

    Old records have no certainty.
    """
    needed = {"system": "capabilities", "capabilities": "capabilities", "certainty": "certainty"}
    return key not in needed or needed[key] in record.run


def _said(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_said(one)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_said, value)) or "nothing"
    return "nothing" if value in (None, "") else str(value)
