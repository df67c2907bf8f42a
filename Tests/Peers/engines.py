"""Other engines behind one face: made from an ONNX file for one input shape, `run` on it, timed like ours."""

import json
import os
import pathlib
import subprocess
import sys
import time

os.environ.pop("OPENBLAS_CORETYPE", None)  # would halve a library that ours may call

import numpy as np


class Engine:
    """One network in one engine on `threads` threads, in float32."""

    name = version = ""

    def run(self, x: np.ndarray) -> list[np.ndarray]:
        """The outputs in the file's order."""
        raise NotImplementedError

    def times(self, x: np.ndarray, runs: int) -> list[float]:
        """Milliseconds of each run, sorted."""
        times = []
        for _ in range(runs):
            start = time.perf_counter()
            self.run(x)
            times.append(1000 * (time.perf_counter() - start))
        return sorted(times)


class ONNXRuntime(Engine):
    name = "ONNX Runtime"

    def __init__(self, path: pathlib.Path, shape: list[int], threads: int, folder: pathlib.Path):
        import onnxruntime

        self.version = onnxruntime.__version__
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.input = self.session.get_inputs()[0].name
        self.outputs = [output.name for output in self.session.get_outputs()]

    def run(self, x: np.ndarray) -> list[np.ndarray]:
        return self.session.run(None, {self.input: x})


class OpenVINO(Engine):
    name = "OpenVINO"

    def __init__(self, path: pathlib.Path, shape: list[int], threads: int, folder: pathlib.Path):
        import openvino

        self.version = openvino.__version__.split("-")[0]
        core = openvino.Core()
        model = core.read_model(str(path))
        model.reshape(shape)
        # Left to itself it would compute in bfloat16 where the processor can.
        settings = {"INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1, "INFERENCE_PRECISION_HINT": "f32"}
        self.request = core.compile_model(model, "CPU", settings).create_infer_request()

    def run(self, x: np.ndarray) -> list[np.ndarray]:
        return list(self.request.infer([x]).values())


class NCNN(Engine):
    """Converted by pnnx. ncnn knows no batch: a batch is so many runs."""

    name = "ncnn"

    def __init__(self, path: pathlib.Path, shape: list[int], threads: int, folder: pathlib.Path):
        import importlib.metadata

        import ncnn

        self.version = importlib.metadata.version("ncnn")
        model = folder / "ncnn.onnx"
        model.write_bytes(path.read_bytes())
        command = [str(pathlib.Path(sys.executable).parent / "pnnx"), model.name]
        command += [f"inputshape=[{','.join(map(str, [1, *shape[1:]]))}]f32", "fp16=0"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        self.net = ncnn.Net()
        self.net.opt.num_threads = threads
        for low in ("fp16_packed", "fp16_storage", "fp16_arithmetic", "bf16_storage", "int8_inference"):
            setattr(self.net.opt, f"use_{low}", False)
        self.net.load_param(str(folder / "ncnn.ncnn.param"))
        self.net.load_model(str(folder / "ncnn.ncnn.bin"))
        self.mat = ncnn.Mat
        self.outputs = list(self.net.output_names())

    def run(self, x: np.ndarray) -> list[np.ndarray]:
        pictures = []
        for picture in x:
            extractor = self.net.create_extractor()
            mat = self.mat(np.ascontiguousarray(picture)).clone()  # ncnn 1.0 crashes on memory not its own
            extractor.input("in0", mat)
            found = [extractor.extract(name) for name in self.outputs]
            if any(status for status, _ in found):
                raise RuntimeError("an output cannot be computed")
            pictures.append([np.array(value) for _, value in found])
        return [np.stack(parts) for parts in zip(*pictures)]


class ClassPulse(Engine):
    """Ours, in a process of its own: `classpulse bench model`."""

    name = "ClassPulse"

    def __init__(self, path: pathlib.Path, shape: list[int], threads: int, folder: pathlib.Path, binary: str):
        self.version = subprocess.run([binary, "--version"], check=True, capture_output=True, text=True).stdout.strip()
        self.folder = folder
        self.facts = {}
        self.command = [binary, "bench", "model", "--json", "--model", str(path), "--batch", str(shape[0])]
        self.command += ["--shape", "x".join(map(str, shape[1:])), "--threads", str(threads)]
        self.command += ["--input", str(folder / "input.f32"), "--outputs", str(folder)]

    def times(self, x: np.ndarray, runs: int) -> list[float]:
        (self.folder / "input.f32").write_bytes(x.astype("<f4").tobytes())
        result = subprocess.run([*self.command, "--runs", str(runs)], check=True, capture_output=True, text=True)
        self.facts = json.loads(result.stdout)
        return [self.facts["minimum_ms"], self.facts["median_ms"], self.facts["median_ms"]]

    def output(self, name: str) -> np.ndarray:
        """An output of the last `times`, flat."""
        return np.frombuffer((self.folder / f"{name.replace('/', '_')}.f32").read_bytes(), "<f4")


def median(times: list[float]) -> float:
    return times[len(times) // 2]


def difference(actual: np.ndarray, expected: np.ndarray) -> float:
    """The largest difference, relative to the largest number expected."""
    if actual.size != expected.size or not np.isfinite(actual).all():
        return float("inf")
    return float(np.max(np.abs(actual.ravel() - expected.ravel())) / max(np.max(np.abs(expected)), 1e-30))
