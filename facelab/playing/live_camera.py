"""Live camera: films people before the book is played, and counts them after it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from facelab.base.temporary import temporary_folder
from facelab.camera.camera import Camera
from facelab.camera.filming_plan import FilmingPlan, read_plan
from facelab.contract.errors import FacelabError
from facelab.contract.parameters import Parameters
from facelab.languages.speech import _, speaking
from facelab.playing.examination import Exam
from facelab.playing.reader import reader


def check_options(config: pytest.Config) -> None:
    """Raise FacelabError when options contradict each other, or the filming plan is wrong.

    And when a path is empty, as of a variable that is not set: it would be the folder one is in.
    """
    option = config.getoption
    for place in ("acceptance_report", "gallery", "camera", "record", "film_plan"):
        if (value := option(place)) is not None and not str(value).strip():
            raise FacelabError(
                f"--{place.replace('_', '-')}: received nothing; name a path, or leave the option "
                "out"
            )
    for filming in ("camera", "record"):
        if option("gallery") and option(filming):
            raise FacelabError(
                f"--gallery and --{filming}: received both, allowed is one; what is there is "
                "played with --gallery, what is filmed now is played with --camera"
            )
    film_plan(config)


def film_plan(config: pytest.Config) -> FilmingPlan:
    """Return the plan of ``--film-plan``. Raises FacelabError when it is wrong."""
    file = config.getoption("film_plan")
    return read_plan(Path(file) if file else None)


@contextmanager
def filmed(config: pytest.Config, camera: Camera) -> Iterator[Path]:
    """Film, and give the folder within the block; a temporary one, unless ``--record`` names it.

    Raises FacelabError when it fails or is ended; what ``--record`` keeps stays.
    """
    from facelab.camera.filming import film  # with OpenCV

    kept = config.getoption("record")
    with temporary_folder() as temporary:
        folder = Path(kept) if kept else temporary / "filmed"
        with _uncaptured(config), speaking(reader(config)):
            print()
            for line in film(camera, folder, film_plan(config)):
                print(_("missing: {line}", line=line))
        yield folder


def count_live(
    camera: Camera, exam: Exam, plan: FilmingPlan, terminal: pytest.TerminalReporter
) -> None:
    """Count for the plan's minutes the people that a classifier sees, trained on all photos.

    Its parameters are the basic ones.
    """
    if not plan.minutes:
        return
    from facelab.camera.live_count import answered, tally
    from facelab.camera.window import open_window

    spoken = reader(terminal.config)
    terminal.section("live")
    try:
        photos = exam.source.photos("gallery")
        watch = exam.watcher(exam.train(photos, Parameters()))
        seconds, window = 60 * plan.minutes, open_window()
        certain = exam.certainty
        with speaking(spoken):
            tally(camera, answered(watch), photos.people, seconds, certain=certain, window=window)
    except FacelabError as error:
        terminal.write_line(spoken.translated(str(error)), red=True)


@contextmanager
def _uncaptured(config: pytest.Config) -> Iterator[None]:
    """Within the block, the terminal is the user's, keyboard and screen."""
    capture = config.pluginmanager.getplugin("capturemanager")
    if capture is not None:
        capture.suspend(in_=True)
    try:
        yield
    finally:
        if capture is not None:
            capture.resume()
