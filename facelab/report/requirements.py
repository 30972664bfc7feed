"""Requirements: R1 … R12 of the cahier, and which scenarios cover them."""

from __future__ import annotations

from dataclasses import dataclass

from facelab.report.outline import Entry, Outline
from facelab.report.record import combine

REQUIREMENTS = {
    "R1": "Photos of a person are taken from a webcam",
    "R2": "Photos are saved and given back",
    "R3": "A class for each person, any number of them",
    "R4": "Learning rate, batch size and epochs are set by the user and really used",
    "R5": "Loss and accuracy at every update",
    "R6": "Training can be interrupted and keeps what was drawn",
    "R7": "The table expected / predicted / error",
    "R8": "The live count of detections per person",
    "R9": "The parameters stand beside the curves",
    "R10": "The model answers right when trained well, and visibly not when trained badly",
    "R11": "It carries 11 people and 230 photos, and hundreds of people with 30 photos each",
    "R12": "The document in print form",
}

PRINTED = "R12"
"""No scenario can judge the document that it is written in: the page itself is the proof."""


@dataclass(frozen=True)
class Row:
    """A requirement and, by family, the scenarios that cover it."""

    id: str
    text: str
    cells: list[list[Entry]]

    @property
    def uncovered(self) -> str:
        """What stands in place of a verdict when no scenario covers it."""
        return "this document" if self.id == PRINTED else "no scenario"

    @property
    def verdict(self) -> str:
        """The verdict of its scenarios; empty when it has none."""
        verdicts = [entry.sheet.verdict for cell in self.cells for entry in cell]
        return combine(verdicts) if verdicts else ""


def matrix(outlined: Outline) -> list[Row]:
    """Return a row a requirement; one that only a user's own scenarios name comes last."""
    named = {r for entry in outlined.entries for r in entry.sheet.requirements}
    strange = sorted(named - set(REQUIREMENTS), key=lambda name: int(name[1:]))
    texts = REQUIREMENTS | dict.fromkeys(strange, "A requirement of these scenarios' own")
    return [
        Row(
            name,
            text,
            [
                [entry for entry in chapter.entries if name in entry.sheet.requirements]
                for chapter in outlined.chapters
            ],
        )
        for name, text in texts.items()
    ]
