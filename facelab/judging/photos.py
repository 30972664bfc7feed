"""Photos: the photos that a gallery returned, compared with those that it was given."""

from __future__ import annotations

import numpy as np

from facelab.contract.photos import Photos


def differing(photos: Photos, kept: Photos) -> list[str]:
    """Return the photos, ``Lara, photo 3``, of which a single pixel is not as it was given.

    Photos that are missing or more than were given differ too.
    """
    found = []
    for person in photos.people:
        given, back = (some.of([person]).frames for some in (photos, kept))
        for number in range(max(len(given), len(back))):
            same = number < min(len(given), len(back)) and np.array_equal(
                given[number], back[number]
            )
            if not same:
                found.append(f"{person}, photo {number + 1}")
    return found


def no_photo(kind: str, photo: bytes) -> bytes:
    """Return the bytes of a file that is no whole photo, named as in the step; ``photo`` is one."""
    return {
        "a text": b"This is no photo.",
        "an empty file": b"",
        "half of a photo": photo[: len(photo) // 2],
    }[kind]
