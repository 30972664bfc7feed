"""Name: valid names of people, sets and labels, which folders and tables can hold."""

from __future__ import annotations

import re

from facelab.contract.errors import FacelabError

COLUMNS = ("file", "sha256", "set", "person")
"""What is known of every file of a gallery; labels have other names."""


def is_name(person: str) -> bool:
    """Return whether a person's name can be a folder's, on any system."""
    plain = person.isprintable() and not set(person) & set('/\\:*?"<>|')
    return plain and 0 < len(person) <= 80 and person == person.strip(" ").lstrip(".").rstrip(".")


def is_set(name: str) -> bool:
    """Return whether a set's name can be a path of folders: ``gallery``, ``probes/t1``."""
    return all(map(is_name, name.split("/")))


def check_name(person: str) -> None:
    """Raise FacelabError when a person's name cannot be a folder's."""
    if not is_name(person):
        raise FacelabError(
            f"a person's name: received {person!r}, allowed is a name of up to 80 characters, "
            'without / \\ : * ? " < > |, that does not begin with a dot; choose another'
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
