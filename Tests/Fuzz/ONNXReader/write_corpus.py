"""Writes the seed models of the fuzz target: write_corpus.py FOLDER. Each has one operator or a few, and tiny weights."""

import pathlib
import sys

import numpy as np
from onnx import TensorProto, helper, numpy_helper


def model(nodes, outputs=("y",), weights=(), shape=("N", 2, 4, 4), opset=17):
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        [numpy_helper.from_array(value, name) for name, value in weights],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    made.ir_version = 8
    return made.SerializeToString()


def node(op, inputs="x", outputs="y", **attributes):
    return helper.make_node(op, inputs.split(), outputs.split(), **attributes)


ones = np.ones
ints = np.array
CORPUS = {
    "conv": model([node("Conv", "x w", pads=[1, 1, 1, 1], strides=[2, 1])], weights=[("w", ones((3, 2, 3, 3), "f"))]),
    "depthwise": model([node("Conv", "x w", group=2)], weights=[("w", ones((2, 1, 3, 3), "f"))]),
    "same": model(
        [node("Conv", "x w", auto_pad="SAME_LOWER", dilations=[2, 2])], weights=[("w", ones((1, 2, 2, 2), "f"))]
    ),
    "residual": model(
        [node("Conv", "x w", "c"), node("Add", "x c", "a"), node("Relu", "a")], weights=[("w", ones((2, 2, 1, 1), "f"))]
    ),
    "silu": model([node("Sigmoid", "x", "s"), node("Mul", "x s")]),
    "norm": model(
        [node("BatchNormalization", "x a a a a")], weights=[("a", ones(2, "f"))], shape=("N", 2, 3, 3), opset=9
    ),
    "pool": model(
        [node("MaxPool", kernel_shape=[2, 2], ceil_mode=1), node("AveragePool", "x", "z", kernel_shape=[3, 3])],
        outputs=("y", "z"),
    ),
    "gemm": model([node("Flatten", "x", "f"), node("Gemm", "f w", alpha=0.5)], weights=[("w", ones((32, 2), "f"))]),
    "reshape": model(
        [
            node("Shape", "x", "s"),
            node("Gather", "s i", "n"),
            node("Concat", "n m", "t", axis=0),
            node("Reshape", "x t"),
        ],
        weights=[("i", ints([0])), ("m", ints([-1]))],
    ),
    "slice": model(
        [node("Slice", "x a b c d")],
        weights=[("a", ints([1, -1])), ("b", ints([9, -9])), ("c", ints([2, 3])), ("d", ints([2, -1]))],
    ),
    "pad": model([node("Pad", "x p", mode="reflect")], weights=[("p", ints([0, 0, 1, 2, 0, 0, 1, 0]))]),
    "resize": model(
        [helper.make_node("Resize", ["x", "", "s"], ["y"], mode="linear")],
        weights=[("s", ints([1, 1, 2, 1.5], dtype="f"))],
    ),
    "split": model(
        [node("Split", "x", "y z", axis=1), node("Transpose", "z", "t", perm=[0, 2, 3, 1])], outputs=("y", "t")
    ),
    "reduce": model([node("ReduceMean", axes=[2, 3], keepdims=0), node("Softmax", "y", "z")], outputs=("z",)),
    "expand": model(
        [node("Expand", "x s"), node("Squeeze", "x", "q")], outputs=("y",), weights=[("s", ints([2, 1, 2, 4, 4]))]
    ),
    "functions": model(
        [
            node("PRelu", "x a", "p"),
            node("Clip", "p lo hi", "c"),
            node("HardSwish", "c", "h"),
            node("GlobalMaxPool", "h", "g"),
            node("Pow", "h two", "q"),
            node("Max", "q g", "y"),
        ],
        weights=[
            ("a", ones((2, 1, 1), "f")),
            ("lo", ints(-1, dtype="f")),
            ("hi", ints(6, dtype="f")),
            ("two", ints(2)),
        ],
    ),
    "arithmetic": model(
        [
            node("Shape", "x", "s"),
            node("ReduceProd", "s", "n", keepdims=0),
            node("Range", "o n l", "r"),
            node("ConstantOfShape", "s", "z", value=numpy_helper.from_array(ints([3], dtype="f"))),
            node("Equal", "s k", "e"),
            node("Where", "e k s", "w"),
            node("Cast", "r", "f", to=TensorProto.FLOAT),
            node("Reshape", "f w", "v"),
            node("Unsqueeze", "v i", "u"),
            node("Identity", "u", "d"),
            node("Squeeze", "d i", "t"),
            node("Sum", "x t z"),
        ],
        weights=[
            ("o", ints(0)),
            ("l", ints(1)),
            ("k", ints([2])),
            ("i", ints([0])),
        ],
    ),
    "matmul": model([node("Transpose", "x", "t", perm=[0, 1, 3, 2]), node("MatMul", "x t")]),
}


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in CORPUS.items():
        (folder / f"{name}.onnx").write_bytes(content)


if __name__ == "__main__":
    main()
