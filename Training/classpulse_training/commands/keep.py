"""Copies finished runs' config.json, log.jsonl and result.json to logs/, where they are committed."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..results import keep


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("runs", type=Path, nargs="+")
    parser.add_argument("--logs", type=Path, default=Path("logs"))


def run(a: argparse.Namespace) -> None:
    for folder in a.runs:
        keep(folder, a.logs)
