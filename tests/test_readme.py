"""The README against the code: its commands, its tables, its links."""

from __future__ import annotations

import re

import pytest

from facelab.contract.parameters import PARAMETERS, Parameters
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def rows_of(page: str, heading: str) -> list[list[str]]:
    """The cells of the table of a page whose head begins with ``heading``."""
    table = page[page.index(f"| {heading} |") :].partition("\n\n")[0]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()[2:]]


def test_the_first_two_code_blocks_are_the_two_commands() -> None:
    blocks = re.findall(r"^```(\w*)\n(.+?)\n```$", README, re.MULTILINE | re.DOTALL)[:2]
    for (language, command), last in zip(
        blocks, ("pytest", "pytest tests -n 2 --dist loadfile"), strict=True
    ):
        assert language == "sh"
        assert "\n" not in command
        assert command.startswith("python3 -m venv .venv && .venv/bin/pip install")
        assert command.endswith(f"&& .venv/bin/{last}")


def test_the_table_of_options_is_the_parsers(pytestconfig: pytest.Config) -> None:
    group = pytestconfig._parser.getgroup("facelab")
    declared = [(option.names()[-1], option.default or "off") for option in group.options]
    told = [(name.strip("`"), default.strip("`")) for name, _, default in rows_of(README, "option")]
    assert told == declared


def test_the_table_of_parameters_is_what_is_checked() -> None:
    told = {name: (allowed, basic) for name, allowed, basic in rows_of(README, "parameter")}
    for parameter in PARAMETERS:
        allowed, basic = told.pop(parameter.name)
        assert basic == f"{getattr(Parameters, parameter.field):g}"
        kind = "a whole number" if parameter.whole else "a number"
        if parameter.field != "batch_size":
            assert allowed == f"{kind} {parameter.allowed}"
    assert not told


@pytest.mark.parametrize(
    "document", ["README.md", *sorted(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]
)
def test_links_lead_somewhere(document: str) -> None:
    path = ROOT / document
    links = re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8"))
    for link in links:
        assert (path.parent / link).exists(), link


def test_every_feature_stands_in_the_readme() -> None:
    for feature in sorted((ROOT / "features").glob("*.feature")):
        assert f"features/{feature.name}" in README
