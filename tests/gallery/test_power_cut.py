"""Power cut: what was acknowledged is on the disk, on ext4, XFS and btrfs.

Each file system lies in an image, whose bytes are copied the moment a call returns: what was not
written through by then is lost, as when the power fails. The copy is mounted, and looked into.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from facelab.base.files import whole, write_atomically
from facelab.gallery.forget import forget
from facelab.gallery.gallery import Gallery
from facelab.gallery.own_gallery import OwnGallery
from tests.conftest import draw
from tests.gallery.test_one_writer import texts

SIZE = (24, 32)
SYSTEMS = {"ext4": 64, "xfs": 320, "btrfs": 128}
"""File systems, and the megabytes that each needs at least."""

pytestmark = pytest.mark.slow


@dataclass
class Disk:
    """A file system in an image, mounted."""

    image: Path
    place: Path

    @property
    def gallery(self) -> Path:
        """Where the gallery lies."""
        return self.place / "own"

    def after_a_cut(self, look: Callable[[Path], None]) -> None:
        """Copy the image as it is now, mount the copy, and look at what survived."""
        copy, place = self.image.with_suffix(".copy"), self.image.with_name("after")
        run("cp", "--sparse=always", str(self.image), str(copy))
        place.mkdir(exist_ok=True)
        options = "loop"
        unmounted = self.image.with_suffix(".other")
        copy.rename(unmounted)  # btrfs takes two images of one identity for one
        run("umount", str(self.place))
        try:
            run("mount", "-o", options, str(unmounted), str(place))
            try:
                look(place / "own")
            finally:
                run("umount", str(place))
        finally:
            run("mount", "-o", "loop", str(self.image), str(self.place))


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"{command[0]}: {done.stderr.strip()}")
    return done.stdout.strip()


@pytest.fixture(params=SYSTEMS)
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    """A new file system."""
    if sys.platform != "linux" or os.geteuid():
        pytest.skip("only root on Linux can mount an image")
    if not shutil.which(f"mkfs.{request.param}"):
        pytest.skip(f"mkfs.{request.param} is not installed")
    made = Disk(tmp_path / "image", tmp_path / "disk")
    made.place.mkdir()
    with made.image.open("wb") as image:
        image.truncate(SYSTEMS[request.param] * 2**20)
    run(f"mkfs.{request.param}", str(made.image))
    try:
        run("mount", "-o", "loop", str(made.image), str(made.place))
    except OSError as error:
        pytest.skip(f"this machine mounts no image: {error}")
    try:
        yield made
    finally:
        run("umount", str(made.place))


def test_a_consent_survives(disk: Disk) -> None:
    gallery = Gallery(disk.gallery)
    gallery.agree("Ann", "I agree.")

    def look(folder: Path) -> None:
        assert Gallery(folder).consent("Ann") is not None
        assert Gallery(folder).damage() == []

    disk.after_a_cut(look)


def test_every_photo_survives(disk: Disk) -> None:
    for number in range(3):
        Gallery(disk.gallery).save("Ann", draw(0, number, SIZE), set_name=f"probes/t{number}")

        def look(folder: Path, number: int = number) -> None:
            kept = Gallery(folder)
            assert len(kept.table) == number + 1
            assert kept.damage() == []
            photo = kept.photos(f"probes/t{number}").frames[0]
            np.testing.assert_array_equal(photo, draw(0, number, SIZE))

        disk.after_a_cut(look)


def test_a_closed_gallery_survives(disk: Disk) -> None:
    with Gallery(disk.gallery) as gallery:
        files = [gallery.save("Ann", draw(0, number, SIZE)) for number in range(3)]
        gallery.discard(files[:1])

    def look(folder: Path) -> None:
        kept = Gallery(folder)
        assert not (folder / "journal.jsonl").exists()
        assert kept.table["file"].tolist() == files[1:]
        assert kept.damage() == []

    disk.after_a_cut(look)


def test_whoever_is_forgotten_stays_forgotten(disk: Disk) -> None:
    with Gallery(disk.gallery) as gallery:
        for person in ("Ann", "Bo"):
            gallery.agree(person, "I agree.")
            for number in range(10):
                gallery.save(person, draw(person == "Bo", 7 * number, SIZE))
    write_atomically(disk.gallery / "reports" / "acceptance.json", b'{"cast": "Ann"}')
    assert OwnGallery(disk.gallery).cache
    os.sync()
    forget(disk.gallery, "Ann")

    def look(folder: Path) -> None:
        assert b"Ann" not in texts(folder)
        assert not list(folder.rglob("Ann"))
        assert not list(folder.rglob("thumbnails*"))
        assert len(Gallery(folder).table) == 10
        assert Gallery(folder).damage() == []

    disk.after_a_cut(look)


def test_a_report_in_a_new_folder_survives(disk: Disk) -> None:
    write_atomically(disk.gallery / "reports" / "new" / "acceptance.json", b"{}")

    def look(folder: Path) -> None:
        assert (folder / "reports" / "new" / "acceptance.json").read_bytes() == b"{}"

    disk.after_a_cut(look)


def test_a_classifier_survives(disk: Disk) -> None:
    disk.gallery.mkdir()
    os.sync()
    with whole(disk.gallery / "model.keras") as half:
        half.write_bytes(b"a classifier")

    def look(folder: Path) -> None:
        assert (folder / "model.keras").read_bytes() == b"a classifier"

    disk.after_a_cut(look)


def test_the_image_tells_what_was_not_synced(disk: Disk) -> None:
    """A file that nobody has synced is lost: otherwise these tests would show nothing."""
    disk.gallery.mkdir()
    os.sync()
    (disk.gallery / "lost").write_bytes(b"not synced")

    def look(folder: Path) -> None:
        assert not (folder / "lost").exists() or not (folder / "lost").read_bytes()

    disk.after_a_cut(look)
