"""facelab: an executable acceptance test book for a webcam face classifier.

The public names for a ``conftest.py``, a trainer or steps of one's own. Each name is imported at
its first use, since TensorFlow, OpenCV and pandas take seconds. PYTEST_DONT_REWRITE: pytest would
warn that ``facelab play`` has imported this before it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from facelab.camera.camera import Camera as Camera
    from facelab.contract.errors import FacelabError as FacelabError
    from facelab.contract.errors import Lacking as Lacking
    from facelab.contract.errors import SystemFault as SystemFault
    from facelab.contract.frame import Film as Film
    from facelab.contract.frame import Frame as Frame
    from facelab.contract.history import History as History
    from facelab.contract.interval import Interval as Interval
    from facelab.contract.parameters import Parameters as Parameters
    from facelab.contract.photos import Photos as Photos
    from facelab.contract.system import Capability as Capability
    from facelab.contract.system import Learner as Learner
    from facelab.contract.system import Lesson as Lesson
    from facelab.contract.system import System as System
    from facelab.contract.training import Head as Head
    from facelab.contract.training import Training as Training
    from facelab.contract.training import TrainingRequest as TrainingRequest
    from facelab.contract.verdict import Verdict as Verdict
    from facelab.faces.finder import FaceFinder as FaceFinder
    from facelab.gallery.gallery import Gallery as Gallery
    from facelab.gallery.own_gallery import OwnGallery as OwnGallery
    from facelab.gallery.source import Recording as Recording
    from facelab.gallery.source import Source as Source
    from facelab.learning.trainer import Trainer as Trainer
    from facelab.playing.examination import Exam as Exam
    from facelab.playing.fields import Phrase as Phrase
    from facelab.playing.fields import phrase as phrase
    from facelab.playing.sheet import LiveSheet as LiveSheet

_HOMES = {
    "Camera": "camera.camera",
    "Capability": "contract.system",
    "Exam": "playing.examination",
    "FaceFinder": "faces.finder",
    "FacelabError": "contract.errors",
    "Film": "contract.frame",
    "Frame": "contract.frame",
    "Gallery": "gallery.gallery",
    "Head": "contract.training",
    "History": "contract.history",
    "Interval": "contract.interval",
    "Lacking": "contract.errors",
    "Learner": "contract.system",
    "Lesson": "contract.system",
    "LiveSheet": "playing.sheet",
    "OwnGallery": "gallery.own_gallery",
    "Parameters": "contract.parameters",
    "Photos": "contract.photos",
    "Phrase": "playing.fields",
    "Recording": "gallery.source",
    "Source": "gallery.source",
    "System": "contract.system",
    "SystemFault": "contract.errors",
    "Trainer": "learning.trainer",
    "Training": "contract.training",
    "TrainingRequest": "contract.training",
    "Verdict": "contract.verdict",
    "phrase": "playing.fields",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
