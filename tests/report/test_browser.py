"""The page in a real browser: printed on A4, filtered by its script, read by axe-core."""

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

from facelab.report.document import render
from facelab.report.record import Record, read_record
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

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


AXE = """<script>{axe}</script><script>
axe.run({{ resultTypes: ["violations"] }}).then((found) => parent.postMessage({{
  width: innerWidth,
  overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  checked: found.passes.length,
  violations: found.violations.map((one) => [one.impact, one.id, one.nodes[0].html]),
}}, "*"));
</script></body>"""

FRAMES = """<script>
const all = [];
onmessage = (event) => {
  all.push(event.data);
  if (all.length === 4) document.title = JSON.stringify(all);
};
</script>
<iframe src="light.html" width="1200"></iframe><iframe src="light.html" width="400"></iframe>
<iframe src="dark.html" width="1200"></iframe><iframe src="dark.html" width="400"></iframe>
<style>iframe { border: 0; height: 900px }</style>"""


@pytest.fixture(scope="module")
def browser() -> str:
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        missing = f"no browser to print with: none of {', '.join(NAMES)} is installed"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{missing}; continuous integration must have one")
        pytest.skip(missing)
    return found


POLICY = "script-src "


def hash_of(script: str) -> str:
    """A script as a Content-Security-Policy names it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def with_scripts(page: str, scripts: str) -> str:
    """A page that has more scripts at its end, and allows them."""
    hashes = " ".join(map(hash_of, re.findall(r"<script>(.*?)</script>", scripts, re.DOTALL)))
    assert page.count(POLICY) == 1
    return page.replace(POLICY, f"{POLICY}{hashes} ").replace("</body>", scripts)


def complaints(browser: str, folder: Path, page: str) -> list[str]:
    """What a browser writes to its console about a page, once it has been clicked on."""
    (folder / "page.html").write_text(page, encoding="utf-8")
    done = subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
         f"--user-data-dir={folder / 'profile'}", "--dump-dom", (folder / "page.html").as_uri()],
        capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip
    return [line for line in done.stderr.splitlines() if ":CONSOLE" in line]


def look(browser: str, folder: Path, page: str, *options: str) -> str:
    """Open a page and return what the browser prints."""
    (folder / "page.html").write_text(page, encoding="utf-8")
    command = [
        browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
        "--disable-background-networking", f"--user-data-dir={folder / 'profile'}", *options,
        (folder / "page.html").as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    return done.stdout


def test_it_prints_on_a4(browser: str, page: str, tmp_path: Path) -> None:
    look(browser, tmp_path, page, "--no-pdf-header-footer", f"--print-to-pdf={tmp_path / 'p.pdf'}")
    pdf = (tmp_path / "p.pdf").read_bytes()
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    sizes = {(round(float(w)), round(float(h))) for w, h in boxes}
    assert sizes == {(595, 842)}
    # Cover, contents to matrix, 2 families with their sheets, annexes, signature.
    assert 8 <= len(boxes) <= 12


def pages(browser: str, folder: Path, page: str) -> int:
    """How many pages of paper a page takes."""
    look(browser, folder, page, "--no-pdf-header-footer", f"--print-to-pdf={folder / 'p.pdf'}")
    return len(re.findall(rb"/MediaBox", (folder / "p.pdf").read_bytes()))


def test_the_book_is_printed_on_few_pages(browser: str, tmp_path: Path) -> None:
    record = read_record(ROOT / "reports" / "example" / "acceptance.json")
    record.families = [family for family in record.families if family.id != "T5"]
    # folded sheets are printed too, also without the script
    page = re.sub(r"<script>.*?</script>", "", render(record), flags=re.DOTALL)
    assert page.count("<details>") > 30
    assert 20 < pages(browser, tmp_path, page) <= 33


def test_what_is_short_is_five_pages(browser: str, bad: Record, tmp_path: Path) -> None:
    for record in (bad, read_record(ROOT / "reports" / "example" / "acceptance.json")):
        page = render(record, short=True)
        assert pages(browser, tmp_path, page) <= 5
        assert "<script" not in page.partition("<body")[2]
        there = set(re.findall(r' id="([^"]+)"', page))
        assert set(re.findall(r'href="#([^"]+)"', page)) <= there
        assert "Decision of the project owner" in page


def test_the_script_filters_and_folds(browser: str, page: str, tmp_path: Path) -> None:
    seen = look(browser, tmp_path, with_scripts(page, CLICK), "--dump-dom")
    title = re.search(r"<title>(.*?)</title>", seen)
    assert title is not None
    assert title[1] == "t1-5; t1; 0; 1 of 8 scenarios"


def test_its_policy_lets_its_own_script_run_and_no_other(
    browser: str, page: str, tmp_path: Path
) -> None:
    assert complaints(browser, tmp_path, with_scripts(page, CLICK)) == []
    strange = (
        "<script>document.title = 'ran'</script><img src=x onerror=\"document.title='ran'\">"
        "<img src='https://example.org/x'><iframe src='data:text/html,x'></iframe>"
        "<link rel=stylesheet href='https://example.org/x.css'></body>"
    )
    said = complaints(browser, tmp_path, page.replace("</body>", strange))
    blocked = [line for line in said if "Content Security Policy" in line]
    assert len(blocked) >= 5
    seen = look(browser, tmp_path, page.replace("</body>", strange), "--dump-dom")
    assert "<title>ran</title>" not in seen


def test_axe_finds_nothing_light_or_dark_wide_or_narrow(
    browser: str, page: str, tmp_path: Path
) -> None:
    axe = resources.files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    light = with_scripts(page, AXE.format(axe=axe))
    dark = light.replace("@media screen and (prefers-color-scheme: dark)", "@media screen")
    assert dark != light
    (tmp_path / "light.html").write_text(light, encoding="utf-8")
    (tmp_path / "dark.html").write_text(dark, encoding="utf-8")
    seen = look(browser, tmp_path, FRAMES, "--dump-dom", "--virtual-time-budget=60000")
    title = re.search(r"<title>(.*?)</title>", seen)
    assert title is not None, "axe-core did not come to an end"
    found = json.loads(html.unescape(title[1]))
    assert [one["violations"] for one in found] == [[]] * 4
    assert sorted(one["width"] for one in found) == [400, 400, 1200, 1200]
    assert [one["overflow"] for one in found] == [0] * 4
    assert min(one["checked"] for one in found) > 20
