"""Races `classpulse bench model` against ONNX Runtime on the same files, in turns, and compares the outputs.

    onnxruntime_race.py [--classpulse BINARY] [--rounds N] [--threads N] [--markdown] CASE...

A CASE is MODEL:SHAPE, for instance Sources/Models/Resources/ds-efficientnet.onnx:32x1x48x48; a model whose input is
declared with another fixed size is copied with open axes first. MODEL may also be torchvision/NAME (mobilenet_v2,
resnet50, vgg16, inception_v3, efficientnet_b0): exported with random weights where torchvision is installed.
Every round gives each engine the same number of runs; the figure is the median over rounds of the rounds' medians, so that
other load on the machine hits both. Both have the same number of threads. Exit status 1 if outputs differ by more than 1e-4.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

os.environ.pop("OPENBLAS_CORETYPE", None)  # would halve a library that ours may call

import numpy as np
import onnx
import onnxruntime

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def export(name: str, folder: pathlib.Path) -> pathlib.Path:
    import torch
    import torchvision

    torch.manual_seed(0)
    net = getattr(torchvision.models, name)(weights=None, **({"init_weights": True} if name == "inception_v3" else {}))
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    path = folder / f"{name}.onnx"
    size = 299 if name == "inception_v3" else 224
    torch.onnx.export(
        net.eval(),
        torch.rand(1, 3, size, size),
        str(path),
        dynamo=False,
        opset_version=17,
        input_names=["x"],
        output_names=["y"],
        dynamic_axes={"x": {0: "N", 2: "H", 3: "W"}},
    )
    return path


def with_open_axes(path: pathlib.Path, shape: list[int], folder: pathlib.Path) -> pathlib.Path:
    model = onnx.load(path)
    dims = model.graph.input[0].type.tensor_type.shape.dim
    if all(not dim.HasField("dim_value") or dim.dim_value == length for dim, length in zip(dims, shape)):
        return path
    for i, dim in enumerate(dims):
        dim.dim_param = f"axis{i}"
    for value in [*model.graph.output, *model.graph.value_info]:
        value.type.tensor_type.ClearField("shape")
    copy = folder / path.name
    onnx.save(model, copy)
    return copy


class Peer:
    def __init__(self, path: pathlib.Path, threads: int):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.name = self.session.get_inputs()[0].name

    def run(self, x: np.ndarray) -> dict[str, np.ndarray]:
        names = [output.name for output in self.session.get_outputs()]
        return dict(zip(names, self.session.run(None, {self.name: x})))

    def times(self, x: np.ndarray, runs: int) -> list[float]:
        times = []
        for _ in range(runs):
            start = time.perf_counter()
            self.session.run(None, {self.name: x})
            times.append(1000 * (time.perf_counter() - start))
        return sorted(times)


def race(case: str, options: argparse.Namespace, folder: pathlib.Path) -> dict:
    name, _, text = case.rpartition(":")
    shape = [int(n) for n in text.split("x")]
    path = export(name.split("/")[1], folder) if name.startswith("torchvision/") else pathlib.Path(name)
    path = with_open_axes(path, shape, folder)
    scale = 1 if name.startswith("torchvision/") else 255
    x = (np.random.default_rng(3).random(shape, np.float32) * scale).astype("<f4")
    (folder / "input.f32").write_bytes(x.tobytes())
    peer = Peer(path, options.threads)
    expected = peer.run(x)
    runs = max(3, min(400, int(300 / max(peer.times(x, 3)[0], 0.01))))
    command = [options.classpulse, "bench", "model", "--json", "--model", str(path), "--batch", str(shape[0])]
    command += ["--shape", "x".join(map(str, shape[1:])), "--threads", str(options.threads), "--runs", str(runs)]
    command += ["--input", str(folder / "input.f32"), "--outputs", str(folder)]
    ours, theirs, best = [], [], [1e9, 1e9]
    for _ in range(options.rounds):
        result = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        times = peer.times(x, runs)
        ours.append(result["median_ms"])
        theirs.append(times[len(times) // 2])
        best = [min(best[0], result["minimum_ms"]), min(best[1], times[0])]
    difference = 0.0
    for output, value in expected.items():
        actual = np.frombuffer((folder / f"{output.replace('/', '_')}.f32").read_bytes(), "<f4").reshape(value.shape)
        difference = max(difference, float(np.max(np.abs(actual - value) / np.maximum(1, np.abs(value)))))
    a, b = statistics.median(ours), statistics.median(theirs)
    return {
        "model": path.stem,
        "shape": text,
        "threads": options.threads,
        "isa": result["isa"],
        "classpulse_ms": round(a, 3),
        "onnxruntime_ms": round(b, 3),
        "ratio": round(statistics.median(x / y for x, y in zip(ours, theirs)), 3),
        "best_ratio": round(best[0] / best[1], 3),
        "difference": difference,
        "onnxruntime": onnxruntime.__version__,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--classpulse", default=str(ROOT / ".build/release/classpulse"))
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--markdown", action="store_true", help="a row of Docs/Benchmarks.md for each case")
    parser.add_argument("cases", nargs="+", metavar="CASE")
    options = parser.parse_args()
    agrees = True
    with tempfile.TemporaryDirectory() as folder:
        for case in options.cases:
            r = race(case, options, pathlib.Path(folder))
            agrees = agrees and r["difference"] < 1e-4
            if options.markdown:
                print(
                    f"| {r['model']} {r['shape']} | {r['threads']} | {r['classpulse_ms']} | {r['onnxruntime_ms']} "
                    f"| {r['ratio']} | {r['best_ratio']} | {r['difference']:.1e} |",
                    flush=True,
                )
            else:
                print(json.dumps(r), flush=True)
    return 0 if agrees else 1


if __name__ == "__main__":
    sys.exit(main())
