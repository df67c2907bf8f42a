"""Trains, resumes, distils, exports and compares on a few hundred drawn faces, in under two minutes."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..smoke import smoke


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--classpulse", type=Path, help="the built binary, to compare its accuracy on the same faces")


def run(a: argparse.Namespace) -> None:
    smoke(a.classpulse)
