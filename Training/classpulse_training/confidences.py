"""What the second paper prints: the four models' seven probabilities for single pictures of faces."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import torch

from .crop import crop
from .detector.data import read_grey
from .faces import DataError
from .fer2013 import load_run, load_weights
from .framing import bundled
from .metrics import predict
from .results import write_result

MODELS = ("ckplus48", "jaffe48", "fer2013", "fused")
LONG_SIDE = 448
"""Pixels to which a larger picture is shrunk before its face is looked for."""


def only_face(picture: Path, resources: Path) -> np.ndarray:
    """uint8 [48, 48]: the one face of a picture, as the server cuts it out."""
    grey = read_grey(picture)
    scale = LONG_SIDE / max(grey.shape)
    if scale < 1:
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    found = bundled(resources, LONG_SIDE)(grey).points
    face = crop(grey, found[0]) if len(found) == 1 else None
    if face is None:
        raise DataError(f"{picture}: {len(found)} faces found, one is wanted")
    return face


def run_confidences(matrix: Path, start: Path, pictures: list[Path], resources: Path, output: Path) -> dict:
    """Probabilities by model and picture. `matrix` is a finished run of `matrix`, `start` its backbone, which is Model 3."""
    done = matrix / "result.json"
    if not done.exists():
        raise DataError(f"{matrix}: no finished run of `matrix`")
    network = json.loads(done.read_text())["network"]
    faces = np.stack([only_face(picture, resources) for picture in pictures])
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
