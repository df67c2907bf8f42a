"""How the classifier's accuracy falls with light, focus, size, hiding and pose: the origin of the quality gates.

    python -m classpulse_training.quality --data DATA --resources ../Sources/Models/Resources

FER2013 PublicTest faces are degraded one way in steps; for every step the median of what the product measures on the
48 x 48 crop and the accuracy are printed, as a table of Markdown. Pose is not made but found: the detector and the rule
of the five points group the same faces by yaw and pitch.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

from .detector.measures import Detector, wilson
from .faces import Faces, load_folder
from .framing import ENLARGED, MARGIN, bundled, canvas
from .pose import estimated

SIDE = 48
BOX_HEIGHT = 36.5
"""Median height of the detector's box, in pixels of the 48 x 48 crop."""

Change = Callable[[np.ndarray, float, np.random.Generator], np.ndarray]


def measured(crop: np.ndarray) -> tuple[float, float, float]:
    """uint8 [48, 48] -> mean, standard deviation, variance of the Laplacian, as `CropQuality` has them."""
    levels = crop.astype(np.float64)
    edges = levels[1:-1, :-2] + levels[1:-1, 2:] + levels[:-2, 1:-1] + levels[2:, 1:-1] - 4 * levels[1:-1, 1:-1]
    return levels.mean(), levels.std(), edges.var()


def exposed(crop: np.ndarray, gain: float, rng: np.random.Generator) -> np.ndarray:
    """Less or more light on an 8-bit sensor with a little noise."""
    return np.clip(crop.astype(np.float64) * gain + rng.normal(0, 1, crop.shape), 0, 255).round().astype(np.uint8)


def flattened(crop: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    mean = crop.mean()
    return (
        np.clip((crop.astype(np.float64) - mean) * share + mean + rng.normal(0, 1, crop.shape), 0, 255)
        .round()
        .astype(np.uint8)
    )


def blurred(crop: np.ndarray, sigma: float, _: np.random.Generator) -> np.ndarray:
    return cv2.GaussianBlur(crop, (0, 0), sigma) if sigma else crop


def shrunk(crop: np.ndarray, height: float, _: np.random.Generator) -> np.ndarray:
    """As seen where the face's box is `height` pixels high."""
    side = max(2, round(SIDE * height / BOX_HEIGHT))
    if side >= SIDE:
        return crop
    return cv2.resize(cv2.resize(crop, (side, side), interpolation=cv2.INTER_AREA), (SIDE, SIDE))


def hidden(crop: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """A grey patch over `share` of the face's box."""
    crop = crop.copy()
    if not share:
        return crop
    width, height = 30.0, BOX_HEIGHT
    across = float(np.clip(math.sqrt(share) * math.exp(rng.uniform(-0.5, 0.5)), share, 1))
    w, h = round(across * width), round(share / across * height)
    x, y = round(24 - width / 2 + rng.uniform(0, width - w)), round(24 - height / 2 + rng.uniform(0, height - h))
    crop[max(0, y) : y + h, max(0, x) : x + w] = rng.integers(256)
    return crop


def cut(crop: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """`share` of the face's box beyond a border of the picture, which is repeated there."""
    quarters = int(rng.integers(4))
    turned = np.rot90(crop, quarters).copy()
    lost = round((SIDE - BOX_HEIGHT) / 2 + share * BOX_HEIGHT) if share else 0
    if lost:
        turned[:lost] = turned[lost]
    return np.rot90(turned, -quarters)


CHANGES: dict[str, tuple[Change, int | None, tuple[float, ...]]] = {
    "light": (exposed, 0, (1, 0.5, 0.25, 0.15, 0.1, 0.07, 0.05, 0.03)),
    "too much light": (exposed, 0, (1, 1.5, 2, 2.5, 3, 4, 6)),
    "contrast": (flattened, 1, (1, 0.5, 0.3, 0.2, 0.12, 0.08, 0.05)),
    "blur": (blurred, 2, (0, 0.5, 0.8, 1, 1.3, 1.6, 2, 2.5, 3)),
    "height of the box": (shrunk, None, (48, 32, 28, 24, 20, 16, 12, 10, 8)),
    "share hidden": (hidden, None, (0, 0.1, 0.2, 0.3, 0.4, 0.5)),
    "share beyond the border": (cut, None, (0, 0.1, 0.2, 0.3, 0.4, 0.5)),
}


class Classifier:
    def __init__(self, model: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])

    def __call__(self, crops: np.ndarray) -> np.ndarray:
        parts = [
            self.session.run(None, {"image": crops[at : at + 128, None].astype(np.float32)})[0].argmax(1)
            for at in range(0, len(crops), 128)
        ]
        return np.concatenate(parts)


def row(name: str, step: str, found: str, right: np.ndarray) -> None:
    low, high = wilson(int(right.sum()), len(right))
    print(f"| {name} | {step} | {found} | {len(right)} | {right.mean():.3f} ({low:.2f}–{high:.2f}) |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--resources", type=Path, required=True, help="folder of the three ONNX files")
    parser.add_argument("--every", type=int, default=3, help="take every n-th face")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    faces = load_folder(arguments.data / "public-test")
    faces = replace(faces, images=faces.images[:: arguments.every], labels=faces.labels[:: arguments.every])
    classify = Classifier(arguments.resources / "ds-efficientnet.onnx")
    detect = bundled(arguments.resources, SIDE * ENLARGED + 2 * MARGIN)
    print("| what | step | measured (median) | faces | accuracy |\n|---|---|---|---|---|")
    for name, (change, which, steps) in CHANGES.items():
        for step in steps:
            rng = np.random.default_rng(1)
            crops = np.stack([change(face, step, rng) for face in faces.images])
            found = "" if which is None else f"{np.median([measured(crop)[which] for crop in crops]):.1f}"
            if change is hidden:
                found = confidence(detect, crops[::4])
            row(name, f"{step:g}", found, classify(crops) == faces.labels)
    poses(detect, faces, classify(faces.images) == faces.labels)


def confidence(detect: Detector, crops: np.ndarray) -> str:
    """Hiding has no measure of its own; the confidence of the detection falls with it."""
    best = [found.scores[0] for crop in crops if len((found := detect(canvas(crop))).scores)]
    return f"found {len(best) / len(crops):.0%}, score {np.median(best):.2f}" if best else "none found"


def poses(detect: Detector, faces: Faces, right: np.ndarray) -> None:
    angles = np.full((len(faces.images), 2), np.nan)
    for k, face in enumerate(faces.images):
        found = detect(canvas(face))
        if len(found.points):
            angles[k] = np.abs(estimated(found.points[0])[:2])
    missing = np.isnan(angles[:, 0])
    for k, name in enumerate(("yaw", "pitch")):
        for low, high in ((0, 10), (10, 20), (20, 30), (30, 45), (45, 90)):
            inside = ~missing & (angles[:, k] >= low) & (angles[:, k] < high)
            if inside.any():
                row(name, f"{low}…{high}°", f"{np.median(angles[inside, k]):.0f}", right[inside])
    if missing.any():
        row("no face found", "", "", right[missing])


if __name__ == "__main__":
    main()
