"""The filming plan: what it films in which order, and what is refused in one line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from facelab.camera.filming_plan import FilmingPlan, read_plan, takes
from facelab.contract.errors import FacelabError


def written(folder: Path, text: str) -> Path:
    path = folder / "plan.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_default_films_photos_probes_and_a_film() -> None:
    planned = takes(read_plan(), ("Bo", "Ann"))
    assert [(t.set_name, t.person, t.glasses, t.count) for t in planned] == [
        ("gallery", "Bo", False, 20),
        ("probes", "Bo", False, 10),
        ("gallery", "Bo", True, 6),
        ("probes", "Bo", True, 10),
        ("gallery", "Ann", False, 20),
        ("probes", "Ann", False, 10),
        ("gallery", "Ann", True, 6),
        ("probes", "Ann", True, 10),
        ("clips/Ann", "Ann", False, 300),
    ]
    assert str(planned[2]) == "Bo: 6 photos with glasses, sitting first"
    assert str(planned[-1]) == "Ann: 300 frames of a film, sitting first"
    assert planned[2].labels == {"sitting": "first", "light": "first", "glasses": "1"}


def test_a_second_sitting_comes_after_the_first(tmp_path: Path) -> None:
    plan = read_plan(
        written(
            tmp_path,
            'people = ["Ann", "Bo"]\nsittings = ["morning", "evening"]\nphotos = 3\n'
            "photos_with_glasses = 0\nprobes = 0\nprobes_with_glasses = 0\nfilm = 2\n",
        )
    )
    assert [(t.set_name, t.person, t.sitting) for t in takes(plan, plan.people)] == [
        ("gallery", "Ann", "morning"),
        ("clips/Ann", "Ann", "morning"),
        ("gallery", "Bo", "morning"),
        ("gallery", "Ann", "evening"),
        ("gallery", "Bo", "evening"),
    ]


def test_everything_of_it_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "camera.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `(\w+)` \| `([^`]*)` \|", page, re.MULTILINE))
    defaults = {
        name: value if isinstance(value, str) else f"{value:g}" if not isinstance(value, tuple)
        else str(list(value)).replace("'", '"')
        for name, value in vars(FilmingPlan()).items()
    }  # fmt: skip
    assert told == {name: value or '""' for name, value in defaults.items()}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("photos = -1", "photos is -1, allowed is 0 to 10000 (photos of a person in a sitting); "
         "correct it"),
        ("photos = 2.5", "photos is 2.5, allowed is 0 to 10000 (photos of a person in a sitting); "
         "correct it"),
        ("fotos = 3", "unknown entry 'fotos'; did you mean 'photos'?"),
        ("minutes = 'long'", "minutes is 'long', allowed is 0 to 600 (minutes of live tally); "
         "correct it"),
        ('people = ["Ann"]', "people is ['Ann'], allowed is 2 or more people; add one"),
        ('people = ["Ann", "ann"]', "people is ['Ann', 'ann'], allowed is each name once; "
         "rename one"),
        ('people = ["Ann", "../Bo"]', "people: a person's name: received '../Bo', allowed is a "
         "name of up to 80 characters (and 240 bytes), without / \\ : * ? \" < > | and invisible "
         "characters, that neither begins nor ends with a dot or a space; choose another"),
        ('people = "Ann"', "people is 'Ann', allowed is a list; write it in square brackets"),
        ("sittings = []", "sittings is [], allowed is at least one; name one"),
        ("photos = 0\nphotos_with_glasses = 0", "photos is 0, allowed is 1 or more, with glasses "
         "or without; raise it"),
    ],
)  # fmt: skip
def test_what_is_refused(tmp_path: Path, text: str, line: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(FacelabError, match=f"^{re.escape(f'{path}: {line}')}$"):
        read_plan(path)


def test_no_plan_there(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    with pytest.raises(FacelabError, match=r"there is no such file; name an existing one with"):
        read_plan(path)
    path.write_text("photos = = 3")
    with pytest.raises(FacelabError, match=r"plan.toml: not readable as TOML: .*; correct the"):
        read_plan(path)
