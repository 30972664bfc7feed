"""Director: tells people what to do before the camera, and reads the pressed key.

All of it is in the language that is being spoken, the keys for yes and no too.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, TextIO

from facelab.camera.filming_plan import Take
from facelab.contract.frame import Frame
from facelab.languages.speech import _, translated

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from facelab.camera.keys import Keys
    from facelab.camera.window import Window

BEGIN, AGAIN, SKIP, END, YES, NO = "begin", "again", "skip", "end", "yes", "no"

MEANING = {
    "\r": BEGIN, "\n": BEGIN, " ": BEGIN, "r": AGAIN, "s": SKIP, "q": END, "y": YES, "n": NO,
    "\x1b": END,
}  # fmt: skip
"""What the keys mean, in the terminal and in the window; a language has a further one for yes."""

REFRESH = 0.1
"""Seconds between two pictures of the terminal."""


def meaning(key: str) -> str:
    """Return what a pressed key means, or nothing."""
    pressed = key.lower()
    return YES if pressed and pressed == yes() else MEANING.get(pressed, "")


def yes() -> str:
    """Return the key for yes in the language that is being spoken."""
    return _("y")


@dataclass(frozen=True)
class Scene:
    """The state of filming: a take, what to do, the number of photos, the defect of the picture."""

    take: Take
    cue: str
    saved: int = 0
    wrong: str = ""


class Director(Protocol):
    """Talks with the people before the camera. ``asks``: whether anyone can answer."""

    asks: bool

    def show(self, frame: Frame, scene: Scene) -> str:
        """Show a frame and what is going on; return what a pressed key means, or nothing."""

    def tell(self, line: str) -> None:
        """Say something that stays to be read."""


class Schedule:
    """Films without a terminal: prints its state in plain lines, and reads no keys."""

    asks = False

    def __init__(self, out: TextIO, window: Window | None = None) -> None:
        self._out = out
        self._window = window
        self._said = ("", "")

    def show(self, frame: Frame, scene: Scene) -> str:
        """Print a line when a take begins, and when something else is wrong with the pictures."""
        if self._window:
            self._window.show(frame)
        now = str(scene.take), scene.wrong
        if now[0] != self._said[0]:
            self.tell(_("{take}, begins {cue}", take=scene.take, cue=scene.cue))
        elif now[1] != self._said[1]:
            wrong = translated(scene.wrong) or _("good")
            self.tell(_("{take}: {state}", take=scene.take, state=wrong))
        self._said = now
        return ""

    def tell(self, line: str) -> None:
        """Print a line."""
        print(line, file=self._out, flush=True)


class Terminal:
    """Films with people at a terminal: a picture of it all, and keys."""

    asks = True

    def __init__(self, console: Console, keys: Keys, window: Window | None = None) -> None:
        from rich.live import Live

        self._live = Live(console=console, auto_refresh=False, transient=True)
        self._keys = keys
        self._window = window
        self._shown: Scene | None = None
        self._at = 0.0

    def __enter__(self) -> Terminal:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def show(self, frame: Frame, scene: Scene) -> str:
        """Draw the scene, and hear the keys of the terminal and of the window."""
        now = time.monotonic()
        if scene != self._shown and (now - self._at > REFRESH or self._differs(scene)):
            self._live.update(panel(scene), refresh=True)
            self._shown, self._at = scene, now
        pressed = self._keys.pressed()
        if self._window:
            pressed = self._window.show(frame) or pressed
        return meaning(pressed)

    def _differs(self, scene: Scene) -> bool:
        """Return whether there is something to be told at once."""
        shown = self._shown
        return shown is None or replace(scene, saved=shown.saved) != shown

    def tell(self, line: str) -> None:
        """Print a line above the picture."""
        self._live.console.print(line, markup=False, highlight=False)


def panel(scene: Scene) -> RenderableType:
    """Return the picture of a scene: what to do, the progress, the defect, the keys."""
    from rich.console import Group
    from rich.panel import Panel
    from rich.progress_bar import ProgressBar
    from rich.text import Text

    state = (translated(scene.wrong), "bold red") if scene.wrong else (scene.cue, "bold")
    keys = _(
        "{number} of {count} · r again · s skip · q end", number=scene.saved, count=scene.take.count
    )
    return Panel(
        Group(
            Text(*state, justify="center"),
            ProgressBar(total=scene.take.count, completed=scene.saved),
            Text(keys, style="dim"),
        ),
        title=Text(str(scene.take)),
    )
