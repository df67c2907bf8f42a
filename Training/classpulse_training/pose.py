"""How well the head's pose is read from five points: the origin of the numbers in `Sources/Vision/HeadPose.swift`.

    python -m classpulse_training.pose --data DATA --resources ../Sources/Models/Resources

The judge is the pose that OpenCV's solvePnP gives from the 68 landmarks of faces68 (nine of them that no expression
moves much) and a generic head; the five points are those of the same landmarks, and then the detector's own. Printed are
the errors in degrees on the people whom the detector was not trained on.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np

from .detector.data import five_points, landmark_rows, person_split, read_grey
from .detector.measures import Detector
from .framing import bundled

NOSE_DEPTH, NOSE_RISE, NOSE_HEIGHT = 0.35, 0.8, 0.53

LANDMARKS = [30, 8, 36, 45, 48, 54, 39, 42, 27]
"""Nose tip, chin, outer corners of the eyes, corners of the mouth, inner corners of the eyes, bridge of the nose."""
HEAD = np.array(
    [[0, 0, 0], [0, 63.6, 12.5], [-43.3, -32.7, 26], [43.3, -32.7, 26], [-28.9, 28.9, 24.1], [28.9, 28.9, 24.1],
     [-18.5, -32, 18], [18.5, -32, 18], [0, -32.7, 9]]
)  # fmt: skip
"""Millimetres: x to the picture's right, y down, z away from the camera."""


def judged(landmarks: np.ndarray, width: int, height: int) -> tuple[float, float, float]:
    """Yaw (positive to the picture's right), pitch (positive down), roll (positive clockwise) in degrees."""
    focal = 1.5 * max(width, height)
    camera = np.array([[focal, 0, width / 2], [0, focal, height / 2], [0, 0, 1]])
    points = landmarks[LANDMARKS].astype(np.float64)
    _, turn, _ = cv2.solvePnP(HEAD, points, camera, None, flags=cv2.SOLVEPNP_SQPNP)
    rotation, _ = cv2.Rodrigues(turn)
    look, across = rotation @ (0, 0, -1), rotation @ (1, 0, 0)
    yaw, pitch = np.arctan2(look[0], -look[2]), np.arctan2(look[1], np.hypot(look[0], look[2]))
    return tuple(np.degrees([yaw, pitch, np.arctan2(across[1], across[0])]))


def estimated(points: np.ndarray) -> tuple[float, float, float]:
    """The rule of HeadPose: [5, 2] -> yaw, pitch, roll in degrees."""
    eyes, mouth = points[:2].mean(0), points[3:].mean(0)
    across = (points[1] - points[0]) + (points[4] - points[3])
    angle = np.arctan2(across[1], across[0])
    right, down = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    distance, height = right @ (points[1] - points[0]), down @ (mouth - eyes)
    size = max(distance, height)
    nose = points[2] - eyes
    share = down @ nose / max(height, 0.2 * size)
    aside = (right @ nose - right @ (mouth - eyes) * share) / max(distance, 0.2 * size)
    return tuple(np.degrees([np.arctan(aside / NOSE_DEPTH), np.arctan((share - NOSE_HEIGHT) / NOSE_RISE), angle]))


def detected(detect: Detector, grey: np.ndarray, exact: np.ndarray) -> np.ndarray | None:
    """The product's five points of the face nearest to `exact`, none where it is farther away than the eyes apart."""
    found = detect(grey).points
    if not len(found):
        return None
    away = np.linalg.norm(found.mean(1) - exact.mean(0), axis=1)
    return found[away.argmin()] if away.min() < np.linalg.norm(exact[1] - exact[0]) else None


def report(title: str, truth: np.ndarray, found: np.ndarray) -> None:
    errors = np.abs(found - truth)
    print(f"{title}: {len(truth)} faces")
    for k, name in enumerate(("yaw", "pitch", "roll")):
        mean, middle, high = errors[:, k].mean(), np.median(errors[:, k]), np.percentile(errors[:, k], 90)
        agreement = np.corrcoef(found[:, k], truth[:, k])[0, 1]
        print(
            f"{name:6} error: mean {mean:.1f}, median {middle:.1f}, 90 % below {high:.1f}; correlation {agreement:.3f}"
        )
    for low, high in ((0, 15), (15, 30), (30, 45), (45, 90)):
        inside = (np.abs(truth[:, 0]) >= low) & (np.abs(truth[:, 0]) < high)
        middle = np.median(np.abs(found[inside, 0]))
        print(f"yaw of {low} to {high}: {inside.sum()} faces, median of |yaw| found {middle:.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--resources", type=Path, help="folder of the detector's ONNX files: also with its points")
    arguments = parser.parse_args()
    detect = bundled(arguments.resources, 640) if arguments.resources else None
    truth, exact, own = [], [], []
    for file, person, landmarks in landmark_rows(arguments.data):
        if landmarks is None or person_split(person) == "train":
            continue
        grey = read_grey(arguments.data / "faces68" / file)
        points = five_points(landmarks)
        truth.append(judged(landmarks, grey.shape[1], grey.shape[0]))
        exact.append(estimated(points))
        found = None if detect is None else detected(detect, grey, points)
        own.append([np.nan] * 3 if found is None else estimated(found))
    truth, own = np.array(truth), np.array(own)
    report("exact points", truth, np.array(exact))
    known = ~np.isnan(own[:, 0])
    if known.any():
        report("the detector's points", truth[known], own[known])


if __name__ == "__main__":
    main()
