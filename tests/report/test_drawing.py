"""Drawing: the same charts, whichever process draws them, and whatever becomes of it."""

from __future__ import annotations

import pytest

from facelab.languages.language import language
from facelab.languages.speech import speaking
from facelab.report import charts, drawing
from facelab.report.charts import series_chart
from facelab.report.drawing import drawn_apart

pytestmark = pytest.mark.slow

CHART = series_chart("photos", "accuracy", [(1, 0.5), (2, 0.75), (300, 0.9)])


def test_another_process_draws_the_same() -> None:
    here = charts.draw([CHART])
    with drawn_apart():
        [process] = drawing._apart
        assert charts.draw([CHART, CHART])[:1] == here
        assert process.poll() is None
    assert process.poll() is not None
    assert not drawing._apart


def test_where_it_has_ended_this_one_draws() -> None:
    here = charts.draw([CHART])
    with drawn_apart():
        drawing._apart[0].kill()
        assert charts.draw([CHART]) == here


def test_what_cannot_be_drawn_is_told_either_way() -> None:
    wrong = {"$schema": "https://vega.github.io/schema/vega/v6.json", "marks": [{"type": 3}]}
    with pytest.raises(ValueError, match=r"\w") as here:
        drawing.to_svg(wrong, {})
    with drawn_apart(), pytest.raises(ValueError, match=r"\w") as apart:
        drawing.to_svg(wrong, {})
    assert str(here.value) == str(apart.value)


def test_another_process_writes_numbers_as_the_reader_does() -> None:
    english = charts.draw([CHART])
    with speaking(language("fr")):
        here = charts.draw([CHART])
        with drawn_apart():
            assert charts.draw([CHART]) == here != english
