"""Number: how a measured number, a threshold and a margin are written for people.

What was measured has at most three figures; a threshold has all of its own.
Neither has an exponent.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

FIGURES = 3

LEAST = 1e-6
"""Of what is closer to 0, only that is said."""

MOST = 10**15
"""Of what is further from it, only that."""


def exact(value: float, unit: str = "") -> str:
    """Write a number that somebody has chosen, as a threshold, with all its figures.

    >>> exact(1_000_000), exact(1e-05), exact(0.07, "%"), exact(3, "times")
    ('1,000,000', '0.00001', '7 %', '3 times')
    """
    if not math.isfinite(value) or abs(value) > MOST:
        return measured(value, unit)
    number = Decimal(repr(float(value))) * (100 if unit == "%" else 1)
    whole = number == number.to_integral_value()
    return _with(f"{number:,.0f}" if whole else f"{number.normalize():,f}", unit)


def measured(
    value: float, unit: str = "", keeps: Callable[[float], bool] | None = None, least: int = FIGURES
) -> str:
    """Write a number that was measured, with three figures and its unit; counts with all of them.

    Shares (of unit ``%``) are never written as all or nothing where they are not. ``keeps``: what
    must be true of the number as it is written, for example to lie on its side of a threshold; more
    figures are written where three do not do it.

    >>> measured(0.0037291), measured(1386.4), measured(793), measured(float("inf"), "times")
    ('0.00373', '1,386', '793', 'beyond any number')
    >>> measured(0.30612, "%"), measured(0.99999, "%"), measured(8.8e-16, "%"), measured(5.9e-8)
    ('30.6 %', '99.9 %', 'less than one in a million', 'less than 0.000001')
    >>> measured(0.30004, keeps=lambda written: written > 0.3)
    '0.30004'
    """
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "beyond any number" if value > 0 else "below any number"
    if abs(value) > MOST:
        return _with(f"{'' if value > 0 else 'minus '}more than {MOST:,}", unit)
    if 0 < abs(value) < LEAST and (keeps is None or keeps(math.copysign(LEAST, value))):
        sign = "" if value > 0 else "minus "
        near = "less than one in a million" if unit == "%" else f"less than {exact(LEAST)}"
        return sign + near if unit == "%" else _with(sign + near, unit)
    scale = 100 if unit == "%" else 1
    for figures in range(least, 18):
        written = _rounded(scale * value, figures)
        if keeps is None or keeps(float(written) / scale):
            break
    if unit == "%" and abs(value) < 1 <= abs(float(written)) / scale:
        written = Decimal("99.9").copy_sign(written)
    return _with(f"{written:,f}", unit)


def apart(one: float, other: float) -> tuple[str, str]:
    """Write two measured numbers, with more than three figures only where three look alike.

    >>> apart(0.69315, 0.5), apart(0.69315, 0.69322), apart(2, 2)
    (('0.693', '0.5'), ('0.69315', '0.69322'), ('2', '2'))
    """
    for figures in range(FIGURES, 18):
        told = measured(one, least=figures), measured(other, least=figures)
        if told[0] != told[1] or one == other:
            break
    return told


def margin(value: float, unit: str = "") -> str:
    """Write a distance from a threshold; that between shares is in points.

    >>> margin(0.0537, "%"), margin(-0.25), margin(0, "%")
    ('5.37 points', '-0.25', '0 points')
    """
    if unit != "%":
        return measured(value, unit)
    if not math.isfinite(value) or abs(value) > MOST:
        return measured(value)
    return _with(measured(100 * value), "points")


def _rounded(value: float, figures: int) -> Decimal:
    """Return a value with so many figures, its whole part kept, and no zeros at its end."""
    number = Decimal(repr(float(value)))
    if number == 0:
        return Decimal(0)
    places = max(figures - 1 - number.adjusted(), 0)
    rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    whole = rounded.to_integral_value()
    return whole if rounded == whole else rounded.normalize()


def _with(number: str, unit: str) -> str:
    one = number in ("1", "-1") and unit.endswith("s")
    return f"{number} {unit.removesuffix('s') if one else unit}".rstrip()
