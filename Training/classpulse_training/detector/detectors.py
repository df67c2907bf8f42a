"""Our detector through ONNX Runtime and OpenCV's YuNet behind one call: grey picture in, detections out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

from .decode import SCORE_THRESHOLD, Detections, brightened, candidates, prepare, suppress
from .net import STRIDES

SecondStage = Callable[[np.ndarray, Detections], Detections]


class Ours:
    """`second`, if given, judges and corrects the faces found in the full picture."""

    def __init__(
        self,
        model: Path,
        long_side: int,
        threshold: float = SCORE_THRESHOLD,
        second: SecondStage | None = None,
        enlarged: float = 1.0,
    ) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self.names = [f"{kind}_{s}" for s in STRIDES for kind in ("score", "box", "points")]
        self.long_side, self.threshold, self.second, self.enlarged = long_side, threshold, second, enlarged

    def maps(self, image: np.ndarray) -> list:
        flat = [m[0] for m in self.session.run(self.names, {"image": image})]
        return [tuple(flat[i : i + 3]) for i in range(0, len(flat), 3)]

    def __call__(self, grey: np.ndarray) -> Detections:
        grey = brightened(grey)
        image, scale = prepare(grey, self.long_side, self.enlarged)
        found = suppress(candidates(self.maps(image), scale, self.threshold))
        return found if self.second is None else self.second(grey, found)


class YuNet:
    def __init__(self, model: Path, long_side: int = 640, threshold: float = 0.6) -> None:
        self.detector = cv2.FaceDetectorYN.create(str(model), "", (320, 320), threshold, 0.3, 5000)
        self.long_side = long_side

    def __call__(self, grey: np.ndarray) -> Detections:
        scale = min(1.0, self.long_side / max(grey.shape))
        size = (round(grey.shape[1] * scale), round(grey.shape[0] * scale))
        if scale < 1:
            grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
        self.detector.setInputSize(size)
        _, faces = self.detector.detect(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR))
        faces = np.zeros((0, 15), np.float32) if faces is None else faces
        faces = faces[np.argsort(-faces[:, 14])]
        boxes = np.concatenate([faces[:, :2], faces[:, :2] + faces[:, 2:4]], 1)
        return Detections(boxes / scale, faces[:, 4:14].reshape(-1, 5, 2) / scale, faces[:, 14])
