"""Make galleries of real photos that `pytest --gallery` plays; docs/real_photos.md has the figures.

Usage: python docs/real_photos.py FACES OUT, where FACES holds the sets as `orl/s02/001.pgm`,
`yaleb/yaleB01/001.pgm` and `intel_clips/p1_hoodie/001.mkv`. OUT must be new. Nothing of them enters
the project.
"""

import sys
from pathlib import Path

import cv2

from facelab import Gallery, Recording
from facelab.gallery.reader import read_found

FRONT = 15
"""Up to this number the lamp of Yale B's photos stands in front, further on at the side."""


def orl(faces: Path, out: Path) -> None:
    """Copy all 39 people, 10 photos each, into a plain folder: split by their numbers."""
    photos = read_found(faces / "orl").photos
    for file, frame in zip(photos.labels["file"], photos.frames, strict=True):
        (out / "orl" / file).parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str((out / "orl" / file).with_suffix(".png")), frame)


def yaleb(faces: Path, out: Path) -> None:
    """Copy 12 people twice: as a plain folder, and labelled with the light.

    Labelled, light from the side is never learned; of the other photos every fifth is a probe.
    """
    photos = read_found(faces / "yaleb").photos
    with Gallery(out / "yaleb_light") as gallery:
        for file, person, frame in zip(
            photos.labels["file"], photos.labels["person"], photos.frames, strict=True
        ):
            (out / "yaleb" / file).parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str((out / "yaleb" / file).with_suffix(".png")), frame)
            number = int(Path(file).stem)
            light = "front" if number <= FRONT else "side"
            place = "probes" if light == "side" or number % 5 == 3 else "gallery"
            gallery.save(person, frame, set_name=place, light=light, burst=f"{person} {number}")


def intel(faces: Path, out: Path) -> None:
    """Cut the clips of 3 people, and add an actor, for the roles are four.

    Of each person's clips the last is the film and gives the probes; of the others every sixth
    frame is learned.
    """
    with Gallery(out / "intel") as gallery:
        for folder in sorted((faces / "intel_clips").glob("p*")):
            clips = [frames(path) for path in sorted(folder.glob("*.mkv"))]
            for number, clip in enumerate(clips[:-1], 1):
                for frame in clip[::6]:
                    gallery.save(folder.name, frame, burst=f"{folder.name} {number}")
            burst = f"{folder.name} {len(clips)}"
            for place, step in (("probes", 6), (f"clips/{folder.name}", 1)):
                for frame in clips[-1][::step]:
                    gallery.save(folder.name, frame, set_name=place, burst=burst)
        book = Recording(Path(__file__).parent.parent / "fixtures")
        for place, name in (("gallery", "gallery"), ("probes", "probes/t1")):
            photos = book.photos(name).of(["Naomie"])
            for burst, frame in zip(photos.labels["burst"], photos.frames, strict=True):
                gallery.save("Naomie", frame, set_name=place, burst=burst)


def frames(path: Path) -> list[cv2.typing.MatLike]:
    """Return all frames of a film."""
    film, found = cv2.VideoCapture(str(path)), []
    while (read := film.read())[0]:
        found.append(read[1])
    return found


if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:])
    target.mkdir(parents=True)
    for make in (orl, yaleb, intel):
        make(source, target)
