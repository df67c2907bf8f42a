"""Runs models by ONNX Runtime on fixed inputs, for the engine to be compared with.

    onnxruntime_golden.py [--layers] FOLDER MODEL[:SHAPE]...

For each MODEL (a path, or the name of a network generated here, with @OPSET for another than 17) writes FOLDER/<n>/model.onnx, input.f32 with shape.txt,
and <output>.f32 for every output, all float32 little-endian in ONNX's order. SHAPE such as 2x1x48x48 fills open axes.
With --layers every node's outputs are written, for `classpulse inspect --compare --golden FOLDER/<n>`.
"""

import pathlib
import sys

import networks
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper


class Network:
    """Collects nodes and random weights; every method returns the name of the value it makes."""

    def __init__(self, seed: int, opset: int):
        self.opset = opset
        self.random = np.random.default_rng(seed)
        self.nodes, self.weights = [], []

    def weight(self, *shape: int, scale: float = 1.0, low: float = -1.0) -> str:
        name = f"w{len(self.weights)}"
        values = self.random.uniform(low, 1, shape).astype(np.float32) * np.float32(scale)
        self.weights.append(numpy_helper.from_array(values, name))
        return name

    def constant(self, values) -> str:
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def add(self, op: str, *inputs: str, **attributes) -> str:
        name = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [name], **attributes))
        return name

    def conv(self, x: str, cin: int, cout: int, kernel: int = 3, stride: int = 1, group: int = 1, **more) -> str:
        fan = cin // group * kernel * kernel
        w = self.weight(cout, cin // group, kernel, kernel, scale=(3 / fan) ** 0.5)
        pad = kernel // 2
        more.setdefault("pads", [pad] * 4)
        return self.add("Conv", x, w, self.weight(cout), strides=[stride] * 2, group=group, **more)

    def norm(self, x: str, c: int) -> str:
        return self.add(
            "BatchNormalization", x, self.weight(c), self.weight(c), self.weight(c), self.weight(c, low=0.5)
        )

    def mean(self, x: str, **more) -> str:
        """Over the pixels: axes as an attribute until opset 17, as an input since."""
        if self.opset < 18:
            return self.add("ReduceMean", x, axes=[2, 3], **more)
        return self.add("ReduceMean", x, self.constant(np.array([2, 3])), **more)

    def hard_swish(self, x: str) -> str:
        """An operator of its own since opset 14."""
        if self.opset >= 14:
            return self.add("HardSwish", x)
        return self.add("Mul", x, self.add("HardSigmoid", x, alpha=1 / 6, beta=0.5))

    def silu(self, x: str) -> str:
        return self.add("Mul", x, self.add("Sigmoid", x))

    def model(self, outputs: list[str], channels: int) -> onnx.ModelProto:
        axes = ["N", channels, "H", "W"]
        graph = helper.make_graph(
            self.nodes,
            "generated",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, axes)],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
            self.weights,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)])
        model.ir_version = 8
        return model


def mobile(opset: int) -> onnx.ModelProto:
    """Inverted residuals with squeeze-and-excite and every activation that is fused, grouped and dilated convolutions."""
    n = Network(1, opset)
    x = n.silu(n.norm(n.conv("x", 3, 24, stride=2), 24))
    for activation in ("Relu", "HardSwish", "clip", "HardSigmoid", "LeakyRelu", "Tanh"):
        y = n.norm(n.conv(x, 24, 40, kernel=1), 40)
        if activation == "clip":
            y = n.add("Clip", y, n.constant(np.float32(0)), n.constant(np.float32(6)))
        elif activation == "HardSwish":
            y = n.hard_swish(y)
        else:
            y = n.add(activation, y)
        y = n.silu(n.conv(y, 40, 40, kernel=5 if activation == "Tanh" else 3, group=40))
        gate = n.silu(n.conv(n.add("GlobalAveragePool", y), 40, 10, kernel=1))
        y = n.add("Mul", y, n.add("Sigmoid", n.conv(gate, 10, 40, kernel=1)))
        x = n.add("Add", x, n.conv(y, 40, 24, kernel=1))
    x = n.add("Relu", n.conv(x, 24, 48, group=4, dilations=[2, 2], pads=[2, 2, 2, 2]))
    x = n.add("Concat", x, n.add("PRelu", n.conv(x, 48, 16), n.weight(16, 1, 1)), axis=1)
    x = n.norm(x, 64)
    x = n.add("Flatten", n.mean(x, keepdims=1))
    x = n.add("Gemm", x, n.weight(7, 64), n.weight(7), transB=1)
    return n.model([n.add("Softmax", x, axis=1)], 3)


def pyramid(opset: int) -> onnx.ModelProto:
    """Pooling, resizing, slices and shape arithmetic, several outputs: what detectors are made of."""
    n = Network(2, opset)
    a = n.add("Relu", n.conv("x", 1, 16, kernel=5, stride=2))
    b = n.add("MaxPool", a, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], ceil_mode=1)
    b = n.add("Relu", n.conv(b, 16, 32))
    c = n.add("AveragePool", b, kernel_shape=[2, 2], strides=[2, 2], count_include_pad=1)
    c = n.conv(n.add("Pad", c, n.constant(np.array([0, 0, 1, 0, 0, 0, 0, 1]))), 32, 32, pads=[0, 1, 1, 0])
    roi, scales = n.constant(np.array([], np.float32)), n.constant(np.array([1, 1, 2, 2], np.float32))
    nearest = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    up = n.add("Resize", c, roi, scales, **nearest)
    d = n.add("Resize", b, roi, n.constant(np.array([1, 1, 0.5, 1.5], np.float32)), mode="linear")
    e = n.add("Resize", b, roi, n.constant(np.array([1, 1, 0.7, 1.6], np.float32)), **nearest)
    rows = n.add("Transpose", n.conv(up, 32, 5, kernel=1), perm=[0, 2, 3, 1])
    shape = n.add("Shape", rows)
    first = n.add("Gather", shape, n.constant(np.array([0])), axis=0)
    wanted = n.add("Concat", first, n.constant(np.array([-1, 5])), axis=0)
    scores = n.add("Sigmoid", n.add("Reshape", rows, wanted))
    one, two, ends = (n.constant(np.array([v])) for v in (1, 2, 2**62))
    sliced = n.add("Slice", scores, one, ends, two, two)
    largest = n.add("MaxPool", d, kernel_shape=[3, 3], strides=[3, 3], auto_pad="SAME_LOWER")
    return n.model([scores, sliced, d, e, n.add("Exp", largest)], 1)


GENERATED = {"mobile": (mobile, [2, 3, 21, 26]), "pyramid": (pyramid, [2, 1, 32, 40])}


def main() -> None:
    layers = "--layers" in sys.argv
    arguments = [argument for argument in sys.argv[1:] if argument != "--layers"]
    folder = pathlib.Path(arguments[0])
    for i, argument in enumerate(arguments[1:]):
        name, _, text = argument.partition(":")
        name, _, opset = name.partition("@")
        target = folder / str(i)
        target.mkdir(parents=True, exist_ok=True)
        if name in GENERATED:
            make, shape = GENERATED[name]
            content = make(int(opset or 17)).SerializeToString()
        else:
            content, shape = pathlib.Path(name).read_bytes(), None
        shape = [int(n) for n in text.split("x")] if text else shape
        (target / "model.onnx").write_bytes(content)
        settings = onnxruntime.SessionOptions()
        if layers:  # else it fuses the values away
            content = networks.with_all_outputs(target / "model.onnx")
            settings.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        session = onnxruntime.InferenceSession(content, settings, providers=["CPUExecutionProvider"])
        port = session.get_inputs()[0]
        shape = shape or port.shape
        scale = 1 if name in GENERATED else 255
        x = (np.random.default_rng(3).random(shape, np.float32) * scale).astype("<f4")
        (target / "input.f32").write_bytes(x.tobytes())
        (target / "shape.txt").write_text(" ".join(map(str, shape)) + "\n")
        for output, value in zip(session.get_outputs(), session.run(None, {port.name: x})):
            if value.dtype == np.float32:
                (target / networks.file_name(output.name)).write_bytes(value.astype("<f4").tobytes())


if __name__ == "__main__":
    main()
