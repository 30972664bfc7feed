"""Filming: a camera, a plan and a folder; with people at a terminal, or on a schedule."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from facelab.camera.camera import Camera
from facelab.camera.director import Director, Schedule, Terminal
from facelab.camera.filming_plan import FilmingPlan
from facelab.camera.keys import keyboard
from facelab.camera.session import Session
from facelab.camera.window import open_window
from facelab.contract.errors import FacelabError
from facelab.faces.finder import FaceFinder
from facelab.gallery import consent, journal
from facelab.gallery.gallery import Gallery
from facelab.gallery.manifest import NAME
from facelab.gallery.name import SIGNS, alike, is_name, meaning
from facelab.languages.speech import _, digits, translated

OWN = ("gallery", "probes", "clips", "reports", NAME, journal.NAME, consent.NAME)
"""What lies in a gallery that was filmed; files whose names begin with a dot, too."""


def film(camera: Camera, folder: Path, plan: FilmingPlan) -> list[str]:
    """Film the takes of a plan that a folder lacks; return a line for each that it still lacks.

    Raises FacelabError when the folder holds anything else, when a camera fails, or when nobody
    can be asked for names and consent. Saved photos stay; another call continues.
    """
    check_folder(folder)
    at_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    with Gallery(folder) as gallery:
        known = list(dict.fromkeys(gallery.table["person"]))
        people = plan.people or (ask_names(known) if at_terminal else known)
        people = [gallery.spelling(person) for person in people]
        if len(people) < 2:
            raise FacelabError(
                f"people: received {', '.join(people) or 'nobody'}, allowed are 2 or more; name "
                "them in the film plan, as people = ['Ann', 'Bo']"
            )
        with direction(at_terminal=at_terminal) as director:
            session = Session(camera, gallery, plan, director, FaceFinder())
            try:
                return session.run(people)
            finally:
                saved, there = digits(f"{session.saved}"), digits(f"{len(gallery.table)}")
                told = _(
                    "{folder}: {number} photos more, {total} in all",
                    folder=folder, number=saved, total=there,
                )  # fmt: skip
                director.tell(told)


def check_folder(folder: Path) -> None:
    """Raise FacelabError when a folder holds anything that was not filmed."""
    if folder.exists() and not folder.is_dir():
        raise FacelabError(f"--record: received {folder}, a file; allowed is a folder")
    if not folder.exists():
        return
    table = Gallery(folder).table
    strange = [path for path in folder.iterdir() if path.name not in OWN and path.name[0] != "."]
    unlike = "taken" not in table.columns or (table["taken"] == "").any()
    if strange or (len(table) and unlike):
        raise FacelabError(
            f"--record: received {folder}, which holds what no camera filmed; allowed is a new "
            "folder, or one that was filmed before, to go on; choose another"
        )


@contextmanager
def direction(*, at_terminal: bool) -> Iterator[Director]:
    """Within the block, give who talks with the people: at the terminal, or by a schedule."""
    window = open_window()
    try:
        if not at_terminal:
            yield Schedule(sys.stdout, window)
            return
        from rich.console import Console

        with keyboard() as keys, Terminal(Console(), keys, window) as director:
            yield director
    finally:
        if window:
            window.close()


def ask_names(known: Sequence[str]) -> list[str]:
    """Ask at the terminal for the names of further people."""
    names = list(known)
    if names:
        print(_("filmed before: {people}", people=", ".join(names)))
    while True:
        number = len(names) + 1
        try:
            asked = _("Name of person {number} (Enter when there is no other): ", number=number)
            name = input(asked).strip()
        except EOFError:
            raise FacelabError("people: nobody is named, so nobody is filmed") from None
        if not name and len(names) >= 2:
            return names
        if not is_name(name):
            print(f"  {_('{signs} is needed', signs=translated(SIGNS))}")
        elif told := meaning(name):
            why = _("tables and counts say {name} where {told}", name=name, told=translated(told))
            print(f"  {why}")
        elif alike(name, case=False) in {alike(one, case=False) for one in names}:
            print(f"  {_('{name} is there already', name=name)}")
        else:
            names.append(alike(name))
