"""The filming plan: the numbers of photos of each person, with and without glasses, by sitting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from facelab.base.toml import Span, build, load, refusal
from facelab.contract.errors import FacelabError
from facelab.gallery.cast import ROLES, cast_roles
from facelab.gallery.name import alike, check_person
from facelab.languages.speech import Nn_, _, _n, translated

KINDS = {
    "gallery": Nn_("{number} photo", "{number} photos"),
    "probes": Nn_("{number} probe", "{number} probes"),
}
"""What is filmed for a set, as it is told."""

FILM = Nn_("{number} frame of a film", "{number} frames of a film")

_PHOTOS = Span(0, 10_000, "photos of a person in a sitting")


@dataclass(frozen=True)
class FilmingPlan:
    """A whole plan, as its file has it; docs/camera.md lists its entries."""

    people: tuple[str, ...] = ()
    consent: str = ""
    sittings: tuple[str, ...] = ("first",)
    photos: Annotated[int, _PHOTOS] = 20
    photos_with_glasses: Annotated[int, _PHOTOS] = 6
    probes: Annotated[int, _PHOTOS] = 10
    probes_with_glasses: Annotated[int, _PHOTOS] = 10
    film: Annotated[int, Span(0, 100_000, "frames of the first person")] = 300
    every: Annotated[float, Span(0, 60, "s from photo to photo")] = 0.5
    countdown: Annotated[float, Span(0, 60, "s")] = 3.0
    pause: Annotated[float, Span(0, 3600, "s to change seats, without a terminal")] = 10.0
    patience: Annotated[float, Span(0.1, 3600, "s without a good photo, without a terminal")] = 20.0
    wait: Annotated[float, Span(0.1, 600, "s without a picture")] = 10.0
    minutes: Annotated[float, Span(0, 600, "minutes of live tally")] = 1.0


@dataclass(frozen=True)
class Take:
    """``count`` photos of a person in one go, or the frames of a film: set ``clips/<person>``."""

    set_name: str
    person: str
    sitting: str
    glasses: bool
    count: int

    @property
    def is_film(self) -> bool:
        """Whether every frame is kept, as it comes."""
        return self.set_name.startswith("clips/")

    @property
    def labels(self) -> dict[str, str]:
        """The labels of each of its photos."""
        glasses = str(int(self.glasses))
        return {"sitting": self.sitting, "light": self.sitting, "glasses": glasses}

    def __str__(self) -> str:
        one, several = KINDS.get(self.set_name, FILM)
        what = _n(one, several, self.count) + (_(" with glasses") if self.glasses else "")
        sitting = translated(self.sitting)
        return _(
            "{person}: {what}, sitting {sitting}", person=self.person, what=what, sitting=sitting
        )


def read_plan(path: Path | None = None) -> FilmingPlan:
    """Read a plan, the default where no file is named.

    Raises FacelabError, in one line, when an entry is unknown, missing or not allowed.
    """
    if path is None:
        return FilmingPlan()
    plan = build(FilmingPlan, load(path, "name an existing one with --film-plan"), str(path))
    for entry, names in (("people", plan.people), ("sittings", plan.sittings)):
        for name in names:
            try:
                check_person(name)
            except FacelabError as error:
                raise FacelabError(f"{path}: {entry}: {error}") from None
        if len({alike(name, case=False) for name in names}) < len(names):
            raise refusal(f"{path}: {entry}", list(names), "each name once", "rename one")
    if len(plan.people) == 1:
        raise refusal(f"{path}: people", list(plan.people), "2 or more people", "add one")
    if not plan.sittings:
        raise refusal(f"{path}: sittings", [], "at least one", "name one")
    if not plan.photos + plan.photos_with_glasses:
        raise refusal(f"{path}: photos", 0, "1 or more, with glasses or without", "raise it")
    return plan


def takes(plan: FilmingPlan, people: Sequence[str]) -> list[Take]:
    """Return the takes in order: sitting by sitting, person by person.

    The film shows the player of the first role.
    """
    sets = (
        ("gallery", False, plan.photos),
        ("probes", False, plan.probes),
        ("gallery", True, plan.photos_with_glasses),
        ("probes", True, plan.probes_with_glasses),
    )
    planned = [
        Take(set_name, person, sitting, glasses, count)
        for sitting in plan.sittings
        for person in people
        for set_name, glasses, count in sets
    ]
    if people:
        roles = cast_roles(sorted(people), {})
        first = next(person for person, role in roles.items() if role == ROLES[0])
        film = Take(f"clips/{first}", first, plan.sittings[0], False, plan.film)
        planned.insert(len(sets) * (people.index(first) + 1), film)
    return [take for take in planned if take.count]
