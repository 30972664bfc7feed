"""Shares as the pages write them."""

from __future__ import annotations


def percent(share: float) -> str:
    """Write a share as a percentage, never as all of it where it is not.

    >>> percent(0.306), percent(0.99999), percent(1.0)
    ('30.6 %', '99.99 %', '100 %')
    """
    return f"{min(100 * share, 99.99) if share < 1 else 100 * share:.4g} %"
