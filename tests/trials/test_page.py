"""Pages: of one training and of several, from histories and answers made up."""

from __future__ import annotations

import re
from html import unescape

import numpy as np
import pandas as pd
import pytest

from facelab.contract.history import History
from facelab.contract.parameters import Parameters
from facelab.judging.answers import Answers
from facelab.trials.page import comparison_page, line, spread, training_page
from facelab.trials.trial import Trial, titles

HOSTILE = "<script>alert(1)</script>"
PEOPLE = ("Ann", "Bo", HOSTILE)


def trial(rate: float, *, people: tuple[str, ...] = PEOPLE, updates: int = 40) -> Trial:
    """A trial of two replicates at a rate, which was to make 40 updates, and errs on one probe."""
    count = np.arange(1, updates + 1)
    loss = np.stack([np.exp(-rate * count), 1.5 * np.exp(-rate * count)]).astype(np.float32)
    shape = (*loss.shape, 2)
    photos = np.zeros(shape, np.int32)
    history = History((0, 1), loss, np.exp(-loss), loss, photos, 4, len(people))
    labels = pd.DataFrame({"file": [f"{one}/1.png" for one in people], "person": people})
    probabilities = np.stack([np.eye(len(people), dtype=np.float32)] * 2)
    probabilities[:, 0] = probabilities[:, 1]
    return Trial(Parameters(rate), history, Answers(labels, probabilities, people), 40)


def compared(*trials: Trial, missing: tuple[str, ...] = ()) -> str:
    names = titles([one.parameters for one in trials])
    return comparison_page(f"{HOSTILE} compared", {"gallery": HOSTILE}, names, trials, missing)


def test_a_page_is_one_file_that_runs_nothing_and_fetches_nothing() -> None:
    facts = {"gallery": HOSTILE}
    for page in (training_page(HOSTILE, facts, trial(1)), compared(trial(0.1), trial(1))):
        assert "<script" not in page
        assert "default-src 'none'" in page
        assert not re.findall(r'(?:src|href|action)="(?!data:|#)', page)
        assert not re.findall(r"(?:url\(|@import)", page)
        assert HOSTILE in unescape(page)


def test_the_page_of_a_training_has_curves_and_answers() -> None:
    page = training_page("Training on team", {}, trial(0.1))
    assert page.count('<svg class="chart"') == 2
    assert "3 answers, 1 error" in page
    assert "Bo 1" in page  # whom Ann is taken for
    bare = Trial(Parameters(), trial(0.1).history, None, 40)
    assert "Answers" not in training_page("Training on team", {}, bare)


def test_trainings_stand_side_by_side() -> None:
    page = compared(trial(0.01), trial(0.1), trial(1))
    assert len(re.findall(r'<svg class="chart" viewBox', page)) == 2
    for colour in ("#1f5f99", "#b3420a", "#1b7a3d"):
        # a line and a band in each of two charts
        assert len(re.findall(rf'<path[^>]*(?:stroke|fill)="{colour}"', page)) >= 4
    assert page.count('<table class="confusion">') == 3
    assert "2 of 3, 66.7 %" in page
    assert "Not whole" not in page
    rows = re.findall(r'<th scope="row">.*?rate ([\d.]+)</th>', page)
    assert rows == ["0.01", "0.1", "1"]


def test_what_is_missing_is_said() -> None:
    page = compared(trial(0.1, updates=7), missing=("rate 0.1: interrupted", "rate 1: not trained"))
    assert page.count("Not whole:") == 2
    assert "7 of 40" in page


def test_of_many_people_the_confusions_are_listed() -> None:
    people = tuple(f"P{number:02}" for number in range(12))
    page = compared(trial(0.1, people=people), trial(1, people=people))
    assert 'class="confusion"' not in page
    assert page.count("<td>P00</td><td>P01</td>") == 2


def test_nobody_has_a_column_where_somebody_is_not_seen() -> None:
    blind = trial(1)
    assert blind.answers is not None
    assert "nobody" not in compared(trial(0.1), trial(1)).lower()
    blind.answers.probabilities[:, 2] = 0
    assert compared(trial(0.1), blind).count("<span>nobody</span>") == 2


def test_values_that_are_not_finite_are_counted_not_drawn() -> None:
    wild = trial(0.1)
    wild.history.loss[0, 3:5] = np.nan, np.inf
    page = compared(wild, trial(1))
    assert "2 values not finite and not drawn." in page


@pytest.mark.parametrize(("updates", "points"), [(40, 40), (120, 120), (1000, 120)])
def test_a_line_has_few_points_that_are_means(updates: int, points: int) -> None:
    apart = np.array([0, 1, 5], np.float32)
    loss = np.add.outer(apart, np.arange(updates, dtype=np.float32))
    photos = np.zeros((3, updates, 1), np.int32)
    long = History((0, 1, 2), loss, loss, loss, photos, 10, 2)
    drawn = line(long, loss, "update")
    assert len(drawn) == points
    for (x, *replicates), (epoch, *_) in zip(drawn, line(long, loss, "epoch"), strict=True):
        assert replicates == pytest.approx([x - 1, x, x + 4])
        assert epoch == pytest.approx(x / 10)


def test_a_range_is_written_where_replicates_differ() -> None:
    assert spread([0.5, 0.25, 1], "{:.2f}".format) == "0.50 (0.25–1.00)"
    assert spread([0.501, 0.502], "{:.2f}".format) == "0.50"
    assert spread([1000, 12.3456]) == "506 (12.3–1,000)"
