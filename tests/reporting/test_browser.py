"""The page in a real browser: printed on A4, and filtered by its script."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")

CLICK = """<script>
const verdict = document.getElementById("filter-verdict");
verdict.value = "refused";
verdict.dispatchEvent(new Event("change"));
document.getElementById("fold").click();
document.title = [
  [...document.querySelectorAll(".sheet:not([hidden])")].map((sheet) => sheet.id),
  [...document.querySelectorAll(".family:not([hidden])")].map((family) => family.id),
  document.querySelectorAll("details[open]").length,
  document.getElementById("filter-count").textContent,
].join("; ");
</script></body>"""


@pytest.fixture(scope="module")
def browser() -> str:
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        missing = f"no browser to print with: none of {', '.join(NAMES)} is installed"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{missing}; continuous integration must have one")
        pytest.skip(missing)
    return found


def look(browser: str, folder: Path, page: str, *options: str) -> str:
    """Open a page and return what the browser prints."""
    (folder / "page.html").write_text(page, encoding="utf-8")
    command = [
        browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
        "--disable-background-networking", f"--user-data-dir={folder / 'profile'}", *options,
        (folder / "page.html").as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout


def test_it_prints_on_a4(browser: str, page: str, tmp_path: Path) -> None:
    look(browser, tmp_path, page, "--no-pdf-header-footer", f"--print-to-pdf={tmp_path / 'p.pdf'}")
    pdf = (tmp_path / "p.pdf").read_bytes()
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    sizes = {(round(float(w)), round(float(h))) for w, h in boxes}
    assert sizes == {(595, 842)}
    # Cover, contents with anomalies, summary, matrix, two families, annexes, signature.
    assert 8 <= len(boxes) <= 16


def test_the_script_filters_and_folds(browser: str, page: str, tmp_path: Path) -> None:
    seen = look(browser, tmp_path, page.replace("</body>", CLICK), "--dump-dom")
    title = re.search(r"<title>(.*?)</title>", seen)
    assert title is not None
    assert title[1] == "t1-5; t1; 0; 1 of 8 scenarios"
