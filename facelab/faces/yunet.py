"""YuNet, run by OpenCV: another face detector, for users who have its file."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from facelab.contract.errors import FacelabError
from facelab.contract.frame import Frame
from facelab.faces.face import Face, main_first

SKULL = np.array([-0.003, -0.071, 0.832, 1.188], np.float32)
"""From YuNet's box to the skull's: shift of the middle in widths and heights; width and height as
shares of YuNet's height. Fitted on 774 whole heads drawn by the studio (mean overlap 0.79)."""


class YuNet:
    """YuNet (Wu, Peng and Yu, 2023) from an ONNX file, through ``cv2.FaceDetectorYN``."""

    def __init__(self, path: Path, threshold: float = 0.7) -> None:
        """Load the file. Raises FacelabError when there is none or it is no such network."""
        self.name = f"YuNet ({path.name})"
        try:
            self._detector = cv2.FaceDetectorYN.create(str(path), "", (320, 320), threshold)
        except cv2.error:
            raise FacelabError(
                f"--face-detector: received {path}, which OpenCV cannot load; allowed is a YuNet "
                "file (.onnx), facelab or none"
            ) from None

    def find(self, frame: Frame) -> list[Face]:
        """Return the faces of a frame (height, width, 3) uint8 BGR, the largest first."""
        self._detector.setInputSize(frame.shape[1::-1])
        rows = self._detector.detect(frame)[1]
        return main_first([_face(row) for row in (() if rows is None else rows)], surely=0)


def _face(row: NDArray[np.float32]) -> Face:
    """One row of YuNet's answer: left, top, width, height, five landmarks, score."""
    left, top, width, height = row[:4]
    middle = np.array([left + width * (0.5 + SKULL[0]), top + height * (0.5 + SKULL[1])])
    half = SKULL[2:] * height / 2
    box = np.concatenate([middle - half, middle + half]).astype(np.float32)
    return Face(box, float(row[14]), row[4:14].reshape(5, 2))
