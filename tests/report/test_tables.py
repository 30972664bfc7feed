"""Tables: predictions counted up the right way round."""

from __future__ import annotations

from facelab.report.tables import read_predictions

PEOPLE = [f"person {number}" for number in range(11)]


def row(expected: int, predicted: int) -> dict[str, object]:
    """A row of a prediction table."""
    names = {"expected": PEOPLE[expected], "predicted": PEOPLE[predicted]}
    return {"file": "a.jpg", **names, "error": expected != predicted, "probability": 0.5}


def test_a_matrix_has_a_row_an_expected_person() -> None:
    rows = [row(0, 0), row(0, 1), row(0, 1), row(2, 2)]
    table = read_predictions({"people": PEOPLE, "rows": rows})
    assert table.matrix[0][:3] == [1, 2, 0]
    assert table.matrix[1][:3] == [0, 0, 0]
    assert table.matrix[2][:3] == [0, 0, 1]
    assert (table.frames, table.errors) == (4, 2)
    assert (table.summary[0].frames, table.summary[0].right) == (3, 1)
    assert table.summary[0].taken_for == "person 1 2"
