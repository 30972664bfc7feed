"""Folders of people: whoever cannot be seen is named, a wrong level is noticed, a name is one."""

from __future__ import annotations

import os
import shutil
import unicodedata
from pathlib import Path

import cv2
import pytest

from facelab.cli import main
from facelab.contract.errors import FacelabError
from facelab.gallery.cast import cast_roles, parse_cast
from facelab.gallery.consent import read_consents
from facelab.gallery.forget import forget
from facelab.gallery.gallery import Gallery
from facelab.gallery.name import check_name
from facelab.gallery.own_gallery import OwnGallery, read_gallery
from facelab.gallery.reader import read_found
from tests.conftest import draw
from tests.gallery.test_own_gallery import SIZE, fill, record

COMPOSED, APART = (unicodedata.normalize(form, "Zoé Ångström") for form in ("NFC", "NFD"))
HEIC = b"\0\0\0\x18ftypheic" + bytes(500)


def refusal(folder: Path) -> str:
    with pytest.raises(FacelabError) as caught:
        OwnGallery(folder)
    with pytest.raises(FacelabError) as trained:
        read_gallery(folder)
    assert str(trained.value) == str(caught.value)
    return str(caught.value)


def test_a_person_of_whom_nothing_can_be_read_is_named(tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / "Phone").mkdir()
    for number in range(11):
        (tmp_path / "Phone" / f"IMG_{number}.HEIC").write_bytes(HEIC)
    (tmp_path / "Phone" / "IMG_11.jpg").write_bytes(b"")
    (tmp_path / "Cut").mkdir()
    for number in range(3):
        whole = cv2.imencode(".jpg", draw(0, number, SIZE))[1].tobytes()
        (tmp_path / "Cut" / f"{number}.jpg").write_bytes(whole[: 400 + number])
    (tmp_path / "Empty").mkdir()
    (tmp_path / "Gone").symlink_to(tmp_path / "no" / "where")
    shutil.copytree(tmp_path / "p0", tmp_path / "Deep" / "summer")
    warnings = OwnGallery(tmp_path).warnings
    assert [line.partition(": ")[0] for line in warnings] == [
        "Cut", "Deep", "Empty", "Gone", "Phone"
    ]  # fmt: skip
    cut, deep, empty, gone, phone = warnings
    assert cut == (
        "Cut: left out, none of 3 files can be read (3 times: the picture breaks off after … "
        "bytes; copy it again from where it came)"
    )
    assert deep == (
        "Deep: left out, nothing in it can be read (Deep/summer: a folder; move the photos in it "
        "one level up)"
    )
    assert empty == "Empty: left out, an empty folder; put photos into it or take it away"
    assert gone == "Gone: left out, a link that leads nowhere; mend it or take it away"
    assert phone.startswith(
        "Phone: left out, none of 12 files can be read (11 times: a HEIC picture; convert it to "
        "JPEG or PNG (an iPhone"
    )


def test_a_person_of_a_recording_of_whom_nothing_can_be_read_is_named(tmp_path: Path) -> None:
    record(tmp_path)
    with Gallery(tmp_path) as gallery:
        files = [gallery.save("p2", draw(4, 7 * photo, SIZE)) for photo in range(9)]
    for file in files:
        (tmp_path / file).unlink()
    [line] = OwnGallery(tmp_path).warnings
    assert line == (
        "p2: left out, none of 9 files can be read (9 times: no such photo (No such file or "
        "directory); put it back or take it out of the gallery)"
    )


def test_one_unreadable_photo_is_told_by_its_file(tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / "p0" / "IMG_1.heic").write_bytes(HEIC)
    (tmp_path / "p0" / "film.mov").write_bytes(b"\0\0\0\x14ftypqt  " + bytes(99))
    (tmp_path / "p0" / "notes.txt").write_text("notes")
    warnings = OwnGallery(tmp_path).warnings
    assert warnings[0].startswith("p0/IMG_1.heic: a HEIC picture; convert it to JPEG")
    assert warnings[1].startswith("p0/film.mov: a film; take pictures out of it; allowed are")
    assert warnings[2].startswith("p0/notes.txt: no picture; allowed are .jpg")


def test_a_picture_is_known_by_its_data_not_its_ending(tmp_path: Path) -> None:
    fill(tmp_path)
    for name in ("001.png", "002.png", "003.png"):
        shutil.copy(tmp_path / "p0" / name, tmp_path / "p1" / f"{name}.tmp")
    jpeg = cv2.imencode(".jpg", draw(7, 5, SIZE))[1].tobytes()
    for name in ("a.jfif", "b.JPE", "c", "d.jpg.download"):
        (tmp_path / "p0" / name).write_bytes(jpeg)
    found = read_found(tmp_path)
    assert found.left_out == []
    assert len(found.photos) == 24 + 7


@pytest.mark.parametrize("deep", [False, True])
def test_one_level_too_high(tmp_path: Path, deep: bool) -> None:
    fill(tmp_path / "own" / "team")
    if deep:
        fill(tmp_path / "own" / "others")
    (tmp_path / "own" / "reports").mkdir()
    line = refusal(tmp_path / "own")
    more = " or " if deep else "team?"
    assert line.startswith(f"{tmp_path}/own: received photos of nobody, allowed are 2 or more")
    assert f"did you mean {tmp_path}/own/{'others' if deep else 'team'}" in line
    assert more in line


def test_one_level_too_high_above_a_recording(tmp_path: Path) -> None:
    record(tmp_path / "own" / "filmed")
    assert f"did you mean {tmp_path}/own/filmed?" in refusal(tmp_path / "own")


def test_one_level_too_deep(tmp_path: Path) -> None:
    fill(tmp_path / "team")
    assert f"photos lie in it directly; did you mean {tmp_path}/team?" in refusal(
        tmp_path / "team" / "p0"
    )


def test_the_level_is_right_where_people_are_too_few(tmp_path: Path) -> None:
    fill(tmp_path / "team", people=1)
    assert "did you mean" not in refusal(tmp_path / "team")


def test_a_name_in_two_forms_is_one_person_in_a_folder(tmp_path: Path) -> None:
    fill(tmp_path, people=3)
    (tmp_path / "p0").rename(tmp_path / APART)
    (tmp_path / "p1").rename(tmp_path / COMPOSED)
    fill(tmp_path / "more", people=2)
    shutil.move(tmp_path / "more" / "p1", tmp_path / "p9")
    shutil.rmtree(tmp_path / "more")
    own = OwnGallery(tmp_path, parse_cast(f"Lara={APART}"))
    assert own.cast["Lara"] == COMPOSED
    assert len(own.photos("gallery").of(["Lara"])) + len(own.photos("probes").of(["Lara"])) == 24
    assert forget(tmp_path, COMPOSED) == ["24 files with photos or frames of films"]
    assert sorted(path.name for path in tmp_path.iterdir() if path.name[0] != ".") == ["p2", "p9"]


@pytest.mark.parametrize(("saved", "asked"), [(APART, COMPOSED), (COMPOSED, APART)])
def test_a_name_in_two_forms_is_one_person_in_a_recording(
    tmp_path: Path, saved: str, asked: str
) -> None:
    gallery = Gallery(tmp_path)
    gallery.agree(saved, "I agree.")
    gallery.save(saved, draw(0, 0, SIZE))
    gallery.save(asked, draw(0, 1, SIZE))
    gallery.save(asked, draw(0, 2, SIZE), set_name="clips/film")
    gallery.save("Bo", draw(1, 1, SIZE))
    assert gallery.consent(asked) is not None
    assert set(gallery.table["person"]) == {COMPOSED, "Bo"}
    assert sorted(Path(file).name for file in gallery.table["file"]) == [
        "00001.png", "001.png", "001.png", "002.png"
    ]  # fmt: skip
    gallery.close()
    forget(tmp_path, asked)
    assert set(Gallery(tmp_path).table["person"]) == {"Bo"}
    assert read_consents(tmp_path) == {}
    assert not [path for path in tmp_path.rglob("*") if COMPOSED in (path.name, str(path))]


def test_a_recording_that_a_mac_wrote_is_gone_on_with(tmp_path: Path) -> None:
    """1.0.0 wrote names as it got them; what stands there keeps its form."""
    record(tmp_path)
    for file in ("manifest.csv", "consent.csv"):
        path = tmp_path / file
        path.write_text(path.read_text("utf-8").replace("p1", APART), "utf-8")
    for folder in ("gallery", "probes/t1", "clips/p0"):
        (tmp_path / folder / "p1").rename(tmp_path / folder / APART)
    gallery = Gallery(tmp_path)
    assert gallery.save(COMPOSED, draw(5, 0, SIZE)) == f"gallery/{APART}/010.png"
    assert gallery.consent(COMPOSED) is not None
    gallery.close()
    assert gallery.damage() == []
    own = OwnGallery(tmp_path, {"Lara": COMPOSED})
    assert own.cast["Lara"] == COMPOSED
    assert len(own.photos("gallery").of(["Lara"])) == 10
    filming = Gallery(tmp_path)
    removed = forget(tmp_path, COMPOSED)
    assert "15 rows of the manifest" in removed
    assert "the consent" in removed
    for name in (APART, COMPOSED):
        with pytest.raises(FacelabError, match="was forgotten meanwhile"):
            filming.save(name, draw(5, 1, SIZE))


def test_reports_that_name_a_person_in_any_form_go(tmp_path: Path) -> None:
    record(tmp_path / "own")
    with Gallery(tmp_path / "own") as gallery:
        gallery.save(COMPOSED, draw(0, 0, SIZE))
    (tmp_path / "own" / "reports").mkdir()
    for number, name in enumerate((COMPOSED, APART)):
        page = tmp_path / "own" / "reports" / str(number) / "acceptance.json"
        page.parent.mkdir()
        page.write_text(f'{{"cast": "{name}"}}', "utf-8")
    assert len([line for line in forget(tmp_path / "own", APART) if "a report" in line]) == 2


def test_case_is_one_where_the_disk_has_none(tmp_path: Path) -> None:
    """A hard link stands in for such a disk: a name and the same in other case are one file."""
    record(tmp_path)
    gallery = Gallery(tmp_path)
    gallery.save("P0", draw(0, 5, SIZE))
    assert set(gallery.table["person"]) == {"p0", "p1", "P0"}
    gallery.close()
    forget(tmp_path, "P0")
    os.link(tmp_path / "consent.csv", tmp_path / "CONSENT.CSV")
    again = Gallery(tmp_path)
    assert again.save("P0", draw(0, 6, SIZE)) == "gallery/p0/010.png"
    assert again.consent("P0") is not None
    again.close()
    assert OwnGallery(tmp_path, {"Lara": "P0"}).cast["Lara"] == "p0"
    assert "15 rows of the manifest" in forget(tmp_path, "P0")


def test_case_is_not_one_where_the_disk_has_it_but_is_asked_for(tmp_path: Path) -> None:
    fill(tmp_path)
    with pytest.raises(
        FacelabError, match=r"received Lara=P0, allowed are p0, p1; did you mean p0"
    ):
        OwnGallery(tmp_path, {"Lara": "P0"})
    with pytest.raises(FacelabError, match=r"there is nothing of that name; did you mean p0\?"):
        forget(tmp_path, "P0")
    with pytest.raises(FacelabError, match=r"allowed are Zoé, p1; did you mean Zoé\?"):
        cast_roles(["Zoé", "p1"], {"Alex": "zoe"})


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", ".hidden", "dot.", " space", "space ", "a/b", "a\\b", "a:b", "a\nb", "a\x00b",
     "a\u200bb", "x" * 81, "\N{GRINNING FACE}" * 61, "caf\udce9"],
)  # fmt: skip
def test_what_is_no_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(FacelabError) as caught:
        check_name(name)
    line = str(caught.value)
    for sign in ("80 characters", "240 bytes", '/ \\ : * ? " < > |', "dot", "space", "invisible"):
        assert sign in line
    with pytest.raises(FacelabError, match="a person's name: received"):
        Gallery(tmp_path).save(name, draw(0, 0, SIZE))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_no_name_says_which_signs_are_allowed(tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / "Ann ").mkdir()
    [line] = OwnGallery(tmp_path).warnings
    assert line.startswith("Ann : no person's name; rename the folder; allowed is a name of up to")


def test_copies_are_told_by_group_and_counted(tmp_path: Path) -> None:
    fill(tmp_path, people=5, photos=12)
    for person in range(1, 5):
        for photo in range(6):
            shutil.copy(
                tmp_path / "p0" / f"{photo:03d}.png", tmp_path / f"p{person}" / f"x{photo}.png"
            )
    shutil.copy(tmp_path / "p2" / "009.png", tmp_path / "p3" / "y.png")
    warnings = OwnGallery(tmp_path).warnings
    between = [line for line in warnings if "take" in line]
    assert between[0] == (
        "p0, p1, p2, p3 and p4: 6 pictures are there under each of these names, as "
        "p0/000.png and p1/x0.png; take them away where they are wrong"
    )
    assert between[1] == (
        "p2/009.png and p3/y.png: the same picture as p2 and as p3; take one away"
    )
    assert len(between) == 2


@pytest.mark.slow
def test_many_copies_cost_little(tmp_path: Path) -> None:
    """All pictures are the same: every pair would be a line, and a gigabyte."""
    content = cv2.imencode(".png", draw(0, 0, SIZE))[1].tobytes()
    for person in range(20):
        (tmp_path / f"p{person}").mkdir()
        for photo in range(60):
            (tmp_path / f"p{person}" / f"{photo}.png").write_bytes(content)
    assert len(OwnGallery(tmp_path).warnings) <= 21


def test_probes_that_are_copies_are_counted_by_person(tmp_path: Path) -> None:
    fill(tmp_path, people=2, photos=12)
    own = OwnGallery(tmp_path)
    labels = own.photos("probes").labels
    probes = labels[labels["file"].str.startswith("p0/")]["file"].tolist()
    for number, file in enumerate(probes):
        shutil.copy(tmp_path / file, tmp_path / "p0" / f"{900 + 20 * number}.png")
    warnings = [line for line in OwnGallery(tmp_path).warnings if "learned from" in line]
    assert len(warnings) == 1
    assert warnings[0].startswith("p0: ")
    assert " probes are nearly photos that are learned from, as p0/" in warnings[0]


@pytest.mark.slow
def test_train_warns_as_the_exam_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(tmp_path / "own", photos=3)
    shutil.copytree(tmp_path / "own" / "p0", tmp_path / "own" / "p9")
    (tmp_path / "own" / "p1" / "x.heic").write_bytes(HEIC)
    command = ["train", str(tmp_path / "own"), "-o", str(tmp_path / "m.keras"), "--batch-size=99"]
    assert main(command) == 2
    told = capsys.readouterr().err.splitlines()
    assert [line.startswith("facelab: gallery: ") for line in told[:-1]] == [True] * 5
    assert told[0].startswith("facelab: gallery: p1/x.heic: a HEIC picture; convert")
    for line, person in zip(told[1:4], ("p0", "p1", "p9"), strict=True):
        assert line == (
            f"facelab: gallery: {person}: received 3 photos, recommended are 9 or more; add some"
        )
    assert told[4].startswith("facelab: gallery: p0 and p9: 3 pictures are there under each")
