"""Split: divides a person's photos into training photos and probes.

Photos of one burst are nearly the same: on both sides of the split they would test the classifier
on its training photos. A burst is given by a label, else by photos taken within seconds of each
other, else by neighbouring numbers of files.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise

FEWEST = 9
"""Photos that a person needs: 8 to learn from, as T0 demands, and 1 to be asked about."""

LEARNT, ASKED = 8, 3
"""Photos to learn from at least, and probes at least where there are enough photos."""

SECONDS = 10.0
"""Photos taken so shortly after each other are one burst."""

_NAMED = re.compile(r"(20\d\d)[-_.]?(\d\d)[-_.]?(\d\d)[-_ T.]+(\d\d)[-_.:h]?(\d\d)[-_.:m]?(\d\d)")
_EXIF = re.compile(rb"(?:19|20)\d\d:\d\d:\d\d \d\d:\d\d:\d\d")
_HEAD = 65536  # EXIF stands in a JPEG's first segment, which is no longer


def taken(name: str, content: bytes) -> float | None:
    """Return when a photo was taken, in seconds of some clock, from EXIF or its file's name.

    Of several times in EXIF the earliest counts: the others are those of copying and editing.
    """
    times = [match.decode() for match in _EXIF.findall(content[:_HEAD])]
    if match := _NAMED.search(name):
        times.append("{}:{}:{} {}:{}:{}".format(*match.groups()))
    for text in sorted(times):
        try:
            return datetime.strptime(text, "%Y:%m:%d %H:%M:%S").replace(tzinfo=UTC).timestamp()
        except ValueError:
            continue  # a number that only looks like a time
    return None


def natural(name: str) -> list[tuple[int, str]]:
    """Return a key that sorts names as one counts: photo 2 before photo 10.

    >>> sorted(["p10", "p2"], key=natural)
    ['p2', 'p10']
    """
    parts = re.findall(r"[0-9]+|[^0-9]+", name)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def bursts(names: Sequence[str], times: Sequence[float | None]) -> list[list[int]]:
    """Return the bursts of one person's photos, each as positions in ``names``, in their order."""
    known = [time for time in times if time is not None]
    if names and len(known) == len(names):
        order = sorted(range(len(names)), key=lambda i: (known[i], natural(names[i])))
        apart = [known[b] - known[a] > SECONDS for a, b in pairwise(order)]
    else:
        order = sorted(range(len(names)), key=lambda i: natural(names[i]))
        apart = [not _neighbours(names[a], names[b]) for a, b in pairwise(order)]
    found: list[list[int]] = []
    for new, photo in zip([True, *apart], order, strict=False):
        if new:
            found.append([])
        found[-1].append(photo)
    return found


def _neighbours(one: str, other: str) -> bool:
    """Return whether one name follows another as 8 follows 7; true for names without numbers."""
    a, b = re.findall(r"[0-9]+", one), re.findall(r"[0-9]+", other)
    if not a or not b:
        return True
    steps = [int(y) - int(x) for x, y in zip(a, b, strict=False) if int(x) != int(y)]
    return len(a) != len(b) or steps in ([], [1])


def probes(bursts: Sequence[Sequence[int]]) -> set[int]:
    """Return the photos that are probes: about a quarter, spread over the bursts, none parted.

    At least 8 photos are left to learn from, and 3 are probes where there are 11. Where bursts are
    too long for that, neighbours are parted in as few places as need be. For 9 photos and more.
    """
    count = sum(map(len, bursts))
    wanted = min(max(ASKED, round(count / 4)), count - LEARNT)
    length = max(ASKED, count // 12)
    cut = [burst[i : i + length] for burst in bursts for i in range(0, len(burst), length)]
    for groups in (bursts, cut):
        chosen = _spread(groups, count, wanted)
        if max(min(ASKED, count - LEARNT), wanted / 2) <= len(chosen) <= 1.5 * wanted:
            return chosen
    photos = [photo for burst in bursts for photo in burst]
    start = (count - wanted) // 2
    return set(photos[start : start + wanted])


def _spread(groups: Sequence[Sequence[int]], count: int, wanted: int) -> set[int]:
    """Take a group whenever that brings the share of probes nearer to the wanted one."""
    chosen: set[int] = set()
    owed = 0.0
    for group in groups:
        owed += len(group) * wanted / count
        if owed >= len(group) / 2 and len(chosen) + len(group) <= count - LEARNT:
            chosen.update(group)
            owed -= len(group)
    return chosen
