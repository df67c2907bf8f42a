"""PublicTest by the mean of several runs' probabilities. `--run` is named after its row in the tables: `ensemble-…`."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..campaign import score_ensemble
from ..loop import choose_device
from ..pack import load_set
from .options import add_run


def arguments(parser: argparse.ArgumentParser) -> None:
    add_run(parser, network=None)
    parser.add_argument(
        "--members", type=Path, nargs="+", required=True, help="runs' folders, each with weights and `network.txt`"
    )


def run(a: argparse.Namespace) -> None:
    score_ensemble(load_set(a.data, "public-test"), a.members, a.folder, choose_device(a.device))
