"""Steps on people and their photos: the face base."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pytest_bdd import given, then, when

from facelab.contract.errors import FacelabError
from facelab.contract.interval import Interval
from facelab.contract.photos import Photos
from facelab.contract.system import FaceBase
from facelab.gallery.image import encode_png
from facelab.gallery.source import Source
from facelab.judging.photos import differing, no_photo
from facelab.playing.examination import Exam
from facelab.playing.fields import phrase
from facelab.playing.recorder import LiveSheet
from facelab.playing.reference import require, require_people
from facelab.report.evidence import facts


def need_others(exam: Exam, photos: Photos, people: list[str]) -> None:
    """Raise Lacking when one's own photos show only these people, or not all of them."""
    exam.require_people(photos, people)
    others = len(photos.of(people).people) < len(photos.people)
    exam.require(others, f"there is nobody but {', '.join(people)} in the gallery")


def _need_the_book(source: Source) -> None:
    require(source, False, "the numbers are those of the book's own gallery")


@given("all photos of the gallery", target_fixture="photos")
def all_photos(source: Source) -> Photos:
    """Take the training photos of every person in the gallery."""
    return source.photos("gallery")


@given(phrase("the photos of {people:Names}"), target_fixture="photos")
def photos_of(source: Source, people: list[str]) -> Photos:
    """Take the gallery's photos of these people, in the gallery's order.

    Not run when nobody plays one of them.
    """
    photos = source.photos("gallery")
    require_people(source, photos, people)
    return photos.of(people)


@given(phrase("the first {number:Count} photos of the gallery"), target_fixture="photos")
def first_photos(source: Source, number: int) -> Photos:
    """Take the gallery's first photos, by the names of their files.

    Not run when there are fewer.
    """
    photos = source.photos("gallery")
    enough = len(photos) >= number
    require(source, enough, f"the gallery has no {number} photos to learn from but {len(photos)}")
    return photos.first(number)


@then(phrase("there are photos of at least {least:Count} people"))
def people_counted(sheet: LiveSheet, photos: Photos, least: int) -> None:
    """Count the people of the photos taken; exact."""
    sheet.judge("people", len(photos.people), Interval.at_least(least), exact=True)


@then(phrase("every person has at least {least:Count} photos"))
def photos_counted(sheet: LiveSheet, photos: Photos, least: int) -> None:
    """Count each person's photos; the person with the fewest is judged, exactly."""
    counts = photos.labels["person"].value_counts(sort=False)
    sheet.show(facts("photos of each person", {str(k): int(n) for k, n in counts.items()}))
    sheet.judge(
        "photos of the person with the fewest", counts.min(), Interval.at_least(least), exact=True
    )


@then(phrase("there are {expected:Count} photos of {people:Count} people in it"))
def gallery_counted(
    sheet: LiveSheet, source: Source, photos: Photos, expected: int, people: int
) -> None:
    """Count people and photos of the book's gallery; both exact. Not run with any other."""
    _need_the_book(source)
    sheet.judge("people", len(photos.people), Interval.exactly(people), exact=True)
    sheet.judge("photos", len(photos), Interval.exactly(expected), exact=True)


@then(phrase("there are {expected:Count} photos of {people:Names} in it"))
def photos_of_some(
    sheet: LiveSheet, source: Source, photos: Photos, expected: int, people: list[str]
) -> None:
    """Count the photos of these people in the book's gallery; exact. Not run with any other."""
    _need_the_book(source)
    require_people(source, photos, people)
    sheet.judge("photos", len(photos.of(people)), Interval.exactly(expected), exact=True)


@then("no recorded file is missing, damaged or an orphan")
def recording_is_whole(sheet: LiveSheet, source: Source) -> None:
    """Compare every file with the manifest.

    Count files that are missing, have another SHA-256, or are not in the manifest; each is named.
    Galleries of one's own are read leniently: not run when files were left out, or when there is no
    manifest.
    """
    damage = source.damage()
    sheet.judge(
        "files not as recorded", len(damage), Interval.exactly(0), exact=True, details=damage
    )


@given("a new gallery", target_fixture="face_base")
def new_gallery(new_face_base: Callable[[], FaceBase]) -> FaceBase:
    """Open an empty gallery in a folder of its own, or the empty face base of a web page."""
    return new_face_base()


@given("a gallery that keeps them", target_fixture="face_base")
@when("they are saved in a new gallery", target_fixture="face_base")
def gallery_keeps(new_face_base: Callable[[], FaceBase], photos: Photos) -> FaceBase:
    """Save photos in a new gallery, one by one; on a web page, film them."""
    gallery = new_face_base()
    for frame, person in zip(photos.frames, photos.labels["person"], strict=True):
        gallery.save(person, frame)
    return gallery


@when(phrase("{damage:Foreign} is handed in as a photo of {person:Name}"), target_fixture="refusal")
def foreign_file(
    tmp_path: Path, photos: Photos, face_base: FaceBase, damage: str, person: str
) -> str:
    """Add a file that is no whole photo, and keep the gallery's message.

    Known are `a text`, `an empty file` and `half of a photo`.
    """
    path = tmp_path / "foreign.jpg"
    path.write_bytes(no_photo(damage, encode_png(photos.frames[0])))
    try:
        face_base.add(person, path)
    except FacelabError as error:
        return str(error)
    return ""


@then("it is refused by name")
def refused_by_name(sheet: LiveSheet, refusal: str) -> None:
    """Find the file's name in the gallery's message."""
    sheet.judge(
        "refusals that name the file",
        refusal.count("foreign.jpg"),
        Interval.at_least(1),
        exact=True,
        details=[Path(refusal.partition(":")[0]).name + ":" + refusal.partition(":")[2]],
    )


@then("every photo is given back pixel for pixel")
def given_back(sheet: LiveSheet, photos: Photos, face_base: FaceBase) -> None:
    """Open the gallery or page anew and compare it with the photos, person by person.

    Counted are photos of which a single pixel differs.
    """
    found = differing(photos, face_base.photos())
    sheet.judge("photos that differ", len(found), Interval.exactly(0), exact=True, details=found)
