"""The trained second stage as ONNX: opset 17, input `image` float32 [N, 1, 64, 64], outputs `score` [N, 1, 1, 1] and
`points` [N, 10, 1, 1]."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

from ..detector.export import fold_norms
from ..export import OPSET, sha256
from ..files import write_whole
from ..networks import multiply_adds
from .net import SIDE, FaceRefiner
from .stage import PROPOSAL_THRESHOLD, SCORE_THRESHOLD


class Serving(nn.Module):
    """A probability instead of a logit; batch norms folded."""

    def __init__(self, net: FaceRefiner) -> None:
        super().__init__()
        self.net = fold_norms(net)

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        score, points = self.net(image)
        return score.sigmoid(), points


def export(weights: Path, metrics: dict, output: Path) -> dict:
    """Exports a checkpoint and writes the card `<output>.json` beside it; returns the card."""
    net = FaceRefiner()
    net.load_state_dict({k: v.float() for k, v in torch.load(weights, weights_only=True).items()})
    parameters = sum(p.numel() for p in net.parameters())
    cost = multiply_adds(net.eval(), SIDE, SIDE)
    serving = Serving(net)
    torch.onnx.export(
        serving,
        (torch.rand(2, 1, SIDE, SIDE) * 255,),
        str(output),
        opset_version=OPSET,
        input_names=["image"],
        output_names=["score", "points"],
        dynamic_axes={name: {0: "N"} for name in ("image", "score", "points")},
        dynamo=False,
    )
    onnx.checker.check_model(onnx.load(str(output)))
    sample = torch.rand(3, 1, SIDE, SIDE) * 255
    with torch.no_grad():
        expected = serving(sample)
    session = onnxruntime.InferenceSession(str(output), providers=["CPUExecutionProvider"])
    found = session.run(None, {"image": sample.numpy()})
    card = {
        "name": output.stem,
        "sha256": sha256(output),
        "task": "face-refinement",
        "input": {"name": "image", "shape": ["N", 1, SIDE, SIDE], "range": [0, 255]},
        "decode": {"proposal_threshold": PROPOSAL_THRESHOLD, "score_threshold": SCORE_THRESHOLD},
        "parameters": parameters,
        "multiply_adds": cost,
        "largest_difference": max(float(np.abs(a.numpy() - b).max()) for a, b in zip(expected, found)),
        "trained_on": ["what the face detector proposes on its own training scenes", "faces68 (75 % of the people)"],
        "validated_on": "scenes and frames of faces68's validation people",
        "metrics": metrics,
        "card": "Docs/cards/face-detector.md",
    }
    write_whole(output.with_suffix(".json"), json.dumps(card, indent=2) + "\n")
    return card
