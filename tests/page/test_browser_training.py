"""TensorFlow.js in a worker trains and answers as the core does, and passes the replay."""

from __future__ import annotations

import base64
import io
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page

from facelab.browsing.browser import chromium
from facelab.contract.history import History
from facelab.contract.parameters import PARAMETERS, Parameters
from facelab.contract.photos import Photos
from facelab.contract.system import Lesson
from facelab.contract.training import Head, TrainingRequest
from facelab.faces.embedding import Centring, Embedder
from facelab.faces.hog import FEATURES, hog
from facelab.gallery.gallery import Gallery
from facelab.gallery.image import encode_png
from facelab.judging.replay import UPDATES, Oracle, Told, wrong_answers, wrong_values
from facelab.learning.trainer import Trained, Trainer
from facelab.learning.training import photo_order
from facelab.page import tensorflowjs
from facelab.page.server import serving
from tests.conftest import ROOT
from tests.page.serving import TENSORFLOWJS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not TENSORFLOWJS.is_file(),
        reason="no TensorFlow.js: `npm install --prefix examples/tensorflow.js` gets it",
    ),
]

FOUR = ("Alex", "Amine", "Lara", "Naomie")

LEARN = """
async ({parameters, seed, stopAt, silence}) => {
  const {browser} = await import('/site/engine/browser.js');
  const engine = silence ? browser({silence}) : (window.engine ??= browser());
  const loss = [], accuracy = [], described = [];
  const tell = (from, l, a) => {
    if (from !== loss.length) throw new Error(`points from ${from}, not ${loss.length}`);
    loss.push(...l);
    accuracy.push(...a);
    return stopAt !== null && loss.length >= stopAt;
  };
  const describing = (done, total) => described.push([done, total]);
  try {
    const model = await engine.learn({parameters, seed}, tell, describing);
    return {model, loss, accuracy, described};
  } catch (error) {
    return {line: error.message, loss};
  }
}"""

ANSWER = """
async ({model, pictures, follow}) => {
  const {decoded} = await import('/site/engine/photos.js');
  const told = [];
  for (const picture of pictures) {
    const frame = await decoded(await (await fetch(picture)).blob());
    told.push((await window.engine.answer([model], frame, follow)).answers.get(model));
  }
  return told;
}"""


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """TensorFlow.js in a cache of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield tensorflowjs.get(TENSORFLOWJS)


def gallery(folder: Path, people: tuple[str, ...] | None) -> Path:
    """Make a gallery of the recorded photos of some people, or of all."""
    table = pd.read_csv(ROOT / "fixtures/manifest.csv", dtype=str, keep_default_na=False)
    table = table[table["set"] == "gallery"]
    if people:
        table = table[table["person"].isin(people)]
    for person in table["person"].unique():
        shutil.copytree(ROOT / "fixtures/gallery" / person, folder / "gallery" / person)
    table.to_csv(folder / "manifest.csv", index=False)
    return folder


@dataclass
class Class:
    """A gallery, the page that serves it, and the core beside it."""

    folder: Path
    page: Page

    @cached_property
    def photos(self) -> Photos:
        return Gallery(self.folder).photos()

    @cached_property
    def trainer(self) -> Trainer:
        return Trainer(hog=hog)

    def learn(
        self, parameters: Parameters, seed: int, stop_at: int | None = None, silence: int = 0
    ) -> Any:
        """Train in the browser, and return what it told."""
        chosen = {one.field: getattr(parameters, one.field) for one in PARAMETERS}
        asked = {"parameters": chosen, "seed": seed, "stopAt": stop_at, "silence": silence}
        return self.page.evaluate(LEARN, asked)

    def answers(self, model: str, pictures: Sequence[str], *, follow: int) -> NDArray[np.float32]:
        """Ask the browser about pictures at addresses."""
        asked = {"model": model, "pictures": pictures, "follow": follow}
        return np.array(self.page.evaluate(ANSWER, asked), np.float32)

    def get(self, path: str) -> Any:
        return self.page.evaluate("async (path) => (await fetch(path)).json()", path)

    def trained(self, model: str, history: History) -> Trained:
        """Return what the browser has learnt, for Python to answer by."""
        told = self.get(f"/api/models/{model}/weights")
        kernel, bias = floats(told["kernel"]).reshape(FEATURES, -1), floats(told["bias"])
        centring = Centring(floats(told["mean"]), told["norm"])
        embedder = Embedder(self.trainer.extractor, centring)
        return Trained(history, Head(kernel[None], bias[None]), embedder, self.photos.people)


@contextmanager
def seated(chrome: Browser, folder: Path, people: tuple[str, ...] | None) -> Iterator[Class]:
    with serving(gallery(folder, people)) as address:
        page = chrome.new_page()
        page.goto(address)
        yield Class(folder, page)
        page.close()


@pytest.fixture(scope="module")
def four(kept: Path, chrome: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    assert kept.is_file()
    with seated(chrome, tmp_path_factory.mktemp("four"), FOUR) as lesson:
        yield lesson


@pytest.fixture(scope="module")
def eleven(
    kept: Path, chrome: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Class]:
    assert kept.is_file()
    with seated(chrome, tmp_path_factory.mktemp("eleven"), None) as lesson:
        yield lesson


def floats(text: str) -> NDArray[np.float32]:
    return np.frombuffer(base64.b64decode(text), "<f4")


def check(lesson: Class, parameters: Parameters, seed: int, asked: int) -> None:
    """Train, and compare every value with the core's and the replay's, and some answers."""
    told = lesson.learn(parameters, seed)
    model, photos = told["model"], lesson.photos
    history = lesson.trainer.train(photos, TrainingRequest(parameters, [seed])).history
    assert len(told["loss"]) == model["updates"] == parameters.updates(len(photos))
    assert not model["interrupted"]
    assert np.abs(np.array(told["loss"]) - history.loss[0]).max() < 1e-3

    (given,) = lesson.trainer.lessons(photos, parameters, [seed])
    order = [batch[batch >= 0] for batch in history.photos[0]]
    learnt = Told(np.array(told["loss"]), np.array(told["accuracy"]), order)
    oracle = Oracle(given)
    assert wrong_values(oracle, learnt) == 0

    # the server keeps what was told
    curve = lesson.get(f"/api/models/{model['id']}/curve")
    assert np.array_equal(floats(curve["loss"]), np.array(told["loss"], np.float32))
    rows = lesson.page.evaluate(
        "async (path) => (await fetch(path)).text()", f"/api/models/{model['id']}/history.csv"
    )
    table = pd.read_csv(io.StringIO(rows))
    assert [np.fromstring(row, int, sep=" ").tolist() for row in table["photos"].astype(str)] == [
        batch.tolist() for batch in order
    ]
    used = table["learning rate"][table["loss"] > 0.01]
    assert np.allclose(used, parameters.learning_rate, rtol=0.01)

    # and both answer by it alike
    places = np.linspace(0, len(photos) - 1, asked).astype(int)
    pictures = [f"/api/photo?file={photos.labels['file'].iloc[place]}" for place in places]
    answers = np.zeros((len(photos), len(photos.people)), np.float32)
    answers[places] = lesson.answers(model["id"], pictures, follow=0)
    again = lesson.trained(model["id"], history).predict(photos.frames)[0]
    assert np.abs(again - answers)[places].max() < 1e-5
    if model["updates"] <= UPDATES:
        assert wrong_answers(oracle, learnt, answers) < 1e-5


@pytest.mark.parametrize(
    ("rate", "epochs", "batch"), [(0.001, 20, 16), (1, 20, 16), (1, 1, 1), (1, 100, 103)]
)
def test_trainings_of_four_people(four: Class, rate: float, epochs: int, batch: int) -> None:
    check(four, Parameters(rate, epochs, batch), seed=epochs, asked=12)


def test_ten_thousand_updates_of_one_photo(four: Class) -> None:
    check(four, Parameters(1.0, 100, 1), seed=3, asked=4)


@pytest.mark.parametrize("rate", [0.001, 1])
def test_trainings_of_eleven_people(eleven: Class, rate: float) -> None:
    check(eleven, Parameters(rate, 20, 16), seed=0, asked=11)


@pytest.mark.parametrize(
    ("photos", "features", "people", "batch"), [(20, 8, 2, 6), (9, 9, 3, 1), (7, 40, 3, 4)]
)
def test_lessons_of_other_sizes(
    four: Class, photos: int, features: int, people: int, batch: int
) -> None:
    chance = np.random.default_rng(photos)
    x = chance.normal(size=(photos, features)).astype(np.float32)
    x[1], x[2] = x[0], 0  # a photo that is there twice, and one that is the mean
    parameters = Parameters(0.3, 3, batch)
    kernel = chance.normal(size=(features, people)).astype(np.float32)
    labels = np.arange(photos, dtype=np.int32) % people
    bias = np.zeros(people, np.float32)
    order = photo_order(photos, parameters, 0)
    told = four.page.evaluate(
        """async ({x, kernel, order, ...lesson}) => {
          const tf = await import('/tensorflow.js');
          const {train} = await import('/site/engine/training.js');
          await tf.setBackend('cpu');
          const given = {
            embeddings: Float32Array.from(x), kernel: Float32Array.from(kernel),
            order: Int32Array.from(order), ...lesson,
          };
          const held = tf.memory().numTensors;
          const {loss, accuracy, kernel: learnt, bias} =
            await train(tf, given, async () => false, async () => {});
          return [...[loss, accuracy, learnt, bias].map((numbers) => [...numbers]),
            tf.memory().numTensors - held];
        }""",
        {
            "x": x.ravel().tolist(),
            "kernel": kernel.ravel().tolist(),
            "order": order.ravel().tolist(),
            "labels": labels.tolist(),
            "people": people,
            "batchSize": batch,
            "rate": parameters.learning_rate,
        },
    )
    loss, accuracy, learnt, moved = (np.array(values) for values in told[:4])
    oracle = Oracle(Lesson(x, labels, people, parameters, 0, kernel, bias))
    batches = [row[row >= 0] for row in order]
    assert wrong_values(oracle, Told(loss, accuracy, batches)) == 0
    logits = x @ learnt.reshape(kernel.shape) + moved
    assert np.abs(logits - oracle.replay(batches).logits).max() < 1e-4
    assert told[4] == 0  # no tensor is left behind


def test_what_was_learnt_before_a_stop_is_kept(four: Class) -> None:
    parameters = Parameters(1.0, 100, 1)
    told = four.learn(parameters, 5, stop_at=200)
    model = told["model"]
    assert 200 <= model["updates"] == len(told["loss"]) < 10_300
    assert model["interrupted"]
    whole = four.trainer.train(four.photos, TrainingRequest(parameters, [5])).history
    assert np.abs(np.array(told["loss"]) - whole.loss[0, : len(told["loss"])]).max() < 1e-3


def test_a_stop_before_the_first_update_is_told(four: Class) -> None:
    told = four.learn(Parameters(1.0, 1, 16), 0, stop_at=0)
    assert told["line"] == "the training was interrupted before its first update"


def test_photos_are_described_once(four: Class) -> None:
    four.learn(Parameters(1.0, 1, 16), 0)
    asked: list[str] = []
    four.page.on("request", lambda request: asked.append(request.url))
    told = four.learn(Parameters(1.0, 1, 16), 1)
    assert told["described"][-1] == [103, 103]
    assert not [url for url in asked if "/api/photo" in url]


def test_a_face_is_followed_through_a_clip(four: Class) -> None:
    parameters = Parameters(1.0, 20, 16)
    model = four.learn(parameters, 0)["model"]["id"]
    film = cv2.VideoCapture(str(ROOT / "fixtures/clips/visit.mp4"))
    frames = [film.read()[1] for _ in range(400)][230::10]
    four.page.route("**/clip/*", lambda route: route.fulfill(
        body=encode_png(frames[int(route.request.url.rsplit("/", 1)[1])])
    ))  # fmt: skip
    history = four.trainer.train(four.photos, TrainingRequest(parameters, [0])).history
    (watched,) = four.trained(model, history).watch([frames])
    for showing in (1, 2):  # a second showing begins anew
        pictures = [f"/clip/{number}" for number in range(len(frames))]
        answers = four.answers(model, pictures, follow=showing)
        assert np.abs(answers - watched[0]).max() < 1e-5
    assert 0 < answers.any(axis=1).sum() < len(frames)  # somebody comes or goes


# What goes wrong is one line, and the next training is as good as any.


def test_without_tensorflow_js_its_line_says_how_to_get_it(four: Class, kept: Path) -> None:
    content = kept.read_bytes()
    four.page.reload()
    kept.unlink()
    assert "facelab page --get-tensorflowjs" in four.learn(Parameters(1.0, 1, 16), 0)["line"]
    kept.write_bytes(content[:-1] + b" ")
    assert "facelab page --get-tensorflowjs" in four.learn(Parameters(1.0, 1, 16), 0)["line"]
    kept.write_bytes(content)
    assert four.learn(Parameters(1.0, 1, 16), 0)["model"]["updates"] == 7


@pytest.mark.parametrize(
    ("breaks", "line"),
    [
        ("setTimeout(() => { throw new Error('out of memory'); })", "out of memory"),
        ("for (;;);", "no sign of life for 3 seconds"),
    ],
)
def test_a_worker_that_breaks_off_is_told_and_replaced(four: Class, breaks: str, line: str) -> None:
    four.page.reload()
    body = f"export const setBackend = () => new Promise(() => {{ {breaks} }});"
    four.page.context.route(
        "**/tensorflow.js",
        lambda route: route.fulfill(body=body, content_type="text/javascript"),
        times=1,
    )
    told = four.learn(Parameters(1.0, 1, 16), 0, silence=3000)
    assert line in told["line"]
    assert "\n" not in told["line"]
    assert four.learn(Parameters(1.0, 1, 16), 0)["model"]["updates"] == 7


def test_a_worker_that_answers_is_not_given_up(four: Class) -> None:
    answered = four.page.evaluate("""async () => {
      const {browser} = await import('/site/engine/browser.js');
      const engine = browser({silence: 5000}), began = performance.now();
      const frame = {rgba: new Uint8ClampedArray(64 * 48 * 4), width: 64, height: 48};
      let count = 0;
      for (; count < 300 || performance.now() - began < 6000; count++) await engine.describe(frame);
      return count;
    }""")
    assert answered >= 300


def test_an_engine_whose_files_are_missing_is_told(four: Class) -> None:
    four.page.reload()
    four.page.context.route("**/site/engine/lesson.js", lambda route: route.abort(), times=1)
    told = four.learn(Parameters(1.0, 1, 16), 0)
    assert told["line"].startswith("this browser's engine broke off")
    assert four.learn(Parameters(1.0, 1, 16), 0)["model"]["updates"] == 7


def test_what_the_server_refuses_is_its_line(four: Class) -> None:
    told = four.learn(Parameters(1.0, 1, 104), 0)
    assert "batch" in told["line"]
    assert not told["loss"]
