"""Learnt: what a stranger's page has learnt, asked frame by frame."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from facelab.browsing.series import number_in
from facelab.browsing.tab import Tab
from facelab.browsing.webcam import content_of, encoded
from facelab.contract.errors import SystemFault
from facelab.contract.frame import Frame
from facelab.contract.history import History
from facelab.contract.photos import Photos
from facelab.contract.text import one_line

if TYPE_CHECKING:
    from facelab.browsing.stranger import Stranger

ASK = """
async ([content, counter, after, at, attribute, texts, wait]) => {
  const element = (selector) => document.querySelector(selector);
  const number = () => counter ? element(counter)?.textContent : facelabTold.answers;
  const before = number(), end = performance.now() + wait;
  const fresh = () => counter ? number() !== before : number() >= before + after;
  await facelabWebcam.show(content);
  let next = performance.now() + 30;
  while (!fresh()) {
    if (performance.now() > end) return null;
    if (!counter && performance.now() > next) { // it looks when it likes: let it look again
      await facelabWebcam.show(content);
      next = performance.now() + 30;
    }
    await new Promise(done => setTimeout(done, 0));
  }
  const read = selector => element(selector)?.textContent ?? '';
  return [attribute ? element(at)?.getAttribute(attribute) : read(at), texts.map(read)];
}
"""
"""Shows a frame until its answer is there; what is to be read then, or null."""

COUNT = """
async ([contents, counter, texts, wait]) => {
  const number = (at) => Number(document.querySelector(at)?.textContent.match(/\\d+/)?.[0] ?? 0);
  const told = [];
  let before = texts.map(number);
  for (const content of contents) {
    const frames = number(counter), end = performance.now() + wait;
    await facelabWebcam.show(content);
    while (number(counter) === frames) {
      if (performance.now() > end) return told;
      await new Promise(done => setTimeout(done, 0));
    }
    const now = texts.map(number);
    told.push(now.map((count, place) => count - before[place]));
    before = now;
  }
  return told;
}
"""
"""Shows frames, each until it is counted; what each added to every text of the tally."""


@dataclass(frozen=True)
class Learnt:
    """The replicates that a page has trained, each in its tab."""

    system: Stranger
    history: History
    photos: Photos
    tabs: tuple[int, ...]

    def predict(self, frames: Sequence[Frame]) -> NDArray[np.float32]:
        """Return the probability of each person, (replicates, frames, people), float32.

        1 for the person that is named, where the page tells no probabilities.
        """
        contents = [encoded(content_of(frames, place)) for place in range(len(frames))]
        return np.stack([self._ask(self.system.tab(tab), contents) for tab in self.tabs])

    def watch(self, clip: Iterable[Sequence[Frame]]) -> Iterator[NDArray[np.float32]]:
        """Yield the same for each batch of a clip."""
        return map(self.predict, clip)

    def _ask(self, tab: Tab, contents: Sequence[str]) -> NDArray[np.float32]:
        answer = self.system.description.answer
        told = np.zeros((len(contents), len(self.photos.people)), np.float32)
        if answer.press:
            tab.press(answer.press)
        for row, content in enumerate(contents):
            limit = tab.limit()
            asked = [content, answer.counter, answer.after, answer.at, answer.attribute]
            read = tab.ask(
                ASK, [*asked, list(answer.probabilities), limit.milliseconds], "show a frame"
            )
            if read is None:
                raise tab.late(f"{answer.counter or answer.at} answers a frame", limit)
            told[row] = self._read(tab, *read)
        self.system.picture("asked on the page", tab)
        return told

    def _read(self, tab: Tab, said: str | None, numbers: list[str]) -> NDArray[np.float32]:
        answer, people = self.system.description.answer, self.photos.people
        said = (said or "").strip()
        if answer.nobody and re.search(answer.nobody, said):
            return np.zeros(len(people), np.float32)
        if numbers:
            return np.array([number_in(one) for one in numbers], np.float32)
        for number, pattern in enumerate(answer.says or map(re.escape, people)):
            if re.search(pattern, said):
                told = np.zeros(len(people), np.float32)
                told[number] = 1
                return told
        raise SystemFault(f"{tab.name}: {answer.at} says {one_line(said, 60)!r}, which is nobody")


@dataclass(frozen=True)
class Counting(Learnt):
    """The same of a page that has a live count."""

    @property
    def counted(self) -> tuple[int, ...]:
        """How many frames of the last film each page says it has counted."""
        return self.system.said

    def count(self, clip: Iterable[Sequence[Frame]]) -> Iterator[NDArray[np.int64]]:
        """Yield what each frame adds to the tally, (replicates, people + 1); nobody comes last."""
        tally = self.system.description.tally
        texts = [*tally.counters, *([tally.nobody] if tally.nobody else [])]
        if tally.press:
            for number in self.tabs:
                self.system.tab(number).press(tally.press)
        said = np.zeros(len(self.tabs), np.int64)
        for frames in clip:
            contents = [encoded(content_of(frames, place)) for place in range(len(frames))]
            asked = [*texts, tally.counter]
            told = [self._count(self.system.tab(number), contents, asked) for number in self.tabs]
            read = np.array(told, np.int64).swapaxes(0, 1)
            said += read[:, :, -1].sum(axis=0)
            self.system.said = tuple(said.tolist())
            for added in read[:, :, :-1]:
                yield np.pad(added, ((0, 0), (0, len(tally.counters) + 1 - len(texts))))

    def _count(self, tab: Tab, contents: list[str], texts: list[str]) -> list[list[int]]:
        counter = self.system.description.tally.counter
        limit = tab.limit()
        asked = [contents, counter, texts, limit.milliseconds]
        told: list[list[int]] = tab.ask(COUNT, asked, "count frames")
        if len(told) < len(contents):
            raise tab.late(f"{counter} counts a frame", limit)
        return told
