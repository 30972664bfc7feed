"""A small studio: one sitting, two actors, a plan of a few frames."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from facelab.studio.actor import Actor, look_alike, sample, to_toml
from facelab.studio.plan import read_plan
from facelab.studio.sitting import Sitting

SITTING = """
[sittings.{name}]
room = {room}
camera = {{ scale = 1.0, width = 160, height = 120 }}
garments = [
  {{ name = "one", colour = [0.04, 0.06, 0.10], neck = "crew", weave = "plain", texture = 3 }},
  {{ name = "two", colour = [0.24, 0.24, 0.25], neck = "v", weave = "stripe", texture = 4.0 }},
  {{ name = "three", colour = [0.2, 0, 0], neck = "collar", weave = "check", texture = 5.0 }},
  {{ name = "four", colour = [0.05, 0.08, 0.05], neck = "hood", weave = "plain", texture = 6.0 }},
]

[sittings.{name}.light]
kind = "day"
azimuth = 0.6
elevation = 0.4
key = 2.0
kelvin = 5600
ambient = 0.5
ambient_kelvin = 6400
screen = 0.1
"""

PLAN = (
    'seed = 7\ncast = "cast.toml"\n'
    + SITTING.format(name="morning", room=16)
    + SITTING.format(name="afternoon", room=18)
    + """
[lights.lamp]
kind = "lamp"
azimuth = -1.2
elevation = 0.3
key = 1.9
kelvin = 2900
ambient = 0.16
ambient_kelvin = 3400
screen = 0.12

[vary.steady]
yaw = 0.15
pitch = 0.07
roll = 0.05
distance = 4.9
distance_spread = 0.05
across = 0.18
up = 0.09
middle = 0.05
cut = 1.8
room_shift = 12
moving = 0.1
light_turn = 0.1
light_strength = 0.1
strength = [0.4, 0.9]
expressions = { neutral = 3, smile = 2, laugh = 1, talk = 2, surprise = 1, frown = 1, blink = 1 }

[photos.gallery]
photos = { Ann = 5, Bo = 4 }
sittings = ["morning", "afternoon"]
vary = "steady"
burst = [2, 3]
glasses_every = 4

[photos."probes/t4"]
photos = { Ann = 4 }
sittings = ["morning", "afternoon"]
vary = "steady"
burst = [2, 2]
glasses_every = 0
unseen_share = 0.5
unseen_lights = ["lamp"]

[twins.twins]
people = ["Bo"]
shots = 2
sittings = ["morning"]
vary = "steady"
burst = [2, 2]

[clips.ann]
person = "Ann"
frames = 7
rate = 30
sitting = "morning"
garment = 1
vary = "steady"
drift_to = "lamp"
drift = 0.5
drift_seconds = 10.0

[seating.seating]
frames = 6
empty = 1
pairs = 1
sittings = ["morning"]
other_rooms = [3]
other_lights = ["lamp"]
vary = "steady"
nearest = 4.5
farthest = 9.0
glasses_every = 3
"""
)


@pytest.fixture(scope="session")
def ann() -> Actor:
    return sample(117)


@pytest.fixture(scope="session")
def bo(ann: Actor) -> Actor:
    return look_alike(ann, 5, 1.0)


@pytest.fixture(scope="session")
def write_plan(ann: Actor, bo: Actor) -> Callable[[Path], Path]:
    """Writer of the small plan and its cast into a new folder."""

    def write(folder: Path) -> Path:
        folder.mkdir()
        (folder / "cast.toml").write_text(to_toml("Ann", ann) + "\n" + to_toml("Bo", bo))
        (folder / "plan.toml").write_text(PLAN)
        return folder / "plan.toml"

    return write


@pytest.fixture
def plan_file(tmp_path: Path, write_plan: Callable[[Path], Path]) -> Path:
    return write_plan(tmp_path / "plan")


@pytest.fixture(scope="session")
def sitting(
    tmp_path_factory: pytest.TempPathFactory, write_plan: Callable[[Path], Path]
) -> Sitting:
    """A sitting of the small plan, in frames four times as large."""
    plan, _ = read_plan(write_plan(tmp_path_factory.mktemp("sitting") / "plan"))
    morning = plan.sittings["morning"]
    return replace(morning, camera=replace(morning.camera, width=320, height=240))
