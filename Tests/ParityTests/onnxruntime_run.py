"""onnxruntime_run.py MODEL INPUT N C H W OUTPUT_DIR: runs MODEL on the float32 values in the file INPUT.

Writes each output as OUTPUT_DIR/<name>.f32, row-major.
"""

import pathlib
import sys

import numpy as np
import onnxruntime

model, values, *shape, folder = sys.argv[1:]
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
picture = np.fromfile(values, np.float32).reshape([int(length) for length in shape])
names = [output.name for output in session.get_outputs()]
for name, output in zip(names, session.run(names, {session.get_inputs()[0].name: picture})):
    output.astype(np.float32).tofile(pathlib.Path(folder) / f"{name}.f32")
