"""Filming: how a stranger's page takes photos, and counts them."""

from __future__ import annotations

from dataclasses import dataclass

from facelab.browsing.description import Description
from facelab.browsing.tab import Tab
from facelab.browsing.webcam import content_of, encoded
from facelab.contract.errors import SystemFault
from facelab.contract.frame import Frame
from facelab.contract.photos import Photos

LOOK = """
async ([content, counter, slowly]) => {
  const number = () => Number(document.querySelector(counter)?.textContent.match(/\\d+/)?.[0] ?? 0);
  const seen = [...document.querySelectorAll('video')].filter(video => video.srcObject).map(
    video => new Promise(done => video.requestVideoFrameCallback(done)));
  const soon = new Promise(done => setTimeout(done, 100 * slowly));
  await facelabWebcam.show(content);
  await Promise.race([soon, seen.length ? Promise.all(seen) : soon]);
  return number();
}
"""
"""Shows a frame until every video element has it; the number of photos."""

TAKE = """
async ([content, counter, before, held, wait]) => {
  const number = () => Number(document.querySelector(counter)?.textContent.match(/\\d+/)?.[0] ?? 0);
  const end = performance.now() + wait;
  let next = held ? performance.now() : Infinity; // while held, it waits for the next frame
  while (number() === before && performance.now() < end) {
    if (performance.now() >= next) { // it may have looked away
      await facelabWebcam.show(content);
      next = performance.now() + 1000;
    }
    await new Promise(done => setTimeout(done, 0));
  }
  return number();
}
"""
"""Waits until a photo is counted, and shows the frame again meanwhile; the number of photos."""


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
        film, content = self.description.film, encoded(frame)
        slowly = self.tab.limit().times
        before = self.tab.ask(LOOK, [content, counter, slowly], "show a frame")
        if film.hold:
            with self.tab.acting(f"hold {button}"):
                self.tab.page.locator(button).hover()
                self.tab.page.mouse.down()
        else:
            self.tab.press(button)
        limit = self.tab.limit()
        waiting = [content, counter, before, film.hold, limit.milliseconds]
        after = self.tab.ask(TAKE, waiting, "show a frame")
        if film.hold:
            with self.tab.acting(f"let go of {button}"):
                self.tab.page.mouse.up()
        if after == before:
            raise self.tab.late(f"{counter} counts a photo once {button} is pressed", limit)
        if after != before + 1 and not film.several:
            raise SystemFault(
                f"{self.tab.name}: {counter} went from {before} to {after} when one photo was "
                "taken; if that is as it should be, describe it with film.several"
            )
