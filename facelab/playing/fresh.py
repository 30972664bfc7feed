"""Fresh probes: the seed for ``--fresh-probes``."""

from __future__ import annotations

import secrets

import pytest

from facelab.base.opencv import opencv
from facelab.contract.errors import FacelabError

ALONE = ("gallery", "camera", "record")
"""Options that play other frames than the book's, of which the studio can draw none."""


def fresh_seed(config: pytest.Config) -> int | None:
    """Return the seed of fresh probes, a secret one where none is named; None without the option.

    It is kept as if it had been named, so that all workers of ``-n`` draw the same probes.
    Raises FacelabError for an invalid seed, and where other frames than the book's are played.
    """
    asked: str | None = config.getoption("fresh_probes")
    if asked is None:
        return None
    for other in ALONE:
        if config.getoption(other):
            raise FacelabError(
                f"--fresh-probes and --{other}: received both, allowed is one; "
                "the studio can draw only the book's own probes anew"
            )
    opencv()  # the studio cannot be imported without
    from facelab.gallery.drawn import SEEDS, read_seed

    seed = read_seed(asked) if asked else secrets.randbelow(int(SEEDS.high) + 1)
    config.option.fresh_probes = str(seed)
    return seed


def told(seed: int) -> str:
    """Return the line on fresh probes for the beginning and the end of a run."""
    return f"probes drawn anew from seed {seed} (--fresh-probes={seed} draws them again)"
