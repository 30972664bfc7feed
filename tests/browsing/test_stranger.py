"""Pages of other makes: each way in which a description may say how one films, learns, answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser

from facelab.browsing.description import read_description
from facelab.browsing.learnt import Counting
from facelab.browsing.stranger import Stranger
from facelab.contract.errors import SystemFault, Unoffered
from facelab.contract.parameters import Parameters
from facelab.contract.photos import Photos
from facelab.contract.training import TrainingRequest
from facelab.gallery.source import Recording
from tests.browsing.serving import STRANGE, changed, serving

pytestmark = pytest.mark.slow

Edits = Mapping[str, Mapping[str, str]]
Opened = Callable[[Edits, Mapping[str, str]], Stranger]

REQUEST = TrainingRequest(Parameters(epochs=2), (7,))


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Opened]:
    """A function that opens the strange page, changed, by a description that is changed alike."""
    with ExitStack() as closing:

        def page(edits: Edits, description: Mapping[str, str]) -> Stranger:
            file = tmp_path / "page.toml"
            patient = {"wait = 10.0": "wait = 300.0", **description}  # on a busy computer, too
            text = changed((STRANGE / "page.toml").read_text("utf-8"), patient)
            file.write_text(text, "utf-8")
            address = closing.enter_context(serving(edits))
            made = Stranger(browser, address, read_description(file), tmp_path)
            closing.callback(made.close)
            return made

        yield page


@pytest.fixture
def photos(frames: Recording) -> Photos:
    """Five photos of four people, with patterns of their own."""
    return frames.photos("gallery")


def test_what_it_says_of_itself(opened: Opened, photos: Photos) -> None:
    page = opened({}, {'version = "1"\n': ""})
    assert page.name == "the strange page"
    assert page.capabilities == {"stop"}
    assert page.version.startswith("at http://127.0.0.1:")
    assert page.limits == {"accuracy", "probabilities", "exact count", "seeds"}
    history = page.train(photos, REQUEST).history
    assert history.loss.shape == (1, 4)
    assert abs(history.loss[0, 0] - np.log(4)) < 1
    assert np.isnan(history.accuracy).all()
    assert history.batch_sizes.tolist() == [[16, 4] * 2]


def test_it_answers_what_it_is_shown(opened: Opened, photos: Photos) -> None:
    learnt = opened({}, {}).train(photos, TrainingRequest(Parameters(epochs=90), (0, 1)))
    given = learnt.predict(photos.frames)
    assert given.shape == (2, 20, 4)
    assert (given.argmax(axis=2) == photos.numbers(photos.people)).mean() > 0.9
    assert np.array_equal(given.sum(axis=2), np.ones((2, 20)))


def test_it_is_interrupted(opened: Opened, photos: Photos) -> None:
    request = TrainingRequest(Parameters(epochs=50_000), (0,), stop=lambda values: values >= 20)
    assert 20 <= opened({}, {}).train(photos, request).history.updates < 100_000


def test_a_page_that_looks_when_it_likes(opened: Opened, photos: Photos) -> None:
    looks = {
        "const next = () => screen.requestVideoFrameCallback(() => { look(screen); next(); });":
        "const next = () => requestAnimationFrame(() => { look(screen); next(); });"
    }  # fmt: skip
    description = {'counter = "#looked"': "after = 3", "hold = true": "hold = true\nseveral = true"}
    learnt = opened({"strange.js": looks}, description).train(
        photos, TrainingRequest(Parameters(epochs=90), (0,))
    )
    given = learnt.predict(photos.frames[::2])
    assert (given[0].argmax(axis=1) == photos.numbers(photos.people)[::2]).all()


def test_a_name_and_a_click(opened: Opened, photos: Photos) -> None:
    edits = {
        "index.html": {
            '<span id="people"></span></p>': '<span id="people"></span> <input id="who">'
            '<button id="snap">Snap</button> <i id="all">0 photos</i></p>'
        },
        "strange.js": {
            "let held = -1,": "const names = []; at('snap').onclick = () => {"
            " const name = at('who').value; if (!names.includes(name)) names.push(name);"
            " held = names.indexOf(name); look(at('screen')); held = -1;"
            " at('all').textContent = `${photos.length} photos`; };\nlet held = -1,"
        },
    }
    description = {
        'buttons = ["#person-0", "#person-1", "#person-2", "#person-3"]': 'buttons = ["#snap"]',
        'counters = ["#count-0", "#count-1", "#count-2", "#count-3"]': 'counters = ["#all"]',
        "hold = true": 'name = "#who"',
    }
    assert opened(edits, description).train(photos, REQUEST).history.updates == 4


def test_shares_silence_attributes_probabilities_and_seeds(opened: Opened, photos: Photos) -> None:
    edits = {
        "index.html": {
            'passes <input id="passes"': '<select id="part"><option>0.8</option><option>1</option>'
            '</select> <input id="seed"> passes <input id="passes"'
        },
        "strange.js": {
            "start += BATCH": "start += photos.length * at('part').value",
            "order.slice(start, start + BATCH)": "order.slice(start, start + photos.length *"
            " at('part').value)",
            "at('loss').textContent = 'learnt it';": "",
            "at('said').textContent = `It is": "for (let c = 0; c < 4; c++)"
            " at(`count-${c}`).textContent = p[c]; at('desk').dataset.who ="
            " `n${p.indexOf(Math.max(...p))}`; at('said').textContent = `It is",
        },
    }
    description = {
        "batch_size = { fixed = 16.0 }": 'batch_size = { field = "#part", share = true }\n'
        'seed = { field = "#seed" }',
        'at = "#loss"\ndone = "learnt it"\n': "quiet = 1.0\n",
        'at = "#said"\nsays = ["number 1!", "number 2!", "number 3!", "number 4!"]':
        'at = "#desk"\nattribute = "data-who"\nsays = ["n0", "n1", "n2", "n3"]\n'
        'probabilities = ["#count-0", "#count-1", "#count-2", "#count-3"]',
    }  # fmt: skip
    page = opened(edits, description)
    assert page.limits == {"accuracy", "exact count"}
    learnt = page.train(photos, TrainingRequest(Parameters(epochs=30), (5,)))
    assert learnt.history.updates == 30 * 2
    assert page.tab(learnt.tabs[0]).text("#seed") == "5"
    given = learnt.predict(photos.frames[:4])
    assert np.allclose(given.sum(axis=2), 1)
    assert given.min() > 0
    with pytest.raises(Unoffered, match=r"does not offer a batch size of 0\.5, but 0\.8, 1$"):
        page.train(photos, TrainingRequest(Parameters(batch_size=10), (5,)))


def test_silence_in_the_midst_of_a_training_is_no_end(opened: Opened, photos: Photos) -> None:
    """A computer that is busy with something else makes a page pause as if it had ended."""
    edits = {
        "strange.js": {
            "const mean = new": "at('loss').textContent = 'learning'; const mean = new",
            "at('loss').textContent = `loss ${loss}`;": "await new Promise((done) =>"
            " setTimeout(done, 300)); at('loss').textContent = `loss ${loss}`;",
            "at('loss').textContent = 'learnt it';": "",
        }
    }
    page = opened(edits, {'at = "#loss"\ndone = "learnt it"\n': "quiet = 0.1\n"})
    assert page.train(photos, REQUEST).history.updates == 4


def test_a_csv_file(opened: Opened, photos: Photos) -> None:
    edits = {
        "index.html": {'<p id="loss">': '<a id="values">values</a><p id="loss">'},
        "strange.js": {
            "at('loss').textContent = `loss ${loss}`;": "rows.push(`${loss},${0.5},"
            "${batch.join(' ')}`); at('loss').textContent = rows.length;",
            "at('loss').textContent = 'learnt it';": "at('values').href ="
            " `data:text/csv,${encodeURIComponent(rows.join('\\n'))}`;"
            " at('loss').textContent = 'learnt it';",
            "const mean = new": "const rows = ['Loss,Right,Who']; const mean = new",
        },
    }
    description = {
        "[series]\nat = \"#loss\"\nsays = 'loss (?P<loss>\\S+)'": '[series]\nat = "#values"\n'
        'columns = { loss = "Loss", accuracy = "Right", photos = "Who" }'
    }
    page = opened(edits, description)
    assert page.capabilities == {"stop", "photo ids"}
    history = page.train(photos, REQUEST).history
    assert sorted(history.photos[0, :2].ravel().tolist()) == [-1] * 12 + [*range(20)]
    assert (history.accuracy == 0.5).all()


TALLY = {
    "index.html": {'<p id="loss">': '<p><b id="n">0</b> <i id="t0">0</i> <i id="t1">0</i>'
                   ' <i id="t2">0</i> <i id="t3">0</i></p><p id="loss">'},
    "strange.js": {"at('looked').textContent =": "const t = at(`t${p.indexOf(Math.max(...p))}`);"
                   " t.textContent++; at('n').textContent++; at('looked').textContent ="},
}  # fmt: skip
COUNTS = {
    'counter = "#looked"': 'counter = "#looked"\n\n[tally]\ncounter = "#n"\npress = "#look"\n'
    'counters = ["#t0", "#t1", "#t2", "#t3"]'
}


def test_a_live_count(opened: Opened, photos: Photos) -> None:
    page = opened(TALLY, COUNTS)
    assert "exact count" not in page.limits
    learnt = page.train(photos, TrainingRequest(Parameters(epochs=90), (0,)))
    assert isinstance(learnt, Counting)
    added = np.stack(list(learnt.count([photos.frames[:4], photos.frames[16:]])))
    assert added.shape == (8, 1, 5)
    assert added.sum(axis=(1, 2)).tolist() == [1] * 8
    assert added[:, 0].argmax(axis=1).tolist() == [0] * 4 + [3] * 4
    assert learnt.counted == (8,)


def test_a_live_count_that_counts_twice(opened: Opened, photos: Photos) -> None:
    twice = changed(TALLY["strange.js"]["at('looked').textContent ="], {"t.textContent++;": ""})
    script = {"at('looked').textContent =": twice.replace(" at('n')", " t.textContent = 2 + +"
              "t.textContent; at('n')")}  # fmt: skip
    learnt = opened({**TALLY, "strange.js": script}, COUNTS).train(photos, REQUEST)
    assert isinstance(learnt, Counting)
    assert np.stack(list(learnt.count([photos.frames[:3]]))).sum() == 6
    assert learnt.counted == (3,)


def test_a_number_of_frames_that_runs_ahead(opened: Opened, photos: Photos) -> None:
    """It is read beside the tally: the book says that it must be the same."""
    once = TALLY["strange.js"]["at('looked').textContent ="]
    script = {"at('looked').textContent =": changed(once, {"at('n').textContent++":
              "at('n').textContent = 2 + +at('n').textContent"})}  # fmt: skip
    learnt = opened({**TALLY, "strange.js": script}, COUNTS).train(photos, REQUEST)
    assert isinstance(learnt, Counting)
    assert np.stack(list(learnt.count([photos.frames[:2], photos.frames[2:3]]))).sum() == 3
    assert learnt.counted == (6,)


def test_a_model_that_had_to_make_room(opened: Opened, photos: Photos) -> None:
    page = opened({}, {})
    first = page.train(photos, REQUEST)
    for number, tab in list(page._open.items()):
        del page._open[number]
        tab.close()
    with pytest.raises(Unoffered, match="does not offer to keep a model while 16 others are"):
        first.predict(photos.frames[:1])


def test_an_answer_that_is_nobody_s(opened: Opened, photos: Photos) -> None:
    edits = {"strange.js": {"`It is number ${p.indexOf(Math.max(...p)) + 1}!`": "'Who knows?'"}}
    learnt = opened(edits, {}).train(photos, REQUEST)
    with pytest.raises(SystemFault, match=r"#said says 'Who knows\?', which is nobody"):
        learnt.predict(photos.frames[:1])
    page = opened(edits, {'press = "#look"': 'press = "#look"\nnobody = "Who knows"'})
    assert "nobody" in page.capabilities
    assert not page.train(photos, REQUEST).predict(photos.frames[:1]).any()
