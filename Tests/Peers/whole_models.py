"""Runs whole networks in ClassPulse's engine and in ONNX Runtime and compares them, layer by layer on request.

    whole_models.py [--classpulse BINARY] [--layers | --float64] [--markdown] [NAME...]

NAME is one of networks.py, exported here with random weights (needs torch, torchvision, timm), or "files": the bundled
networks and YuNet. Every network runs at two sizes, with several batches of one file, and in the opsets 11, 17 and 20.
`classpulse inspect --compare` names the first node that differs by more than 1e-4 of its value's largest number; without
--layers only the outputs are compared. With --float64 the judge is the file itself computed in double precision by the onnx
package's reference evaluator, and ONNX Runtime's own difference from it stands beside ours. Exit status 1 if anything differs.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import engines
import networks
import numpy as np
import onnxruntime

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
RESOURCES = ROOT / "Sources/Models/Resources"
FILES = [
    (RESOURCES / "ds-efficientnet.onnx", [[1, 1, 48, 48], [5, 1, 48, 48], [1, 1, 224, 224]]),
    (RESOURCES / "face-detector.onnx", [[1, 1, 64, 96], [2, 1, 224, 224]]),
    (ROOT / "../shared/peers/face_detection_yunet_2023mar.onnx", [[1, 3, 640, 640], [2, 3, 224, 224]]),
]


def compare(path: pathlib.Path, shape: list[int], scale: float, options: argparse.Namespace) -> dict:
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        path = networks.with_open_axes(path, shape, folder)
        content = networks.with_all_outputs(path) if options.layers else str(path)
        settings = onnxruntime.SessionOptions()
        if options.layers:  # else it fuses the values away
            settings.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        session = onnxruntime.InferenceSession(content, settings, providers=["CPUExecutionProvider"])
        x = (networks.pictures(shape, seed=3) * scale).astype("<f4")
        (folder / "input.f32").write_bytes(x.tobytes())
        outputs = [output.name for output in session.get_outputs()]
        values = session.run(None, {session.get_inputs()[0].name: x})
        theirs = None
        if options.float64:
            judge = networks.in_float64(path, x)
            theirs = max(engines.difference(value, exact) for value, exact in zip(values, judge))
            values = [value.astype(np.float32) for value in judge]
        for output, value in zip(outputs, values):
            if value.dtype == np.float32:
                (folder / networks.file_name(output)).write_bytes(value.astype("<f4").tobytes())
        command = [options.classpulse, "inspect", str(path), "--compare", "--golden", str(folder), "--json"]
        command += ["--batch", str(shape[0]), "--shape", "x".join(map(str, shape[1:]))]
        result = subprocess.run(command, check=False, capture_output=True, text=True)
        if not result.stdout:
            return {"error": result.stderr.strip()}
        return {**json.loads(result.stdout), "theirs": theirs}


def report(what: str, shape: list[int], result: dict, options: argparse.Namespace) -> bool:
    text = "x".join(map(str, shape))
    good = "error" not in result and "first" not in result and not result["outputs_missed"] and result["values"] > 0
    if "error" in result:
        outcome = result["error"]
    elif not good:
        outcome = f"first difference: {result.get('first') or result['outputs_missed']}"
    else:
        outcome = f"{result['values']} values, {result['largest']['difference']:.1e}"
    if result.get("theirs") is not None:
        outcome += f"; ONNX Runtime {result['theirs']:.1e}"
    print(f"| {what} | {text} | {outcome} |" if options.markdown else f"{what} {text}: {outcome}", flush=True)
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--classpulse", default=str(ROOT / ".build/release/classpulse"))
    parser.add_argument("--layers", action="store_true", help="every value that fusion leaves, not the outputs only")
    parser.add_argument("--float64", action="store_true", help="judge both engines by double precision (slow)")
    parser.add_argument("--markdown", action="store_true", help="rows of a table")
    parser.add_argument("names", nargs="*", default=[*networks.NETWORKS, "files"], metavar="NAME")
    options = parser.parse_args()
    good = True
    for name in options.names:
        if name == "files":
            for path, shapes in FILES:
                for shape in shapes if path.exists() else []:
                    good = report(path.name, shape, compare(path, shape, 255, options), options) and good
                if not path.exists():
                    print(f"skipped: {path} is not there")
            continue
        _, channels, small, large = networks.NETWORKS[name]
        for size, opset, batches in [(small, 17, [1, 3]), (large, 17, [1, 2]), (small, 11, [2]), (small, 20, [2])]:
            if options.float64 and opset == 11:
                continue  # there the evaluator normalizes by the batch's own mean, whatever the file says
            with tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder) / f"{name}.onnx"
                networks.export(name, size, opset, path, plain=opset != 17)
                for batch in batches:
                    shape = [batch, channels, size, size]
                    good = report(f"{name}, opset {opset}", shape, compare(path, shape, 1, options), options) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
