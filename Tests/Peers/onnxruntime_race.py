"""Races `classpulse bench model` against ONNX Runtime on the same files, in turns, and compares the outputs.

    onnxruntime_race.py [--classpulse BINARY] [--rounds N] [--threads N] [--markdown] CASE...

A CASE is MODEL:SHAPE, for instance Sources/Models/Resources/ds-efficientnet.onnx:32x1x48x48; a model whose input is
declared with another fixed size is copied with open axes first. MODEL may also be a NAME of networks.py, which is exported
with random weights (needs torch).
Every round gives each engine the same number of runs; the figure is the median over rounds of the rounds' medians, so that
other load on the machine hits both. Both have the same number of threads. Exit status 1 if outputs differ by more than 1e-4
of their largest number.
"""

import argparse
import json
import pathlib
import statistics
import sys
import tempfile

import engines
import networks
import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def race(case: str, options: argparse.Namespace, folder: pathlib.Path) -> dict:
    name, _, text = case.rpartition(":")
    shape = [int(n) for n in text.split("x")]
    path = pathlib.Path(name)
    if not path.exists():
        name = name.rpartition("/")[2]
        path = folder / f"{name}.onnx"
        networks.export(name, shape[2], 17, path)
    path = networks.with_open_axes(path, shape, folder)
    scale = 1 if name in networks.NETWORKS else 255
    x = (np.random.default_rng(3).random(shape, np.float32) * scale).astype("<f4")
    peer = engines.ONNXRuntime(path, shape, options.threads, folder)
    own = engines.ClassPulse(path, shape, options.threads, folder, options.classpulse)
    expected = dict(zip(peer.outputs, peer.run(x)))
    runs = max(3, min(400, int(300 / max(peer.times(x, 3)[0], 0.01))))
    ours, theirs, best = [], [], [1e9, 1e9]
    for _ in range(options.rounds):
        mine, times = own.times(x, runs), peer.times(x, runs)
        ours.append(engines.median(mine))
        theirs.append(engines.median(times))
        best = [min(best[0], mine[0]), min(best[1], times[0])]
    a, b = statistics.median(ours), statistics.median(theirs)
    return {
        "model": path.stem,
        "shape": text,
        "threads": options.threads,
        "isa": own.facts["isa"],
        "classpulse_ms": round(a, 3),
        "onnxruntime_ms": round(b, 3),
        "ratio": round(statistics.median(x / y for x, y in zip(ours, theirs)), 3),
        "best_ratio": round(best[0] / best[1], 3),
        "difference": max(engines.difference(own.output(name), value) for name, value in expected.items()),
        "onnxruntime": peer.version,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--classpulse", default=str(ROOT / ".build/release/classpulse"))
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--markdown", action="store_true", help="a row of Docs/Benchmarks.md for each case")
    parser.add_argument("cases", nargs="+", metavar="CASE")
    options = parser.parse_args()
    agrees = True
    with tempfile.TemporaryDirectory() as folder:
        for case in options.cases:
            r = race(case, options, pathlib.Path(folder))
            agrees = agrees and r["difference"] < 1e-4
            if options.markdown:
                print(
                    f"| {r['model']} {r['shape']} | {r['threads']} | {r['classpulse_ms']} | {r['onnxruntime_ms']} "
                    f"| {r['ratio']} | {r['best_ratio']} | {r['difference']:.1e} |",
                    flush=True,
                )
            else:
                print(json.dumps(r), flush=True)
    return 0 if agrees else 1


if __name__ == "__main__":
    sys.exit(main())
