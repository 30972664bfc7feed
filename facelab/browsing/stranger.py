"""Stranger: a page that somebody else made, as a system under test, by its description.

Such a page has one model, and no memory of the photos before. So every replicate gets a tab of its
own, which films, learns and answers, and is kept while others are trained.
"""

from __future__ import annotations

import math
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Browser

from facelab.browsing.description import Description, Setting, plain, routes_of
from facelab.browsing.filming import Filming
from facelab.browsing.learnt import Counting, Learnt
from facelab.browsing.onlooker import Picture
from facelab.browsing.patience import Load, load_per_core
from facelab.browsing.series import history_of, number_in, rows_of, same
from facelab.browsing.tab import Tab, shown
from facelab.contract.errors import FacelabError, SystemFault, Unoffered
from facelab.contract.parameters import Parameters
from facelab.contract.photos import Photos
from facelab.contract.system import Capability, Granted
from facelab.contract.text import one_line
from facelab.contract.training import TrainingRequest

TABS = 16
"""Tabs that are kept open, at most: each holds a page and its model."""

WATCH = """
([series, answer, attribute]) => {
  // Every text that was written, one after another, and not the last of a few alone.
  const told = record => record.type === 'childList' && record.addedNodes.length
    ? [...record.addedNodes].map(node => node.textContent).join('') : null;
  window.facelabTold = { values: [], answers: 0 };
  const on = (at, options, note) => {
    for (const element of at ? document.querySelectorAll(at) : [])
      new MutationObserver(records =>
        records.forEach(one => note(told(one) ?? element.textContent))).observe(element, options);
  };
  const text = { childList: true, characterData: true, subtree: true };
  on(series, text, one => facelabTold.values.push(one));
  on(answer, attribute ? { attributes: true, attributeFilter: [attribute] } : text,
    () => facelabTold.answers += 1);
}
"""
"""Looks on in the page: the texts of a series, and how often an answer was written."""


class Stranger:
    """A page by its description. ``strange`` is not set: its frames cross as pictures alone."""

    def __init__(
        self,
        browser: Browser,
        address: str,
        description: Description,
        folder: Path,
        *,
        trace: bool = False,
        load: Load = load_per_core,
    ) -> None:
        """Take a browser, the page's address, its description, and the folder of that.

        ``trace``: whether what is done is traced. ``load``: how much this computer has to do, for
        each core. ``said``: how many frames of the last film each
        page says it has counted.
        """
        self._browser = browser
        self._address = address
        self.description = description
        self._routes = routes_of(description, folder)
        self._open: OrderedDict[int, Tab] = OrderedDict()
        self._opened = 0
        self._trace = trace
        self._load = load
        self._pictures: list[Picture] = []
        self.said: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """The page's name, as its description has it."""
        return one_line(self.description.name)

    @property
    def version(self) -> str:
        """Its version, or its address."""
        return one_line(self.description.version) or f"at {shown(self._address)}"

    @property
    def capabilities(self) -> frozenset[str]:
        """What the description names beyond training and answering."""
        told = {
            Capability.STOP: self.description.train.stop,
            Capability.NOBODY: self.description.answer.nobody,
            Capability.PHOTO_IDS: "photos" in self.description.series.told,
            Capability.LEARNING_RATE: "learning rate" in self.description.series.told,
        }
        return frozenset(str(one) for one, there in told.items() if there)

    @property
    def limits(self) -> frozenset[str]:
        """What the description has no place for."""
        told = {
            Granted.ACCURACY: "accuracy" in self.description.series.told,
            Granted.PROBABILITIES: self.description.answer.probabilities,
            Granted.COUNT: self.description.tally.counter,
            Granted.SEEDS: self.description.parameters.seed.field,
        }
        return frozenset(str(one) for one, there in told.items() if not there)

    def train(self, photos: Photos, request: TrainingRequest) -> Learnt:
        """Film and train in a tab for each seed."""
        self._check(photos, request.parameters)
        total = request.parameters.updates(len(photos))
        rows, tabs = [], []
        for number, seed in enumerate(request.seeds):
            tab = self._tab()
            tabs.append(self._opened)
            self._check_menus(tab, len(photos), request.parameters)
            Filming(tab, self.description).film(photos)
            before = number * total

            def told(done: int, before: int = before) -> None:
                if request.progress:
                    request.progress(before + done, len(request.seeds) * total)

            self._learn(tab, len(photos), request, seed, told)
            rows.append(rows_of(tab, self.description.series))
        self.picture("trained on the page", tab)
        kind = Counting if self.description.tally.counter else Learnt
        history = history_of(self.name, rows, len(photos), len(photos.people), request)
        return kind(self, history, photos, tuple(tabs))

    def tab(self, number: int) -> Tab:
        """Return the tab of a replicate. Raises Unoffered when it had to make room."""
        if number not in self._open:
            raise Unoffered(
                f"{self.name} does not offer to keep a model while {TABS} others are trained"
            )
        self._open.move_to_end(number)
        return self._open[number]

    def close(self) -> None:
        """Close all tabs."""
        while self._open:
            self._open.popitem()[1].close()

    @property
    def complaints(self) -> list[str]:
        """What the open tabs' scripts complained of, each line once."""
        return list(dict.fromkeys(line for tab in self._open.values() for line in tab.complaints))

    def pictures(self) -> list[Picture]:
        """Return the pictures that were taken since the last call."""
        taken, self._pictures = self._pictures, []
        return taken

    def picture(self, title: str, tab: Tab) -> None:
        """Take a picture of the page."""
        self._pictures.append(Picture(title, tab.picture(), faces=True))

    def keep_trace(self, path: Path | None) -> str:
        """Keep the trace of the tab used last in a file, or drop it; return why it is not kept."""
        told = [tab.keep_trace(path if number == len(self._open) else None)
                for number, tab in enumerate(self._open.values(), 1)]  # fmt: skip
        return told[-1] if told else ""

    def _check(self, photos: Photos, parameters: Parameters) -> None:
        parameters.check_against(len(photos))
        film, people = self.description.film, len(photos.people)
        if not film.name and people != len(film.buttons):
            raise Unoffered(
                f"{self.name} does not offer {people} people, it has {len(film.buttons)}"
            )
        for entry in ("learning_rate", "epochs", "batch_size"):
            setting: Setting = getattr(self.description.parameters, entry)
            wanted = getattr(parameters, entry)
            if setting.fixed and wanted != setting.fixed:
                raise self._unoffered(entry, plain(wanted), plain(setting.fixed))

    def _unoffered(self, entry: str, wanted: str, offered: str) -> Unoffered:
        what = entry.replace("_", " ")
        return Unoffered(f"{self.name} does not offer a {what} of {wanted}, but {offered}")

    def _tab(self) -> Tab:
        while len(self._open) >= TABS:
            self._open.popitem(last=False)[1].close()
        tab = Tab(
            self._browser,
            self._address,
            self.name,
            wait=self.description.wait,
            routes=self._routes,
            trace=self._trace,
            load=self._load,
        )
        self._opened += 1
        self._open[self._opened] = tab
        self._ready(tab)
        answer = self.description.answer
        tab.ask(WATCH, [self.description.series.at, answer.at, answer.attribute])
        return tab

    def _ready(self, tab: Tab) -> None:
        ready = self.description.ready
        if limit := tab.missed(lambda: _visible(tab, ready)):
            raise FacelabError(
                f"{self.name}: not ready within {limit}: ready = {ready!r} finds "
                f"{_there(tab, ready)}{tab.said}; correct the description, or look at the page"
            )
        for entry, selector in self.description.selectors:
            if tab.page.locator(selector).count() == 0:
                raise FacelabError(
                    f"{self.name}: {entry} = {selector!r} finds nothing on the page "
                    f"({_likely(tab)}); correct the description"
                )
        tab.settled()

    def _learn(
        self,
        tab: Tab,
        photos: int,
        request: TrainingRequest,
        seed: int,
        told: Callable[[int], None],
    ) -> None:
        train = self.description.train
        for entry, field, value in self._values(request.parameters, photos):
            self._set(tab, entry, field, value)
        if seeded := self.description.parameters.seed.field:
            self._set(tab, "seed", seeded, seed)
        tab.ask("() => { facelabTold.values = []; }")
        tab.press(train.press)
        total = request.parameters.updates(photos)
        self._until_trained(tab, total, request.stop, told)

    def _values(self, parameters: Parameters, photos: int) -> Iterator[tuple[str, str, float]]:
        """Yield each parameter that is set on the page: its name, its field, its value there."""
        for entry in ("learning_rate", "epochs", "batch_size"):
            setting: Setting = getattr(self.description.parameters, entry)
            value = getattr(parameters, entry)
            if setting.field:
                yield entry, setting.field, value / photos if setting.share else value

    def _check_menus(self, tab: Tab, photos: int, parameters: Parameters) -> None:
        """Look into the menus before minutes are spent on filming: a value may not be there."""
        for entry, field, value in self._values(parameters, photos):
            self._choice(tab, entry, field, value)

    def _choice(self, tab: Tab, entry: str, field: str, value: float) -> str | None:
        """Return what a menu calls a value; None where the field is none.

        Raises Unoffered when it does not have it, SystemFault when it would send another one.
        """
        menu = tab.ask(
            "at => { const e = document.querySelector(at);"
            " return e.tagName === 'SELECT' ? [...e.options].map(o => [o.text, o.value]) : null; }",
            field,
            f"look at {field}",
        )
        if menu is None:
            return None
        for text, sent in menu:
            if same(number_in(text), value):
                if not math.isnan(number_in(sent)) and not same(number_in(sent), value):
                    raise SystemFault(
                        f"{self.name}: {field} says {one_line(text)} and sends {one_line(sent)}"
                    )
                return str(text)
        offered = ", ".join(text.strip() for text, _ in menu)
        raise self._unoffered(entry, plain(value), one_line(offered, 80))

    def _set(self, tab: Tab, entry: str, field: str, value: float) -> None:
        text = self._choice(tab, entry, field, value)
        if text is None:
            tab.fill(field, plain(value))
            return
        with tab.acting(f"choose {text} of {field}"):
            tab.page.select_option(field, label=text)

    def _until_trained(
        self,
        tab: Tab,
        total: int,
        stop: Callable[[int], bool] | None,
        told: Callable[[int], None],
    ) -> None:
        """Wait until a training has ended, however long it takes while it goes on.

        ``total``: the number of values that are due.
        """
        train, series = self.description.train, self.description.series
        texts, values, moved, stopped = 0, 0, time.monotonic(), False
        limit = tab.limit()
        while True:
            new, text = tab.ask(
                "([from, at]) => [facelabTold.values.slice(from),"
                " at && document.querySelector(at)?.textContent]",
                [texts, train.at],
            )
            if train.done and re.search(train.done, text or ""):
                return
            if new:
                texts, moved, limit = texts + len(new), time.monotonic(), tab.limit()
                values += sum(not series.says or bool(re.search(series.says, one)) for one in new)
                told(values)
            silence, limit = time.monotonic() - moved, max(limit, tab.limit())
            # The page has no sign for its end: it has told all that is due, or says nothing more.
            whole = values >= total or stopped
            if (
                values
                and train.quiet
                and silence > (train.quiet * limit.times if whole else limit.seconds)
            ):
                return
            if silence > limit.seconds:
                said = f"; {train.at} says {one_line(text, 60)!r}" if text else ""
                raise SystemFault(
                    f"{self.name}: a training gave no sign of life for {limit} after "
                    f"{values} values{said}{tab.said}"
                )
            if stop is not None and not stopped and stop(len(rows_of(tab, series))):
                tab.press(train.stop)
                stopped = True
            tab.pause(0.02)


def _visible(tab: Tab, selector: str) -> bool:
    with tab.acting(f"look for {selector}"):
        return tab.page.locator(selector).first.is_visible()


def _there(tab: Tab, selector: str) -> str:
    found = tab.page.locator(selector).count()
    return "nothing" if not found else "something that is not shown"


def _likely(tab: Tab) -> str:
    """Return what is on the page, for a selector that finds nothing."""
    ids = tab.ask("() => [...document.querySelectorAll('[id]')].map(e => '#' + e.id)")
    return f"there is {one_line(', '.join(ids), 120)}" if ids else "nothing there has an id"
