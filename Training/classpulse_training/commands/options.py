"""What several commands ask for."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from ..networks import NAMES
from ..recipe import Recipe

FLAGS = {
    "epochs": "passes over the training faces",
    "schedule_epochs": "length of the rate's course, of which --epochs is the beginning (0: as --epochs says)",
    "batch": "faces a step",
    "rate": "highest learning rate",
    "warm_up": "epochs until the highest rate",
    "smoothing": "of labels",
    "mixup": "parameter of its beta distribution; 0: none",
    "cutmix": "parameter of its beta distribution; 0: none",
    "strength": "of the augmentation",
    "ema": "decay of the averaged weights",
    "seed": "of everything that is drawn",
    "minutes": "plan as many epochs as fit (0: as --epochs says)",
    "distil_weight": "share of the teachers in the loss",
    "distil_temperature": "of the soft targets",
    "unlabelled_share": "of each batch, where there are unlabelled faces",
    "cropped_share": "of the training faces that are seen as the crop rule cuts them",
    "whole_share": "of the epochs, the last ones, which see whole and unmixed faces",
}


def add_recipe(parser: argparse.ArgumentParser, **defaults: object) -> None:
    usual = Recipe(**defaults)
    for name, help in FLAGS.items():
        value = getattr(usual, name)
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value, help=f"{help} ({value})")
    parser.add_argument("--optimiser", choices=("adam", "adamw"), default=usual.optimiser)
    parser.add_argument("--side", type=int, choices=(32, 40, 48), default=usual.side,
                        help="pixels of the window of a face that is trained on: less than 48 takes less time")  # fmt: skip
    parser.add_argument("--schedule", choices=("cosine", "steps"), default=usual.schedule)
    parser.add_argument("--bfloat16", action="store_true", help="autocast")
    parser.add_argument("--live-teachers", action="store_true", help="teachers see every batch, also on a CPU")
    parser.add_argument("--fast-teachers", action="store_true",
                        help="the same, compiled and in bfloat16: takes a C++ compiler")  # fmt: skip


def recipe_of(arguments: argparse.Namespace) -> Recipe:
    names = [*FLAGS, "side", "optimiser", "schedule", "bfloat16", "live_teachers", "fast_teachers"]
    return Recipe(**{name: getattr(arguments, name) for name in names})


def add_run(parser: argparse.ArgumentParser, network: str | None = "ds-efficientnet") -> None:
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets, or a file made by `pack`")
    parser.add_argument("--run", dest="folder", type=Path, required=True, help="the run's folder; resumed if it exists")
    if network:
        parser.add_argument("--network", choices=NAMES, default=network)
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")


def add_limits(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--compile", action="store_true", help="torch.compile the network that is trained")
    parser.add_argument("--call-minutes", type=float, help="stop cleanly before so many minutes have passed")


def deadline(arguments: argparse.Namespace) -> float | None:
    """The `time.monotonic` until which this call may go on."""
    return None if arguments.call_minutes is None else time.monotonic() + 60 * arguments.call_minutes
