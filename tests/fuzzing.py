"""Fuzzing: what readers are tried with, bytes changed at random, and what must hold of each try."""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from hypothesis import strategies as st

from facelab.contract.errors import FacelabError

SECONDS = 2.0
"""Of processor time that one input may cost."""

MEMORY = 1_000_000
"""Kilobytes that all inputs together may add at the peak."""

Edit = tuple[str, float, int, bytes]
"""What is done, where (of the whole), to how many bytes, with which."""

WORDS = (
    *(b"", b"\0", b"\xff", b"\xff\xd9", b"\xff\xda", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff"),
    *(b"\n", b",", b'"', b"'", b"=", b"#", b"-1", b"1e999", b"nan", b"true", b"null", b"\r\n\r\n"),
    *(b"[" * 3000, b"{" * 3000, b"9" * 5000, b"a" * 70000, b"../../x", b"/etc/passwd", b"IDAT"),
    *(b"\x1b]0;x\x07\x1b[31m", b"\xed\xa0\x80", b"\\ud800", b"\xe2\x80\xae", b"PK\3\4"),
    b"gallery/p0/001.png",
)
"""What stands where it should not."""

EDITS: st.SearchStrategy[list[Edit]] = st.lists(
    st.tuples(
        st.sampled_from(["flip", "put", "over", "drop", "cut", "twice", "zeros"]),
        st.floats(0, 1),
        st.integers(0, 40),
        st.binary(max_size=12) | st.sampled_from(WORDS),
    ),
    min_size=1,
    max_size=5,
)


def edited(content: bytes, edits: Sequence[Edit]) -> bytes:
    """Return content after some edits."""
    for what, where, count, new in edits:
        start = min(int(where * len(content)), max(len(content) - 1, 0))
        end = start + count
        if what == "flip" and content:
            flipped = content[start] ^ (1 << count % 8)
            content = content[:start] + bytes([flipped]) + content[start + 1 :]
        elif what == "put":
            content = content[:start] + new + content[start:]
        elif what == "over":
            content = content[:start] + new + content[start + len(new) :]
        elif what == "drop":
            content = content[:start] + content[end:]
        elif what == "cut":
            content = content[:start]
        elif what == "twice":
            content = content[:end] + content[start:]
        elif what == "zeros":
            content = content[:start] + bytes(count) + content[end:]
    return content


def corpus(seeds: Sequence[bytes], count: int) -> Iterator[bytes]:
    """Yield so many changed contents, the same whenever this is called."""
    for number in range(count):
        chance = random.Random(number)
        content = seeds[number % len(seeds)]
        edits = [
            (
                chance.choice(
                    ["flip"] * 6 + ["put", "over", "over", "drop", "cut", "twice", "zeros"]
                ),
                # headers are short, and worth more than their share
                chance.random() ** chance.choice([1, 1, 4]),
                chance.randrange(41),
                chance.choice(WORDS),
            )
            for _ in range(chance.choice([1, 1, 2, 3, 8]))
        ]
        yield edited(content, edits)


def tried(use: Callable[[], object]) -> str:
    """Use an input; it is read, or refused in one line, soon. Return the line."""
    began, said = time.process_time(), ""
    try:
        use()
    except FacelabError as error:
        said = str(error)
        assert said.isprintable()
        assert 10 < len(said) <= 2001, said
    took = time.process_time() - began
    assert took < SECONDS, f"{took:.1f} s: {said}"
    return said


@contextmanager
def bounded() -> Iterator[None]:
    """Within the block, memory stays within its bound."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEMORY
