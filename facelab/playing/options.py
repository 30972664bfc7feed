"""Options: what pytest's command line offers for the book."""

from __future__ import annotations

from os.path import expanduser  # of a word like --gallery=~/team no shell does it

import pytest

from facelab.camera.command import PLACE
from facelab.contract.parameters import CERTAIN, CERTAINTY
from facelab.faces.whitening import EMBEDDINGS
from facelab.playing import seeds
from facelab.playing.neighbours import add_former_name
from facelab.playing.report_folder import REPORTS
from facelab.report.place import REPORT


def add_options(parser: pytest.Parser) -> None:
    """Declare all options, in the order of the help."""
    group = parser.getgroup("facelab", "facelab, the acceptance test book")
    group.addoption(
        "--seeds",
        default=seeds.DEFAULT,
        help="replicates: a count (5), a range (100-104) or random; default %(default)s",
    )
    group.addoption(
        "--system",
        default="facelab",
        help="system under test: facelab, page (its web page, played in a browser), "
        "package.module:factory or 'command: node trainer.js'; default %(default)s",
    )
    group.addoption(
        "--certainty",
        default=str(CERTAIN),
        metavar="NUMBER",
        help=f"{CERTAINTY.meaning}: T6 and the tables judge by it; default %(default)s",
    )
    group.addoption(
        "--face-detector",
        type=expanduser,
        default="facelab",
        metavar="DETECTOR",
        help="how facelab finds faces: facelab, none (the centre square) or a YuNet file (.onnx); "
        "default %(default)s",
    )
    group.addoption(
        "--embedding",
        choices=EMBEDDINGS,
        default="hog",
        help="how facelab describes faces: hog, or whitened, by what changes in the faces of "
        "people who do not exist; default %(default)s",
    )
    group.addoption(
        "--gallery",
        type=expanduser,
        metavar="DIR",
        help="your own photos, a sub-folder a person, or a recording; default: the book's frames",
    )
    group.addoption(
        "--cast",
        default="",
        metavar="ROLE=PERSON,…",
        help="who of the gallery plays whom, as Alex=marie,Amine=paul; default: in folder order",
    )
    group.addoption(
        "--camera",
        type=expanduser,
        metavar="PLACE",
        help=f"film people, play the book with them, then count them live: {PLACE}",
    )
    group.addoption(
        "--record",
        type=expanduser,
        metavar="DIR",
        help="gallery that --camera films into and goes on with; default: a temporary one",
    )
    group.addoption(
        "--film-plan",
        type=expanduser,
        metavar="FILE",
        help="how much --camera films of whom (docs/camera.md)",
    )
    group.addoption(
        REPORT,
        type=expanduser,
        default=REPORTS,
        metavar="DIR",
        help="folder that acceptance.json and acceptance.html are written to; default %(default)s, "
        "with --gallery that folder in the gallery",
    )
    group.addoption(
        "--language",
        metavar="CODE",
        help="language of the report, of filming and of refusals, as fr; default: language under "
        "[tool.facelab.document] in pyproject.toml, else English",
    )
    add_former_name(parser, "--report", "acceptance_report", type=expanduser, default=REPORTS)
    group.addoption(
        "--cluster",
        metavar="ADDRESS",
        help="draw and train on a Dask cluster, for example tcp://host:8786; default: this machine",
    )
    group.addoption(
        "--people",
        metavar="COUNT",
        help="play T5 with a crowd of so many people, for example 300; not played without",
    )
    group.addoption(
        "--fresh-probes",
        nargs="?",
        const="",
        metavar="SEED",
        help="draw the probes anew, from a seed that nobody knew, or from SEED: --fresh-probes=7; "
        "a minute of drawing; default: the recorded ones",
    )
    group.addoption(
        "--nothing-left-out",
        action="store_true",
        help="make the run incomplete, exit status 1, when anything of it is not run, or in part",
    )
    group.addoption(
        "--report-photos",
        action="store_true",
        help="show photos of real people in the report too, not of the studio's actors alone",
    )
    _add_page_options(group)


def plays_a_page(config: pytest.Config) -> bool:
    """Return whether a web page is the system under test: facelab's own, or a stranger's."""
    option = config.getoption
    described = option("page") is not None or option("page_description") is not None
    return described or option("system") == "page"


def _add_page_options(group: pytest.OptionGroup) -> None:
    group.addoption(
        "--page",
        metavar="ADDRESS",
        help="play the book on somebody's web page, in a browser, by --page-description",
    )
    group.addoption(
        "--page-description",
        metavar="FILE",
        help="where on that page things are (docs/your_page.md)",
    )
    group.addoption(
        "--page-engine",
        choices=("computer", "browser"),
        default="computer",
        help="where facelab's own page, --system page, learns and answers; default %(default)s",
    )
    group.addoption(
        "--page-headed", action="store_true", help="show the browser's window, to look on"
    )
    group.addoption(
        "--page-trace",
        action="store_true",
        help="keep a trace of what was refused beside the report, for `playwright show-trace`",
    )
