"""Times ClassPulse's engine, ONNX Runtime, OpenVINO and ncnn on the same files and inputs: the table of Docs/Benchmarks.md.

    python3 -m venv peers && peers/bin/pip install numpy onnx onnxruntime openvino ncnn pnnx
    peers/bin/python Tests/Peers/peers_table.py [--classpulse BINARY] [--rounds N] [--threads N] CASE...

A CASE is MODEL:SHAPE, for instance Sources/Models/Resources/ds-efficientnet.onnx:32x1x48x48; networks.py exports others.
The engines take turns in every round, each with the same number of runs and of threads; a figure is the median over rounds
of the rounds' medians, a ratio the median of the rounds' ratios to ours. The outputs of all are compared with ONNX
Runtime's, relative to the largest number: more than 1e-4 is marked and makes the exit status 1.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import engines
import networks
import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PEERS = [engines.ONNXRuntime, engines.OpenVINO, engines.NCNN]


def race(case: str, options: argparse.Namespace, folder: pathlib.Path) -> tuple[list[str], bool, list]:
    name, _, text = case.rpartition(":")
    shape = [int(n) for n in text.split("x")]
    path = networks.with_open_axes(pathlib.Path(name), shape, folder)
    x = (np.random.default_rng(3).random(shape, np.float32) * options.scale).astype("<f4")
    ours = engines.ClassPulse(path, shape, options.threads, folder, options.classpulse)
    peers = []
    for peer in PEERS:
        try:
            peers.append(peer(path, shape, options.threads, folder))
        except (RuntimeError, OSError, subprocess.CalledProcessError) as error:  # leaves its place in the table empty
            print(f"{peer.name}: {case}: {error}", file=sys.stderr)
    expected = peers[0].run(x)
    runs = max(3, min(400, int(1000 * options.seconds / max(peers[0].times(x, 3)[0], 0.01))))
    rounds = []
    for number in range(options.rounds):
        turn = [ours, *peers]
        turn = turn[number % len(turn) :] + turn[: number % len(turn)]
        rounds.append({engine.name: engines.median(engine.times(x, runs)) for engine in turn})
    agrees = True
    cells = [f"{path.stem} {text.replace('x', '×')}", str(options.threads)]
    outputs = [ours.output(output) for output in peers[0].outputs]
    for engine in [ours, *(next((peer for peer in peers if isinstance(peer, kind)), None) for kind in PEERS)]:
        if engine is None:
            cells.append("")
            continue
        found = outputs if engine is ours else engine.run(x)
        far = max(engines.difference(a, e) for a, e in zip(found, expected)) if len(found) == len(expected) else 9e9
        agrees = agrees and far < 1e-4
        cell = f"{statistics.median(r[engine.name] for r in rounds):.3g} ms"
        if engine is not ours:
            cell += f", {statistics.median(r[ours.name] / r[engine.name] for r in rounds):.2f}×"
        cells.append(cell + ("" if far < 1e-4 else f" (differs by {far:.0e})"))
    return cells, agrees, [ours, *peers]


def processor() -> str:
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return "unknown processor"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--classpulse", default=str(ROOT / ".build/release/classpulse"))
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=0.3, help="of each engine's turn in a round")
    parser.add_argument("--scale", type=float, default=255, help="inputs are random numbers from 0 to this")
    parser.add_argument("cases", nargs="+", metavar="CASE")
    options = parser.parse_args()
    agrees = True
    versions: dict[str, str] = {}
    print("| network, input | threads | ClassPulse |" + "".join(f" {peer.name}, ratio |" for peer in PEERS))
    print("|---|---|---|" + "---|" * len(PEERS), flush=True)
    for case in options.cases:
        with tempfile.TemporaryDirectory() as folder:
            cells, good, found = race(case, options, pathlib.Path(folder))
            agrees = agrees and good
            versions |= {engine.name: engine.version for engine in found}
            print("| " + " | ".join(cells) + " |", flush=True)
    print()
    print(", ".join(f"{name} {version}" for name, version in versions.items()), end="; ")
    print(f"{processor()}, {os.cpu_count()} cores; medians of {options.rounds} rounds in turns.")
    return 0 if agrees else 1


if __name__ == "__main__":
    sys.exit(main())
