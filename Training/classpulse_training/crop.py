"""The rule by which a face is cut out of a picture: FER2013's framing at 48 x 48.

The same numbers and the same arithmetic as `Sources/Vision/FaceFraming.swift` and `Sources/Imaging/Warp.swift`, so that
training and serving see the same pixels. `python -m classpulse_training.crop PICTURE GOLDEN.json` writes the golden
levels with which `FaceFramingTests` compares Swift (PICTURE is scikit-image's astronaut.png).
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import numpy as np
from PIL import Image

SIDE = 48

POINTS = np.array([[15.2, 19.1], [32.8, 19.1], [24.0, 29.1], [16.9, 37.6], [31.1, 37.6]])
"""The picture's left eye, right eye, nose tip, left and right mouth corner in the crop, whose area is 0...48 x 0...48
(the centre of the first pixel is at 0.5, 0.5). See `framing.py` for where they come from."""


def face_map(face: np.ndarray) -> np.ndarray | None:
    """[5, 2] points of a face -> [2, 3] similarity from positions in the crop to positions in the picture.

    Least squares over the five points. None where they are not finite or all in one place.
    """
    face = np.asarray(face, np.float64)
    if face.shape != POINTS.shape or not (np.abs(face) < 1e7).all():
        return None
    # Sums in a fixed order: numpy may add pairwise.
    framing_centre = ordered_sum(POINTS) / len(POINTS)
    face_centre = ordered_sum(face) / len(POINTS)
    p, q = POINTS - framing_centre, face - face_centre
    along = ordered_sum(p[:, 0] * q[:, 0] + p[:, 1] * q[:, 1])
    across = ordered_sum(p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0])
    square = ordered_sum(p[:, 0] * p[:, 0] + p[:, 1] * p[:, 1])
    a, b = along / square, across / square
    if not a * a + b * b > 1e-6:
        return None
    shift_x = face_centre[0] - (a * framing_centre[0] - b * framing_centre[1])
    shift_y = face_centre[1] - (b * framing_centre[0] + a * framing_centre[1])
    return np.array([[a, -b, shift_x], [b, a, shift_y]])


def ordered_sum(values: np.ndarray) -> np.ndarray:
    total = np.zeros_like(values[0])
    for value in values:
        total = total + value
    return total


def crop(grey: np.ndarray, face: np.ndarray) -> np.ndarray | None:
    """uint8 [H, W] and [5, 2] points -> uint8 [48, 48]; outside the picture its border is repeated."""
    transform = face_map(face)
    return None if transform is None else warp(grey, transform, SIDE, SIDE)


def warp(grey: np.ndarray, transform: np.ndarray, width: int, height: int) -> np.ndarray:
    """uint8 [H, W] -> uint8 [height, width] whose point p shows the picture's point `transform` p.

    The picture is first averaged over squares of k x k pixels, k the rounded magnification, then interpolated.
    """
    (a, b, tx), (c, d, ty) = transform.tolist()
    rows, columns = grey.shape
    corners = [(a * x + b * y + tx, c * x + d * y + ty) for x, y in ((0, 0), (width, 0), (0, height), (width, height))]
    magnification = math.sqrt(abs(a * d - b * c))
    side = max(1, int(min(math.floor(magnification + 0.5), max(rows, columns))))

    def bound(value: float, length: int) -> int:
        return math.floor(max(-length - 2.0, min(2.0 * length + 2, value)))

    left = bound(min(x for x, _ in corners), columns) - side
    top = bound(min(y for _, y in corners), rows) - side
    wide = (bound(max(x for x, _ in corners), columns) - left) // side + 2
    high = (bound(max(y for _, y in corners), rows) - top) // side + 2
    at_x = np.clip(np.arange(left, left + wide * side), 0, columns - 1)
    at_y = np.clip(np.arange(top, top + high * side), 0, rows - 1)
    squares = grey[np.ix_(at_y, at_x)].astype(np.int64).reshape(high, side, wide, side)
    levels = squares.sum((1, 3)) / float(side * side)

    y, x = np.mgrid[0:height, 0:width] + 0.5
    u = np.clip((a * x + b * y + tx - left) / side - 0.5, 0, wide - 1)
    v = np.clip((c * x + d * y + ty - top) / side - 0.5, 0, high - 1)
    i, j = np.minimum(u.astype(int), wide - 2), np.minimum(v.astype(int), high - 2)
    fx, fy = u - i, v - j
    above = levels[j, i] * (1 - fx) + levels[j, i + 1] * fx
    below = levels[j + 1, i] * (1 - fx) + levels[j + 1, i + 1] * fx
    return np.floor(above * (1 - fy) + below * fy + 0.5).astype(np.uint8)


def golden(picture: Path, target: Path) -> None:
    """Crops of the face as found, turned, small, larger than the picture, and cut by each border."""
    grey = np.asarray(Image.open(picture).convert("L"))
    found = np.array([[198.7, 103.1], [247.2, 103.7], [222.3, 126.1], [201.6, 144.3], [241.8, 144.0]])
    centre = found.mean(0)
    cases = []
    for angle, scale, shift in (
        (0, 1, (0, 0)), (25, 1.3, (3.3, -4.7)), (-80, 0.5, (0, 0)), (180, 2.2, (10, 20)), (7, 0.31, (-31.25, 12.5)),
        (0, 1, (-210, 0)), (0, 1.5, (0, -130)), (12, 2, (290, 0)), (0, 3, (0, 400)), (-20, 9, (40, 120)),
        (3, 0.02, (0, 0)), (0, 1, (5000, 0)),
    ):  # fmt: skip
        cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        turned = (found - centre) @ np.array([[cosine, sine], [-sine, cosine]]) * scale + centre + np.array(shift)
        points = turned.round(3)
        cut = crop(grey, points)
        assert cut is not None
        cases.append({"points": points.tolist(), "grey": cut.tobytes().hex()})
    target.write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")


if __name__ == "__main__":
    golden(Path(sys.argv[1]), Path(sys.argv[2]))
