"""The commands ``facelab train`` and ``facelab compare``: from photos to curves and answers."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facelab.base.destination import check_destination
from facelab.base.files import is_folder, reason, whole, write_atomically
from facelab.base.opencv import opencv
from facelab.contract.errors import FacelabError
from facelab.contract.interval import Interval
from facelab.contract.number import exact, measured
from facelab.contract.parameters import PARAMETERS, SEED, Parameter, Parameters
from facelab.contract.text import one_line
from facelab.contract.training import TrainingRequest
from facelab.faces.whitening import check_embedding

if TYPE_CHECKING:
    from facelab.contract.photos import Photos
    from facelab.faces.extractor import FeatureExtractor
    from facelab.trials.trial import Trial

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]

SEEDS = Parameter(
    "seeds", "seeds", Interval.between(1, 100), True, "how many replicates of each training, as 5"
)

ROOM, PERSON = 1 << 20, 8 << 10
"""Bytes that a classifier or a page needs at most: a megabyte, and 7 kB of weights a person."""

CURE = "take photos nearer to the camera and in more light, or try --face-detector none"
"""What to do where no face is found."""

NAMED = 10
"""Lines at most of warnings about a gallery, and pairs of people who are confused."""


def add_commands(subparsers: Subparsers) -> None:
    """Add ``train`` and ``compare``; their options are the parameters, as they are declared."""
    train = subparsers.add_parser("train", help="train a classifier on a gallery")
    _add_gallery(train, Path("model.keras"), "classifier to write; its curves: beside it, as .html")
    train.add_argument("--seed", default=0, help=f"{SEED.meaning}; default %(default)s")
    train.add_argument(
        "--all-photos",
        action="store_true",
        help="learn from every photo: hold none out to be asked about",
    )
    for parameter in PARAMETERS:
        train.add_argument(
            f"--{parameter.field.replace('_', '-')}",
            default=getattr(Parameters, parameter.field),
            help=f"{parameter.meaning}; default %(default)s",
        )
    train.set_defaults(run=run_train)

    compare = subparsers.add_parser("compare", help="train with several parameters, on one page")
    _add_gallery(compare, Path("compare.html"), "page to write")
    compare.add_argument("--seeds", default=5, help=f"{SEEDS.meaning}; default %(default)s")
    for option, parameter in zip(("--rates", "--epochs", "--batch-sizes"), PARAMETERS, strict=True):
        compare.add_argument(
            option,
            nargs="+",
            dest=parameter.field,
            metavar="N",
            help=f"{parameter.meaning}; default {getattr(Parameters, parameter.field):g}",
        )
    compare.set_defaults(run=run_compare)


def _add_gallery(command: argparse.ArgumentParser, output: Path, meaning: str) -> None:
    command.add_argument("gallery", type=Path, help="folder with a sub-folder of photos a person")
    command.add_argument(
        "-o", "--output", type=Path, default=output, help=f"{meaning}; default %(default)s"
    )
    command.add_argument("--force", action="store_true", help="replace a file that is there")
    command.add_argument(
        "--face-detector",
        default="facelab",
        help="facelab, or none for the centre square; default %(default)s",
    )
    command.add_argument(
        "--embedding",
        default="hog",
        help="how faces are described: hog, or whitened; default %(default)s",
    )


def run_train(arguments: argparse.Namespace) -> int:
    """Train, save and show; an interrupt (Ctrl-C) saves the model so far, and is status 130."""
    seed = int(SEED.check(arguments.seed))
    check_embedding(arguments.embedding)
    output, page = arguments.output, arguments.output.with_suffix(".html")
    _check_output(output, ".keras", arguments.force)
    _check_output(page, ".html", arguments.force)
    parameters = Parameters(**{p.field: getattr(arguments, p.field) for p in PARAMETERS})
    learned, probes, kept = _read(arguments.gallery, [parameters], all_photos=arguments.all_photos)
    check_destination(output, ROOM + len(learned.people) * PERSON, "--output")
    # imported only now: whatever is wrong with the input is said before TensorFlow's five seconds
    from facelab.base.interrupt import interruptible
    from facelab.learning.core import import_core
    from facelab.learning.trainer import Trainer
    from facelab.trials.board import board
    from facelab.trials.page import training_page
    from facelab.trials.trial import asked

    trainer = Trainer(arguments.face_detector, kept(), embedding=arguments.embedding)
    unfound = _find_faces(trainer.extractor, learned, probes)
    import_core()  # an interrupt meanwhile ends all: nothing is learnt yet
    with (
        interruptible() as interrupted,
        board([f"training on {len(learned)} photos"], len(learned.people)) as shown,
        shown.trial(0, parameters.updates(len(learned))) as (told, points),
    ):
        request = TrainingRequest(
            parameters, [seed], stop=lambda _: interrupted(), progress=told, points=points
        )
        trained = trainer.train(learned, request)
    trial = asked(trained, learned, probes, parameters)
    _save(trained.model(), output)
    _say_result(trial, learned, output)
    facts = _facts(arguments.gallery, learned, probes, trainer.version, [parameters], [seed])
    content = training_page(f"Training on {facts['gallery']}", facts | unfound, trial)
    with _writing(page):
        write_atomically(page, content.encode())
    print(f"{page}: its curves" + (" and answers" if probes else ""))
    return 0 if trial.whole else 130


def run_compare(arguments: argparse.Namespace) -> int:
    """Train with each combination and write the page; an interrupt (Ctrl-C) keeps what is there."""
    from facelab.trials.trial import asked, combinations, titles

    wanted = combinations({p.field: getattr(arguments, p.field) for p in PARAMETERS})
    names, seeds = titles(wanted), range(int(SEEDS.check(arguments.seeds)))
    check_embedding(arguments.embedding)
    output = arguments.output
    _check_output(output, ".html", arguments.force)
    learned, probes, kept = _read(arguments.gallery, wanted, must_ask=True)
    assert probes
    from facelab.base.interrupt import interruptible
    from facelab.learning.core import import_core
    from facelab.learning.trainer import Trainer
    from facelab.report import wording
    from facelab.trials.board import board
    from facelab.trials.page import comparison_page, spread

    trainer = Trainer(arguments.face_detector, kept(), embedding=arguments.embedding)
    unfound = _find_faces(trainer.extractor, learned, probes)
    import_core()  # as above
    trials: list[Trial] = []
    with interruptible() as interrupted, board(names, len(learned.people)) as shown:
        for number, parameters in enumerate(wanted):
            if interrupted():
                shown.end(number, "not trained")
                continue
            with shown.trial(number, parameters.updates(len(learned))) as (told, points):
                request = TrainingRequest(
                    parameters, seeds, stop=lambda _: interrupted(), progress=told, points=points
                )
                trained = trainer.train(learned, request)
            trial = asked(trained, learned, probes, parameters)
            trials.append(trial)
            right = f"{spread(trial.right)} of {len(probes)} right"
            shown.end(number, right if trial.whole else f"{right}\ninterrupted")
    if not trials:
        raise KeyboardInterrupt
    missing = [
        f"{name}: interrupted after {trial.history.updates:,} of {trial.updates:,} updates"
        for name, trial in zip(names, trials, strict=False)
        if not trial.whole
    ]
    missing += [f"{name}: not trained, it was interrupted before" for name in names[len(trials) :]]
    facts = _facts(arguments.gallery, learned, probes, trainer.version, wanted, seeds)
    title = f"{facts['gallery']}: {wording.count(len(trials), 'training')} compared"
    content = comparison_page(title, facts | unfound, names[: len(trials)], trials, missing)
    with _writing(output):
        write_atomically(output, content.encode())
    for line in missing:
        print(f"missing: {line}")
    print(f"{output}: {len(trials)} of {len(wanted)} trainings compared")
    return 130 if missing else 0


def _check_output(path: Path, ending: str, force: bool) -> None:
    """Raise FacelabError where a file cannot be written, before the work."""
    if path.suffix != ending or not is_folder(path.parent):
        raise FacelabError(
            f"--output: received {path}, allowed is a file ending in {ending} in a folder that "
            "exists; choose another"
        )
    check_destination(path, ROOM, "--output")
    if os.path.lexists(path) and not force:
        raise FacelabError(
            f"{path}: is there already, and is not overwritten; name another file with -o, or "
            "replace it with --force"
        )


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FacelabError(
            f"{path}: cannot be written ({reason(error)}); make room, or name another file with -o"
        ) from error


def _save(model: Any, output: Path) -> None:
    """Write a classifier whole, and leave that which was there until it is.

    Raises FacelabError when that fails though it was tried before; the new one is kept elsewhere.
    """
    try:
        with whole(output) as half:
            model.save(half)
    except OSError as error:
        elsewhere = Path(tempfile.mkdtemp(prefix="facelab-classifier-"), output.name)
        try:
            model.save(elsewhere)
            kept = f"the classifier is kept in {elsewhere}; make room and move it"
        except OSError as other:
            kept = f"nor can {elsewhere} ({reason(other)}): it is lost; make room and train again"
        raise FacelabError(
            f"--output: {output} cannot be written ({reason(error)}); {kept}; what was there is "
            "kept, too"
        ) from error


def _read(
    gallery: Path, wanted: list[Parameters], *, all_photos: bool = False, must_ask: bool = False
) -> tuple[Photos, Photos | None, Callable[[], Path | None]]:
    """Return the photos to learn from and the probes, and say how many; None where there is none.

    The last returned makes the gallery's cache, for what the photos are described as.

    Raises FacelabError for too few people, no probes where there must be some, or a batch of more
    photos than there are.
    """
    opencv()  # where it cannot start, that alone is said
    if is_folder(gallery):
        print(f"reading the photos in {one_line(str(gallery))}", flush=True)
    # with pandas: half a second for every command
    from facelab.gallery.caching import cache_later
    from facelab.gallery.own_gallery import read_gallery, split_gallery

    kept = cache_later(gallery)  # before its photos: nobody may be forgotten meanwhile

    probes: Photos | None = None
    if all_photos:
        learned, warnings = read_gallery(gallery)
    else:
        learned, probes, warnings = split_gallery(gallery)
    if must_ask and not probes:
        most = learned.labels["person"].value_counts().max()
        raise FacelabError(
            f"{gallery}: received at most {most} photos of a person, needed are 9 or more, 8 to "
            "learn from and 1 to be asked about; add photos"
        )
    for line in warnings[:NAMED]:
        print(f"facelab: gallery: {line}", file=sys.stderr)
    if len(warnings) > NAMED:
        print(f"facelab: gallery: {len(warnings) - NAMED} more lines like these", file=sys.stderr)
    for parameters in wanted:
        parameters.check_against(len(learned))
    told = f"{len(learned.people)} people: {len(learned)} photos to learn from, "
    if probes:
        print(f"{told}{len(probes)} held out as probes", flush=True)
    else:
        print(f"{told}none held out to be asked about", flush=True)
    print("TensorFlow starts, which takes seconds", flush=True)
    return learned, probes or None, kept


def _find_faces(
    extractor: FeatureExtractor, learned: Photos, probes: Photos | None
) -> dict[str, str]:
    """Describe all photos, with a progress bar of its own, and say on whose no face is found.

    Return that as a fact of the page; none where a face is found on all.
    """
    from facelab.judging.unseen import unseen_in

    sets = [learned, probes] if probes else [learned]
    found = unseen_in(sets, lambda frames: extractor.extract(frames).seen)
    if not found:
        return {}
    for one in found:
        if one.never:
            print(
                f"no face is found on any of the {one.photos} photos of {one_line(one.person)}: "
                f"whatever is answered says nothing of this person; {CURE}"
            )
    without = sum(one.without for one in found)
    whose = [one_line(str(one)) for one in found[:NAMED]]
    whose += [f"{len(found) - NAMED} more"] if len(found) > NAMED else []
    told = f"{without} of {sum(map(len, sets))} photos ({', '.join(whose)})"
    print(f"no face is found on {told}: their centre square is described; {CURE}")
    return {"no face found": told}


def _facts(
    gallery: Path,
    learned: Photos,
    probes: Photos | None,
    version: str,
    wanted: Sequence[Parameters],
    seeds: Sequence[int],
) -> dict[str, str]:
    """Return what holds for all trainings of a page, by the reader's names."""
    shared = {
        p.name: exact(getattr(wanted[0], p.field))
        for p in PARAMETERS
        if len({getattr(one, p.field) for one in wanted}) == 1
    }
    several = f"{len(seeds)}, seeds {seeds[0]} to {seeds[-1]}"
    return {
        "gallery": one_line(gallery.resolve().name),
        "people": str(len(learned.people)),
        "learned from": f"{len(learned)} photos",
        "held out": f"{len(probes)} photos" if probes else "none",
        **shared,
        "replicates": several if len(seeds) > 1 else f"1, seed {seeds[0]}",
        "facelab": version,
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
    }


def _say_result(trial: Trial, learned: Photos, output: Path) -> None:
    from facelab.report.wording import share
    from facelab.trials.trial import confused, last_epoch

    history = trial.history
    loss, accuracy = (last_epoch(history, p)[0] for p in (history.loss, history.accuracy))
    print(
        f"{output}: {len(learned.people)} people, {history.updates:,} updates, loss "
        f"{measured(loss)} and accuracy {accuracy:.2f} in the last epoch"
        + ("" if trial.whole else ", interrupted")
    )
    if trial.answers is None:
        return
    right, count = int(trial.right[0]), len(trial.answers.labels)
    print(f"{right} of {count} probes answered right ({share(right, count)})")
    wrong = [f"{one_line(a)} for {one_line(b)} {times} x" for a, b, times in confused(trial)]
    if wrong:
        more = f" and {len(wrong) - NAMED} more pairs" if len(wrong) > NAMED else ""
        print(f"taken for another: {', '.join(wrong[:NAMED])}{more}")
