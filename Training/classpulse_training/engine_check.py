"""Every network of the tables as an ONNX file in the Swift engine: the same probabilities as PyTorch's, and its time.

    python -m classpulse_training.engine_check --classpulse BINARY --folder nets --output logs/engine
    python -m classpulse_training.engine_check --classpulse BINARY --folder nets --output logs/engine --times

The first exports and compares (random weights, normalisations set by drawn faces; VGG16 is 135 MB), the second measures
one face on one thread, which wants a quiet machine.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from pathlib import Path

import numpy as np
import torch
from torch import nn

from .ds_efficientnet import Probabilities
from .export import to_onnx
from .metrics import as_batch
from .networks import ABLATION, COMPARISON, build
from .results import describe, write_result
from .smoke import drawn_face

BATCH = 8


def prepared(name: str, faces: torch.Tensor) -> nn.Module:
    torch.manual_seed(1)
    net = build(name)
    for layer in net.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.momentum = 0.5
    with torch.no_grad():
        for _ in range(4):
            net.train()(faces)
    return net.eval()


def bench(binary: Path, *options: str) -> dict:
    command = [str(binary), "bench", "model", "--json", *options]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])


def compare(binary: Path, name: str, folder: Path) -> dict:
    """Exports, runs both, and returns the network's size with the largest difference of a probability."""
    draw = np.random.default_rng(1)
    faces = as_batch(np.stack([drawn_face(k % 7, draw) for k in range(BATCH)]))
    net = Probabilities(prepared(name, faces)).eval()
    model, values = folder / f"{name}.onnx", folder / "faces.f32"
    to_onnx(net, model)
    faces.contiguous(memory_format=torch.contiguous_format).numpy().tofile(values)
    found = folder / f"{name}-outputs"
    found.mkdir(exist_ok=True)
    bench(binary, "--model", str(model), "--batch", str(BATCH), "--runs", "1",
          "--input", str(values), "--outputs", str(found))  # fmt: skip
    ours = np.fromfile(found / "probabilities.f32", np.float32).reshape(BATCH, -1)
    size = describe(name, net.net)
    with torch.no_grad():
        single, double = net(faces).numpy(), net.double()(faces.double()).numpy()
    differences = {"largest_difference": ours - single, "rounding": single - double}
    return {**size, **{key: f"{np.abs(value).max():.1e}" for key, value in differences.items()}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--classpulse", type=Path, required=True, help="the built binary")
    parser.add_argument("--folder", type=Path, required=True, help="for the ONNX files")
    parser.add_argument("--output", type=Path, required=True, help="folder for result.json")
    parser.add_argument("--times", action="store_true", help="measure what the first call has exported")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    arguments.output.mkdir(parents=True, exist_ok=True)
    file = arguments.output / "result.json"
    result = json.loads(file.read_text()) if file.exists() else {"kind": "engine", "networks": {}}
    for name in (*ABLATION, *COMPARISON):
        if arguments.times:
            found = bench(arguments.classpulse, "--model", str(arguments.folder / f"{name}.onnx"))
            result["networks"][name].update(milliseconds=found["median_ms"], isa=found["isa"])
        else:
            found = compare(arguments.classpulse, name, arguments.folder)
            result["networks"].setdefault(name, {}).update(found)
        print(name, result["networks"][name], flush=True)
    write_result(arguments.output, result)


if __name__ == "__main__":
    main()
