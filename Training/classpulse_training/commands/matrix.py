"""The second paper's four models (CK+, JAFFE, FER2013, fused), each tested on every set; resumable fold by fold."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ..fusion import run_matrix
from ..loop import choose_device
from .options import add_recipe, add_run, recipe_of


def arguments(parser: argparse.ArgumentParser) -> None:
    add_run(parser)
    parser.add_argument("--start", type=Path, required=True, help="weights of a network trained on FER2013")
    add_recipe(parser, batch=32, epochs=3, rate=1e-3, ema=0.95, strength=0.6)


def run(a: argparse.Namespace) -> None:
    result = run_matrix(a.data, a.network, a.start, recipe_of(a), a.folder, choose_device(a.device))
    print(json.dumps(result["accuracy"]))
