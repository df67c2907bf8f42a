"""Trains a network on FER2013 Training, chooses the epoch on PublicTest; distils if teachers are given."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from .. import workers
from ..faces import DataError
from ..fer2013 import Job, load_sets, run_job
from ..loop import choose_device
from .options import add_limits, add_recipe, add_run, deadline, recipe_of


def arguments(parser: argparse.ArgumentParser) -> None:
    add_run(parser)
    add_limits(parser)
    parser.add_argument(
        "--start", type=Path, help="begin with these weights: a run's folder, or a file of checkpoints/"
    )
    parser.add_argument("--teachers", type=Path, nargs="*", default=[], help="folders of finished runs to learn from")
    add_recipe(parser)


def run(a: argparse.Namespace) -> None:
    until = deadline(a)
    with workers.joined():
        if workers.count() > 1 and a.device != "cpu":
            raise DataError("several workers are for the CPU: add --device cpu")
        job = Job(a.network, a.folder, recipe_of(a), a.start, a.teachers)
        result = run_job(job, load_sets(a.data), choose_device(a.device), until, a.compile)
        if workers.rank() > 0:
            return
        if result is None:
            print("not finished: the same command goes on")
        else:
            print(json.dumps({name: result["metrics"][name] for name in ("n", "accuracy", "macro_f1")}))
