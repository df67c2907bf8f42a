"""What coarser numbers would do to the bundled classifier's accuracy, simulated before a kernel is written for them.

    quantization.py DATA

DATA holds `train` and `public-test`, class folders of face crops. Dense convolutions but those of the first layers and of
squeeze-and-excitation get their inputs and weights rounded as each scheme says; everything else, and all sums, stay in float32.
Fixed scales come from 60 training faces of each class. Needs torch, onnx and opencv-python.
"""

import pathlib
import sys

import cv2
import numpy as np
import onnx
import torch

MODEL = pathlib.Path(__file__).resolve().parent.parent.parent / "Sources/Models/Resources/ds-efficientnet.onnx"
CLASSES = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]
OPERATORS = {
    "Sigmoid": torch.sigmoid,
    "Mul": torch.mul,
    "Add": torch.add,
    "Sub": torch.sub,
    "Div": torch.div,
    "GlobalAveragePool": lambda x: x.mean((2, 3), keepdim=True),
    "Flatten": lambda x: x.flatten(1),
    "Gemm": lambda x, weights, bias: x @ weights.T + bias,
    "Softmax": lambda x: torch.softmax(x, -1),
    "BatchNormalization": lambda x, a, b, mean, variance: torch.batch_norm(
        x, a, b, mean, variance, False, 0, 1e-5, False
    ),
}


def faces(folder: pathlib.Path, limit: int | None = None) -> tuple[torch.Tensor, torch.Tensor]:
    """[N, 1, 48, 48] grey levels, `limit` a class chosen by a fixed generator, and labels."""
    generator, pictures, labels = np.random.default_rng(0), [], []
    for label, name in enumerate(CLASSES):
        files = sorted((folder / name).iterdir())
        if limit:
            files = [files[i] for i in sorted(generator.choice(len(files), min(limit, len(files)), replace=False))]
        pictures += [cv2.imread(str(file), cv2.IMREAD_GRAYSCALE) for file in files]
        labels += [label] * len(files)
    return torch.from_numpy(np.stack(pictures)[:, None]).float(), torch.tensor(labels)


class Network:
    def __init__(self):
        graph = onnx.load(MODEL).graph
        self.known = {t.name: torch.from_numpy(onnx.numpy_helper.to_array(t).copy()) for t in graph.initializer}
        self.nodes = []
        for node in graph.node:
            attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
            if node.op_type == "Constant":
                self.known[node.output[0]] = torch.from_numpy(onnx.numpy_helper.to_array(attributes["value"]).copy())
            else:
                self.nodes.append((node, attributes))
        self.input, self.output = graph.input[0].name, graph.output[0].name

    def run(self, x: torch.Tensor, rounding) -> torch.Tensor:
        """`rounding(name, input, weights, strides)` gives a dense convolution's input and weights."""
        values = self.known | {self.input: x}
        for node, attributes in self.nodes:
            inputs = [values[name] for name in node.input]
            if node.op_type == "Conv":
                a, weights, bias = inputs
                if attributes["group"] == 1 and weights.shape[1] > 1 and a.shape[2] > 1:
                    a, weights = rounding(node.name, a, weights, attributes["strides"])
                result = torch.conv2d(
                    a, weights, bias, attributes["strides"], attributes["pads"][:2], groups=attributes["group"]
                )
            elif node.op_type == "Concat":
                result = torch.cat(inputs, attributes["axis"])
            else:
                result = OPERATORS[node.op_type](*inputs)
            values[node.output[0]] = result
        return values[self.output]

    def all(self, x: torch.Tensor, rounding) -> torch.Tensor:
        return torch.cat([self.run(part, rounding) for part in x.split(128)])


def signed(weights: torch.Tensor) -> torch.Tensor:
    """Bytes -127...127 times a factor of each output channel."""
    factor = weights.abs().amax((1, 2, 3), keepdim=True) / 127
    return (weights / factor).round() * factor


def unsigned(x: torch.Tensor, low: torch.Tensor, high: torch.Tensor) -> torch.Tensor:
    """Bytes 0...255 over low...high, beyond which they are cut off."""
    scale = ((high - low) / 255).clamp(min=1e-12)
    return ((x - low) / scale).round().clamp(0, 255) * scale + low


def dynamic(x: torch.Tensor, axes: tuple[int, ...]) -> torch.Tensor:
    return unsigned(x, x.amin(axes, keepdim=True), x.amax(axes, keepdim=True))


def main() -> None:
    torch.set_grad_enabled(False)
    data, network = pathlib.Path(sys.argv[1]), Network()
    x, labels = faces(data / "public-test")
    seen: dict[str, list[torch.Tensor]] = {}

    def observe(name, a, weights, strides):
        seen.setdefault(name, []).append(a)
        return a, weights

    network.all(faces(data / "train", 60)[0], observe)
    inputs = {name: torch.cat(parts) for name, parts in seen.items()}
    tensor = {name: (a.amin(), a.amax()) for name, a in inputs.items()}
    channel = {name: (a.amin((0, 2, 3), keepdim=True), a.amax((0, 2, 3), keepdim=True)) for name, a in inputs.items()}

    def per_channel(name, a, weights, strides):
        low, high = channel[name]
        scale = (high - low).clamp(min=1e-12)
        return unsigned(a, low, high), signed(weights * scale) / scale

    def following(name, a, weights, strides):
        return dynamic(a, (1,) if weights.shape[2] == 1 else (1, 2, 3)), signed(weights)

    def built(name, a, weights, strides):
        winograd = weights.shape[2] == 3 and strides == [1, 1]
        few = weights.shape[2] == 1 and weights.shape[0] < 48
        return (a, weights) if winograd or few else following(name, a, weights, strides)

    schemes = {
        "float32": lambda name, a, weights, strides: (a, weights),
        "bfloat16": lambda name, a, weights, strides: (a.bfloat16().float(), weights.bfloat16().float()),
        "int8, fixed scale of a tensor": lambda name, a, weights, strides: (
            unsigned(a, *tensor[name]),
            signed(weights),
        ),
        "int8, fixed scales of channels": per_channel,
        "int8, scales of pixels, of pictures for 3 x 3": following,
        "the same without Winograd's layers and narrow ones": built,
    }
    exact = None
    for name, rounding in schemes.items():
        probabilities = network.all(x, rounding)
        answers = probabilities.argmax(1)
        exact = probabilities if exact is None else exact
        accuracy = 100 * (answers == labels).float().mean()
        changed = (answers != exact.argmax(1)).sum()
        mean = (probabilities - exact).abs().mean()
        print(f"{name:52s} {accuracy:.2f} %, {changed} answers change, mean difference {mean:.5f}", flush=True)


if __name__ == "__main__":
    main()
