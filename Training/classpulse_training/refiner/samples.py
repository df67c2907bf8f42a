"""Training samples of the second stage: what the detector proposes on composed scenes, right or wrong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..crop import SIDE as FRAMING
from ..crop import face_map, warp
from ..detector.data import Picture, iou
from ..detector.decode import Detections
from ..detector.degrade import degrade
from ..detector.geometry import Faces, covered
from ..detector.measures import Detector
from ..detector.scenes import Composer
from .net import MARGIN, SIDE


@dataclass
class Samples:
    """`crops` uint8 [n, 64, 64], `faces` bool [n], `points` float32 [n, 5, 2] in pixels of the crop, `has_points`
    bool [n]."""

    crops: np.ndarray
    faces: np.ndarray
    points: np.ndarray
    has_points: np.ndarray

    def select(self, chosen: np.ndarray) -> Samples:
        return Samples(*(value[chosen] for value in vars(self).values()))

    @staticmethod
    def joined(parts: list[Samples]) -> Samples:
        return Samples(*(np.concatenate(values) for values in zip(*(vars(part).values() for part in parts))))


def crop_map(points: np.ndarray) -> np.ndarray | None:
    """[5, 2] points of a face -> [2, 3] from positions in the second stage's input to positions in the picture."""
    framing = face_map(points)
    if framing is None:
        return None
    scale = FRAMING * MARGIN / SIDE
    linear = framing[:, :2] * scale
    middle = framing[:, :2] @ np.array([FRAMING / 2, FRAMING / 2]) + framing[:, 2]
    return np.concatenate([linear, (middle - linear @ np.array([SIDE / 2, SIDE / 2]))[:, None]], 1)


def to_crop(transform: np.ndarray, points: np.ndarray) -> np.ndarray:
    return (points - transform[:, 2]) @ np.linalg.inv(transform[:, :2]).T


def jittered(points: np.ndarray, rng: np.random.Generator, more: float = 1.0) -> np.ndarray:
    """The five points moved together and each a little, so that the second stage learns to correct."""
    size = max(4.0, float(np.linalg.norm(points.max(0) - points.min(0))))
    middle = points.mean(0)
    angle, scale = np.radians(rng.normal(0, 4 * more)), np.exp(rng.normal(0, 0.05 * more))
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moved = middle + rng.normal(0, 0.03 * more * size, 2) + rng.normal(0, 0.015 * more * size, (5, 2))
    return (points - middle) @ turn.T + moved


class Judge:
    """Collects crops of proposals. A proposal is a face from an IoU of 0.5 with one on and none below 0.3; those between,
    and those on ignored faces, are left out."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.crops: list[np.ndarray] = []
        self.flags: list[bool] = []
        self.targets: list[np.ndarray] = []
        self.known: list[bool] = []

    def judge(self, grey: np.ndarray, faces: Faces, found: Detections, right: int = 1, wrong: int = 1) -> None:
        """Takes `right` jittered crops of each right proposal and `wrong` of each wrong one."""
        overlaps = iou(found.boxes, faces.boxes)
        for row in range(len(found.boxes)):
            best = int(overlaps[row].argmax()) if len(faces.boxes) else -1
            if best >= 0 and overlaps[row, best] >= 0.5:
                if not faces.ignored[best]:
                    points = faces.points[best] if faces.has_points[best] else None
                    self.add(grey, found.points[row], True, points, right)
            elif best < 0 or (
                overlaps[row, best] < 0.3 and not covered(faces.boxes[faces.ignored], found.boxes[row], 0.1).any()
            ):
                self.add(grey, found.points[row], False, None, wrong)

    def add(self, grey: np.ndarray, guess: np.ndarray, is_face: bool, points: np.ndarray | None, copies: int) -> None:
        for _ in range(copies):
            transform = crop_map(jittered(guess, self.rng))
            if transform is None:
                continue
            crop = warp(grey, transform, SIDE, SIDE)
            if copies > 1 and self.rng.random() < 0.5:
                crop, _ = degrade(crop, self.rng)
            self.crops.append(crop)
            self.flags.append(is_face)
            self.known.append(points is not None)
            self.targets.append(np.zeros((5, 2)) if points is None else to_crop(transform, points))

    def samples(self) -> Samples:
        targets = np.array(self.targets, np.float32).reshape(-1, 5, 2)
        crops = np.array(self.crops, np.uint8).reshape(-1, SIDE, SIDE)
        return Samples(crops, np.array(self.flags, bool), targets, np.array(self.known, bool))


def harvest(composer: Composer, detect: Detector, scenes: int, sizes: list[tuple[int, int]]) -> Samples:
    """The detector's proposals on `scenes` composed canvases."""
    judge = Judge(composer.rng)
    for _ in range(scenes):
        canvas, faces = composer.sample(*sizes[composer.rng.integers(len(sizes))])
        judge.judge(canvas, faces, detect(canvas))
    return judge.samples()


def survey(pictures: list[Picture], detectors: list[Detector], copies: int, rng: np.random.Generator) -> Samples:
    """The detectors' proposals on whole pictures as they are; `copies` of each wrong one."""
    judge = Judge(rng)
    for picture in pictures:
        faces = Faces(picture.boxes, picture.points, picture.has_points, picture.ignored)
        for detect in detectors:
            judge.judge(picture.grey, faces, detect(picture.grey), wrong=copies)
    return judge.samples()


def direct(pictures: list[Picture], copies: int, rng: np.random.Generator) -> Samples:
    """`copies` crops of every face whose points are known, straight from its frame, half of them degraded."""
    crops, targets = [], []
    for picture in pictures:
        for face in np.flatnonzero(picture.has_points):
            for _ in range(copies):
                transform = crop_map(jittered(picture.points[face], rng, more=2.0))
                if transform is None:
                    continue
                crop = warp(picture.grey, transform, SIDE, SIDE)
                crops.append(degrade(crop, rng)[0] if rng.random() < 0.5 else crop)
                targets.append(to_crop(transform, picture.points[face]))
    known = np.ones(len(crops), bool)
    return Samples(np.stack(crops), known, np.array(targets, np.float32), known.copy())
