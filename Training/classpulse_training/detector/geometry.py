"""Faces as arrays and what a similarity transform does to them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .data import Picture


@dataclass
class Faces:
    """`boxes` [n, 4], `points` [n, 5, 2], `has_points` and `ignored` bool [n], all in pixels of the canvas."""

    boxes: np.ndarray
    points: np.ndarray
    has_points: np.ndarray
    ignored: np.ndarray

    @staticmethod
    def none() -> Faces:
        return Faces(
            np.zeros((0, 4), np.float32), np.zeros((0, 5, 2), np.float32), np.zeros(0, bool), np.zeros(0, bool)
        )

    def join(self, other: Faces) -> Faces:
        return Faces(*(np.concatenate(pair) for pair in zip(vars(self).values(), vars(other).values())))

    def select(self, chosen: np.ndarray) -> Faces:
        return Faces(*(value[chosen] for value in vars(self).values()))


def size_of(boxes: np.ndarray) -> np.ndarray:
    return np.sqrt(np.clip(boxes[:, 2:] - boxes[:, :2], 0, None).prod(1))


def similarity(
    scale: float, degrees: float, source: np.ndarray, target: np.ndarray, mirror: bool, first: np.ndarray | None = None
) -> np.ndarray:
    """[2, 3] that carries `source` to `target` after `first` [2, 2], mirroring, scaling and turning."""
    a = math.radians(degrees)
    linear = scale * np.array([[math.cos(a), -math.sin(a)], [math.sin(a), math.cos(a)]])
    if mirror:
        linear = linear @ np.diag([-1.0, 1.0])
    if first is not None:
        linear = linear @ first
    return np.concatenate([linear, (target - linear @ source)[:, None]], 1)


def carry(picture: Picture, matrix: np.ndarray) -> Faces:
    """The picture's faces on the canvas. A turned box is the upright box of an ellipse in it, since faces are round."""
    linear, mirror = matrix[:, :2], np.linalg.det(matrix[:, :2]) < 0
    centre = (picture.boxes[:, :2] + picture.boxes[:, 2:]) / 2
    half = (picture.boxes[:, 2:] - picture.boxes[:, :2]) / 2
    centre = centre @ linear.T + matrix[:, 2]
    half = np.sqrt((half**2) @ (linear**2).T)
    points = picture.points @ linear.T + matrix[:, 2]
    if mirror:
        points = points[:, [1, 0, 2, 4, 3]]
    boxes = np.concatenate([centre - half, centre + half], 1).astype(np.float32)
    return Faces(boxes, points.astype(np.float32), picture.has_points.copy(), picture.ignored.copy())


def covered(boxes: np.ndarray, region: np.ndarray, share: float) -> np.ndarray:
    """bool [n]: more than `share` of the box lies in the region."""
    low, high = np.maximum(boxes[:, :2], region[:2]), np.minimum(boxes[:, 2:], region[2:])
    inside = np.clip(high - low, 0, None).prod(1)
    return inside > share * np.maximum((boxes[:, 2:] - boxes[:, :2]).prod(1), 1e-6)
