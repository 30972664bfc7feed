"""Verdicts: inside, on and outside the bound; 3 of 5; what is said."""

from __future__ import annotations

import math

import pytest

from facelab.contract.interval import Interval
from facelab.contract.verdict import judge


@pytest.mark.parametrize(
    ("violations", "accepted"), [(0, True), (1, True), (2, True), (3, False), (5, False)]
)
def test_three_of_five_violations_refuse(violations: int, accepted: bool) -> None:
    values = [0.6] * (5 - violations) + [0.8] * violations
    assert judge("accuracy", values, Interval.less_than(0.7)).accepted is accepted


def test_one_violation_refuses_what_is_exact() -> None:
    assert not judge("values", [140] * 4 + [139], Interval.exactly(140), exact=True).accepted


def test_no_value_is_no_acceptance() -> None:
    assert not judge("values", [], Interval.at_least(0)).accepted


def test_nan_violates_everything() -> None:
    assert not judge("loss", [math.nan] * 3, Interval()).accepted


@pytest.mark.parametrize(
    ("values", "margin"),
    [([0.1, 0.2, 0.3, 0.4, 0.5], 0.1), ([0.1, 0.2, 0.6, 0.7, 0.8], -0.2)],
)
def test_margin_is_that_of_the_deciding_replicate(values: list[float], margin: float) -> None:
    verdict = judge("share", values, Interval.at_most(0.4))
    assert verdict.margin == pytest.approx(margin)
    assert verdict.accepted == (margin >= 0)


def test_a_verdict_says_what_was_measured_and_demanded() -> None:
    verdict = judge("probes answered wrong", [0.2, 0.25, 0.4], Interval.at_least(0.3), unit="%")
    assert str(verdict) == (
        "probes answered wrong: measured 25 %, at least 30 % demanded "
        "(violated by 2 of 3 replicates)"
    )


def test_details_follow() -> None:
    verdict = judge("files", [2], Interval.exactly(0), exact=True, details=["a.jpg", "b.jpg"])
    assert str(verdict) == "files: measured 2, exactly 0 demanded; a.jpg; b.jpg"


def test_a_refused_value_is_never_written_as_an_allowed_one() -> None:
    verdict = judge("share", [0.30004], Interval.at_most(0.3), unit="%")
    assert str(verdict) == "share: measured 30.004 %, at most 30 % demanded"
    verdict = judge("loss", [0.29996], Interval.less_than(0.3))
    assert str(verdict) == "loss: measured 0.29996, less than 0.3 demanded"


def test_no_number_of_a_verdict_needs_a_mathematician() -> None:
    told = judge("lead", [math.inf], Interval.at_least(3), unit="times").as_dict()
    shown = [told[key] for key in ("shown", "threshold", "shown_margin")]
    assert shown == ["beyond any number", "at least 3 times", "beyond any number"]
    told = judge("chance", [8.882e-16], Interval.at_most(0.01), unit="%").as_dict()
    assert (told["shown"], told["shown_margin"]) == ("less than one in a million", "1 point")
    told = judge("change", [-0.0037294], Interval.less_than(0)).as_dict()
    assert (told["shown"], told["shown_margin"]) == ("-0.00373", "0.00373")
