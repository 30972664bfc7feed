"""A description: what is wrong in the file is one line, before anything is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from facelab.browsing.description import plain, read_description, routes_of
from facelab.contract.errors import FacelabError
from tests.conftest import ROOT

STRANGE = Path(__file__).parent / "strange" / "page.toml"
EXAMPLE = ROOT / "examples" / "webcam-transfer-learning" / "page.toml"

WRONG = {
    "an entry that nobody knows": (
        "[film]\n",
        "[film]\nbutton = 1\n",
        "film: unknown entry 'button'; did you mean 'buttons'?",
    ),
    "no ready sign": ('ready = "#desk"\n', "", "the entry 'ready' is missing; add it"),
    "no TOML": ("[film]\n", "[film\n", "not readable as TOML: "),
    "a wait of no time": ("wait = 10.0", "wait = 0.0", "wait is 0.0, allowed is 0.1 to 600"),
    "nobody to film": (
        'buttons = ["#person-0", "#person-1", "#person-2", "#person-3"]',
        "buttons = []",
        "film.buttons is [], allowed is at least one selector; name what takes a photo",
    ),
    "fewer counters than people": (
        'counters = ["#count-0", "#count-1", ',
        "counters = [",
        "film.counters is ['#count-2', '#count-3'], allowed is one, or 4; correct it",
    ),
    "a name and four buttons": (
        "hold = true",
        'hold = true\nname = "#name"',
        "film.buttons is ['#person-0', '#person-1', '#person-2', '#person-3'], allowed is one "
        "where film.name is given; take one away",
    ),
    "a rate that is nowhere": (
        '{ field = "#rate" }',
        "{ share = true }",
        "parameters.learning_rate is {'field': '', 'fixed': 0.0, 'share': True}, allowed is field "
        "or fixed; name one of them",
    ),
    "no end of a training": (
        'done = "learnt it"\n',
        "",
        "train.done is '', allowed is the end of a training, or train.quiet; name one",
    ),
    "no regular expression": (
        r"loss (?P<loss>\S+)",
        r"loss (?P<loss>\S+",
        "series.says is 'loss (?P<loss>\\\\S+', allowed is a regular expression (missing ), "
        "unterminated subpattern at position 5); correct it",
    ),
    "a series without a loss": (
        "(?P<loss>",
        "(?P<accuracy>",
        "series is ['accuracy'], allowed is one with the loss; add it",
    ),
    "a series of something else": (
        "(?P<loss>",
        "(?P<error>",
        "series is 'error', allowed is loss, accuracy, learning rate, photos; rename it",
    ),
    "three answers for four people": (
        'says = ["number 1!", ',
        "says = [",
        "answer.says is ['number 2!', 'number 3!', 'number 4!'], allowed is a list of 4, as "
        "film.buttons; correct it",
    ),
    "a file that is not there": (
        'version = "1"\n',
        'version = "1"\nroutes = [{ match = "**/net.bin", file = "net.bin" }]\n',
        "routes.file is 'net.bin', allowed is a file in ",
    ),
}


@pytest.mark.parametrize("slip", list(WRONG))
def test_what_is_wrong_is_one_line(slip: str, tmp_path: Path) -> None:
    right, wrong, line = WRONG[slip]
    text = STRANGE.read_text("utf-8")
    assert right in text
    path = tmp_path / "page.toml"
    path.write_text(text.replace(right, wrong, 1), "utf-8")
    with pytest.raises(FacelabError) as told:
        read_description(path)
    assert str(told.value).startswith(f"{path}: {line}")


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(FacelabError, match="there is no such file; name an existing one"):
        read_description(tmp_path / "page.toml")


@pytest.mark.parametrize("path", [STRANGE, EXAMPLE], ids=["strange", "example"])
def test_our_own_are_right(path: Path) -> None:
    made = read_description(path)
    assert made.selectors
    for match, file in routes_of(made, path.parent):
        assert match
        assert file is None or file.is_file()


@pytest.mark.parametrize(("value", "text"), [(1e-5, "1e-05"), (0.1, "0.1"), (1000, "1000")])
def test_a_number_is_written_as_people_do(value: float, text: str) -> None:
    assert plain(value) == text
