"""Properties: the details of a scenario in ``--junitxml``, beside passed or failed."""

from __future__ import annotations

from facelab.report.record import Sheet


def properties_of(number: str, sheet: Sheet) -> list[tuple[str, str]]:
    """Return names and values: verdict, ids and tags, then every measure with its threshold.

    ``number`` is the sheet's in the report, as T2.3.
    """
    properties = [
        ("verdict", sheet.verdict),
        ("reason", sheet.reason),
        ("sheet", number),
        ("place", f"{sheet.file}:{sheet.line}"),
        ("requirements", " ".join(sheet.requirements)),
        ("tags", " ".join(sheet.tags)),
    ]
    if sheet.partly:
        properties.append(
            ("partly run", f"{len(sheet.judged)} of {len(sheet.checks)} checks judged")
        )
    for step in sheet.steps:
        for verdict in step.verdicts:
            waived = not verdict["accepted"] and step.waiver
            held = "waived" if waived else "accepted" if verdict["accepted"] else "refused"
            value = (
                f"{held}: measured {verdict['shown']}, {verdict['threshold']} demanded, "
                f"margin {verdict['shown_margin']}"
            )
            properties.append((f"measure: {verdict['measure']}", value))
    return [(name, value) for name, value in properties if value]
