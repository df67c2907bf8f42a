"""PyTorch's own probabilities of the bundled classifier on 500 PublicTest faces: `Tests/ParityTests/classifier-golden.json`.

    python -m classpulse_training.golden --data DATA --model ../Sources/Models/Resources/ds-efficientnet.onnx

The weights are read back out of the ONNX file into the PyTorch network, so that the export is judged, too. The file holds
names and numbers, no pictures; `smoke` compares `classpulse evaluate` with it.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from .export import sha256
from .faces import DataError
from .files import write_whole
from .metrics import predict
from .networks import SHIPPED, build
from .pack import load_set

FACES = 500
GOLDEN = Path(__file__).resolve().parents[2] / "Tests" / "ParityTests" / "classifier-golden.json"


def fused(net: nn.Module) -> nn.Module:
    """Every batch norm that follows a convolution in a row of layers, drawn into it, as the exporter does."""
    for layers in [m for m in net.modules() if isinstance(m, nn.Sequential)]:
        for k in range(len(layers) - 1):
            if isinstance(layers[k], nn.Conv2d) and isinstance(layers[k + 1], nn.BatchNorm2d):
                layers[k], layers[k + 1] = fuse_conv_bn_eval(layers[k], layers[k + 1]), nn.Identity()
    return net


def from_onnx(path: Path) -> tuple[nn.Module, float]:
    """The exported classifier's weights in a PyTorch network of logits, and its temperature."""
    graph = onnx.load(path).graph
    arrays = {tensor.name: torch.from_numpy(numpy_helper.to_array(tensor).copy()) for tensor in graph.initializer}
    net = fused(build(SHIPPED).eval())
    kinds = {"Conv": nn.Conv2d, "BatchNormalization": nn.BatchNorm2d, "Gemm": nn.Linear}
    for operator, kind in kinds.items():
        nodes = [node for node in graph.node if node.op_type == operator]
        layers = [layer for layer in net.modules() if isinstance(layer, kind)]
        if len(nodes) != len(layers):
            raise DataError(f"{path}: {len(nodes)} {operator}, expected {len(layers)}")
        for node, layer in zip(nodes, layers):
            targets = [layer.weight, layer.bias]
            targets += [layer.running_mean, layer.running_var] if operator == "BatchNormalization" else []
            for name, target in zip(node.input[1:], targets):
                target.data.copy_(arrays[name])
    return net, temperature(graph)


def temperature(graph: onnx.GraphProto) -> float:
    """The divisor in front of the softmax."""
    division = [node for node in graph.node if node.op_type == "Div"][-1]
    constants = {node.output[0]: node.attribute[0].t for node in graph.node if node.op_type == "Constant"}
    constants |= {tensor.name: tensor for tensor in graph.initializer}
    return float(numpy_helper.to_array(constants[division.input[1]]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=GOLDEN)
    arguments = parser.parse_args()
    faces = load_set(arguments.data, "public-test")
    chosen = np.sort(np.random.default_rng(1).permutation(len(faces.files))[:FACES])
    net, heat = from_onnx(arguments.model)
    probabilities = torch.softmax(predict(net, faces.images[chosen]) / heat, 1)
    rows = {faces.files[i]: [round(p, 6) for p in row] for i, row in zip(chosen, probabilities.tolist())}
    lines = ",\n".join(f"  {json.dumps(file)}: {json.dumps(row)}" for file, row in rows.items())
    head = f' "sha256": "{sha256(arguments.model)}",\n "torch": "{torch.__version__}",\n "probabilities"'
    write_whole(arguments.output, f"{{\n{head}: {{\n{lines}\n }}\n}}\n")
    print(f"{len(rows)} faces in {arguments.output}")


if __name__ == "__main__":
    main()
