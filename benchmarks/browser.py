"""The page's engine in a browser: training beside TensorFlow.js' own ways, and what it is to wait.

Everything runs in Chromium, in workers, on the backend ``cpu``, with a value for every update.
"""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import pandas as pd
from playwright.sync_api import Page

from benchmarks.data import FOUR, ROOT, Task, gallery
from benchmarks.rounds import Build, Method
from benchmarks.tables import Sheet
from facelab.browsing.browser import chromium
from facelab.contract.parameters import Parameters
from facelab.gallery.image import encode_png
from facelab.page.server import serving

BASE = "LayersModel.trainOnBatch"

METHODS = {
    BASE: ("trainOnBatch", 1),
    "LayersModel.fit, onBatchEnd": ("fit", 1),
    "facelab in the browser": ("facelab", 20),
}
"""Names of the worker's methods, and how many times as many epochs they train."""

TRAIN = """([method, size, epochs]) => new Promise((done, failed) => {
  const worker = (window.benchmark ??= new Worker('/benchmark/worker.js', {type: 'module'}));
  worker.onmessage = ({data}) => done(data);
  worker.onerror = (event) => failed(new Error(event.message));
  worker.postMessage({method, size, epochs});
})"""

LEARN = """async ([parameters, seed]) => {
  const {browser} = await import('/site/engine/browser.js');
  const engine = (window.engine ??= browser());
  const tasks = [], loss = [];
  const watch = new PerformanceObserver((list) => tasks.push(...list.getEntries()));
  watch.observe({type: 'longtask'});
  const began = performance.now();
  let first = 0;
  const model = await engine.learn({parameters, seed}, (from, values) => {
    if (values.length) first ||= performance.now() - began;
    loss.push(...values);
    return false;
  });
  const seconds = (performance.now() - began) / 1000;
  watch.disconnect();
  return {
    seconds, first: first / 1000, updates: loss.length, kept: model.updates,
    longest: tasks.reduce((most, task) => Math.max(most, task.duration), 0),
  };
}"""

LOOK = """async ([picture, frames]) => {
  const {browser} = await import('/site/engine/browser.js');
  const {decoded} = await import('/site/engine/photos.js');
  const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
  const frame = await decoded(new Blob([bytes]));
  const engine = (window.engine ??= browser()), times = [];
  for (let i = 0; i < frames; i++) {
    const began = performance.now();
    await engine.describe(frame);
    times.push(performance.now() - began);
  }
  return times.slice(frames / 2);
}"""


@contextmanager
def page(people: int, photos: int = 10_000) -> Iterator[Page]:
    """Open the page's own server on recorded photos in Chromium."""
    table = pd.read_csv(ROOT / "fixtures/manifest.csv", dtype=str, keep_default_na=False)
    table = table[table["set"] == "gallery"]
    if people == len(FOUR):
        table = table[table["person"].isin(FOUR)]
    table = table.head(photos)
    with TemporaryDirectory() as name, chromium() as browser:
        folder = Path(name)
        for file in table["file"]:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / "fixtures" / file, folder / file)
        table.to_csv(folder / "manifest.csv", index=False)
        with serving(folder) as address:
            opened = browser.new_page()
            opened.goto(address)
            yield opened


def methods(opened: Page, task: Task, size: int) -> list[tuple[str, Build]]:
    """Return what trains on batches of ``size`` in the browser."""
    script = Path(__file__).with_name("browser_worker.js").read_text("utf-8")
    about = json.dumps({"labels": task.y.tolist(), "people": task.people})
    contents = {"worker.js": (script, "text/javascript"), "task": (about, "application/json")}
    for name, (body, kind) in contents.items():
        answer = partial(_answer, body=body, kind=kind)
        opened.context.route(f"**/benchmark/{name}", answer)
    x = partial(_answer, body=task.x.tobytes(), kind="application/octet-stream")
    opened.context.route("**/benchmark/x", x)

    def build(name: str, method: str, epochs: int) -> Method:
        return Method(name, lambda: opened.evaluate(TRAIN, [method, size, epochs]), timed=True)

    return [(name, partial(build, name, *told)) for name, told in METHODS.items()]


def _answer(route: Any, body: str | bytes, kind: str) -> None:
    route.fulfill(body=body, content_type=kind)


def waiting(rounds: int) -> Sheet:
    """Measure trainings through the page's own server, and frames that are looked at."""
    rows = []
    for people, photos, parameters in (
        (4, 103, Parameters(1.0, 100, 1)),
        (11, 200, Parameters(1.0, 1000, 5)),
    ):
        with page(people, photos) as opened:
            chosen = {
                "learning_rate": parameters.learning_rate,
                "epochs": parameters.epochs,
                "batch_size": parameters.batch_size,
            }
            told = [opened.evaluate(LEARN, [chosen, seed]) for seed in range(min(rounds, 3))]
            # the first one describes the photos, too
            again = min(told[1:] or told, key=lambda one: float(one["seconds"]))
            rows += [
                (
                    f"{again['kept']:,} updates, batches of {parameters.batch_size}: the first",
                    f"{told[0]['seconds']:.1f} s, {told[0]['first']:.1f} s of which until a value",
                ),
                ("… another on the same photos", f"{again['seconds']:.1f} s"),
                (
                    "… longest task of the page's own thread",
                    f"{max(one['longest'] for one in told):.0f} ms (0: none over 50)",
                ),
            ]
            if people == len(FOUR):
                rows += [_looked(opened, size) for size in ((640, 480), (1280, 720))]
    return Sheet("What it is to wait for the browser", ("", "measured"), rows)


def _looked(opened: Page, size: tuple[int, int]) -> tuple[str, str]:
    photo = cv2.imread(str(ROOT / "fixtures/seating/001.jpg"))
    picture = base64.b64encode(encode_png(cv2.resize(photo, size))).decode()
    times = sorted(opened.evaluate(LOOK, [picture, 120]))
    middle, late = times[len(times) // 2], times[int(0.95 * len(times))]
    told = f"{middle:.1f} ms, 95 % within {late:.1f} ms"
    return f"a frame of {size[0]} x {size[1]}, to boxes and remark", told


def sheets(rounds: int, say: Any) -> Iterator[Sheet]:
    """Measure all."""
    from benchmarks import tables
    from benchmarks.rounds import measure

    with page(len(FOUR)) as opened:
        for size in (1, 16):
            results = measure(methods(opened, gallery(len(FOUR)), size), rounds, say=say)
            title = f"Training in the browser: {gallery(len(FOUR)).name}, batches of {size}"
            yield tables.of_rates(title, results, "updates")
    say("waiting for the browser")
    yield waiting(rounds)
