"""Packs sets of faces into one file that `--data` takes instead of a folder. Never commit it."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..pack import pack


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--most", type=int, help="thin sets without classes to so many faces")
    parser.add_argument("--sets", nargs="+", default=["train", "public-test"])


def run(a: argparse.Namespace) -> None:
    counts = pack(a.data, a.sets, a.output, a.most)
    print(f"{counts}, {a.output.stat().st_size / 1e6:.1f} MB in {a.output}")
