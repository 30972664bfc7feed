"""Mutants: facelab's page with one small fault in its JavaScript, and the scenario that finds it.

    python -m tests.browsing.mutants [LABEL…]

plays each against the scenario that is named for it, all or some, and writes docs/page_power.md,
with the rows of the others as they were; after an interruption it goes on. A mutant's file is put
in by the browser on its way from the server, which knows nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from facelab.base.files import write_atomically
from facelab.page.tensorflowjs import NAME, VERSION
from tests.browsing.hidden import HIDDEN
from tests.browsing.serving import changed
from tests.conftest import PYPROJECT, ROOT

SITE = ROOT / "facelab" / "page" / "site"
PAGE = ROOT / "docs" / "page_power.md"

TENSORFLOWJS = ROOT / "examples/tensorflow.js/node_modules/@tensorflow/tfjs/dist" / NAME
"""Where CI has it; without it the browser's engine cannot be played."""

FEATURES = {path.stem[:2]: path for path in sorted((ROOT / "features").glob("T*.feature"))}

KEPT = "Photos are saved and given back"
TEXT = "What is no photo is refused by name and nothing is lost (a text)"
LOW = "The history at a low rate can be trusted"
HELD = "A photo before the webcam is answered as the photo"
PROBES = "No probe is answered wrong"
CONFUSED = "The two men are confused less than at a low rate"
ALEX = "Alex before the webcam gets most detections by far"
VISIT = "Whoever comes is counted while they are there"
TENS = "Each graph has exactly its number of values (2, 10, 22)"
STOPPED = "An interrupted training keeps what was drawn"
STRANGERS = "Most strangers are not named"
NAMED = "Most known people are named"

ODDS = "given.map((value) => String(+value.toPrecision(9)))"
"""How the table's file tells the probabilities of an answer."""

MIRRORED = "pixel - (pixel % width) + width - 1 - (pixel % width)"


@dataclass(frozen=True)
class Mutant:
    """One fault: ``old`` of ``file`` becomes ``new``; ``scenario`` of ``family`` refuses it."""

    what: str
    file: str
    old: str
    new: str
    family: str
    scenario: str
    engine: str = "computer"
    seeds: int = 1


@dataclass(frozen=True)
class Played:
    """How a scenario went: its verdict, the step that decided, and why."""

    verdict: str
    phrase: str = ""
    reason: str = ""
    output: str = field(default="", compare=False)

    @property
    def found(self) -> bool:
        """Whether the fault was found: a page that breaks off is refused, no error of ours."""
        return self.verdict == "refused"


MUTANTS = {
    # what is filmed
    "F1": Mutant(
        "a photo is kept mirrored", "camera.js",
        "(rgba), width, height);",
        "(rgba.map((_, at) => rgba[4 * ((at >> 2) - ((at >> 2) % width) + width - 1 -"
        " ((at >> 2) % width)) + (at & 3)])), width, height);", "T0", KEPT),
    "F2": Mutant(
        "a photo is kept as JPEG", "camera.js", "{ type: 'image/png' }",
        "{ type: 'image/jpeg', quality: 0.95 }", "T0", KEPT),
    "F3": Mutant(
        "the photo before is kept instead", "filming.js", "await png(now.frame)",
        "await png(([window.now, window.old] = [now.frame, window.now], window.old ?? now.frame))",
        "T0", KEPT),
    "F4": Mutant(
        "one person's photos are filed under another", "outbox.js", "keepPhoto(person,",
        "keepPhoto((window.firstPerson ??= person),", "T0", KEPT),
    "F5": Mutant(
        "a reload loses the photos from before", "people.js",
        "(person?.photos ?? []).filter(({ set }) => set === LEARNT);",
        "(person?.photos ?? []).filter(({ set, taken }) => set === LEARNT &&"
        " Date.parse(taken) > performance.timeOrigin);", "T0", KEPT),
    "F6": Mutant(
        "the photos are shown in the order of their digests", "people.js",
        "(person?.photos ?? []).filter(({ set }) => set === LEARNT);",
        "(person?.photos ?? []).filter(({ set }) => set === LEARNT)"
        ".sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));", "T0", KEPT),
    "F7": Mutant(
        "what is no photo is passed over in silence", "outbox.js",
        "} else if (error instanceof Refusal && error.status < 500) {",
        "} else if (error instanceof Refusal && error.status < 500) { leave(false); continue;",
        "T0", TEXT),
    # what is set
    "S1": Mutant(
        "a tenth of the rate is sent", "parameters.js",
        "learning_rate: typed(FIELDS.learning_rate.value)",
        "learning_rate: typed(FIELDS.learning_rate.value) / 10", "T1", LOW),
    "S2": Mutant(
        "an epoch fewer is sent", "parameters.js", "epochs: typed(FIELDS.epochs.value)",
        "epochs: typed(FIELDS.epochs.value) - 1", "T1", LOW),
    "S3": Mutant(
        "batches have a photo more", "parameters.js", "batch_size: typed(FIELDS.batch_size.value)",
        "batch_size: typed(FIELDS.batch_size.value) + 1", "T3", TENS),
    "S4": Mutant(
        "the seed is ignored", "parameters.js", "return typed(FIELDS.seed.value);", "return 0;",
        "T1", LOW, seeds=2),
    "S5": Mutant(
        "the seed is drawn anew", "parameters.js", "return typed(FIELDS.seed.value);",
        "return Math.floor(1e6 * Math.random());", "T1", LOW),
    "S6": Mutant(
        "the parameters of the training before are sent", "training.js",
        "parameters: parameters.settings()",
        "parameters: (([window.before, window.now] = [window.now, parameters.settings()]),"
        " window.before ?? window.now)", "T2", CONFUSED),
    # what is trained
    "T1": Mutant(
        "stop is not heard", "training.js", "  stop.onclick = () => {",
        "  stop.onclick = () => {\n    return;", "T3", STOPPED),
    "T2": Mutant(
        "the history of another model is saved", "models.js", "modelAddress(id, 'history.csv')",
        "modelAddress(store.state?.models[0].id ?? id, 'history.csv')", "T1", LOW, seeds=2),
    # what is asked
    "A1": Mutant(
        "the table is off by a row", "answers.js", "rows.push({ expected: who, answers });",
        "rows.push({ expected: who, answers: window.before ?? answers });"
        " window.before = answers;", "T2", PROBES),
    "A2": Mutant(
        "two models' columns are swapped", "answers.js",
        "        const given = answers.get(id);\n        return given ? [predicted(",
        "        const given = answers.get(all[(all.length - 1) -"
        " all.findIndex((one) => one.id === id)].id);\n        return given ? [predicted(",
        "T1", LOW, seeds=2),
    "A3": Mutant(
        "two people's probabilities are swapped", "answers.js",
        "...given.map((value) => String(+value.toPrecision(9)))]",
        "...given.map((_, at) => String(given[at ^ 1] ?? given[at]))]", "T2", PROBES),
    "A4": Mutant(
        "probabilities are rounded to two digits", "answers.js", "value.toPrecision(9)",
        "value.toPrecision(2)", "T1", LOW),
    "A5": Mutant(
        "the model that was asked first answers for all", "engine/computer.js",
        "      const wanted = JSON.stringify({ type: 'answer', models, follow: follow > 0 });",
        "      const [due, told] = [models, done];"
        " if (due.length) models = window.firstModels ??= due;"
        " done = (answer) => told({ ...answer, answers: new Map("
        "[...answer.answers.values()].map((given, place) => [due[place], given])) });"
        " const wanted = JSON.stringify({ type: 'answer', models, follow: follow > 0 });",
        "T2", CONFUSED),
    "A6": Mutant(
        "frames are mirrored when asked about, not when filmed", "engine/computer.js",
        "    grey[pixel] =", f"    grey[{MIRRORED}] =", "T1", LOW),
    "A7": Mutant(
        "red and blue are swapped when asked about", "engine/computer.js",
        "(9798 * rgba[at] + 19235 * rgba[at + 1] + 3735 * rgba[at + 2]",
        "(3735 * rgba[at] + 19235 * rgba[at + 1] + 9798 * rgba[at + 2]", "T1", LOW),
    "A8": Mutant(
        "a frame is cut at its edges when asked about", "camera.js",
        "context.drawImage(picture, 0, 0, width, height);",
        "context.drawImage(picture, -4, -4, width + 8, height + 8);", "T0", KEPT),
    "A9": Mutant(
        "the models that were asked first are asked for ever", "engine/computer.js",
        "(asking === `${wanted} ${follow}` ||", "(asking !== '' ||", "T2", CONFUSED),
    # what is counted
    "C1": Mutant(
        "every frame counts twice", "tally.js", "1 + (tally.get(person)", "2 + (tally.get(person)",
        "T2", ALEX),
    "C2": Mutant(
        "every tenth frame is not counted", "tally.js",
        "    tally.set(person, 1 +", "    if (n % 10) tally.set(person, 1 +", "T2", ALEX),
    "C3": Mutant(
        "the number of frames goes up by two", "tally.js", "    n++;", "    n += 2;", "T2", ALEX),
    "C4": Mutant(
        "the next person is counted", "tally.js",
        "      const person = predicted(known, given);",
        "      const person = known[(known.indexOf(predicted(known, given)) + 1) % known.length];",
        "T2", ALEX),
    "C5": Mutant(
        "an empty chair is the first person's", "answers.js",
        "  if (!probabilities.some(Boolean)) return NOBODY;", "", "T2", VISIT),
    "C6": Mutant(
        "whoever comes is believed after 60 frames", "tally.js",
        "      const person = predicted(known, given);",
        "      const told = predicted(known, given); const seen = (window.seen ??= {});"
        " const run = (seen[id] ??= { told, shown: told, n: 0 });"
        " run.n = run.told === told ? run.n + 1 : 1; run.told = told;"
        " if (run.n > 60) run.shown = told; const person = run.shown;", "T2", VISIT),
    "C7": Mutant(
        "what is live is rounded", "tally.js", "+value.toPrecision(9)", "value.toFixed(2)",
        "T1", HELD),
    "C8": Mutant(
        "the live count asks one model for all", "tally.js",
        "      const given = answers.get(line.dataset.model ?? '');",
        "      const given = [...answers.values()][0];", "T1", HELD, seeds=2),
    # how certain it is
    "U1": Mutant(
        "the table's file tells all of the most probable name", "answers.js", ODDS,
        "given.map((value) => String(value > 0 && value === Math.max(...given) ? 1 : 0))",
        "T6", STRANGERS),
    "U2": Mutant(
        "the table's file tells more certainty than there is", "answers.js", ODDS,
        "given.map((value) => String(given.some(Boolean)"
        " ? value ** 4 / given.reduce((sum, one) => sum + one ** 4, 0) : 0))", "T6", STRANGERS),
    "U3": Mutant(
        "the table's file tells less certainty than there is", "answers.js", ODDS,
        "given.map((value) => String(given.some(Boolean)"
        " ? value ** 0.25 / given.reduce((sum, one) => sum + one ** 0.25, 0) : 0))", "T6", NAMED),
    "U4": Mutant(
        "the table's file tells an unsure answer as nobody", "answers.js", ODDS,
        "given.map((value) => String(Math.max(...given) < 0.7 ? 0 : +value.toPrecision(9)))",
        "T1", LOW),
    # the browser's engine
    "B1": Mutant(
        "the curve is smoothed", "engine/training.js",
        "points.loss[from + i] = loss / batch.length;",
        "points.loss[from + i] = 0.5 * (points.loss[from + i - 1] ?? loss / batch.length)"
        " + 0.5 * loss / batch.length;", "T1", LOW, "browser"),
    "B2": Mutant(
        "the last point is lost", "engine/training.js",
        "points[name] = points[name].slice(0, done);",
        "points[name] = points[name].slice(0, done - 1);", "T1", LOW, "browser"),
    "B3": Mutant(
        "the gradient is a sum, not a mean", "engine/training.js", "rate / size)", "rate)",
        "T1", LOW, "browser"),
    "B4": Mutant(
        "the weights are kept at 99 %", "engine/training.js", "weight + lesson.kernel[i])",
        "0.99 * (weight + lesson.kernel[i]))", "T1", LOW, "browser"),
    "B5": Mutant(
        "accuracies are those of an endless batch", "engine/training.js",
        "points.accuracy[from + i] = right / batch.length;",
        "points.accuracy[from + i] = 0.98 * right / batch.length;", "T1", LOW, "browser"),
    "B6": Mutant(
        "the mean is not taken off", "engine/head.js", "vector.map((x, d) => x - mean[d])",
        "vector.map((x) => x)", "T1", LOW, "browser"),
    "B7": Mutant(
        "the square round a face is two pixels off", "engine/describe.js",
        "cut(grey, corner[0], corner[1], side, SIDE)",
        "cut(grey, corner[0] + 2, corner[1] + 2, side, SIDE)", "T1", LOW, "browser"),
    "B8": Mutant(
        "a photo of each batch is left out", "engine/training.js",
        "order.subarray(done * batchSize, (done + 1) * batchSize)",
        "order.subarray(done * batchSize + 1, (done + 1) * batchSize)", "T1", LOW, "browser"),
}  # fmt: skip


def mutated(mutant: Mutant) -> str:
    """Return the mutant's file."""
    return changed((SITE / mutant.file).read_text("utf-8"), {mutant.old: mutant.new})


def play(mutant: Mutant, *, whole: bool = False) -> Played:
    """Play the mutant's scenario, alone; ``whole``: without its fault."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "features").mkdir()
        feature = FEATURES[mutant.family].read_text("utf-8").replace("@after:T0", "")
        (folder / "features" / "one.feature").write_text(feature, "utf-8")
        (folder / "pyproject.toml").write_text(PYPROJECT)
        (folder / "fixtures").symlink_to(ROOT / "fixtures")
        plugins = ["facelab.plugin", "steps", "tests.browsing.mutation"]
        (folder / "conftest.py").write_text(f"pytest_plugins = {plugins}\n")
        file = folder / Path(mutant.file).name
        file.write_text(mutated(mutant), "utf-8")
        fault = "" if whole else json.dumps([f"**/site/{mutant.file}", str(file)])
        name = mutant.scenario.partition(" (")[0]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--system", "page",
             "--page-engine", mutant.engine, "--seeds", str(mutant.seeds),
             "--only-scenario", mutant.scenario],
            cwd=folder, capture_output=True, text=True, check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT), "FACELAB_PAGE_MUTANT": fault,
                 **tensorflowjs(folder)},
        )  # fmt: skip
        output = done.stdout + done.stderr
        record = json.loads((folder / "reports" / "acceptance.json").read_text("utf-8"))
    [sheet] = [one for family in record["families"] for one in family["sheets"]]
    assert sheet["name"].partition(" (")[0] == name
    steps = [step["text"] for step in sheet["steps"] if step["verdict"] == sheet["verdict"]]
    return Played(sheet["verdict"], steps[-1] if steps else "", sheet["reason"], output)


def tensorflowjs(folder: Path) -> dict[str, str]:
    """Return the environment in which TensorFlow.js is there, if the clone has it."""
    if not TENSORFLOWJS.is_file():
        return {}
    place = folder / "cache" / "facelab" / "tensorflow.js" / VERSION / TENSORFLOWJS.name
    place.parent.mkdir(parents=True)
    place.symlink_to(TENSORFLOWJS)
    return {"XDG_CACHE_HOME": str(folder / "cache")}


def rows(found: dict[str, Played], before: str = "") -> str:
    """Return the page: every mutant, and what refused it.

    ``before``: the page as it was, which tells of those that were not played again.
    """
    told = {label: row_of(label, found.get(label), before) for label in MUTANTS}
    caught = sum(not row.endswith((NOTHING, UNPLAYED)) for row in told.values())
    lines = [f"{row} |" for row in told.values()]
    unseen = [
        f"| {label} | {one.what} | `{one.test.partition('::')[2]}` |"
        for label, one in HIDDEN.items()
    ]
    lines += [BELOW, *unseen]
    return HEAD.format(count=len(MUTANTS), caught=caught) + "\n".join([*lines, ""])


NOTHING, UNPLAYED = "**nothing**", "not played yet"


def row_of(label: str, played: Played | None, before: str) -> str:
    """Return the row of a mutant, without its end: the phrase that refused it, if one did."""
    mutant = MUTANTS[label]
    row = f"| {label} | {mutant.what} | {mutant.family} *{mutant.scenario}*: "
    if played is not None:
        return row + (played.phrase if played.found else NOTHING)
    same = (one for one in before.splitlines() if one.startswith(row))
    return next(same, row + UNPLAYED).removesuffix(" |")


HEAD = """# Faults of the page that the book catches

A mutant is facelab's page with one small fault in its JavaScript, put in by the browser on its way
from the server ([tests/browsing/mutants.py](../tests/browsing/mutants.py)). Each is played in
Chromium, on the scenario that is named for it. F, S, T, A, C and U learn on this computer, B in the
browser. Of {count} mutants {caught} are caught. Written by `python -m tests.browsing.mutants`,
which `scripts/nightly` runs. [power.md](power.md) shows the faults of facelab itself.

One is refused by a line of the player, not by a measure: A9 gives no column for the models that
were asked, and there is no answer to judge.

| | fault | refused by |
|---|---|---|
"""

BELOW = """
## What is decided over a second

The book judges the most probable name of each frame
([0107](decisions/0107-the-book-judges-the-most-probable-name.md)). No phrase looks at whom the live
count decides on. D10 was played on Alex' film and D11 on the visit: no frame there is unsure, and
both were accepted. So was D12 on the 12 photos of T1, which are held still. Tests of the page look
at all that, and refuse each of these at night
([tests/browsing/hidden.py](../tests/browsing/hidden.py)):

| | fault | refused by |
|---|---|---|"""


def digest() -> str:
    """Return what changes when a result may: the product, the book, and this file."""
    files = [*(ROOT / "facelab").rglob("*.*"), *(ROOT / "steps").glob("*.py"), *FEATURES.values()]
    known = hashlib.sha256(Path(__file__).read_bytes())
    for path in sorted(
        one for one in files if one.suffix in {".py", ".js", ".json", ".html", ".feature"}
    ):
        known.update(path.read_bytes())
    return known.hexdigest()[:16]


def measured(label: str, folder: Path) -> Played:
    """Return how a mutant went, from an earlier run if there is one in a folder."""
    kept = folder / f"{label}.json"
    if kept.is_file():
        return Played(*json.loads(kept.read_text("utf-8")))
    played = play(MUTANTS[label])
    told = json.dumps([played.verdict, played.phrase, played.reason])
    write_atomically(kept, told.encode())
    return played


def main(labels: list[str]) -> int:
    """Play mutants, all by default; return 1 when one is not found."""
    folder = Path(tempfile.gettempdir()) / "facelab-page-power" / digest()
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for label in labels or MUTANTS:
        found[label] = played = measured(label, folder)
        print(f"{label} {played.verdict}: {MUTANTS[label].what}: {played.reason[:300]}", flush=True)
    before = PAGE.read_text("utf-8") if labels else ""
    write_atomically(PAGE, rows(found, before).encode())
    return 0 if all(one.found for one in found.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
