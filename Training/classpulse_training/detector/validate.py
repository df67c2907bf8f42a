"""Validation on fixed composed canvases of people and crowds that are neither trained on nor evidence.

The pictures without faces behind them are those of training: false faces are more on others.
"""

from __future__ import annotations

import numpy as np
import torch

from .data import iou
from .decode import candidates, suppress
from .geometry import Faces
from .net import FaceDetector
from .scenes import Composer, Sources

ValidationSet = list[tuple[np.ndarray, Faces]]


def make_validation(sources: Sources, count: int = 240, seed: int = 7) -> ValidationSet:
    composer = Composer(sources, seed)
    return [composer.sample(192, 256) for _ in range(count)]


@torch.no_grad()
def raw_maps(net: FaceDetector, canvas: np.ndarray) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    image = torch.from_numpy(canvas)[None, None].float()
    return [(s.sigmoid()[0].numpy(), b[0].numpy(), p[0].numpy()) for s, b, p in net(image)]


def validate(net: FaceDetector, data: ValidationSet) -> dict:
    """Average precision at IoU 0.5, the threshold of the best F1, and for the faces found above it the mean IoU and
    the points' median error relative to the distance between the eyes. `figure` ranks checkpoints: the average
    precision, since the second stage corrects the points."""
    net.eval()
    found: list[tuple[float, bool]] = []
    matched: list[tuple[float, float, float]] = []
    total = 0
    for canvas, faces in data:
        detections = suppress(candidates(raw_maps(net, canvas), threshold=0.05))
        total += int((~faces.ignored).sum())
        overlaps = iou(detections.boxes, faces.boxes)
        taken: set[int] = set()
        for row, score in zip(range(len(detections.boxes)), detections.scores):
            free = [i for i in range(len(faces.boxes)) if i not in taken]
            face = max(free, key=lambda i: overlaps[row, i], default=None)
            if face is None or overlaps[row, face] < 0.5:
                if not touches_ignored(detections.boxes[row], faces):
                    found.append((float(score), False))
                continue
            if faces.ignored[face]:
                continue
            taken.add(face)
            found.append((float(score), True))
            if faces.has_points[face]:
                truth = faces.points[face]
                error = np.linalg.norm(detections.points[row] - truth, axis=1).mean()
                matched.append((float(score), overlaps[row, face], error / np.linalg.norm(truth[1] - truth[0])))
    precision_average, threshold, f1 = average_precision(found, total)
    good = [(o, e) for s, o, e in matched if s >= threshold]
    nme = float(np.median([e for _, e in good])) if good else 1.0
    return {
        "ap": round(precision_average, 4),
        "f1": round(f1, 4),
        "threshold": round(threshold, 3),
        "iou": round(float(np.mean([o for o, _ in good])) if good else 0.0, 4),
        "median_error": round(nme, 4),
        "figure": round(precision_average, 4),
    }


def touches_ignored(box: np.ndarray, faces: Faces) -> bool:
    """At least half of the detection lies in a region that is neither face nor background."""
    boxes = faces.boxes[faces.ignored]
    low, high = np.maximum(boxes[:, :2], box[:2]), np.minimum(boxes[:, 2:], box[2:])
    inside = np.clip(high - low, 0, None).prod(1)
    return bool((inside >= 0.5 * max((box[2:] - box[:2]).prod(), 1e-6)).any())


def average_precision(found: list[tuple[float, bool]], total: int) -> tuple[float, float, float]:
    """(area under precision over recall, threshold of the best F1, that F1)."""
    if not found or not total:
        return 0.0, 0.5, 0.0
    found = sorted(found, reverse=True)
    hits = np.cumsum([hit for _, hit in found])
    precision, recall = hits / np.arange(1, len(found) + 1), hits / total
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    best = int(f1.argmax())
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    area = float(np.sum(np.diff(np.concatenate([[0.0], recall])) * envelope))
    return area, float(found[best][0]), float(f1[best])
