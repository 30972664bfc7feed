"""Filming: how a stranger's page takes photos, and counts them."""

from __future__ import annotations

from dataclasses import dataclass

from facelab.browsing.description import Description
from facelab.browsing.tab import Tab
from facelab.browsing.webcam import content_of, encoded
from facelab.contract.errors import SystemFault
from facelab.contract.frame import Frame
from facelab.contract.photos import Photos

TAKE = """
async ([content, counter, wait]) => {
  const number = () => document.querySelector(counter)?.textContent.match(/\\d+/)?.[0] ?? '0';
  const before = number(), end = performance.now() + wait;
  let next = performance.now();
  while (number() === before && performance.now() < end) {
    if (performance.now() >= next) { // it may have looked away
      await facelabWebcam.show(content);
      next = performance.now() + 1000;
    }
    await new Promise(done => setTimeout(done, 0));
  }
  return [Number(before), Number(number())];
}
"""
"""Shows a frame until a photo is counted; the number of photos before and after."""


@dataclass(frozen=True)
class Filming:
    """How a page takes photos: a frame before the webcam, a button, a counter that moves."""

    tab: Tab
    description: Description

    def film(self, photos: Photos) -> None:
        """Film every photo, person by person. Raises SystemFault when a counter says otherwise."""
        film = self.description.film
        people = photos.labels["person"].tolist()
        for number, person in enumerate(photos.people):
            button = film.buttons[0 if film.name else number]
            counter = film.counters[0 if len(film.counters) == 1 else number]
            if film.name:
                self.tab.fill(film.name, person)
            for place in (place for place, one in enumerate(people) if one == person):
                self._take(button, counter, content_of(photos.frames, place))

    def _take(self, button: str, counter: str, frame: bytes | Frame) -> None:
        film = self.description.film
        if film.hold:
            with self.tab.acting(f"hold {button}"):
                self.tab.page.locator(button).hover()
                self.tab.page.mouse.down()
        else:
            self.tab.show(frame)
            self.tab.press(button)
        before, after = self.tab.ask(
            TAKE, [encoded(frame), counter, 1000 * self.tab.wait], "show a frame"
        )
        if film.hold:
            with self.tab.acting(f"let go of {button}"):
                self.tab.page.mouse.up()
        if after == before:
            raise SystemFault(
                f"{self.tab.name}: {counter} counts a photo once {button} is pressed, but not "
                f"within {self.tab.wait:g} s{self.tab.said}"
            )
        if after != before + 1 and not film.several:
            raise SystemFault(
                f"{self.tab.name}: {counter} went from {before} to {after} when one photo was "
                "taken; if that is as it should be, describe it with film.several"
            )
