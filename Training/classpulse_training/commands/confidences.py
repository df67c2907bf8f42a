"""The four models' seven probabilities for pictures of one face each, as the second paper prints them."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..labels import EXPRESSIONS


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--matrix", type=Path, required=True, help="the folder of a finished run of `matrix`")
    parser.add_argument("--start", type=Path, required=True, help="the backbone of that run, its Model 3")
    parser.add_argument("--pictures", type=Path, nargs="+", required=True)
    parser.add_argument("--resources", type=Path, required=True, help="folder of the detector's two ONNX files")
    parser.add_argument("--output", type=Path, required=True, help="folder for result.json")


def run(a: argparse.Namespace) -> None:
    from ..confidences import run_confidences  # OpenCV and ONNX Runtime, which the other commands do without

    result = run_confidences(a.matrix, a.start, a.pictures, a.resources, a.output)
    print(" " * 30 + "".join(f"{name:>9}" for name in EXPRESSIONS))
    for k, picture in enumerate(result["pictures"]):
        for model, rows in result["models"].items():
            print(f"{picture:20.20}{model:>10}" + "".join(f"{value:9.3f}" for value in rows[k]))
