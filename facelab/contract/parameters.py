"""Parameters: the user's settings of a training, declared once as data.

Checks, messages, the README's table and the arithmetic of updates all follow from ``PARAMETERS``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from typing import Any

from facelab.contract.errors import FacelabError
from facelab.contract.interval import Interval
from facelab.contract.text import one_line


@dataclass(frozen=True)
class Parameter:
    """One parameter: its field name, the words for it, what it may be, and what it is for."""

    field: str
    name: str
    allowed: Interval
    whole: bool
    meaning: str

    def check(self, value: object, allowed: Interval | None = None) -> float | int:
        """Return ``value`` as a number within ``allowed``.

        Raises FacelabError, in one line, when it is no number or outside.
        """
        allowed = allowed or self.allowed
        try:
            # Python alone reads 1_0 as ten
            number = math.nan if "_" in str(value) else float(str(value))
        except ValueError:
            number = math.nan
        if number not in allowed or (self.whole and number != int(number)):
            kind = "a whole number" if self.whole else "a number"
            raise FacelabError(
                f"{self.name}: received {one_line(str(value))}, allowed is {kind} {allowed}; "
                f"choose {self.meaning}"
            )
        return int(number) if self.whole else number


PARAMETERS = (
    Parameter(
        "learning_rate",
        "learning rate",
        Interval(0, 1000, open_low=True),
        False,
        "how far one update moves the weights, for example 0.001 or 1",
    ),
    Parameter(
        "epochs",
        "epochs",
        Interval.between(1, 1_000_000),
        True,
        "how often every photo is seen, for example 20",
    ),
    Parameter(
        "batch_size",
        "batch size",
        Interval.between(1, 1_000_000),
        True,
        "how many photos one update sees, from 1 to all photos of the gallery",
    ),
)

SEED = Parameter(
    "seed", "seed", Interval.between(0, 2**31 - 1), True, "which first weights and order are drawn"
)
"""What a replicate is seeded with, where a user names it."""

CERTAIN = 0.7
"""The probability from which on a name is certain enough, unless somebody chooses another."""

CERTAINTY = Parameter(
    "certainty",
    "--certainty",
    Interval.between(0, 1),
    False,
    "the probability from which on a name is certain enough, for example 0.7",
)
"""From where on a face that is seen gets a name, and is not unsure."""


@dataclass(frozen=True)
class Parameters:
    """The parameters of one training; the defaults are the "basic" ones.

    ``learning_rate``: factor of the gradient in an update. ``epochs``: passes over the gallery.
    ``batch_size``: photos per update. ``kernel_initializer``: Keras name of the distribution that
    the head's weights are drawn from (its bias starts at 0). ``embedding_norm``: Euclidean length
    that every embedding is scaled to.
    """

    learning_rate: float = 1.0
    epochs: int = 20
    batch_size: int = 16
    kernel_initializer: str = "glorot_uniform"
    embedding_norm: float = 3.0

    def __post_init__(self) -> None:
        for parameter in PARAMETERS:
            value = parameter.check(getattr(self, parameter.field))
            object.__setattr__(self, parameter.field, value)

    def with_(self, **changes: object) -> Parameters:
        """Return these parameters with some of them changed, checked again."""
        known: dict[str, Any] = dict(changes)
        return replace(self, **known)

    def check_against(self, photos: int) -> None:
        """Raise FacelabError when the batch size is larger than the number of photos."""
        batch_size = next(p for p in PARAMETERS if p.field == "batch_size")
        batch_size.check(self.batch_size, Interval.between(1, photos))

    def updates_per_epoch(self, photos: int) -> int:
        """Return ceil(photos / batch size): the last batch of an epoch may be a partial one."""
        return -(-photos // self.batch_size)

    def updates(self, photos: int) -> int:
        """Return the number of updates of a whole training on ``photos`` photos.

        >>> Parameters(epochs=1000, batch_size=5).updates(200)
        40000
        """
        return self.epochs * self.updates_per_epoch(photos)

    def as_rows(self) -> dict[str, float | int | str]:
        """Return every parameter by its reader's name, for a report."""
        return {field.name.replace("_", " "): getattr(self, field.name) for field in fields(self)}
