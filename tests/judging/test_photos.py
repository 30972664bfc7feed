"""Photos that a gallery gave back."""

from __future__ import annotations

import numpy as np

from facelab.contract.photos import Photos
from facelab.judging.photos import differing
from tests.power.case import shown


def test_changed_missing_and_surplus_photos_are_named() -> None:
    people = ["Alex", "Lara", "Lara", "Amine"]
    photos = shown(4, person=people)
    assert differing(photos, photos) == []
    changed = tuple(frame + np.uint8(n == 1) for n, frame in enumerate(photos.frames))
    assert differing(photos, Photos(changed, photos.labels)) == ["Lara, photo 1"]
    assert differing(photos, shown(3, person=people[:3])) == ["Amine, photo 1"]
    assert differing(photos, shown(5, person=[*people, "Lara"])) == ["Lara, photo 3"]
