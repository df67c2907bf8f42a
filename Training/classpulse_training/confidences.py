"""What the second paper prints: the four models' seven probabilities for single pictures of faces."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import torch

from .checkpoint import origin
from .crop import crop
from .detector.data import read_grey
from .detector.detectors import Ours
from .faces import DataError
from .fer2013 import load_run, load_weights
from .framing import bundled
from .metrics import predict
from .results import write_result

MODELS = ("ckplus48", "jaffe48", "fer2013", "fused")
LONG_SIDE = 448
"""Pixels to which a larger picture is shrunk before its face is looked for; it is cut out of the picture itself."""


def only_face(picture: Path, find: Ours) -> np.ndarray:
    """uint8 [48, 48]: the one face of a picture."""
    grey = read_grey(picture)
    scale = min(1.0, LONG_SIDE / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    found = find(small).points
    face = crop(grey, found[0] / scale) if len(found) == 1 else None
    if face is None:
        raise DataError(f"{picture}: {len(found)} faces found, one is wanted")
    return face


def run_confidences(matrix: Path, start: Path, pictures: list[Path], resources: Path, output: Path) -> dict:
    """Probabilities by model and picture. `matrix` is a finished run of `matrix`, `start` its backbone, which is Model 3."""
    done = matrix / "result.json"
    if not done.exists():
        raise DataError(f"{matrix}: no finished run of `matrix`")
    about = json.loads(done.read_text())
    network, begun = about["network"], origin(start)
    if about.get("start_sha256", begun["start_sha256"]) != begun["start_sha256"]:
        raise DataError(f"{start}: not the weights that {matrix} began with")
    find = bundled(resources, LONG_SIDE)
    faces = np.stack([only_face(picture, find) for picture in pictures])
    result: dict = {
        "kind": "confidences",
        "network": network,
        "pictures": [file.name for file in pictures],
        "models": {},
    }
    for name in MODELS:
        net = load_weights(start, network) if name == "fer2013" else load_run(matrix / "fold-0" / name)
        result["models"][name] = torch.softmax(predict(net, faces), 1).tolist()
    output.mkdir(parents=True, exist_ok=True)
    write_result(output, result)
    return result
