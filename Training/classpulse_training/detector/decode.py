"""From a picture to the network's input and from its maps to faces: the same rule as in the product's `Vision`."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from .data import iou
from .degrade import gamma
from .net import STRIDES
from .scenes import PADDING

SCORE_THRESHOLD = 0.55
NMS_IOU = 0.4
NESTED = 0.75
"""A face of which this share lies inside a better one is a part of it."""
MOST_CANDIDATES = 1000
ENLARGED = 1.25
"""Where a picture of several people is smaller than the long side, it is enlarged by up to this factor."""

DARK = 51.0
"""Pictures whose mean level is lower are brightened before the search."""


@dataclass
class Detections:
    """`boxes` [n, 4] left, top, right, bottom, `points` [n, 5, 2], `scores` [n]; best score first."""

    boxes: np.ndarray
    points: np.ndarray
    scores: np.ndarray


def brightened(grey: np.ndarray) -> np.ndarray:
    """uint8 [H, W] -> the same, a dark picture's levels raised by a power curve until their mean is about `DARK`; the
    curve is no steeper than the square root."""
    mean = float(grey.mean())
    if mean >= DARK:
        return grey
    return gamma(grey, max(0.5, float(np.log(DARK / 255) / np.log(max(mean, 1.0) / 255))))


def prepare(grey: np.ndarray, long_side: int, enlarged: float = 1.0) -> tuple[np.ndarray, float]:
    """uint8 [H, W] -> (float32 [1, 1, h, w], scale): a longer long side becomes `long_side`, a shorter one grows by at
    most `enlarged`; right and bottom are filled up to multiples of 32."""
    height, width = grey.shape
    scale = min(enlarged, long_side / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    if scale != 1:
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    padded = np.full((1, 1, -(-size[1] // 32) * 32, -(-size[0] // 32) * 32), PADDING, np.float32)
    padded[0, 0, : size[1], : size[0]] = grey
    return padded, scale


def candidates(
    maps: list[tuple[np.ndarray, np.ndarray, np.ndarray]], scale: float = 1.0, threshold: float = SCORE_THRESHOLD
) -> Detections:
    """Every cell from the threshold on, in pixels of the full picture. Maps of one picture per stride: (score [1, h, w]
    probabilities, box [4, h, w], points [10, h, w])."""
    boxes, points, scores = [], [], []
    for stride, (score, box, offsets) in zip(STRIDES, maps):
        y, x = np.nonzero(score[0] >= threshold)
        centre = (np.stack([x, y], 1) + 0.5) * stride
        distance = box[:, y, x].T * stride
        boxes.append(np.concatenate([centre - distance[:, :2], centre + distance[:, 2:]], 1))
        points.append(centre[:, None] + offsets[:, y, x].T.reshape(-1, 5, 2) * stride)
        scores.append(score[0, y, x])
    return Detections(np.concatenate(boxes) / scale, np.concatenate(points) / scale, np.concatenate(scores))


def suppress(found: Detections, nms_iou: float = NMS_IOU) -> Detections:
    """Greedy suppression: from the best score down, what overlaps a kept face by more than `nms_iou`, or shares more
    than `NESTED` of the smaller of both boxes with it, goes."""
    order = np.argsort(-found.scores, kind="stable")[:MOST_CANDIDATES]
    boxes, points, scores = found.boxes[order], found.points[order], found.scores[order]
    overlaps, area = iou(boxes, boxes), (boxes[:, 2:] - boxes[:, :2]).prod(1)
    # The intersection is IoU / (1 + IoU) of both areas' sum.
    shared = overlaps / (1 + overlaps) * (area[:, None] + area) / np.minimum(area[:, None], area).clip(min=1e-9)
    kept: list[int] = []
    for i in range(len(boxes)):
        if not kept or (overlaps[i, kept].max() <= nms_iou and shared[i, kept].max() <= NESTED):
            kept.append(i)
    return Detections(boxes[kept], points[kept], scores[kept])
