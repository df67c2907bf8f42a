"""CK+ or JAFFE, fold by fold: file lists that the seed determines, the last epoch's accuracy, pooled over the folds."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ..loop import choose_device
from ..protocols import SETS, Plan, run_protocol
from ..splits import PROTOCOLS
from .options import add_recipe, add_run, recipe_of


def arguments(parser: argparse.ArgumentParser) -> None:
    add_run(parser)
    parser.add_argument("--set", choices=SETS, default="ckplus48")
    parser.add_argument("--protocol", choices=PROTOCOLS, required=True)
    parser.add_argument("--start", type=Path, help="weights of a backbone: a run's folder, or a file of checkpoints/")
    add_recipe(parser, batch=32, epochs=14, ema=0.95, strength=0.6)


def run(a: argparse.Namespace) -> None:
    plan = Plan(a.set, a.protocol, a.network, a.start)
    result = run_protocol(a.data, plan, recipe_of(a), a.folder, choose_device(a.device))
    print(json.dumps({name: result["metrics"][name] for name in ("n", "accuracy", "macro_f1")}))
