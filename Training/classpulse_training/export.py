"""Weights of a run -> the ONNX file and the card that the product ships."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from torch import nn

from .checkpoint import halved, sha256
from .ds_efficientnet import Probabilities
from .files import write_whole
from .labels import EXPRESSIONS

OPSET = 17


def to_onnx(net: nn.Module, path: Path, size: int = 48) -> None:
    """Writes `net` ([N, 1, S, S] grey 0...255 -> [N, 7] probabilities) with a dynamic batch."""
    net.eval()
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        net,
        (torch.zeros(2, 1, size, size),),
        str(path),
        dynamo=False,
        opset_version=OPSET,
        input_names=["image"],
        output_names=["probabilities"],
        dynamic_axes={"image": {0: "N"}, "probabilities": {0: "N"}},
    )


def save_half(weights: Path, output: Path) -> None:
    """A checkpoint in half precision, to be kept in `checkpoints/`."""
    torch.save(halved(torch.load(weights, weights_only=True)), output)


def export_classifier(net: nn.Module, output: Path, temperature: float, metrics: dict, trained_on: list[str]) -> dict:
    """Exports `net` as `output` and writes the card `<output>.json` beside it; returns the card."""
    to_onnx(Probabilities(net, temperature), output)
    card = {
        "name": output.stem,
        "sha256": sha256(output),
        "task": "expression",
        "input": {"name": "image", "shape": ["N", 1, 48, 48], "range": [0, 255]},
        "output": {"name": "probabilities", "shape": ["N", 7]},
        "labels": list(EXPRESSIONS),
        "parameters": sum(p.numel() for p in net.parameters()),
        "temperature": temperature,
        "trained_on": trained_on,
        "validated_on": "FER2013 PublicTest",
        "metrics": metrics,
        "card": "Docs/cards/ds-efficientnet.md",
    }
    write_whole(output.with_suffix(".json"), json.dumps(card, indent=2) + "\n")
    return card
