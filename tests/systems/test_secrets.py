"""Of a command only its program's name is written down: its arguments may hold keys."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from facelab.cli import main
from tests.conftest import ROOT

ENDS_EARLY = "import sys\nsys.exit('out of order')\n"
ENDS_LATER = """
import json, sys
task = json.loads(sys.stdin.readline())
about = {"id": 1, "facelab": 2, "name": "tiny", "version": "1", "capabilities": []}
print(json.dumps(about), flush=True)
sys.stdin.readline()
"""
KEY = "hush-0123456789"


@pytest.mark.slow
@pytest.mark.parametrize("script", [ENDS_EARLY, ENDS_LATER], ids=["early", "later"])
def test_no_argument_is_written_anywhere(tmp_path: Path, script: str) -> None:
    (tmp_path / "trainer.py").write_text(script)
    command = f"command: {sys.executable} {tmp_path / 'trainer.py'} --api-key={KEY}"
    report, junit = tmp_path / "report", tmp_path / "junit.xml"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "features/T2_high_learning_rate.feature", "-vv", "-l",
         "-rA", "--tb=long", "--seeds=1", f"--system={command}", f"--report={report}",
         f"--junitxml={junit}", "-p", "no:cacheprovider"],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")},
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    written = [done.stdout, done.stderr, junit.read_text("utf-8")]
    written += [path.read_text("utf-8") for path in report.iterdir()]
    assert len(written) == 5
    name = Path(sys.executable).name
    expected = f"{name}: describe: it ended" if script == ENDS_EARLY else "tiny: learn: it ended"
    assert expected in written[2]
    for text in written:
        assert KEY not in text
        assert "--api-key" not in text


@pytest.mark.slow
@pytest.mark.parametrize("script", [ENDS_EARLY, ENDS_LATER], ids=["early", "later"])
def test_nor_by_the_doctor(
    tmp_path: Path,
    script: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "trainer.py").write_text(script)
    monkeypatch.chdir(ROOT)
    command = f"command: {sys.executable} {tmp_path / 'trainer.py'} --api-key={KEY}"
    assert main(["doctor", "--system", command]) in (1, 2)
    told = capsys.readouterr()
    assert KEY not in told.out + told.err
    assert str(tmp_path) not in told.out + told.err
