"""What is counted on each set; shares come with their 95 % intervals."""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np

from . import data, degrade
from .decode import Detections
from .geometry import carry, similarity, size_of

Detector = Callable[[np.ndarray], Detections]

TWO_FACES = ("face-demographics-walking", "female-and-male")
NO_FACE = ("people-detection",)
MISSED_BY_YUNET = {"intel_head-pose-face-detection-female-and-male_054.png": [36, 88, 96, 154]}
"""The one face of `frames` that YuNet does not find, boxed by eye."""


def wilson(hits: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    if total == 0:
        return 0.0, 1.0
    p = hits / total
    middle = (p + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * math.sqrt(p * (1 - p) / total + z * z / (4 * total * total))
    return max(0.0, middle - half), min(1.0, middle + half)


def share(hits: int, total: int) -> dict:
    low, high = wilson(hits, total)
    hits, total = int(hits), int(total)
    return {
        "hits": hits,
        "of": total,
        "share": round(hits / max(1, total), 4),
        "low": round(low, 4),
        "high": round(high, 4),
    }


def match(boxes: np.ndarray, truth: np.ndarray, least: float = 0.5) -> list[int]:
    """For each detection, best first, the index of the true box it finds, or -1; a true box is found once."""
    overlaps = data.iou(boxes, truth)
    found: list[int] = []
    for row in overlaps:
        row = [value if i not in found else 0.0 for i, value in enumerate(row)]
        best = int(np.argmax(row)) if row else -1
        found.append(best if row and row[best] >= least else -1)
    return found


def largest(detections: Detections) -> np.ndarray | None:
    if not len(detections.boxes):
        return None
    return detections.boxes[int(np.argmax(size_of(detections.boxes)))]


def expected_faces(name: str) -> int:
    """Faces in a file of `frames`: by clip for `intel`, by the digit at the end of the name for `group`."""
    if name.startswith("intel"):
        return 0 if any(s in name for s in NO_FACE) else 2 if any(s in name for s in TWO_FACES) else 1
    ending = name.rsplit(".", 1)[0].rsplit("_", 1)[1]
    return int(ending) if ending.isdigit() else 1


def frontal(pictures: list, detect: Detector, reference: Detector) -> dict:
    one, agrees = 0, 0
    for _, grey in pictures:
        found, other = detect(grey), largest(reference(grey))
        one += len(found.boxes) == 1
        agrees += len(found.boxes) == 1 and other is not None and data.iou(found.boxes, other[None])[0, 0] >= 0.5
    return {"exactly_one": share(one, len(pictures)), "exactly_one_iou": share(agrees, len(pictures))}


def counted(pictures: list, detect: Detector, reference: Detector) -> dict:
    """A face is found where a detection meets YuNet's box; the pictures were checked by eye: those boxes are right, and
    one is missing."""
    found, total, wrong, right = 0, 0, 0, 0
    for name, grey in pictures:
        expected = expected_faces(name)
        boxes = detect(grey).boxes
        truth = reference(grey).boxes[:expected]
        if name in MISSED_BY_YUNET:
            truth = np.concatenate([truth, [MISSED_BY_YUNET[name]]])
        matches = match(boxes, truth)
        hits = sum(m >= 0 for m in matches)
        found, total, wrong = found + hits, total + expected, wrong + len(matches) - hits
        right += len(boxes) == expected
    return {"recall": share(found, total), "false_faces": wrong, "count_right": share(right, len(pictures))}


def crowds(pictures: list[data.Picture], detect: Detector) -> dict:
    """Faces of 20 pixels or more on the shorter side count; a detection that meets no labelled face at all is false."""
    found, total, wrong = 0, 0, 0
    for picture in pictures:
        counts = (picture.boxes[:, 2:] - picture.boxes[:, :2]).min(1) >= 20
        matches = match(detect(picture.grey).boxes, picture.boxes)
        found += sum(m >= 0 and bool(counts[m]) for m in matches)
        wrong += sum(m < 0 for m in matches)
        total += int(counts.sum())
    return {"recall": share(found, total), "false_faces": wrong, "pictures": len(pictures)}


def landmarks(pictures: list[data.Picture], outer: dict[str, float], detect: Detector) -> dict:
    """The five points' mean error, averaged over faces: `nme` in units of the distance between the eyes' centres,
    `nme_outer` in units of `outer`, the distance between the outer corners of the eyes (as in 300-W)."""
    errors, strict, total = [], [], 0
    for picture in pictures:
        detections = detect(picture.grey)
        overlaps = data.iou(detections.boxes, picture.boxes)
        for face in np.flatnonzero(picture.has_points):
            total += 1
            if not len(overlaps) or overlaps[:, face].max() < 0.4:
                continue
            truth = picture.points[face]
            distance = np.linalg.norm(detections.points[overlaps[:, face].argmax()] - truth, axis=1)
            errors.append(distance / np.linalg.norm(truth[1] - truth[0]))
            strict.append(distance.mean() / outer[picture.name])
    if not errors:
        return {"found": share(0, total)}
    means = np.mean(errors, 1)
    return {
        "found": share(len(errors), total),
        "nme": round(float(means.mean()), 4),
        "nme_standard_error": round(float(means.std() / math.sqrt(len(means))), 4),
        "nme_median": round(float(np.median(means)), 4),
        "nme_outer": round(float(np.mean(strict)), 4),
        "per_point": np.mean(errors, 0).round(3).tolist(),
    }


def turned(grey: np.ndarray, boxes: np.ndarray, degrees: float) -> tuple[np.ndarray, np.ndarray]:
    height, width = grey.shape
    middle = np.array([width / 2, height / 2])
    matrix = similarity(1.0, degrees, middle, middle, mirror=False)
    picture = data.Picture(
        "", grey, boxes, np.zeros((len(boxes), 5, 2)), np.zeros(len(boxes), bool), np.zeros(len(boxes), bool)
    )
    moved = cv2.warpAffine(grey, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return moved, carry(picture, matrix).boxes


def degraded(faces: list[tuple[str, np.ndarray, np.ndarray]], detect: Detector) -> dict:
    """`faces` are (name, picture, its one box [1, 4]); found means IoU >= 0.4 with it, since turned boxes are vague."""

    def occluded(name: str, grey: np.ndarray, box: np.ndarray) -> np.ndarray:
        grey = grey.copy()
        rng = np.random.default_rng(int(data.bucket(name) * 2**32))
        degrade.occlude(grey, box[0], 0.3, rng, None)
        return grey

    changes: dict[str, Callable] = {
        "clean": lambda n, g, b: (g, b),
        "gamma 3": lambda n, g, b: (degrade.gamma(g, 3.0), b),
        "blur": lambda n, g, b: (degrade.blur(g, 0.04 * float(size_of(b)[0])), b),
        "jpeg 20": lambda n, g, b: (degrade.jpeg(g, 20), b),
        "occlusion 30 %": lambda n, g, b: (occluded(n, g, b), b),
        "roll +30": lambda n, g, b: turned(g, b, 30),
        "roll -30": lambda n, g, b: turned(g, b, -30),
    }
    result = {}
    for change, apply in changes.items():
        hits = extra = 0
        for name, grey, box in faces:
            picture, truth = apply(name, grey, box)
            matches = match(detect(picture).boxes, truth, least=0.4)
            hits += any(m >= 0 for m in matches)
            extra += sum(m < 0 for m in matches)
        result[change] = share(hits, len(faces)) | {"false_faces": extra}
    return result
