"""A comparison in a real browser: printed on two pages of A4, and read by axe-core."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
import re
import shutil
import subprocess
from importlib import resources
from pathlib import Path

import pytest

from tests.trials.test_page import compared, trial

pytestmark = pytest.mark.slow

NAMES = ("chromium", "chromium-browser", "google-chrome")

AXE = """{axe};
axe.run({{ resultTypes: ["violations"] }}).then((found) => parent.postMessage({{
  width: innerWidth,
  overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  violations: found.violations.map((one) => [one.impact, one.id, one.nodes[0].html]),
}}, "*"));"""

FRAMES = """<script>
const all = [];
onmessage = (event) => {
  all.push(event.data);
  if (all.length === 2) document.title = JSON.stringify(all);
};
</script>
<iframe src="dark.html" width="1200"></iframe><iframe src="light.html" width="400"></iframe>
<style>iframe { border: 0; height: 900px }</style>"""


@pytest.fixture(scope="module")
def browser() -> str:
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        missing = f"no browser: none of {', '.join(NAMES)} is installed"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{missing}; continuous integration must have one")
        pytest.skip(missing)
    return found


def look(browser: str, file: Path, *options: str) -> str:
    """Open a file and return what the browser prints."""
    command = [
        browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
        f"--user-data-dir={file.parent / 'profile'}", *options, file.as_uri(),
    ]  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=True).stdout


def test_six_trainings_of_eleven_people_print_on_two_pages(browser: str, tmp_path: Path) -> None:
    people = tuple(f"Person {number}" for number in range(11))
    page = compared(*(trial(rate, people=people) for rate in (0.001, 0.01, 0.1, 0.3, 0.5, 1)))
    file, pdf = tmp_path / "page.html", tmp_path / "page.pdf"
    file.write_text(page, encoding="utf-8")
    look(browser, file, "--no-pdf-header-footer", f"--print-to-pdf={pdf}")
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf.read_bytes())
    assert [(round(float(w)), round(float(h))) for w, h in boxes] == [(595, 842)] * 2


def test_axe_finds_nothing_dark_and_wide_nor_light_and_narrow(browser: str, tmp_path: Path) -> None:
    page = compared(*map(trial, (0.001, 0.01, 0.1, 0.3, 0.5, 1)))
    axe = resources.files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    script = AXE.format(axe=axe)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    light = page.replace("img-src data:", f"img-src data:; script-src 'sha256-{digest}'", 1)
    light = light.replace("</body>", f"<script>{script}</script></body>")
    dark = light.replace("@media screen and (prefers-color-scheme: dark)", "@media screen")
    assert dark != light
    (tmp_path / "light.html").write_text(light, encoding="utf-8")
    (tmp_path / "dark.html").write_text(dark, encoding="utf-8")
    (tmp_path / "frames.html").write_text(FRAMES, encoding="utf-8")
    seen = look(browser, tmp_path / "frames.html", "--dump-dom", "--virtual-time-budget=60000")
    title = re.search(r"<title>(.*?)</title>", seen)
    assert title is not None, "axe-core did not come to an end"
    found = json.loads(html.unescape(title[1]))
    assert [one["violations"] for one in found] == [[]] * 2
    assert sorted(one["width"] for one in found) == [400, 1200]
    assert [one["overflow"] for one in found] == [0] * 2
