"""Requirements: R1 … R14 of the cahier, the scenarios of each, and their coverage."""

from __future__ import annotations

from dataclasses import dataclass

from facelab.languages.speech import N_, Nn_, _, _n, translated
from facelab.report.outline import Entry, Outline
from facelab.report.record import ACCEPTED, CHOICE, NOT_RUN, PARTLY, RESERVED, shown_whole

REQUIREMENTS = {
    "R1": N_("Photos of a person are taken from a webcam"),
    "R2": N_("Photos are saved and given back"),
    "R3": N_("A class for each person, any number of them"),
    "R4": N_("Learning rate, batch size and epochs are set by the user and really used"),
    "R5": N_("Loss and accuracy at every update"),
    "R6": N_("Training can be interrupted and keeps what was drawn"),
    "R7": N_("The table expected / predicted / error"),
    "R8": N_("The live count of detections per person"),
    "R9": N_("The parameters stand beside the curves"),
    "R10": N_("The model answers right when trained well, and visibly not when trained badly"),
    "R11": N_("It carries 11 people and 230 photos, and hundreds of people with 30 photos each"),
    "R12": N_("The document in print form"),
    "R13": N_("A stranger is not named with certainty"),
    "R14": N_("A page to sit before, with TensorFlow.js"),
}

PRINTED = "R12"
"""No scenario can judge the document that it is written in: the page itself is the proof."""

PAGE = "R14"
"""Every scenario judges it, when a web page is the system under test, and otherwise none."""

UNNAMED = {PRINTED: N_("this document"), PAGE: N_("no page was played")}
"""The text in place of a verdict when no scenario names a requirement."""


COVERED = {
    ACCEPTED: "covered",
    RESERVED: "covered with reservations",
    PARTLY: "partly covered",
    NOT_RUN: "not covered",
}
"""What the verdict of its scenarios says of a requirement; any other verdict says it itself."""

BY_CHOICE = {
    PARTLY: "covered but for what was left out by choice",
    NOT_RUN: "left out by choice",
}
"""The same where whoever ran the book chose to leave that out, and nothing else is lacking."""

NO_SCENARIO = "without a scenario in this run"


STATES = {
    one: (one, several)
    for one, several in (
        Nn_("covered", "covered"),
        Nn_("covered with reservations", "covered with reservations"),
        Nn_("partly covered", "partly covered"),
        Nn_("not covered", "not covered"),
        Nn_(
            "covered but for what was left out by choice",
            "covered but for what was left out by choice",
        ),
        Nn_("left out by choice", "left out by choice"),
        Nn_("without a scenario in this run", "without a scenario in this run"),
    )
}
"""What is said of one requirement, and of several."""


@dataclass(frozen=True)
class Row:
    """A requirement and, by family, the scenarios that name it. ``deselected``: how many more."""

    id: str
    text: str
    cells: list[list[Entry]]
    deselected: int = 0

    @property
    def uncovered(self) -> str:
        """The text in place of a verdict when no scenario names it."""
        return UNNAMED.get(self.id, N_("no scenario"))

    @property
    def verdict(self) -> str:
        """The verdict of its scenarios, "partly run" where one of them was not; empty without."""
        shown = [entry.verdict for cell in self.cells for entry in cell]
        shown += [NOT_RUN] * self.deselected
        return shown_whole(shown) if shown else ""

    @property
    def coverage(self) -> str:
        """Whether it is covered: all its scenarios were run, whole, and accepted."""
        causes = {entry.cause for cell in self.cells for entry in cell} - {""}
        if causes == {CHOICE} and not self.deselected:
            return BY_CHOICE.get(self.verdict, self.verdict)
        return COVERED.get(self.verdict, self.verdict or NO_SCENARIO)


_ORDER = (*list(COVERED.values())[:2], *BY_CHOICE.values(), *list(COVERED.values())[2:])


def coverage(rows: list[Row]) -> str:
    """Return in one sentence which requirements are covered, and which are not or in part."""
    told = [row for row in rows if row.verdict or row.id != PRINTED]
    found: dict[str, list[str]] = {}
    for state in dict.fromkeys([*_ORDER, *(row.coverage for row in told)]):
        if names := [row.id for row in told if row.coverage == state]:
            found[state] = names
    if list(found) == [COVERED[ACCEPTED]]:
        return _("Every requirement is covered.")
    parts = [
        (
            _("{names} is {state}", names=names[0], state=_state(state, 1))
            if len(names) == 1
            else _("{names} are {state}", names=", ".join(names), state=_state(state, len(names)))
        )
        for state, names in found.items()
    ]
    return _("; ").join(parts) + "." if parts else ""


def _state(state: str, number: int) -> str:
    return _n(*STATES[state], number) if state in STATES else translated(state)


def matrix(outlined: Outline) -> list[Row]:
    """Return a row a requirement; one that only a user's own scenarios name comes last."""
    left = [r for one in outlined.record.deselected for r in one["requirements"]]
    named = {r for entry in outlined.entries for r in entry.sheet.requirements} | set(left)
    strange = sorted(named - set(REQUIREMENTS), key=lambda name: int(name[1:]))
    texts = REQUIREMENTS | dict.fromkeys(strange, N_("A requirement of these scenarios' own"))
    of_all = {PAGE} if outlined.record.run.get("page") else set()
    return [
        Row(
            name,
            text,
            [
                [e for e in chapter.entries if name in {*of_all, *e.sheet.requirements}]
                for chapter in outlined.chapters
            ],
            len(outlined.record.deselected) if name in of_all else left.count(name),
        )
        for name, text in texts.items()
    ]
