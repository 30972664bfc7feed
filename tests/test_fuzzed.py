"""Fuzzed: every decoder of pictures and every reader of files, with inputs that nobody has made.

Each is read or refused in one line, within 2 s and 1 GB; nothing is printed beside it, and nothing
outside of its folder is opened. CI tries 1,900 inputs, scripts/nightly twenty times as many.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import simplejpeg  # noqa: F401 - it is imported when the first JPEG is read: a file that is opened
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facelab.camera.credentials import Challenge, answer, read_challenges
from facelab.camera.filming_plan import read_plan
from facelab.camera.mjpeg import Stream, _parts
from facelab.camera.web_address import read_address
from facelab.contract.errors import FacelabError
from facelab.gallery.clip import read_stretches
from facelab.gallery.consent import read_consents
from facelab.gallery.forgotten import read_marks
from facelab.gallery.gallery import Gallery
from facelab.gallery.image import check_image, decode_image
from facelab.gallery.manifest import damage, read_manifest, read_rows
from facelab.gallery.own_gallery import OwnGallery
from facelab.gallery.reader import read_found
from facelab.gallery.split import taken
from facelab.gallery.thumbnails import Thumbnails
from tests.conftest import ROOT, draw, examples
from tests.fuzzing import EDITS, Edit, bounded, corpus, edited, tried
from tests.gallery import pictures
from tests.gallery.test_own_gallery import fill, opened, record

QUICK = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
KINDS = list(pictures.every_kind().values())


@pytest.fixture(autouse=True)
def silence(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Nothing is printed, by no library either, and memory is bounded."""
    with bounded():
        yield
    assert capfd.readouterr() == ("", "")


def look(content: bytes) -> None:
    """Check and decode a picture in every way; what is said is the same."""
    with opened() as names:
        decoded = tried(lambda: decode_image(content, "a"))
        checked = tried(lambda: check_image(content, "a"))
    assert names == []
    assert not checked or checked == decoded
    taken("a.jpg", content)


def test_pictures_with_changed_bytes() -> None:
    for content in corpus(KINDS, examples(1000)):
        look(content)


@pytest.mark.slow
@settings(QUICK, max_examples=examples(60))
@given(seed=st.sampled_from(KINDS), edits=EDITS)
def test_pictures_of_any_bytes(seed: bytes, edits: list[Edit]) -> None:
    look(edited(seed, edits))


def rechecked(content: bytes) -> bytes:
    """A PNG whose checksums are right again, as those of whoever means harm are."""
    parts: list[tuple[bytes, bytes]] = []
    place = 8
    while place + 8 <= len(content) and len(parts) < 99:
        length = int.from_bytes(content[place : place + 4], "big")
        kind, data = content[place + 4 : place + 8], content[place + 8 : place + 8 + length]
        parts.append((kind, data))
        place += 12 + length
    return pictures.joined(parts)


def test_pngs_whose_checksums_are_right() -> None:
    seeds = [content for content in KINDS if content.startswith(b"\x89PNG")]
    for content in corpus(seeds, examples(100)):
        look(rechecked(content))


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording with everything that is read of one."""
    folder = tmp_path_factory.mktemp("fuzzed") / "own"
    record(folder)
    gallery = Gallery(folder)
    gallery.save("p0", draw(0, 99, (24, 32)), glasses="1", taken="7.5")
    (folder / ".facelab").mkdir(exist_ok=True)
    mark = {"salt": "ab", "digest": "cd", "when": 1e10, "done": True}
    (folder / ".facelab" / "forgotten.json").write_text(json.dumps([mark]))
    (folder / "film.truth.csv").write_text("first,last,people,partly\n1,5,p0,\n6,9,p0+p1,p2\n")
    return folder


READERS: dict[str, list[Callable[[Path], object]]] = {
    "manifest.csv": [read_rows, read_manifest, Gallery],
    "journal.jsonl": [read_rows, Gallery],
    "consent.csv": [read_consents, Gallery],
    ".facelab/forgotten.json": [read_marks, Gallery],
    "film.truth.csv": [lambda folder: read_stretches(folder / "film.truth.csv", 9)],
}


def read_as(folder: Path, file: str, content: bytes, whole: bool) -> None:
    """Put content in a file's place and read it, and everything else ``whole``."""
    path, before = folder / file, (folder / file).read_bytes()
    path.write_bytes(content)
    readers = list(READERS[file])
    if whole:
        readers += [read_found, OwnGallery, lambda folder: damage(folder, read_rows(folder))]
    try:
        with opened() as names:
            for reader in readers:
                tried(partial(reader, folder))
    finally:
        path.write_bytes(before)
    outside = [
        name
        for name in names
        if Path(name).is_relative_to(folder.parents[1]) and not Path(name).is_relative_to(folder)
    ]
    assert outside == []


@pytest.mark.slow
@pytest.mark.parametrize("file", READERS)
def test_tables_with_changed_bytes(recorded: Path, file: str) -> None:
    seed = (recorded / file).read_bytes()
    for number, content in enumerate(corpus([seed], examples(60))):
        read_as(recorded, file, content, whole=number % 20 == 0)


@settings(QUICK, max_examples=examples(40))
@given(file=st.sampled_from(list(READERS)), edits=EDITS)
def test_tables_of_any_bytes(recorded: Path, file: str, edits: list[Edit]) -> None:
    read_as(recorded, file, edited((recorded / file).read_bytes(), edits), whole=False)


def test_a_cache_with_changed_bytes(tmp_path: Path) -> None:
    fill(tmp_path, photos=9)
    own = OwnGallery(tmp_path)
    assert own.cache is not None
    [path] = own.cache.glob("thumbnails*")
    for content in corpus([path.read_bytes()], examples(30)):
        path.write_bytes(content)
        tried(lambda: Thumbnails(tmp_path, str(path.parent.relative_to(tmp_path))))


PLAN = b"""people = ["Ann", "Bo"]
consent = "They agreed."
sittings = ["first", "second"]
photos = 8
every = 0.5
"""


def test_plans_with_changed_bytes(tmp_path: Path) -> None:
    for content in corpus([PLAN], examples(150)):
        (tmp_path / "plan.toml").write_bytes(content)
        tried(lambda: read_plan(tmp_path / "plan.toml"))


@settings(QUICK, max_examples=examples(40))
@given(edits=EDITS)
def test_plans_of_any_bytes(tmp_path_factory: pytest.TempPathFactory, edits: list[Edit]) -> None:
    path = tmp_path_factory.getbasetemp() / "plan.toml"
    path.write_bytes(edited(PLAN, edits))
    tried(lambda: read_plan(path))


PLACE = b"http://ann:s%3Acret@10.0.0.7:8080/video?size=1#sha256=" + b"ab" * 32
ASKED = b'Negotiate, Digest realm="a, b", nonce="x\\"y", qop="auth,auth-int", algorithm=MD5, Basic'


def test_addresses_and_challenges_with_changed_bytes() -> None:
    def written(text: str) -> None:
        read_address(text).whole.encode("ascii")

    for content in corpus([PLACE], examples(100)):
        tried(partial(written, content.decode("latin-1")))
    for content in corpus([ASKED], examples(100)):

        def answered(text: str) -> None:
            for one in read_challenges([text]):
                assert isinstance(one, Challenge)
                if one.is_known:
                    answer(one, "ann", "secret", "GET", "/").encode("latin-1", "replace")

        tried(partial(answered, content.decode("latin-1")))


class _Answer(io.BytesIO):
    """What stands for an answer: bytes."""


SHOT = pictures.jpeg()
PART = b"--f\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n" % (len(SHOT), SHOT)


def test_streams_with_changed_bytes() -> None:
    from facelab.camera.faults import Dropped

    def parts(content: bytes) -> None:
        try:
            for part in _parts(Stream(_Answer(content)), b"f"):  # type: ignore[arg-type]
                assert len(part) <= len(content)
        except Dropped:
            pass

    for content in corpus([PART * 3], examples(150)):
        tried(partial(parts, content))


@pytest.mark.slow
def test_classifiers_with_changed_bytes(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    from facelab.learning.classifier import load

    real = ROOT / "tests" / "data" / "1.0.0" / "classifier.keras"
    load(real)
    capfd.readouterr()  # TensorFlow says a word of its own when it starts
    with zipfile.ZipFile(real) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    path = tmp_path / "model.keras"

    def refused() -> str:
        with opened() as names:
            said = tried(lambda: load(path))
        assert all(
            not Path(name).is_relative_to(tmp_path.parent) or Path(name).is_relative_to(tmp_path)
            for name in names
        )
        return said

    for content in corpus([real.read_bytes()], examples(12)):
        path.write_bytes(content)
        refused()
    for name in parts:  # the checksums of these are right
        for content in corpus([parts[name]], examples(4)):
            with zipfile.ZipFile(path, "w") as archive:
                for one, data in parts.items():
                    archive.writestr(one, content if one == name else data)
            refused()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["model.keras"]


def test_what_is_not_fuzzed_is_refused_too() -> None:
    """The tries are worth something: of the pictures many are refused, and some are read."""
    said = []
    for content in corpus(KINDS, 100):
        try:
            decode_image(content, "a")
            said.append("")
        except FacelabError as error:
            said.append(str(error))
    assert 5 < said.count("") < 60
    assert len({line[:30] for line in said}) > 5
