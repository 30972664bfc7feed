"""forms.json holds what Altair makes of the forms of charts, whatever the titles."""

from __future__ import annotations

import json

import pytest

from facelab.languages.language import language
from facelab.languages.speech import speaking
from facelab.report import charts
from facelab.report.charts import Form, formed
from tests.report.forms import FORMS, compiled, written

pytestmark = pytest.mark.slow

LONG = "number of photos of everybody who was filmed on that day, in the morning and at night"


def test_the_file_is_as_altair_writes_it() -> None:
    told = "run `python -m tests.report.forms`, look at a report, and commit the file"
    assert json.loads(charts.FORMS.read_text("utf-8")) == json.loads(written()), told


@pytest.mark.parametrize("form", FORMS, ids=lambda form: " ".join(map(str, form)))
def test_titles_are_put_where_altair_puts_them(form: Form) -> None:
    kind, _, y, *logs = form
    titles = [(LONG, y), ('"x" & <y>', y)]
    if kind in ("series", "band"):  # others are of a loss or an accuracy
        titles += [("x", LONG), ("", "")]
    for x, title in titles:
        other: Form = (kind, x, title, logs[0], logs[1])
        assert formed(other) == compiled(other)


def test_titles_are_in_the_language_spoken() -> None:
    form: Form = ("curve", "update", "loss", False, False)
    with speaking(language("fr")):
        french = formed(form)
        assert french == compiled(form)
    assert french != formed(form) == compiled(form)


def test_a_chart_s_data_stay_out_of_the_form() -> None:
    form: Form = ("series", "photos", "accuracy", False, False)
    charts.draw([charts.series_chart("photos", "accuracy", [(1, 0.5), (2, 0.75)])])
    assert next(one for one in formed(form)["data"] if one["name"] == "rows")["values"] == []
