"""facelab report: from a record on disk to a page, in one line and without TensorFlow."""

import subprocess
import sys
from pathlib import Path

import pytest

from facelab.contract.errors import FacelabError
from facelab.report.record import read_record

WHOLE = (
    '{"schema": 2, "families": [], "document": {}, "run": {}, "waivers": [], "phrases": [], '
    '"recordings": {}}'
)

LOOK = """
import sys
from facelab.cli import main
status = main(["report", sys.argv[1], "-o", sys.argv[2]])
heavy = {"tensorflow", "keras", "scipy", "pandas", "cv2"} & {m.split(".")[0] for m in sys.modules}
sys.exit(status or (f"imported {heavy}" if heavy else 0))
"""


@pytest.mark.slow
def test_the_command_writes_the_page_without_tensorflow(
    page: str, written: Path, tmp_path: Path
) -> None:
    output = tmp_path / "page.html"
    done = subprocess.run(
        [sys.executable, "-c", LOOK, written, output], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{output}: refused, 8 scenarios\n"
    assert output.read_text(encoding="utf-8") == page


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "not a facelab report"),
        ("[]", "not a facelab report"),
        ('{"schema": 1}', "received schema 1, allowed is 2; run pytest again"),
        (
            '{"schema": 2}',
            "not a facelab report ($: 'document' is a required property); run pytest",
        ),
        (WHOLE.replace('"families": []', '"families": [{}]'), "$.families[0]: 'id' is a required"),
        (WHOLE.replace('"run": {}', '"run": {"seeds": ["five"]}'), "$.run.seeds[0]: 'five' is not"),
        (WHOLE.replace('"waivers": []', '"waivers": [{}]'), "$.waivers[0]: 'scenario' is a req"),
    ],
)
def test_a_file_that_is_no_record_is_one_clear_line(
    content: str, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "acceptance.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(FacelabError) as caught:
        read_record(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_record_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FacelabError, match=r"no such file or directory; run pytest to write a rep"):
        read_record(tmp_path / "none.json")
