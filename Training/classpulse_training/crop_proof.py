"""Is the crop that serving makes the crop that training saw? Detector and crop rule on faces whose own crop is known.

    python -m classpulse_training.crop_proof --data DATA --resources ../Sources/Models/Resources --output logs/crop-rule

FER2013 holds crops only: each PublicTest face is enlarged, surrounded by its repeated border, searched and cropped again,
and the classifier reads both. JAFFE holds whole pictures: the classifier reads them shrunk, and cropped by the rule.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np

from .crop import SIDE, crop, face_map
from .detector.data import read_grey
from .faces import load_folder
from .framing import ENLARGED, MARGIN, bundled, canvas
from .quality import Classifier
from .results import write_result


def again(images: np.ndarray, find) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which faces were found, their crops uint8 [n, 48, 48], their maps [n, 2, 3] in pixels of the original."""
    kept, crops, maps = [], [], []
    for k, face in enumerate(images):
        large = canvas(face)
        found = find(large).points
        if len(found):
            kept.append(k)
            crops.append(crop(large, found[0]))
            maps.append(face_map((found[0] - MARGIN) / ENLARGED))
    return np.array(kept), np.stack(crops), np.stack(maps)


def quantiles(values: np.ndarray) -> list[float]:
    return np.percentile(values, (5, 50, 95)).tolist()


def on_fer2013(data: Path, resources: Path, classify: Classifier, every: int) -> dict:
    faces = load_folder(data / "public-test")
    images, labels = faces.images[::every], faces.labels[::every]
    kept, crops, maps = again(images, bundled(resources, SIDE * ENLARGED + 2 * MARGIN))
    own, ours, labels = classify(images[kept]), classify(crops), labels[kept]
    centre = np.einsum("nij,j->ni", maps[:, :, :2], [SIDE / 2] * 2) + maps[:, :, 2] - SIDE / 2
    return {
        "faces": len(images),
        "found": len(kept),
        "accuracy_own_crop": float((own == labels).mean()),
        "accuracy_our_crop": float((ours == labels).mean()),
        "same_answer": float((own == ours).mean()),
        "grey_difference": float(np.abs(images[kept].astype(float) - crops).mean()),
        "magnification": quantiles(np.hypot(maps[:, 0, 0], maps[:, 1, 0])),
        "turn": quantiles(np.degrees(np.arctan2(maps[:, 1, 0], maps[:, 0, 0]))),
        "shift_x": quantiles(centre[:, 0]),
        "shift_y": quantiles(centre[:, 1]),
    }


def on_jaffe(data: Path, resources: Path, classify: Classifier) -> dict:
    whole = load_folder(data / "jaffe")
    find = bundled(resources, 256)
    kept, crops = [], []
    for k, file in enumerate(whole.files):
        grey = read_grey(data / "jaffe" / file)
        found = find(grey).points
        if len(found):
            kept.append(k)
            crops.append(crop(grey, found[0]))
    labels = whole.labels[kept]
    return {
        "faces": len(whole.files),
        "found": len(kept),
        "accuracy_whole_picture": float((classify(whole.images[kept]) == labels).mean()),
        "accuracy_our_crop": float((classify(np.stack(crops)) == labels).mean()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--resources", type=Path, required=True, help="folder of the three ONNX files")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--every", type=int, default=1, help="take every n-th PublicTest face")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    data, resources = arguments.data, arguments.resources
    classify = Classifier(resources / "ds-efficientnet.onnx")
    arguments.output.mkdir(parents=True, exist_ok=True)
    fer2013 = on_fer2013(data, resources, classify, arguments.every)
    write_result(arguments.output, {"kind": "crop", "fer2013": fer2013, "jaffe": on_jaffe(data, resources, classify)})


if __name__ == "__main__":
    main()
