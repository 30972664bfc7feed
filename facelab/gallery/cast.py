"""Cast: the person who plays each role that the features name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from facelab.contract.errors import FacelabError
from facelab.gallery.name import alike, nearest, spelt

ROLES = ("Alex", "Amine", "Lara", "Naomie")
"""The people whom the features name."""


def parse_cast(text: str) -> dict[str, str]:
    """Return the person of each role that ``Alex=marie,Bea=paul`` gives one.

    Raises FacelabError for anything else.
    """
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    cast = {alike(role.strip()): alike(person.strip()) for role, _, person in pairs}
    whole = all(role and person for role, person in cast.items())
    if not whole or len(cast) < len(pairs) or len({*cast.values()}) < len(pairs):
        raise FacelabError(
            f"--cast: received {text!r}, allowed is a person for each role, once, as "
            "Alex=marie,Amine=paul"
        )
    return cast


def cast_roles(
    people: Sequence[str], asked: Mapping[str, str], *, case: bool = True
) -> dict[str, str]:
    """Return a name to play under for each person: a role's, or their own.

    First the people whom ``asked`` (role to person) casts, then those named like a role, then the
    others in their order, until all roles are taken. A person without a role but with the name of
    one is given a number. ``case``: whether the disk tells a from A in names. Raises FacelabError
    when ``asked`` names a person who is not there.
    """
    asked = {role: spelt(person, people, case=case) for role, person in asked.items()}
    for role, person in asked.items():
        if person not in people:
            raise FacelabError(
                f"--cast: received {role}={person}, allowed are {', '.join(people)}"
                + (nearest(person, people) or "; correct it")
            )
    played = {person: role for role, person in asked.items()}
    free = [role for role in ROLES if role not in asked]
    rest = [person for person in people if person not in played]
    for person in [p for p in rest if p in free] + [p for p in rest if p not in free]:
        roles = [role for role in free if role == person or role not in rest]
        role = person if person in roles else next(iter(roles), "")
        if role:
            free.remove(role)
            played[person] = role
    names = {person: played.get(person, person) for person in people}
    for person in people:
        number = 2
        while person not in played and list(names.values()).count(names[person]) > 1:
            names[person] = f"{person} ({number})"
            number += 1
    return names
