"""Snippet: Python that defines a step which has no definition yet."""

from __future__ import annotations

import keyword
import re

from pytest_bdd.parser import Step

NUMBER = re.compile(r"-?\b\d[\d,]*(?:\.\d+)?(?P<percent> %)?")
"""A number in a step, or a percentage."""


def snippet(step: Step) -> str:
    """Return Python that defines a step, its numbers made fields, to be pasted into steps/."""
    numbers: list[str] = []

    def field(match: re.Match[str]) -> str:
        numbers.append("number" if not numbers else f"number{len(numbers) + 1}")
        kind = "Percent" if match["percent"] else "Number"
        return f"{{{numbers[-1]}:{kind}}}"

    text = NUMBER.sub(field, step.name.replace("{", "{{").replace("}", "}}"))
    words = re.findall(r"[^\W\d_]+", NUMBER.sub(" ", step.name).lower())
    name = "_".join(words[:6]) or "step"
    if keyword.iskeyword(name) or not name.isidentifier():
        name += "_"
    arguments = "".join(f", {number}: float" for number in numbers)
    argument = f"phrase({_quoted(text)})" if numbers else _quoted(step.name)
    judged = 'sheet.judge("what is measured", 0, Interval.at_most(0))'
    body = judged if step.type == "then" else "raise NotImplementedError"
    return "\n".join(
        (
            f"    @{step.type}({argument})",
            f"    def {name}(sheet: LiveSheet{arguments}) -> None:",
            '        """Say what it measures."""',
            f"        {body}",
        )
    )


def _quoted(text: str) -> str:
    """Return Python for a text, in double quotes where it holds no quotes itself."""
    return repr(text) if "'" in text or '"' in text else f'"{repr(text)[1:-1]}"'
