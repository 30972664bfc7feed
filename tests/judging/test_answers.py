"""Answers: errors, tables, tallies, exact tests."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from facelab.contract.errors import FacelabError, Lacking
from facelab.judging import answers
from facelab.judging.answers import Answers

PEOPLE = ("Alex", "Amine", "Lara")


def given(expected: str, *replicates: str) -> Answers:
    """Answers by first letters: a = Alex, m = Amine, l = Lara."""
    letters = "aml"
    probabilities = np.array(
        [[np.eye(3)[letters.index(p)] for p in row] for row in replicates], np.float32
    )
    people = [PEOPLE[letters.index(letter)] for letter in expected]
    files = [f"{number}.jpg" for number in range(len(people))]
    return Answers(pd.DataFrame({"file": files, "person": people}), probabilities, PEOPLE)


def test_errors_of_each_replicate() -> None:
    asked = given("aaml", "aaml", "mmml", "laaa")
    assert answers.errors(asked).tolist() == [0, 2, 3]
    assert answers.error_rate(asked).tolist() == [0, 0.5, 0.75]


def test_prediction_table() -> None:
    table = answers.prediction_table(given("am", "ml"))
    assert table.to_dict("list") == {
        "file": ["0.jpg", "1.jpg"],
        "expected": ["Alex", "Amine"],
        "predicted": ["Amine", "Lara"],
        "error": [True, True],
        "probability": [1.0, 1.0],
        "unsure": [False, False],
    }


def test_a_stranger_is_always_answered_wrong() -> None:
    asked = given("aa", "am")
    asked.labels["person"] = "Zoe"
    assert answers.errors(asked)[0] == 2


def test_a_tie_goes_to_the_first_person() -> None:
    asked = sure("am", [[0.4, 0.4, 0.2], [0.4, 0.4, 0.2]])
    assert asked.wrong.tolist() == [[False, True]]


def test_a_name_is_decided_on_when_it_is_certain_enough() -> None:
    odds = np.array([[[0.69, 0.31], [0.3, 0.7], [0, 0]], [[0.9, 0.1], [0.5, 0.5], [0.1, 0.9]]])
    decided = answers.decided(odds.astype(np.float32))
    assert decided.tolist() == [[-2, 1, -1], [0, -2, 1]]
    names = np.array(["Alex", "Amine", answers.UNSURE, answers.NOBODY])
    assert names[decided].tolist() == [["unsure", "Amine", "nobody"], ["Alex", "unsure", "Amine"]]
    assert answers.decided(odds.astype(np.float32), 0.5).tolist() == [[0, 1, -1], [0, 0, 1]]


def test_confused_counts_only_the_pair() -> None:
    asked = given("aammll", "mlamal")
    assert answers.confused(asked, ("Alex", "Amine")).tolist() == [[1, 0, 1, 0, 0, 0]]


def test_of_keeps_frames_and_answers_together() -> None:
    asked = given("amlm", "mmla").of(["Amine"])
    assert asked.labels["file"].tolist() == ["1.jpg", "3.jpg"]
    assert asked.wrong.tolist() == [[False, True]]


def test_tally_adds_up() -> None:
    counts = answers.tally(given("aaaa", "aaml", "llll").probabilities)
    assert counts.tolist() == [[2, 1, 1, 0], [0, 0, 4, 0]]
    assert answers.share(counts, 0).tolist() == [0.5, 0]
    assert answers.lead(counts, 0).tolist() == [2, 0]
    assert answers.lead(counts, 2)[1] == np.inf


def test_an_answer_that_is_not_sure_counts_too() -> None:
    probabilities = np.array([[[0.2, 0.3, 0.25, 0.25]] * 2], np.float32)
    assert answers.tally(probabilities).tolist() == [[0, 2, 0, 0, 0]]


def test_the_loss_of_an_answer_is_that_of_the_right_person() -> None:
    probabilities = np.array([[[0.25, 0.75], [1, 0]]], np.float32)
    asked = Answers(pd.DataFrame({"person": ["Amine", "Amine"]}), probabilities, ("Alex", "Amine"))
    np.testing.assert_allclose(answers.losses(asked), [[-np.log(0.75), np.inf]])


def blank(asked: Answers, *frames: int) -> Answers:
    """The same answers, but nobody is seen on some frames."""
    probabilities = asked.probabilities.copy()
    probabilities[:, frames] = 0
    return Answers(asked.labels, probabilities, asked.people)


def test_nobody_is_nobodys_answer() -> None:
    asked = blank(given("aaam", "aaam"), 1, 3)
    assert asked.predicted.tolist() == [[0, -1, 0, -1]]
    assert asked.wrong.tolist() == [[False, True, False, True]]
    table = answers.prediction_table(asked)
    assert table["predicted"].tolist() == ["Alex", "nobody", "Alex", "nobody"]
    assert table["probability"].tolist()[1::2] == [0, 0]
    assert not answers.confused(asked, ("Alex", "Amine")).any()
    assert answers.margins(asked)[0, 1] == 0


def test_nobody_is_counted_but_leads_nobody() -> None:
    counts = answers.tally(blank(given("aaaa", "aaml"), 1, 2, 3).probabilities)
    assert counts.tolist() == [[1, 0, 0, 3]]
    assert answers.share(counts, 0).tolist() == [0.25]
    assert answers.lead(counts, 0).tolist() == [np.inf]


@pytest.mark.parametrize(("wrong", "frames"), [(0, 59), (15, 49), (49, 49)])
def test_error_bounds_are_clopper_and_pearsons(wrong: int, frames: int) -> None:
    lower = stats.beta.ppf(0.05, wrong, frames - wrong + 1) if wrong else 0.0
    upper = stats.beta.ppf(0.95, wrong + 1, frames - wrong) if wrong < frames else 1.0
    assert answers.error_bound(wrong, frames, "lower") == pytest.approx(lower)
    assert answers.error_bound(wrong, frames, "upper") == pytest.approx(upper)


def test_fewer_is_mcnemars_exact_test() -> None:
    before = np.array([[True] * 10 + [False] * 10])
    after = np.array([[False] * 8 + [True] * 3 + [False] * 9])
    expected = stats.binomtest(1, 9, alternative="less").pvalue
    assert answers.fewer(before, after)[0] == pytest.approx(expected)
    assert answers.fewer(before, before)[0] == 1


def sure(expected: str, probabilities: list[list[float]]) -> Answers:
    """Answers of one replicate with given probabilities, a row a frame."""
    one = given(expected, "a" * len(expected))
    return Answers(one.labels, np.array([probabilities], np.float32), PEOPLE)


def test_margins_are_those_of_the_right_person() -> None:
    asked = sure("am", [[0.7, 0.2, 0.1], [0.6, 0.1, 0.3]])
    np.testing.assert_allclose(answers.margins(asked), [[0.5, -0.5]], atol=1e-6)


def test_a_burst_counts_once() -> None:
    asked = given("aaam", "aamm")
    asked.labels["burst"] = ["late", "late", "late", "early"]
    means = answers.burst_means(asked.wrong, asked.labels)
    np.testing.assert_allclose(means, [[1 / 3, 0]])


def test_the_worst_person_is_found() -> None:
    assert answers.hits_by_person(given("aammll", "aaamla"))[0] == pytest.approx(0.5)


def test_signed_rank_is_wilcoxons() -> None:
    differences = np.array([[0.3, 0.2, 0.4, -0.1, 0.5, 0.6], [-0.3, -0.2, -0.4, 0.1, -0.5, -0.6]])
    p_values = answers.signed_rank(differences)
    assert p_values[0] == pytest.approx(stats.wilcoxon(differences[0], alternative="greater")[1])
    assert p_values[0] < 0.05 < p_values[1]


def test_an_excess_is_bounded_from_above() -> None:
    often, seldom = given("aaaamlml" * 5, "alamlmll" * 5), given("aaaamlml" * 5, "aaaamlmm" * 5)
    for one in (often, seldom):
        one.labels["burst"] = np.arange(40) // 2
    assert 0 < answers.most_excess(often, seldom, 0.01)[0] < 0.7
    assert answers.most_excess(seldom, often, 0.01)[0] < 0


@pytest.mark.parametrize(("values", "replicate"), [([3, 1, 2], 2), ([5], 0), ([4, 1, 9, 2, 8], 0)])
def test_typical_is_the_median_replicate(values: list[float], replicate: int) -> None:
    assert answers.typical(np.array(values)) == replicate


def test_equal_margins_speak_for_nothing() -> None:
    lost = np.array([[0.0, 0.0, 0.0, 0.0], [0.1, 0.2, 0.3, 0.4]])
    p_values = answers.signed_rank(lost)
    assert p_values.tolist() == [1, stats.wilcoxon(lost[1], alternative="greater").pvalue]


def test_one_burst_is_too_few() -> None:
    one, other = given("aa", "aa"), given("aa", "am")
    one.labels["burst"], other.labels["burst"] = ["b", "b"], ["b", "c"]
    with pytest.raises(Lacking, match=r"^frames of one burst are too few"):
        answers.most_excess(one, other, 0.01)


def test_a_count_of_nobody() -> None:
    assert answers.lead(np.array([[0, 0, 5], [2, 0, 3]]), 0).tolist() == [0, np.inf]
    assert np.isnan(answers.share(np.array([[0, 0, 0]]), 0))


def test_a_rate_that_was_not_trained_at() -> None:
    sweep = {0.1: np.array([2.0, 5.0]), 1.0: np.array([3.0, 4.0])}
    assert answers.beyond_best(sweep, 1).tolist() == [1, 0]
    said = r"^nothing was trained at a rate of 2; there are 0.1, 1; name one of them$"
    with pytest.raises(FacelabError, match=said):
        answers.beyond_best(sweep, 2)


def test_distance_from_one_with_and_without_nobody() -> None:
    rows = np.array([[[0.5, 0.5], [0, 0]], [[0.5, 0.25], [0.5, 0.5]]], np.float32)
    assert answers.distance_from_one(rows).tolist() == [1, 0.25]
    assert answers.distance_from_one(rows, nobody_counts=False).tolist() == [0, 0.25]
    assert answers.distance_from_one(0 * rows, nobody_counts=False).tolist() == [1, 1]
