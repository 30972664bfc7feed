"""``python -m facelab.languages``: adds what is new in the code to the catalogues, marked empty.

What changed is marked as fuzzy, what is gone is taken out. It needs Babel, and the clone.
"""

from __future__ import annotations

import sys
from pathlib import Path

from facelab.languages.language import HOME
from facelab.languages.sources import catalogue_of, updated

ROOT = HOME.parent.parent


def main(paths: list[str]) -> int:
    """Update the catalogues at some paths, else all of facelab's."""
    template = catalogue_of(ROOT)
    for path in map(Path, paths) if paths else sorted(HOME.glob("*.po")):
        left = updated(path, template)
        print(f"{path.name}: {len(template)} messages, {left} to translate")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
