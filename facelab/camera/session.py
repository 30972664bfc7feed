"""Session: films people one after another by a plan; every saved photo stays."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime

from facelab.camera.camera import Camera
from facelab.camera.director import AGAIN, BEGIN, END, NO, SKIP, YES, Director, Scene, yes
from facelab.camera.filming_plan import FilmingPlan, Take, takes
from facelab.camera.quality import remark
from facelab.contract.errors import FacelabError
from facelab.contract.frame import Frame
from facelab.faces.face import FaceDetector
from facelab.gallery.forgotten import Forgotten
from facelab.gallery.gallery import Gallery
from facelab.languages.speech import _, digits, translated

SENTENCE = "My photos may be kept in this folder, to train and to test a classifier."
"""What people agree to, where the plan says nothing else: as they read it, in their language."""

LOOK = 0.15
"""Seconds from one look for what is wrong with a picture to the next."""


class Ended(FacelabError):
    """Somebody at the terminal ends the session."""


class _Skipped(Exception):
    """Somebody leaves a take out."""


@dataclass
class Session:
    """Films the takes of a plan that a gallery lacks.

    ``finder`` checks that one face is there. ``saved`` counts the photos of this session.
    """

    camera: Camera
    gallery: Gallery
    plan: FilmingPlan
    director: Director
    finder: FaceDetector
    saved: int = field(default=0, init=False)
    _shots: Iterator[tuple[float, Frame]] = field(init=False)
    _last: Frame | None = field(default=None, init=False)

    def run(self, people: Sequence[str]) -> list[str]:
        """Film, and return a line for every take that is not whole.

        Raises Ended when somebody ends it, FacelabError when the camera fails or its film is over,
        and when no consent is known and nobody can be asked. Saved photos always stay; another run
        continues.
        """
        planned = takes(self.plan, people)
        missing = [take for take in planned if self._count(take) < take.count]
        self._check_consent(missing)
        refused: set[str] = set()
        sitting_there = ""
        with closing(self.camera.play(self._tell, newest=True)) as shots:
            self._shots = shots
            for take in missing:
                if take.person in refused:
                    continue
                try:
                    if self._agrees(take):
                        self._film(take, changing=take.person != sitting_there)
                    else:
                        refused.add(take.person)
                except _Skipped:
                    self.director.tell(_("{take}: skipped", take=take))
                except Forgotten as error:
                    self.director.tell(translated(str(error)))
                    refused.add(take.person)
                sitting_there = take.person
        return [
            _("{take}: {number} there", take=take, number=count)
            for take in planned
            if (count := self._count(take)) < take.count
        ]

    def _tell(self, line: str) -> None:
        """Say a line of the camera's."""
        self.director.tell(translated(line))

    def _check_consent(self, planned: Sequence[Take]) -> None:
        people = dict.fromkeys(take.person for take in planned)
        unasked = [person for person in people if self.gallery.consent(person) is None]
        if unasked and not self.director.asks and not self.plan.consent:
            raise FacelabError(
                f"consent: nobody can ask {', '.join(unasked)} without a terminal; ask them, and "
                "write into the film plan what they agreed to, as consent = '…'"
            )

    def _agrees(self, take: Take) -> bool:
        """Return whether a person has agreed to be filmed, or agrees now."""
        if self.gallery.consent(take.person) is not None:
            return True
        person, sentence = take.person, self.plan.consent or translated(SENTENCE)
        if self.director.asks:
            asked = _("{person}, do you agree? “{sentence}”", person=person, sentence=sentence)
            if self._wait(Scene(take, f"{asked} {yes()} / n"), (YES, NO)) == NO:
                self.director.tell(_("{person} does not agree and is not filmed", person=person))
                return False
        self.gallery.agree(person, sentence)
        return True

    def _film(self, take: Take, *, changing: bool) -> None:
        """Film one take, again when asked to."""
        while True:
            have = self._count(take)
            self._get_ready(take, have, changing)
            files, again = self._shoot(take, have)
            if self.director.asks and not again:
                scene = Scene(take, _("done: Enter goes on, r films it again"), have + len(files))
                again = self._wait(scene, (BEGIN, AGAIN)) == AGAIN
            if not again:
                return
            self.gallery.discard(files)
            self.saved -= len(files)

    def _get_ready(self, take: Take, have: int, changing: bool) -> None:
        if self.director.asks:
            scene = Scene(take, _("sit down; Enter begins, s skips, q ends"), have)
            self._wait(scene, (BEGIN,))
            seconds = self.plan.countdown
        else:
            seconds = self.plan.pause if changing else self.plan.countdown
        start = None
        while True:
            now, frame = self._next()
            start = now if start is None else start
            if now - start >= seconds:
                return
            left = f"{seconds - (now - start):.0f}"
            self._hear(frame, Scene(take, _("in {number} s", number=left), have))

    def _shoot(self, take: Take, have: int) -> tuple[list[str], bool]:
        """Save the photos of a take; return their files, and whether it is to be filmed again."""
        labels = take.labels | {"burst": self._burst(take)}
        files: list[str] = []
        due = looked = -1.0
        wrong, good = "", time.monotonic()
        while have + len(files) < take.count:
            before = self._last
            now, frame = self._next()
            if take.is_film or (now >= due and now >= looked):
                wrong = "" if take.is_film else remark(frame, before, self.finder)
                looked = now + LOOK
                if not wrong:
                    files.append(self._save(frame, take, labels))
                    due, looked, good = now + self.plan.every, now, time.monotonic()
            key = self._hear(frame, Scene(take, _("look here"), have + len(files), wrong))
            if key == AGAIN:
                return files, True
            if not self.director.asks and time.monotonic() - good > self.plan.patience:
                told = _(
                    "{take}: given up after {seconds} s: {state}",
                    take=take, seconds=digits(f"{self.plan.patience:g}"), state=translated(wrong),
                )  # fmt: skip
                self.director.tell(told)
                break
        return files, False

    def _save(self, frame: Frame, take: Take, labels: dict[str, str]) -> str:
        taken = datetime.now(UTC).isoformat(timespec="milliseconds")
        file = self.gallery.save(take.person, frame, set_name=take.set_name, taken=taken, **labels)
        self.saved += 1
        return file

    def _next(self) -> tuple[float, Frame]:
        shot = next(self._shots, None)
        if shot is not None:
            self._last = shot[1]
            return shot
        raise FacelabError(
            f"{self.camera.name}: the film is over before everything is filmed; what is saved "
            "stays, go on with another"
        )

    def _hear(self, frame: Frame, scene: Scene) -> str:
        """Show a frame and return the key that was pressed."""
        key = self.director.show(frame, scene)
        if key == END:
            raise Ended("filming was ended; what is saved stays, the same command goes on")
        if key == SKIP:
            raise _Skipped
        return key

    def _wait(self, scene: Scene, keys: Sequence[str]) -> str:
        """Show frames until one of the keys is pressed."""
        while (key := self._hear(self._next()[1], scene)) not in keys:
            pass
        return key

    def _rows(self, take: Take) -> list[str]:
        """Return the bursts of what is there of a take, a row each."""
        table = self.gallery.table
        own = (table["set"] == take.set_name) & (table["person"] == take.person)
        for label, value in take.labels.items():
            own &= table[label] == value if label in table.columns else False
        return list(table.loc[own, "burst"]) if "burst" in table.columns else []

    def _count(self, take: Take) -> int:
        return len(self._rows(take))

    def _burst(self, take: Take) -> str:
        """Return a name of its own for the photos of one go."""
        glasses = "-glasses" if take.glasses else ""
        number = 1 + len(set(self._rows(take)))
        return f"{take.set_name}-{take.person}-{take.sitting}{glasses}-{number}"
