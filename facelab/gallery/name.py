"""Name: valid names of people, sets and labels, which folders and tables can hold."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable

from facelab.contract.errors import FacelabError

COLUMNS = ("file", "sha256", "set", "person")
"""What is known of every file of a gallery; labels have other names."""


SIGNS = (
    'a name of up to 80 characters (and 240 bytes), without / \\ : * ? " < > | and invisible '
    "characters, that neither begins nor ends with a dot or a space"
)
"""What may be a person's name."""


MEANINGS = {"nobody": "no face is seen", "unsure": "no name is certain enough"}
"""What tables and counts call an answer that names nobody: nobody may be called that."""


def is_name(person: str) -> bool:
    """Return whether a person's name can be a folder's, on any system."""
    plain = person.isprintable() and not set(person) & set('/\\:*?"<>|')
    short = 0 < len(person) <= 80 and len(person.encode("utf-8", "surrogatepass")) <= 240
    return plain and short and person == person.strip(" ").lstrip(".").rstrip(".")


def alike(name: str, *, case: bool = True) -> str:
    """Return what two names have in common if they are one: Unicode's composed form (NFC).

    A Mac takes letters and their accents apart. ``case``: whether the disk tells a from A.
    """
    form = unicodedata.normalize("NFC", name)
    return form if case else unicodedata.normalize("NFC", form.casefold())


def spelt(name: str, known: Iterable[str], *, case: bool = True) -> str:
    """Return the known spelling of a name, or its composed form where none is known."""
    spellings = list(known)
    if name in spellings:
        return name
    wanted = alike(name, case=case)
    return next((one for one in spellings if alike(one, case=case) == wanted), alike(name))


def nearest(name: str, known: Iterable[str]) -> str:
    """Return ``; did you mean NAME?`` for the known name that is most like one, or nothing."""
    plain = {_plain(one): one for one in known}
    close = difflib.get_close_matches(_plain(name), list(plain), 1)
    return f"; did you mean {plain[close[0]]}?" if close else ""


def _plain(name: str) -> str:
    apart = unicodedata.normalize("NFKD", name.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def is_set(name: str) -> bool:
    """Return whether a set's name can be a path of folders: ``gallery``, ``probes/t1``."""
    return all(map(is_name, name.split("/")))


def check_name(person: str) -> None:
    """Raise FacelabError when a person's name cannot be a folder's."""
    if not is_name(person):
        raise FacelabError(
            f"a person's name: received {person!r}, allowed is {SIGNS}; choose another"
        )


def meaning(person: str) -> str:
    """Return what a name says where answers are told, nothing where it is a person's alone."""
    return MEANINGS.get(alike(person, case=False), "")


def check_person(person: str) -> None:
    """Raise FacelabError when nobody can be called so: no folder can, or answers are."""
    check_name(person)
    if told := meaning(person):
        raise FacelabError(
            f"a person's name: received {person!r}, which tables and counts say where {told}; "
            "choose another"
        )


def check_labels(set_name: str, labels: dict[str, str]) -> None:
    """Raise FacelabError when a set's name or a label cannot stand in a manifest."""
    if not is_set(set_name):
        raise FacelabError(
            f"a set: received {set_name!r}, allowed are names of folders, as gallery, probes/t1 "
            "or clips/alex; choose another"
        )
    for label, value in labels.items():
        if label in COLUMNS or not re.fullmatch("[a-z][a-z0-9_]{0,30}", label):
            raise FacelabError(
                f"a label: received {label!r}, allowed is a word in small letters, not "
                f"{', '.join(COLUMNS)}; choose another"
            )
        if not (isinstance(value, str) and value.isprintable() and len(value) <= 200):
            raise FacelabError(
                f"label {label}: received {value!r}, allowed is a line of up to 200 characters"
            )
        if label in ("glasses", "frames") and value and not re.fullmatch("[0-9]{1,9}", value):
            raise FacelabError(f"label {label}: received {value!r}, allowed is a whole number")
