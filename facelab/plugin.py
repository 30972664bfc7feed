"""The pytest plugin: options, fixtures and hooks. It forwards; the work is in ``playing``."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from facelab.base.blas import one_thread_in_a_run
from facelab.base.home import recorded
from facelab.base.opencv import opencv
from facelab.base.progress import shown_on
from facelab.camera.camera import Camera, open_camera
from facelab.contract.errors import FacelabError, Lacking
from facelab.contract.parameters import CERTAINTY
from facelab.contract.system import Capability, FaceBase, System, title
from facelab.gallery.cast import ROLES, parse_cast
from facelab.gallery.own_gallery import OwnGallery
from facelab.gallery.source import Recording, Source
from facelab.languages.choice import LANGUAGE, title_block
from facelab.languages.language import SOURCE, language
from facelab.playing import prerequisites, seeds
from facelab.playing.again import options
from facelab.playing.book_files import is_for_the_book, name_book
from facelab.playing.catalogue import define
from facelab.playing.cluster import workers
from facelab.playing.definitions import check_definitions, overridden
from facelab.playing.ending import end_on_sigterm, ending, ignore_sigterm
from facelab.playing.examination import Exam
from facelab.playing.face_base import KeptGallery
from facelab.playing.features import feature_file, feature_of
from facelab.playing.fresh import fresh_seed, told
from facelab.playing.live_camera import check_options, count_live, film_plan, filmed
from facelab.playing.neighbours import plays, refuse_forks, refuse_shares
from facelab.playing.options import add_options, plays_a_page
from facelab.playing.reader import usage_errors
from facelab.playing.recorder import LiveSheet, Recorder
from facelab.playing.report_folder import FOLDER, keep_folder, leave_folder, report_folder
from facelab.playing.sheet import BLOCKED
from facelab.playing.summary import summarise, untold, write_report
from facelab.playing.waivers import read_waivers
from facelab.report import record
from facelab.report.place import REPORT
from facelab.systems.loading import described, load_system, looking_ahead

if TYPE_CHECKING:
    from facelab.gallery.drawn import Crowd

RECORDER = pytest.StashKey[Recorder]()
GALLERY = pytest.StashKey[OwnGallery]()
LIVE = pytest.StashKey[tuple[Camera, Exam]]()
UNWRITTEN = pytest.StashKey[str]()
COLLECTED = pytest.StashKey[list[pytest.Item]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options. Raises UsageError where another plugin has one of the same name."""
    try:
        add_options(parser)
    except (ValueError, argparse.ArgumentError) as error:
        raise pytest.UsageError(
            f"facelab: another plugin's option has a name of facelab's ({error}); play the book "
            "without that plugin: -p no:NAME, or from a folder without its conftest.py"
        ) from error


def pytest_configure(config: pytest.Config) -> None:
    """Open the record."""
    name_book(config)
    with usage_errors(config):
        replicates = seeds.parse_seeds(config.getoption("seeds"))
        certainty = CERTAINTY.check(config.getoption("certainty"))
        cast = parse_cast(config.getoption("cast"))
        if cast and not (config.getoption("gallery") or config.getoption("camera")):
            raise FacelabError("--cast: there is nobody to cast; name a folder with --gallery")
        check_options(config)
        if plays_a_page(config):
            from facelab.browsing import player

            player.check_options(config)
            config.pluginmanager.register(player.Onlooker(report_folder(config)))
        fresh = fresh_seed(config)
        report = config.stash[FOLDER] = report_folder(config)
        if config.getoption("people") is not None:
            opencv()  # the studio, which draws a crowd, cannot be imported without
            from facelab.gallery.drawn import people

            people(config.getoption("people"))
        if report.exists() and not report.is_dir():
            raise FacelabError(f"{REPORT}: received {report}, a file; allowed is a folder")
        named = described(config.getoption("system"))
        document = title_block(config.rootpath)
        if code := config.getoption("language"):
            document = {**document, LANGUAGE: code}
        language(document.get(LANGUAGE, SOURCE))
        waivers = read_waivers(config.rootpath)
        if address := config.getoption("cluster"):
            cluster = ExitStack()
            cluster.enter_context(workers(address))
            config.add_cleanup(cluster.close)
    run: dict[str, Any] = {"seeds": list(replicates), "system": named, "certainty": certainty}
    if plays_a_page(config):
        run["page"] = True
    if fresh is not None:
        run["fresh_probes"] = fresh
    if config.getoption("nothing_left_out"):
        run["nothing_left_out"] = True
    if again := options(config, run):
        run["options"] = again
    config.stash[RECORDER] = Recorder(document, run, config.rootpath, waivers)
    # Nothing is captured while pytest is being configured: this is the user's standard error.
    showing = ExitStack()
    terminal = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="replace")
    showing.enter_context(shown_on(showing.enter_context(terminal)))
    config.add_cleanup(showing.close)


def pytest_report_header(config: pytest.Config) -> str:
    """Return the line with the seeds that replay this run."""
    run = config.stash[RECORDER].record.run
    replay = f"facelab: seeds {', '.join(map(str, run['seeds']))}"
    return f"{replay}; {told(run['fresh_probes'])}" if "fresh_probes" in run else replay


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect feature files of the book, and those that are written for it."""
    if file_path.suffix == ".feature" and is_for_the_book(file_path, parent.config):
        return feature_file(parent, file_path)
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_bdd_apply_tag(tag: str) -> bool | None:
    """Leave ``after:`` tags to the prerequisites; pytest-bdd makes markers of all others."""
    return True if tag.startswith(prerequisites.PREFIX) else None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> Generator[None]:
    """Keep the collected items, before others deselect and sort."""
    config.stash[COLLECTED] = list(items)
    return (yield)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(ids: list[str]) -> None:
    """Refuse to share scenarios out: a worker sees only some of them."""
    refuse_shares(ids)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Once others have deselected and sorted, put prerequisites back and first."""
    if hasattr(session.config, "workerinput"):
        return  # facelab's own tests; scenarios are refused by the one who shares them out
    recorder, collected = session.config.stash[RECORDER], session.config.stash.get(COLLECTED, [])
    with usage_errors(session.config):
        session.items[:] = prerequisites.complete(session.items, collected)
        if any(feature_of(item) for item in session.items):
            refuse_forks(session.items, session.config)
            opencv()
            if (folder := session.config.getoption("gallery")) is not None:
                cast = parse_cast(session.config.getoption("cast"))
                session.config.stash[GALLERY] = OwnGallery(Path(folder), cast)
            used = check_definitions(session, session.items, _people(session))
            recorder.record.phrases = [asdict(define(context)) for context in used]
            keep_folder(session.config)
            end_on_sigterm(session.config)
    recorder.announce(session.items, collected)


def _people(session: pytest.Session) -> list[str] | None:
    """Return who may be named in a feature; None where only the frames that are to come tell."""
    played = next(item for item in session.items if feature_of(item))
    another = overridden(session, played, ("gallery", "source"))
    if another and "fresh_probes" in session.config.stash[RECORDER].record.run:
        raise pytest.UsageError(
            "--fresh-probes: received with a gallery or source of a conftest.py; "
            "the studio can draw only the book's own probes anew"
        )
    if another or session.config.getoption("camera"):
        return None
    own = session.config.stash.get(GALLERY, None)
    source = own or Recording(recorded(session.config.rootpath))
    try:
        table = source.manifest
        people = table["person"][table["set"] == "gallery"].unique().tolist()
    except FacelabError:
        return None  # the scenario that needs the frames says why
    return list(dict.fromkeys([*ROLES, *people] if own else people))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Notice a scenario whose steps another plugin has played elsewhere."""
    played = yield
    item.config.stash[RECORDER].check(item)
    return played


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Open the sheet; leave blocked scenarios out."""
    item.config.stash[RECORDER].begin(item)
    if blocking := item.config.stash[RECORDER].blocking(item):
        pytest.skip(BLOCKED + ", ".join(blocking))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, None, None]:
    """Leave out what the source of the frames lacks something for."""
    try:
        return (yield)
    except Lacking as error:
        pytest.skip(str(error))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Write down how a scenario went."""
    report = yield
    item.config.stash[RECORDER].note(item, call, report)
    return report


def pytest_bdd_before_step(request: pytest.FixtureRequest) -> None:
    """Turn to the next step of the sheet."""
    _live(request).begin()


def pytest_bdd_after_step(request: pytest.FixtureRequest) -> None:
    """Close a step that held."""
    _live(request).end(record.ACCEPTED)


def pytest_bdd_step_error(request: pytest.FixtureRequest, exception: Exception) -> None:
    """Close a step that did not hold."""
    _live(request).fail(exception)


def pytest_bdd_step_func_lookup_error(request: pytest.FixtureRequest, exception: Exception) -> None:
    """Close an undefined step."""
    _live(request).begin()
    _live(request).fail(exception)


def pytest_bdd_after_scenario(request: pytest.FixtureRequest) -> None:
    """Leave out what the system lacks something for."""
    _live(request).settle()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the report and settle the exit status."""
    recorder = session.config.stash[RECORDER]
    recorder.close(ending(session))
    if recorder.began and plays(session.config):
        ignore_sigterm(session.config)
        try:
            # unless somebody was forgotten meanwhile, whose name would stand in it
            with getattr(recorder.source, "standing", nullcontext)():
                write_report(recorder, session.config.stash[FOLDER])
        except Exception as error:  # whatever is wrong with it must not cost the verdicts
            session.config.stash[UNWRITTEN] = untold(error)
            session.exitstatus = session.exitstatus or pytest.ExitCode.TESTS_FAILED
        accepted = recorder.record.verdict in (record.ACCEPTED, record.RESERVED, record.PARTLY)
        if session.exitstatus == pytest.ExitCode.OK and not accepted:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
    else:
        leave_folder(session.config)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """End with one line a scenario and the report's path."""
    recorder = config.stash[RECORDER]
    if recorder.began and plays(config):
        unwritten = config.stash.get(UNWRITTEN, "")
        summarise(recorder.record, terminalreporter, config.stash[FOLDER], unwritten)
    if (live := config.stash.get(LIVE, None)) is not None:
        count_live(*live, film_plan(config), terminalreporter)


def _live(request: pytest.FixtureRequest) -> LiveSheet:
    return request.config.stash[RECORDER].live[request.node.nodeid]


@pytest.fixture
def sheet(request: pytest.FixtureRequest) -> LiveSheet:
    """The sheet of this scenario, where steps put verdicts and evidence."""
    return _live(request)


@pytest.fixture(scope="session")
def system(pytestconfig: pytest.Config, request: pytest.FixtureRequest) -> Iterator[System]:
    """The system under test; override it in a conftest.py to bring your own."""
    option = pytestconfig.getoption
    if plays_a_page(pytestconfig):
        from facelab.browsing.player import playing

        with playing(pytestconfig) as page:
            yield page
        return
    cache = _cache(request)
    loaded = load_system(option("system"), option("face_detector"), cache, option("embedding"))
    gallery = request.getfixturevalue("gallery") if cache else None
    files = getattr(gallery, "files", None) if getattr(gallery, "is_reference", False) else None
    with ExitStack() as until_played:
        if option("system") == "facelab":  # how many threads another uses is its own affair
            until_played.enter_context(one_thread_in_a_run())
            if files:
                until_played.enter_context(looking_ahead(loaded, files))
            if cache and files and option("people") is None and option("cluster") is None:
                from facelab.learning.programs import compiled_ahead

                run = [item.nodeid for item in request.session.items] + [option("seeds")]
                until_played.enter_context(compiled_ahead(cache / "programs", run))
        yield loaded


@pytest.fixture
def new_face_base(
    pytestconfig: pytest.Config, request: pytest.FixtureRequest, tmp_path: Path
) -> Callable[[], FaceBase]:
    """What opens an empty face base: the web page that is played, else a gallery of facelab's."""
    page = request.getfixturevalue("system") if plays_a_page(pytestconfig) else None
    if page is not None and Capability.PHOTOS_KEPT in page.capabilities:
        opened: Callable[[], FaceBase] = page.face_base
        return opened
    return lambda: KeptGallery(tmp_path / "gallery")


def _cache(request: pytest.FixtureRequest) -> Path | None:
    """Return the folder that keeps what is seen in the frames; None when nothing is to be kept.

    For the book's frames that is pytest's cache, which --cache-clear empties; what is seen in
    one's own is kept by the gallery, or not at all. ``-p no:cacheprovider`` leaves both out.
    """
    kept = getattr(request.config, "cache", None)
    # before people are filmed, --system is checked; their frames are new, and nothing is known
    if kept is None or request.getfixturevalue("camera") is not None:
        return None
    gallery = request.getfixturevalue("gallery")
    if getattr(gallery, "is_reference", False):
        folder: Path = kept.mkdir("facelab")
        return folder
    return getattr(gallery, "cache", None)


@pytest.fixture(scope="session")
def camera(pytestconfig: pytest.Config) -> Camera | None:
    """What films people before the book is played, that of --camera; override it to bring your own.

    None plays photos that are there already.
    """
    place = pytestconfig.getoption("camera")
    return open_camera(place, film_plan(pytestconfig).wait) if place else None


@pytest.fixture(scope="session")
def gallery(pytestconfig: pytest.Config, camera: Camera | None) -> Iterator[Source]:
    """The photos to be played: the book's, those of --gallery, or those that the camera films.

    Override it to bring your own.
    """
    if camera is None:
        if folder := pytestconfig.getoption("record"):
            raise FacelabError(
                f"--record: nothing is filmed into {folder}; name a camera with --camera"
            )
        own = pytestconfig.stash.get(GALLERY, None)
        yield own or _recording(pytestconfig)
        return
    with filmed(pytestconfig, camera) as folder:
        yield OwnGallery(folder, parse_cast(pytestconfig.getoption("cast")))


def _recording(config: pytest.Config) -> Source:
    """Return the book's own frames, with the probes that --fresh-probes draws."""
    recording = Recording(recorded(config.rootpath))
    seed = config.stash[RECORDER].record.run.get("fresh_probes")
    if seed is None:
        return recording
    from facelab.gallery.drawn import FreshProbes

    return FreshProbes(recording, seed)


@pytest.fixture(scope="session")
def source(pytestconfig: pytest.Config, gallery: Source) -> Source:
    """Where the frames come from."""
    _tell(pytestconfig, gallery)
    return gallery


def _tell(config: pytest.Config, source: Source) -> None:
    """Write down where the frames come from, who plays whom, and what looks wrong."""
    recorder = config.stash[RECORDER]
    recorder.source = source
    recorder.record.run.update(source=source.name)
    for what in ("cast", "warnings"):
        if told := getattr(source, what, None):
            recorder.record.run[what] = told


@pytest.fixture(scope="session")
def crowd(pytestconfig: pytest.Config) -> Crowd | None:
    """The people of T5; None without ``--people``."""
    from facelab.gallery.drawn import Crowd, people

    asked = pytestconfig.getoption("people")
    path = recorded(pytestconfig.rootpath) / "crowd.toml"
    return None if asked is None else Crowd(path, people(asked))


@pytest.fixture(scope="session")
def exam(
    pytestconfig: pytest.Config, system: System, source: Source, camera: Camera | None
) -> Exam:
    """What the scenarios of a run share."""
    recorder = pytestconfig.stash[RECORDER]
    _tell(pytestconfig, source)
    offers = sorted(map(str, system.capabilities)) or ["nothing beyond training and answering"]
    recorder.record.run.update(system=title(system), capabilities=offers)
    photos = pytestconfig.getoption("report_photos")
    run = recorder.record.run
    exam = Exam(system, source, tuple(run["seeds"]), photos, run["certainty"])
    recorder.exam = exam
    if camera is not None:
        pytestconfig.stash[LIVE] = camera, exam
    return exam
