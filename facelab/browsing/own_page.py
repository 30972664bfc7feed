"""Own page: what a tester does on facelab's page, and reads there."""

from __future__ import annotations

import base64
import csv
import io
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser

from facelab.browsing import patience
from facelab.browsing.patience import Limit
from facelab.browsing.tab import Tab
from facelab.browsing.webcam import encoded
from facelab.contract.errors import FacelabError, SystemFault
from facelab.contract.frame import Frame
from facelab.contract.parameters import Parameters
from facelab.contract.text import one_line

HAND = Path(__file__).with_name("hand.js")

FIELDS = {"learning_rate": "#learning-rate", "epochs": "#epochs", "batch_size": "#batch-size"}

SILENCE = 180.0
"""Seconds without a sign of life after which a training is given up: TensorFlow starts in it."""

MOST = 2**31
"""Values that no training draws."""

AT_A_TIME = 64
"""Frames that are handed over together: a megabyte."""

Table = list[dict[str, str]]


@dataclass(frozen=True)
class Counted:
    """What the page told while it counted one frame.

    ``added``: what came to the tally, a list a model, a number a row. ``live``: the probabilities
    of each model, with blanks between.
    """

    added: list[list[int]]
    live: list[str]


@dataclass
class OwnPage:
    """facelab's page, open in a tab. ``kept``: the photos it keeps of each person, by file."""

    tab: Tab
    kept: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def open(
        cls,
        browser: Browser,
        address: str,
        name: str,
        engine: str,
        *,
        trace: bool = False,
        headed: bool = False,
    ) -> OwnPage:
        """Open it, and choose where it learns. Raises FacelabError, in one line."""
        script = HAND.read_text("utf-8")
        page = cls(Tab(browser, address, name, script=script, trace=trace, headed=headed))
        page._ready()
        page._choose(engine)
        return page

    def _ready(self) -> None:
        self.wait("() => document.body.dataset.ready === '1'", "the page says that it is ready")
        self.tab.settled()

    def _choose(self, engine: str) -> None:
        choice = f"input[name=engine][value={engine}]"
        with self.tab.acting(f"choose {choice}"):
            box = self.tab.page.locator(choice)
            if box.is_disabled():
                why = self.tab.text("#browser-what")
                raise FacelabError(f"--page-engine: received {engine}, which is not there: {why}")
            box.check()

    def wait(self, held: str, what: str, argument: object = None) -> None:
        """Wait until a function in the page returns true; ``what`` is due then."""
        script = f"([argument, wait]) => facelabHand.until(() => ({held})(argument), wait)"
        limit = self.tab.limit()
        if not self.tab.ask(script, [argument, limit.milliseconds]):
            raise self.late(what, limit)

    def late(self, what: str, limit: Limit) -> SystemFault:
        """Return the fault of a page that does not do something in time, with what it says."""
        told = self.tab.ask("() => document.querySelector('#errors')?.textContent ?? ''")
        said = f" (it says {one_line(told.rstrip('×'), 200)!r})" if told else ""
        return self.tab.late(f"{what}{said}", limit)

    # --- people and photos

    def add_person(self, name: str) -> None:
        """Add a person, who agrees."""
        if name not in self.kept:
            self.tab.fill("#person-name", name)
            with self.tab.acting("tick #agree"):
                self.tab.page.check("#agree")
            self.tab.press("#add-person")
            self.kept[name] = []
        self.choose_person(name)
        # its first frame is black
        camera = (
            "() => { const { dataset } = document.querySelector('#preview');"
            " return dataset.camera === 'on' && Number(dataset.seen) > 0"
            " && dataset.seen === dataset.described; }"
        )
        self.wait(camera, "the camera is on, and its first frame is looked at")

    def choose_person(self, name: str) -> None:
        """Choose whom photos are taken of, and shown."""
        chosen = (
            "name => document.querySelector(`#people [data-person=${CSS.escape(name)}] .choose`)"
            "?.getAttribute('aria-pressed') === 'true'"
        )
        self.wait(chosen.replace("?.getAttribute('aria-pressed') === 'true'", " !== null"),
                  f"{one_line(name)} is in the list", name)  # fmt: skip
        if not self.tab.ask(chosen, name):
            with self.tab.acting(f"choose {one_line(name)}"):
                rows = self.tab.page.locator("#people li")
                named = rows.filter(has=self.tab.page.get_by_text(name, exact=True))
                named.locator("button.choose").click()
        self.wait(chosen, f"{one_line(name)} is chosen", name)

    def film(self, person: str, frames: Sequence[bytes | Frame]) -> None:
        """Take a photo of each frame, one press each."""
        self.add_person(person)
        for start in range(0, len(frames), AT_A_TIME):
            contents = [encoded(one) for one in frames[start : start + AT_A_TIME]]
            limit = self.tab.limit()
            late = self.tab.ask(
                "told => facelabHand.film(told)",
                [contents, limit.milliseconds],
                "take photos with #take",
            )
            if late:
                what, place = late
                raise self.late(
                    f"photo {start + place} of {one_line(person)}: {what} is seen", limit
                )
        self.kept[person] = self.files(person)

    def files(self, person: str) -> list[str]:
        """Return the files of a person's photos, in their order."""
        self.choose_person(person)
        told: list[str] = self.tab.ask(
            "() => [...document.querySelectorAll('#photos li img')]"
            ".map(img => new URL(img.src).searchParams.get('file'))"
        )
        return told

    def remove(self, person: str, files: Sequence[str]) -> None:
        """Take photos of a person away."""
        self.choose_person(person)
        limit = self.tab.limit()
        late = self.tab.ask(
            "told => facelabHand.remove(told)", [list(files), limit.milliseconds], "remove photos"
        )
        if late:
            raise self.late(f"the photo {one_line(late)} is removed", limit)
        self.kept[person] = [one for one in self.kept[person] if one not in files]

    def upload(self, path: Path) -> str:
        """Hand a file in as a photo of the chosen person; return the page's line if it refuses."""
        before = self.tab.ask("() => document.querySelectorAll('#photos li img').length")
        self.tab.ask("() => document.querySelectorAll('#errors button').forEach(b => b.click())")
        with self.tab.acting("hand a file to #upload"):
            self.tab.page.set_input_files("#upload", path)
        self.wait(
            "n => document.querySelector('#errors').textContent"
            " || document.querySelectorAll('#photos li img').length > n",
            "a file is taken or refused",
            before,
        )
        line: str = self.tab.ask("() => document.querySelector('#errors').textContent")
        return line.rstrip("×")

    def photos(self, person: str) -> list[bytes]:
        """Return the pictures of a person, as the page shows them."""
        self.choose_person(person)
        told: list[str] = self.tab.ask(
            """async () => Promise.all([...document.querySelectorAll('#photos li img')].map(
              async (img) => {
                const bytes = new Uint8Array(await (await fetch(img.src)).arrayBuffer());
                return btoa(Array.from(bytes, (one) => String.fromCharCode(one)).join(''));
              }))""",
            what="load the photos",
        )
        return [base64.b64decode(one) for one in told]

    def people(self) -> list[str]:
        """Return who is in the list."""
        told: list[str] = self.tab.ask(
            "() => [...document.querySelectorAll('#people [data-person]')]"
            ".map(row => row.dataset.person)"
        )
        return told

    def reload(self) -> None:
        """Open it anew, as after a cup of coffee."""
        self.tab.settled(yet=False)
        with self.tab.acting("load the page anew"):
            self.tab.page.reload(wait_until="domcontentloaded")
        self._ready()

    # --- training

    def train(
        self,
        parameters: Parameters,
        seed: int,
        stop: Callable[[int], bool] | None,
        told: Callable[[int], None],
    ) -> str:
        """Train, and return the id of the model that it left."""
        for name, selector in FIELDS.items():
            self.tab.fill(selector, f"{getattr(parameters, name):.12g}")
        self.tab.fill("#seed", str(seed))
        models = set(self.models())
        self.tab.press("#train")
        self._until_trained(first(stop), told)
        self.wait(
            "n => document.querySelectorAll('#models [data-model]').length > n",
            "the model is in the list",
            len(models),
        )
        return next(one for one in self.models() if one not in models)

    def _until_trained(self, last: int | None, told: Callable[[int], None]) -> None:
        """Wait for the end, however long it takes while values come.

        ``last``: the number of values at which stop is pressed. The page's training may make
        thousands in the time of a word to Python, so it is pressed where they are seen.
        """
        values, line = -1, ""
        while True:
            limit = patience.limit(SILENCE, self.tab.load)
            state, values, line, moved = self.tab.ask(
                """async ([values, line, last, wait]) => {
                  const at = document.querySelector('#progress');
                  const stop = document.querySelector('#stop');
                  const now = () => [at.dataset.state, Number(at.dataset.updates), at.textContent];
                  let moved, pressed = false;
                  do {
                    moved = await facelabHand.until(() => {
                      if (last !== null && !pressed && now()[1] >= last && !stop.disabled) {
                        stop.click();
                        pressed = true;
                      }
                      return now()[0] !== 'training' || now()[1] !== values || now()[2] !== line;
                    }, wait);
                    [, values, line] = now();
                    // a word to Python may take as long as the rest of the training
                  } while (moved && last !== null && !pressed && now()[0] === 'training');
                  return [...now(), moved];
                }""",
                [values, line, last, limit.milliseconds],
                "wait for a training",
            )
            if state == "failed":
                raise SystemFault(f"{self.tab.name}: a training failed: {one_line(line, 300)}")
            if state != "training":
                return
            if not moved:
                raise SystemFault(
                    f"{self.tab.name}: a training gave no sign of life for {limit} after "
                    f"{max(values, 0)} values; it says {one_line(line, 100)!r}{self.tab.said}"
                )
            told(values)

    def models(self) -> list[str]:
        """Return the ids of the models in the list."""
        told: list[str] = self.tab.ask(
            "() => Array.from(document.querySelectorAll('#models [data-model]'),"
            " li => li.dataset.model)"
        )
        return told

    def history(self, model: str) -> Table:
        """Return the history of a model, a row an update, from its CSV."""
        text = self.tab.ask(
            "async id => (await fetch(document.querySelector("
            '`#models [data-model="${id}"] a.history`).href)).text()',
            model,
            "download the history",
        )
        return list(csv.DictReader(io.StringIO(text)))

    def choose_models(self, models: Sequence[str]) -> dict[str, str]:
        """Choose which models are asked, and no others; return their names by their ids."""
        told: dict[str, str] = self.tab.ask(
            """ids => {
              const row = (id) => document.querySelector(`#models [data-model="${id}"]`);
              const all = [...document.querySelectorAll('#models [data-model]')];
              for (const id of all.map(li => li.dataset.model)) { // a click draws the list anew
                const box = row(id).querySelector('input[type=checkbox]');
                if (box.checked !== ids.includes(id)) box.click();
              }
              const name = (id) => row(id)?.querySelector('b').textContent;
              return Object.fromEntries(ids.map(id => [id, name(id)]));
            }""",
            list(models),
            "choose the models",
        )
        if None in told.values():
            raise SystemFault(f"{self.tab.name}: a model that was trained is no longer in the list")
        return told

    # --- answers

    def ask(self, contents: Sequence[str]) -> Table:
        """Have the table answer frames, and return its rows, from its CSV."""
        if self.tab.ask("() => !document.querySelector('#clear-answers').disabled"):
            self.tab.press("#clear-answers")
        self.tab.press("#ask-each")
        for start in range(0, len(contents), AT_A_TIME):
            some = list(contents[start : start + AT_A_TIME])
            limit = self.tab.limit()
            with self.tab.unseen():
                done = self.tab.ask(
                    "told => facelabHand.ask(told)", [some, limit.milliseconds], "ask about frames"
                )
            if done != len(some):
                what = f"#answers has a row for each of {len(some)} frames, not {done}"
                raise self.late(what, limit)
        self.tab.press("#ask-each")
        with self.tab.acting("save #answers-csv"), self.tab.page.expect_download() as saving:
            self.tab.page.click("#answers-csv")
        text = saving.value.path().read_text("utf-8")
        return list(csv.DictReader(io.StringIO(text)))

    def begin_count(self) -> None:
        """Begin the live count."""
        self.tab.press("#count")

    def count(self, contents: Sequence[str], models: Sequence[str]) -> list[Counted]:
        """Have frames counted, and return what was told of each."""
        told: list[Counted] = []
        for start in range(0, len(contents), AT_A_TIME):
            some = list(contents[start : start + AT_A_TIME])
            limit = self.tab.limit()
            with self.tab.unseen():
                counted = self.tab.ask(
                    "told => facelabHand.count(told)",
                    [some, list(models), limit.milliseconds],
                    "count frames",
                )
            told += [Counted(*one) for one in counted]
            if len(told) != start + len(some):
                what = f"#frames counts {len(some)} frames, not {len(told) - start}"
                raise self.late(what, limit)
        return told

    def frames(self) -> int:
        """Return how many frames the page says it has counted."""
        said = self.tab.text("#frames")
        if not said.isdecimal():
            raise SystemFault(f"{self.tab.name}: #frames says {one_line(said, 40)!r}, no number")
        return int(said)

    def counted(self) -> list[str]:
        """Return whom the rows of the tally count, in their order."""
        told: list[str] = self.tab.ask(
            "() => [...document.querySelectorAll('#tally tbody tr')].map(row => row.dataset.person)"
        )
        return told

    def end_count(self) -> None:
        """End the live count."""
        self.tab.press("#end-count")


def first(stop: Callable[[int], bool] | None) -> int | None:
    """Return the least number of values at which a training is to be stopped; None: at none.

    ``stop`` is asked ahead: its answer must depend on the number alone, as the exam's does.

    >>> first(lambda values: values >= 1_565)
    1565
    """
    if stop is None:
        return None
    return bisect_left(range(MOST), True, key=stop)
