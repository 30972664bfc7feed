"""Rules: what stands for the book's own numbers when one's own photos are played."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from facelab.contract.errors import FacelabError, Lacking
from facelab.contract.parameters import Parameters
from facelab.contract.verdict import Refused
from facelab.judging import answers as judging
from facelab.playing.examination import Exam
from facelab.playing.recorder import LiveSheet
from facelab.report.record import Sheet, Step
from steps import answers, counts, curves, people, training
from tests.power.case import drawn, said, shown


def exam_of(is_reference: bool) -> Any:
    """Return an exam on the book's own frames or on others, which played four of a film."""
    source: Any = SimpleNamespace(is_reference=is_reference, photos=lambda _: shown(7))
    given: Any = SimpleNamespace(name="a stand-in", capabilities=())
    made = Exam(given, source, (0,))
    made.played = 4
    return made


OWN, BOOK = exam_of(False), exam_of(True)


@pytest.fixture
def sheet() -> LiveSheet:
    live = LiveSheet(Sheet("", "", "", 1, [], "", [Step("Then", "")]), seeds=(0,))
    live.begin()
    return live


@pytest.mark.parametrize(("values", "accepted"), [(8, True), (7, False), (103, False)])
def test_values_are_epochs_times_batches(sheet: LiveSheet, values: int, accepted: bool) -> None:
    held = drawn(np.ones(values))["training"]
    parameters = Parameters().with_(epochs=2, batch_size=2)
    if accepted:
        return training.values_drawn(sheet, OWN, shown(7), parameters, held, 103)
    with pytest.raises(Refused, match="exactly 8 demanded"):
        training.values_drawn(sheet, OWN, shown(7), parameters, held, 103)
    return None


def test_a_film_has_its_own_length(sheet: LiveSheet) -> None:
    counts.frames_counted(sheet, OWN, np.array([[3, 1]]), 793)
    with pytest.raises(Refused, match="exactly 4 demanded"):
        counts.frames_counted(sheet, OWN, np.array([[3, 0]]), 793)


def test_the_number_beside_a_tally_is_judged_like_it(sheet: LiveSheet) -> None:
    exam, tally = exam_of(False), np.array([[3, 1]])
    watched = counts.Watched(np.array([[[1, 0], [1, 0], [1, 0], [0, 1]]]), ())
    exam.said = (4,)
    counts.frames_counted(sheet, exam, tally, 793)
    counts.adds_one(sheet, exam, watched, 793)
    exam.said = (8,)
    with pytest.raises(Refused, match="frames counted, as it says: measured 8, exactly 4 demanded"):
        counts.frames_counted(sheet, exam, tally, 793)
    with pytest.raises(Refused, match="frames counted, as it says: measured 8, exactly 4 demanded"):
        counts.adds_one(sheet, exam, watched, 793)


def test_few_probes_are_held_against_a_bound(sheet: LiveSheet) -> None:
    # of 11 probes none wrong: at most 23.8 % with 95 % confidence, 1 - 0.05 ** (1 / 11)
    right, one_wrong = said("a" * 11, "a" * 11), said("a" * 11, "a" * 10 + "m")
    np.testing.assert_allclose(judging.most_errors(right), [1 - 0.05 ** (1 / 11)])
    with pytest.raises(Refused, match=r"with 95 % confidence: measured 23.8 %, at least 30 %"):
        answers.many_errors(sheet, BOOK, right, 11, 0.3)
    answers.many_errors(sheet, BOOK, one_wrong, 11, 0.3)
    answers.many_errors(sheet, OWN, one_wrong, 49, 0.3)
    with pytest.raises(FacelabError, match="as far as 49 probes can tell: it was asked about 11;"):
        answers.many_errors(sheet, BOOK, one_wrong, 49, 0.3)
    # of 3 probes of one person none right: at most 63 %; of 5 none: at most 45 %
    answers.right_faces(sheet, OWN, said("aaammm", "aaaaaa"), 0.5)
    with pytest.raises(Refused, match=r"measured 45.1 %, more than 50 %"):
        answers.right_faces(sheet, OWN, said("aaammmmm", "aaaaaaaa"), 0.5)


def test_nobody_is_no_wrong_sum(sheet: LiveSheet) -> None:
    rows, two = np.array([[[0.5, 0.5], [0.0, 0.0]]], np.float32), shown(2, person=["Alex", "Amine"])
    told: Any = SimpleNamespace(predict=lambda _: rows, history=SimpleNamespace(seeds=(0,)))
    answers.model_predicts(sheet, OWN, two, told)
    with pytest.raises(Refused, match="measured 1"):
        answers.model_predicts(sheet, BOOK, two, told)
    told.predict = lambda _: 0 * rows
    with pytest.raises(Refused, match="measured 1"):
        answers.model_predicts(sheet, OWN, two, told)


def test_what_is_not_run_with_too_few_people_or_photos(sheet: LiveSheet) -> None:
    own, photos, basic = OWN.source, shown(7), Parameters()
    with pytest.raises(Lacking, match=r"^nobody plays Amine, Lara: there are 1 people"):
        people.photos_of(own, ["Alex", "Amine", "Lara"])
    with pytest.raises(Lacking, match=r"^the gallery has no 200 photos to learn from but 7$"):
        people.first_photos(own, 200)
    with pytest.raises(Lacking, match=r"^a batch of 102 photos is more than all, 7$"):
        training.given_parameters(own, photos, 1, 3, 102)
    with pytest.raises(Lacking, match=r"^there is nobody but Alex in the gallery$"):
        curves.more_updates(sheet, OWN, photos, basic, drawn([1])["training"], ["Alex"])
    with pytest.raises(Lacking, match=r"^25 % of 40 updates are no more than 10: too few photos$"):
        curves.accuracy_settles(sheet, OWN, drawn(np.ones(40))["training"], 10, 0.9, 0.25)
    with pytest.raises(Lacking, match=r"^the numbers are those of the book's own gallery$"):
        people.gallery_counted(sheet, own, photos, 230, 11)
