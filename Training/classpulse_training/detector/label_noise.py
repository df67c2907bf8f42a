"""How exact the key points of faces68 are themselves: the floor below which no detector's error on them can fall.

    python -m classpulse_training.detector.label_noise --data DATA

The five points of a frame are carried to the next frame of its clip by optical flow (Lucas-Kanade) and compared with
that frame's own labels. Only pairs count whose points the flow brings back to within 1.5 % of the distance of the eyes'
centres; errors are in units of that distance.
"""

from __future__ import annotations

import argparse
import math
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

from .data import five_points, landmark_rows, read_grey

USED = [*range(36, 48), 30, 48, 54]


def disagreement(root: Path, first: tuple[str, np.ndarray], second: tuple[str, np.ndarray]) -> np.ndarray | None:
    """[5] distances between carried and labelled points, None where the flow is not to be trusted."""
    a, b = read_grey(root / first[0]), read_grey(root / second[0])
    points = five_points(first[1])
    eyes = float(np.linalg.norm(points[1] - points[0]))
    if a.shape != b.shape or eyes < 12:
        return None
    window = int(max(9, eyes / 2)) | 1
    start = first[1].astype(np.float32)[:, None]
    options = {"winSize": (window, window), "maxLevel": 3}
    there, _, _ = cv2.calcOpticalFlowPyrLK(a, b, start, None, **options)
    back, _, _ = cv2.calcOpticalFlowPyrLK(b, a, there, None, **options)
    if np.linalg.norm(back - start, axis=2)[USED].max() > 0.015 * eyes:
        return None
    return np.linalg.norm(five_points(there[:, 0]) - five_points(second[1]), axis=1) / eyes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    root = parser.parse_args().data
    clips: dict[str, list[tuple[str, np.ndarray]]] = {}
    for file, _, landmarks in landmark_rows(root):
        if landmarks is not None:
            clips.setdefault(file.rsplit(".", 1)[0][:-1], []).append((file, landmarks))
    pairs = [pair for frames in clips.values() for pair in pairwise(frames)]
    errors = np.array([e for a, b in pairs if (e := disagreement(root / "faces68", a, b)) is not None])
    print(f"{len(errors)} of {len(pairs)} pairs")
    print(f"carried and labelled points: mean {errors.mean():.4f}, by point {errors.mean(0).round(4).tolist()}")
    print(f"each label alone, if both err alike: {errors.mean() / math.sqrt(2):.4f}")


if __name__ == "__main__":
    main()
