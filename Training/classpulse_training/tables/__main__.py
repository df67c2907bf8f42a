"""Writes `Docs/Results.md` and `Docs/images/results/*.svg`; with `--check` says whether they are up to date."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .document import document
from .logs import Logs

ROOT = Path(__file__).resolve().parents[3]


def main() -> None:
    parser = argparse.ArgumentParser(prog="classpulse_training.tables", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit status 1 where a file differs")
    arguments = parser.parse_args()
    page, pictures = document(Logs(ROOT / "Training" / "logs"))
    folder = ROOT / "Docs" / "images" / "results"
    wanted = {ROOT / "Docs" / "Results.md": page, **{folder / name: picture for name, picture in pictures.items()}}
    differing = [path for path, content in wanted.items() if not path.exists() or path.read_text() != content]
    stale = [path for path in folder.glob("*.svg") if path not in wanted]
    if arguments.check:
        if differing or stale:
            names = ", ".join(str(path.relative_to(ROOT)) for path in differing + stale)
            sys.exit(f"not what `python -m classpulse_training.tables` writes: {names}")
        return
    folder.mkdir(parents=True, exist_ok=True)
    for path in stale:
        path.unlink()
    for path, content in wanted.items():
        path.write_text(content)
    print(f"{len(wanted)} files, {len(differing)} of them new")


if __name__ == "__main__":
    main()
