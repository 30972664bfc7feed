"""Faults in the book itself: measures, tallies, the report.

The features hold a system against the measures; that the measures are right is what facelab's own
tests are for. Each fault here that the features let through names the test that does not.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from tests.power.mutant import Catalogue

MUTANTS = Catalogue()
add = MUTANTS.add

ANSWERS, CURVES = "facelab.judging.answers:", "facelab.judging.curves:"
OURS = "the measure is the book's own: the features trust it"
PAGE = "the features do not read the report"


@add(
    "N39",
    "epoch means are not weighted by the batch size",
    f"{CURVES}epoch_means",
    tests=("tests/judging/test_curves.py::test_epoch_means_are_weighted_by_the_batch_size",),
    why="on some seeds the last, smaller batch is as good as the others",
)
def unweighted(_: Any) -> Any:
    def mutated(history: Any, points: Any) -> Any:
        whole = history.updates // history.updates_per_epoch * history.updates_per_epoch
        shape = (len(history.seeds), -1, history.updates_per_epoch)
        return points[:, :whole].astype(np.float64).reshape(shape).mean(axis=2)

    return mutated


@add(
    "P9",
    "the confidence shown is another person's",
    f"{ANSWERS}prediction_table",
    tests=("tests/judging/test_answers.py::test_prediction_table",),
    why=PAGE,
)
def another_confidence(table: Any) -> Any:
    def mutated(answers: Any, replicate: int = 0, *more: float) -> Any:
        least = answers.probabilities[replicate].min(axis=1).astype(float).round(4)
        return table(answers, replicate, *more).assign(probability=least)

    return mutated


@add(
    "Y1",
    "an error rate is taken of one frame too few",
    f"{ANSWERS}error_rate",
    tests=("tests/judging/test_answers.py::test_errors_of_each_replicate",),
    why=OURS,
)
def one_frame_short(_: Any) -> Any:
    return lambda answers: answers.wrong.sum(axis=1) / (len(answers.labels) - 1)


@add(
    "Y2",
    "a tie counts as right",
    f"{ANSWERS}Answers.wrong",
    tests=("tests/judging/test_answers.py::test_a_tie_goes_to_the_first_person",),
    why="a trained system gives no ties",
)
def ties_are_right(_: Any) -> Any:
    def wrong(answers: Any) -> Any:
        right = answers.probabilities[:, np.arange(len(answers.labels)), answers.expected]
        return right < answers.probabilities.max(axis=2)

    return property(wrong)


@add(
    "Y3",
    "errors are counted once a person",
    f"{ANSWERS}errors",
    tests=("tests/judging/test_answers.py::test_errors_of_each_replicate",),
    why=OURS,
)
def once_a_person(_: Any) -> Any:
    def errors(answers: Any) -> Any:
        people = range(len(answers.people))
        missed = [(answers.wrong & (answers.expected == p)).any(axis=1) for p in people]
        return np.sum(missed, axis=0).astype(float)

    return errors


@add(
    "Y4",
    "answers that are not sure are not counted",
    f"{ANSWERS}tally",
    tests=("tests/judging/test_answers.py::test_an_answer_that_is_not_sure_counts_too",),
    why="on some seeds it is sure of every frame of the clips",
)
def only_sure(_: Any) -> Any:
    def tally(odds: Any) -> Any:
        people = np.arange(odds.shape[2])
        sure = odds.max(axis=2) >= 0.5
        return ((odds.argmax(axis=2)[..., None] == people) & sure[..., None]).sum(axis=1)

    return tally


@add("Y5", "a count goes on from the clip before", f"{ANSWERS}tally")
def never_reset(tally: Any) -> Any:
    total: dict[int, Any] = {}

    def mutated(odds: Any) -> Any:
        counts = tally(odds)
        total[counts.shape[1]] = total.get(counts.shape[1], 0) + counts
        return total[counts.shape[1]]

    return mutated


@add(
    "Y6",
    "the confusion matrix is transposed",
    "facelab.report.tables:read_predictions",
    tests=("tests/report/test_tables.py",),
    why=PAGE,
)
def transposed(read: Any) -> Any:
    from dataclasses import replace

    def mutated(evidence: Any) -> Any:
        table = read(evidence)
        return replace(table, matrix=[list(row) for row in zip(*table.matrix, strict=True)])

    return mutated


@add("Y7", "right and wrong are swapped", f"{ANSWERS}Answers.wrong")
def upside_down(wrong: Any) -> Any:
    assert isinstance(wrong, cached_property)
    return property(lambda answers: ~wrong.func(answers))


@add(
    "R1",
    "the report shows the basic parameters, not those used",
    "facelab.contract.parameters:Parameters.as_rows",
    tests=("tests/contract/test_parameters.py::test_what_a_report_shows_is_what_was_set",),
    why=PAGE,
)
def basic_ones(as_rows: Any) -> Any:
    return lambda parameters: as_rows(type(parameters)())


@add(
    "R2",
    "the report draws the curves of the training before",
    "facelab.report.evidence:curves",
    tests=("tests/report/test_evidence.py",),
    why=PAGE,
)
def last_curves(curves: Any) -> Any:
    shown: list[Any] = []

    def mutated(title: str, history: Any) -> Any:
        shown.append(curves(title, history))
        return shown[max(len(shown) - 2, 0)]

    return mutated


@add(
    "R3",
    "99.6 % is written as 100 %",
    "facelab.contract.number:measured",
    tests=("tests/contract/test_number.py::test_what_a_share_is_not_is_not_written",),
    why=PAGE,
)
def rounded_up(measured: Any) -> Any:
    return shares(measured, lambda share: f"{100 * share:.0f} %")


@add(
    "R4",
    "the names of a tally stand in another order than its counts",
    "facelab.report.evidence:tally",
    tests=("tests/report/test_evidence.py",),
    why=PAGE,
)
def other_order(tally: Any) -> Any:
    return lambda title, person, people, counts: tally(title, person, people[::-1], counts)


@add(
    "R5",
    "a share is written as if it were percent",
    "facelab.contract.number:measured",
    tests=("tests/contract/test_number.py::test_what_a_share_is_not_is_not_written",),
    why=PAGE,
)
def a_hundredth(measured: Any) -> Any:
    return shares(measured, lambda share: f"{share:.4g} %")


def shares(measured: Any, write: Callable[[float], str]) -> Any:
    def mutated(value: float, unit: str = "", *rest: Any, **more: Any) -> Any:
        return write(value) if unit == "%" else measured(value, unit, *rest, **more)

    return mutated


@add(
    "R6",
    "the end of a curve is not drawn",
    "facelab.report.evidence:_envelope",
    tests=("tests/report/test_evidence.py",),
    why=PAGE,
)
def cut_short(envelope: Any) -> Any:
    return lambda values: envelope(values[:, : max(1, values.shape[1] * 9 // 10)])
