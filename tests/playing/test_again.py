"""Again: a run's own options are repeated, without secrets and without paths of the machine."""

from __future__ import annotations

import pytest

from facelab.playing.again import options
from facelab.systems.loading import described
from tests.conftest import Project

BRIEF = """
@step("the exam is not opened")
def closed():
    pass
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("given", "repeated"),
    [
        ([], None),
        (["--seeds=100-104", "--people=30"], "--seeds=100-104 --people=30"),
        (["--system=command: node t.js --key=s3cret"], "'--system=command: node …'"),
        (["--camera=rtsp://ann:s3cret@host/live?key=s3cret"], "'--camera=rtsp://…'"),
        (["--cluster=tcp://host:8786?key=s3cret"], "'--cluster=tcp://…'"),
        (["--gallery=/home/ann/my team"], "'--gallery=…/my team'"),
        (["--record=filmed", "--camera=0"], "--gallery=filmed"),
        (["--system=page", "--page-engine=browser"], "--system=page --page-engine=browser"),
        (["--nothing-left-out", "--face-detector=none"], "--face-detector=none --nothing-left-out"),
        (["--embedding=whitened"], "--embedding=whitened"),
    ],
    ids=str,
)
def test_options(project: Project, given: list[str], repeated: str | None) -> None:
    config = project.pytester.parseconfigure("-p", "no:hypothesispytest", "-p", "facelab.plugin")
    names: dict[str, object] = {"seeds": "5", "system": "facelab", "people": None}
    for option in given:
        name, _, value = option.removeprefix("--").partition("=")
        names[name.replace("-", "_")] = value if "=" in option else True
    for key, chosen in names.items():
        setattr(config.option, key, chosen)
    seeds = list(range(100, 105)) if names["seeds"] != "5" else [0, 1, 2, 3, 4]
    run = {"seeds": seeds, "system": described(str(names["system"]))}
    assert (options(config, run) or None) == repeated
    assert "s3cret" not in options(config, run)


@pytest.mark.slow
def test_they_stand_in_the_record_and_beside_what_is_refused(project: Project) -> None:
    project.family("T0", "it fails with 1")
    run = project.run("--seeds=7-8", "--system=command: node t.js --key=s3cret")
    assert run.record["run"]["options"] == "--seeds=7-8 '--system=command: node …'"
    page = (run.folder / "acceptance.html").read_text("utf-8")
    assert (
        "run again: <code>pytest features/T0.feature --seeds=7-8 &#39;--system=command: node …&#39;"
    ) in page
    assert "s3cret" not in page + str(run.record)
