"""Networks: the finder's two networks, a batch of pictures at a time; here in plain NumPy."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from facelab.faces.network import Convolution, Map, forward
from facelab.faces.refinement import refine


class Networks(Protocol):
    """What `FaceFinder` asks; all pictures are float32, in local contrast."""

    def propose(self, pictures: Map) -> Map:
        """Return the maps (n, 12, 16, 5) of pictures (n, 96, 128), as `net.forward`."""

    def refine(self, looks: Map) -> Map:
        """Return what is said (n, 5) of closer looks (n, 48, 48), as `refinement.refine`."""


@dataclass(frozen=True)
class NumpyNetworks:
    """The networks without TensorFlow, picture by picture."""

    net: Mapping[str, Convolution]

    def propose(self, pictures: Map) -> Map:
        """Return the maps of pictures."""
        return np.stack([forward(picture, self.net) for picture in pictures])

    def refine(self, looks: Map) -> Map:
        """Return what is said of looks."""
        return np.stack([refine(look, self.net) for look in looks])
