"""Measures where FER2013 puts the five points of a face: the origin of `crop.POINTS`.

    python -m classpulse_training.framing --data DATA --resources ../Sources/Models/Resources
    python -m classpulse_training.framing --data DATA --yunet face_detection_yunet_2023mar.onnx

Each of `--count` training faces is enlarged 4 times, its border repeated for 64 pixels all around, and searched for
faces; pictures with exactly one count. Printed are the medians of the five points in the 48 x 48 picture (area
0...48 x 0...48), their quartile ranges, the medians made symmetric about the vertical middle line, and how well the
similarity of `crop.face_map` fits: the spread of its magnification, turn and shift over the faces.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import cv2
import numpy as np

from .crop import POINTS, SIDE, face_map
from .detector.data import read_grey
from .detector.detectors import Ours, YuNet
from .refiner.stage import PROPOSAL_THRESHOLD, SecondStage

ENLARGED, MARGIN = 4, 64
MIRROR = [1, 0, 2, 4, 3]


def bundled(resources: Path, long_side: int) -> Ours:
    """The product's detector, both stages."""
    second = SecondStage(resources / "face-refiner.onnx")
    return Ours(resources / "face-detector.onnx", long_side, PROPOSAL_THRESHOLD, second)


def canvas(grey: np.ndarray) -> np.ndarray:
    large = cv2.resize(grey, None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_CUBIC)
    return cv2.copyMakeBorder(large, MARGIN, MARGIN, MARGIN, MARGIN, cv2.BORDER_REPLICATE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--resources", type=Path, help="folder of the detector's two ONNX files")
    parser.add_argument("--yunet", type=Path)
    parser.add_argument("--count", type=int, default=3000)
    arguments = parser.parse_args()
    if (arguments.resources is None) == (arguments.yunet is None):
        parser.error("one of --resources and --yunet")
    cv2.setNumThreads(1)
    side = SIDE * ENLARGED + 2 * MARGIN
    find = bundled(arguments.resources, side) if arguments.resources else YuNet(arguments.yunet, side, 0.7)
    files = sorted((arguments.data / "train").glob("*/*.jpg"))
    random.Random(7).shuffle(files)
    files = files[: arguments.count]
    found = []
    for file in files:
        faces = find(canvas(read_grey(file)))
        if len(faces.points) == 1:
            found.append((faces.points[0] - MARGIN) / ENLARGED)
    points = np.array(found)
    median = np.median(points, axis=0)
    low, high = np.percentile(points, (25, 75), axis=0)
    mirrored = median[MIRROR] * (-1, 1) + (SIDE, 0)
    print(f"{len(points)} of {len(files)} faces")
    print("medians          ", median.round(2).tolist())
    print("quartile ranges  ", (high - low).round(2).tolist())
    print("symmetric        ", ((median + mirrored) / 2).round(2).tolist())
    print("in use           ", POINTS.tolist())
    maps = np.array([m for m in map(face_map, points) if m is not None])
    magnification = np.hypot(maps[:, 0, 0], maps[:, 1, 0])
    turn = np.degrees(np.arctan2(maps[:, 1, 0], maps[:, 0, 0]))
    shift = np.einsum("nij,j->ni", maps[:, :, :2], [SIDE / 2, SIDE / 2]) + maps[:, :, 2] - SIDE / 2
    for name, values in (
        ("magnification", magnification),
        ("turn", turn),
        ("shift x", shift[:, 0]),
        ("shift y", shift[:, 1]),
    ):
        print(f"{name:17}", "5 %, 50 %, 95 %:", np.percentile(values, (5, 50, 95)).round(3).tolist())


if __name__ == "__main__":
    main()
