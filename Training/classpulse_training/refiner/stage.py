"""The second stage at work: the same rule as in the product's `FaceRefiner`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime

from ..crop import warp
from ..detector.decode import Detections
from .net import SIDE
from .samples import crop_map

PROPOSAL_THRESHOLD = 0.3
"""Least confidence with which the detector proposes a face."""
SCORE_THRESHOLD = 0.6
"""Least geometric mean of both stages' confidences. Both were chosen on the validation people and pictures."""


class SecondStage:
    def __init__(self, model: Path, threshold: float = SCORE_THRESHOLD) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self.threshold = threshold

    def __call__(self, grey: np.ndarray, found: Detections) -> Detections:
        """Judges proposals (in pixels of `grey`, uint8 [H, W]) and corrects their points."""
        transforms = [crop_map(points) for points in found.points]
        usable = [row for row, transform in enumerate(transforms) if transform is not None]
        if not usable:
            return Detections(found.boxes[:0], found.points[:0], found.scores[:0])
        crops = np.stack([warp(grey, transforms[row], SIDE, SIDE) for row in usable])[:, None].astype(np.float32)
        score, points = self.session.run(["score", "points"], {"image": crops})
        scores = np.sqrt(found.scores[usable] * score.reshape(-1))
        points = points.reshape(-1, 5, 2)
        moved = np.stack([p @ transforms[row][:, :2].T + transforms[row][:, 2] for p, row in zip(points, usable)])
        order = [i for i in np.argsort(-scores, kind="stable") if scores[i] >= self.threshold]
        return Detections(found.boxes[usable][order], moved[order], scores[order])
