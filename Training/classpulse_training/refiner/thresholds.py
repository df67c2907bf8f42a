"""Which thresholds: faces lost and false faces on pictures that are neither trained on nor evidence."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..detector import data
from ..detector.decode import ENLARGED, Detections, brightened
from ..detector.degrade import gamma, jpeg
from ..detector.detectors import Ours
from ..detector.measures import match
from .stage import SecondStage

PROPOSALS = (0.2, 0.3, 0.4)
THRESHOLDS = tuple(np.arange(0.46, 0.71, 0.02).round(2))


def at_least(found: Detections, first: np.ndarray, proposal: float, threshold: float) -> Detections:
    kept = (first >= proposal) & (found.scores >= threshold)
    return Detections(found.boxes[kept], found.points[kept], found.scores[kept])


def validation_pictures(root: Path, teacher: data.Teacher) -> list[tuple[str, data.Picture, int]]:
    """(kind, picture, long side): frames of the validation people, clean, dark and compressed, and crowds."""
    pictures = []
    for picture in data.load_faces68(root, "validation", teacher)[::2]:
        for kind, change in (
            ("frames", lambda g: g),
            ("dark", lambda g: gamma(g, 3.0)),
            ("jpeg", lambda g: jpeg(g, 20)),
        ):
            changed = data.Picture(**{**vars(picture), "grey": change(picture.grey)})
            pictures += [(kind, changed, 640), (f"{kind} 320", changed, 320)]
    return pictures + [("crowds", picture, 640) for picture in data.load_wider(root, "validation")]


def print_thresholds(root: Path, teacher_model: Path, detector: Path, refiner: Path | None) -> None:
    """A line for each pair: of each kind of picture, the share of faces found and the number of false ones."""
    teacher = data.Teacher(teacher_model, root)
    second = SecondStage(refiner, threshold=0.0) if refiner else None
    looked = []
    stages = {
        side: Ours(detector, side, min(PROPOSALS), enlarged=growth) for side, growth in ((320, 1.0), (640, ENLARGED))
    }
    for kind, picture, side in validation_pictures(root, teacher):
        found = stages[side](picture.grey)
        first = found.scores
        if second is not None and len(first):
            by_box = {tuple(box): score for box, score in zip(found.boxes, first)}
            found = second(brightened(picture.grey), found)
            first = np.array([by_box[tuple(box)] for box in found.boxes])
        looked.append((kind, picture, found, first))
    kinds = list(dict.fromkeys(kind for kind, *_ in looked))
    for proposal in PROPOSALS if refiner else PROPOSALS[:1]:
        for threshold in THRESHOLDS:
            sums = {kind: np.zeros(3, int) for kind in kinds}
            for kind, picture, found, first in looked:
                kept = at_least(found, first, proposal, threshold)
                counts = ~picture.ignored & ((picture.boxes[:, 2:] - picture.boxes[:, :2]).min(1) >= 20)
                matches = match(kept.boxes, picture.boxes)
                sums[kind] += sum(m >= 0 and bool(counts[m]) for m in matches), counts.sum(), matches.count(-1)
            cells = [f"{kind} {hits}/{total} +{wrong}" for kind, (hits, total, wrong) in sums.items()]
            print(f"{proposal:.2f} {threshold:.2f}  " + "  ".join(cells))
