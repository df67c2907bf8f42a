"""The trained network as ONNX: opset 17, input `image` float32 [N, 1, H, W], outputs `score_s`, `box_s`, `points_s`."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from ..export import OPSET, sha256
from ..files import write_whole
from ..networks import multiply_adds
from .decode import MOST_CANDIDATES, NMS_IOU, SCORE_THRESHOLD
from .net import STRIDES, ConvUnit, FaceDetector
from .scenes import PADDING


def load_weights(net: FaceDetector, path: Path) -> None:
    """Weights of a checkpoint (any precision) or of an exported ONNX file. There the batch norms are folded into the
    convolutions, which share their order with the network; the norms come back as nearly the identity."""
    if path.suffix != ".onnx":
        net.load_state_dict({k: v.float() for k, v in torch.load(path, weights_only=True).items()})
        return
    graph = onnx.load(str(path)).graph
    arrays = {i.name: torch.from_numpy(onnx.numpy_helper.to_array(i).copy()) for i in graph.initializer}
    stored = [[arrays[name] for name in node.input[1:3]] for node in graph.node if node.op_type == "Conv"]
    norms = {unit[0]: unit[1] for unit in net.modules() if isinstance(unit, ConvUnit)}
    layers = called_in_order(net)
    if [w.shape for w, _ in stored] != [layer.weight.shape for layer in layers]:
        raise ValueError(f"{path}: not the convolutions of this network")
    with torch.no_grad():
        for layer, (weight, bias) in zip(layers, stored):
            layer.weight.copy_(weight)
            norms.get(layer, layer).bias.copy_(bias)
        if all(node.op_type != "Mul" for node in graph.node):
            layers[0].weight.div_(net.gain)
        for norm in norms.values():
            norm.weight.copy_((norm.running_var + norm.eps).sqrt())


@torch.no_grad()
def settle_norms(net: FaceDetector, images: torch.Tensor) -> None:
    """Gives the batch norms the statistics of `images` [N, 1, H, W] without changing what the network computes, so
    that training, which normalises by the batch, starts where the folded weights stopped."""

    def settle(norm: nn.BatchNorm2d, inputs: tuple[torch.Tensor]) -> None:
        gain = norm.weight / (norm.running_var + norm.eps).sqrt()
        shift = norm.bias - gain * norm.running_mean
        norm.running_mean.copy_(inputs[0].mean((0, 2, 3)))
        norm.running_var.copy_(inputs[0].var((0, 2, 3), unbiased=False))
        norm.weight.copy_(gain * (norm.running_var + norm.eps).sqrt())
        norm.bias.copy_(shift + gain * norm.running_mean)

    handles = [m.register_forward_pre_hook(settle) for m in net.modules() if isinstance(m, nn.BatchNorm2d)]
    net.eval()(images)
    for handle in handles:
        handle.remove()


def called_in_order(net: nn.Module) -> list[nn.Conv2d]:
    order: list[nn.Conv2d] = []
    convolutions = [m for m in net.modules() if isinstance(m, nn.Conv2d)]
    handles = [m.register_forward_hook(lambda m, *_: order.append(m)) for m in convolutions]
    with torch.no_grad():
        net.eval()(torch.zeros(1, 1, 64, 64))
    for handle in handles:
        handle.remove()
    return order


def fold_norms(net: nn.Module) -> nn.Module:
    """`net` itself, its batch norms folded into the convolutions before them."""
    net.eval()
    for unit in [m for m in net.modules() if isinstance(m, ConvUnit)]:
        unit[0] = fuse_conv_bn_eval(unit[0], unit[1])
        unit[1] = nn.Identity()
    return net


class Serving(nn.Module):
    """Probabilities instead of logits, outputs in one flat tuple, batch norms and the input's gain folded."""

    def __init__(self, net: FaceDetector) -> None:
        super().__init__()
        self.net = fold_norms(net)
        with torch.no_grad():
            net.stem[0].weight.mul_(net.gain)
        net.gain = 1.0

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return tuple(m for score, box, points in self.net(image) for m in (score.sigmoid(), box, points))


def to_onnx(net: FaceDetector, path: Path) -> float:
    """Writes the model and returns the largest difference between ONNX Runtime's and PyTorch's outputs."""
    serving = Serving(net.to(memory_format=torch.contiguous_format))
    outputs = [f"{kind}_{s}" for s in STRIDES for kind in ("score", "box", "points")]
    axes = {"image": {0: "N", 2: "H", 3: "W"}}
    axes |= {name: {0: "N", 2: f"H{name.split('_')[1]}", 3: f"W{name.split('_')[1]}"} for name in outputs}
    sample = torch.rand(2, 1, 96, 128) * 255
    torch.onnx.export(
        serving,
        (sample,),
        str(path),
        opset_version=OPSET,
        input_names=["image"],
        output_names=outputs,
        dynamic_axes=axes,
        dynamo=False,
    )
    model = onnx.load(str(path))
    onnx.checker.check_model(model)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    worst = 0.0
    for shape in ((1, 1, 256, 320), (3, 1, 64, 96)):
        sample = torch.rand(*shape) * 255
        with torch.no_grad():
            expected = serving(sample)
        for a, b in zip(expected, session.run(None, {"image": sample.numpy()})):
            worst = max(worst, float(np.abs(a.numpy() - b).max()))
    return worst


def export(run: Path, output: Path) -> dict:
    """Exports the best weights of a run and writes the card `<output>.json` beside them; returns the card."""
    net = FaceDetector()
    net.load_state_dict(torch.load(run / "best.pt", weights_only=False))
    best = torch.load(run / "last.pt", weights_only=False)["best"]
    facts = {
        "parameters": sum(p.numel() for p in net.parameters()),
        "multiply_adds": multiply_adds(net.eval(), 256, 320),
    }
    difference = to_onnx(net, output)
    card = {
        "name": output.stem,
        "sha256": sha256(output),
        "task": "face-detection",
        "input": {"name": "image", "shape": ["N", 1, "H", "W"], "range": [0, 255], "multiple_of": 32},
        "strides": list(STRIDES),
        "decode": {
            "score_threshold": SCORE_THRESHOLD,
            "nms_iou": NMS_IOU,
            "most_candidates": MOST_CANDIDATES,
            "padding": PADDING,
        },
        **facts,
        "bytes": os.path.getsize(output),
        "largest_difference": difference,
        "trained_on": [
            "faces68 (75 % of the people)",
            "LFW faces labelled by YuNet",
            "WIDER FACE (42 % of wider-dev)",
            "caltech-frontal (46 of 100 pictures) and frames (23 of 62), labelled by YuNet",
            "pictures without faces",
        ],
        "validated_on": "composed scenes of faces68's validation people",
        "metrics": {name: best[name] for name in ("step", "ap", "f1", "threshold", "iou", "median_error")},
        "card": "Docs/cards/face-detector.md",
    }
    write_whole(output.with_suffix(".json"), json.dumps(card, indent=2) + "\n")
    return card
