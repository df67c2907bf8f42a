"""Writes the onnx package's own node tests as files.

    write_node_tests.py FOLDER OPERATOR...

Makes FOLDER/<case>/model.onnx with input_<i>.pb and output_<i>.pb for every case whose nodes are all of the named
operators, and FOLDER/version.txt with the package's version. The package made these files part of its wheel until 1.16;
since then they are computed from the same definitions (onnx/backend/test/case/node).
"""

import pathlib
import sys

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases


def write_case(folder: pathlib.Path, case) -> None:
    inputs, outputs = case.data_sets[0]
    folder.mkdir(parents=True, exist_ok=True)
    for kind, values in (("input", inputs), ("output", outputs)):
        for i, value in enumerate(values):
            tensor = value if isinstance(value, onnx.TensorProto) else numpy_helper.from_array(np.asarray(value))
            (folder / f"{kind}_{i}.pb").write_bytes(tensor.SerializeToString())
    (folder / "model.onnx").write_bytes(case.model.SerializeToString())


def is_plain(case) -> bool:
    """Only tensors go in and out: no sequences, maps or optional values."""
    values = [*case.model.graph.input, *case.model.graph.output]
    data = [value for part in case.data_sets[0] for value in part]
    return all(v.type.WhichOneof("value") == "tensor_type" for v in values) and not any(
        v is None or isinstance(v, (list, dict)) for v in data
    )


def main() -> None:
    folder, operators = pathlib.Path(sys.argv[1]), set(sys.argv[2:])
    folder.mkdir(parents=True, exist_ok=True)
    for case in collect_testcases(None):
        if {node.op_type for node in case.model.graph.node} <= operators and is_plain(case):
            write_case(folder / case.name, case)
    (folder / "version.txt").write_text(onnx.__version__ + "\n")


if __name__ == "__main__":
    main()
