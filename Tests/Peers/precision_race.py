"""Our own int8 against our own float32: time in turns, and with --data accuracy and how many faces change their class.

    precision_race.py [--classpulse BINARY] [--rounds N] [--data FOLDER] [--batch [N ...]] [--model FILE]

FOLDER holds class folders of face crops, for instance FER2013's PublicTest. Every round times each precision once; the figures
are medians over the rounds.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MODEL = ROOT / "Sources/Models/Resources/ds-efficientnet.onnx"
PRECISIONS = ["float32", "int8"]


def run(options: argparse.Namespace, *arguments: str) -> dict:
    command = [options.classpulse, *arguments, "--model", str(options.model), "--json"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def race(options: argparse.Namespace, batch: int) -> dict:
    times = {precision: [] for precision in PRECISIONS}
    for _ in range(options.rounds):
        for precision in PRECISIONS:
            result = run(options, "bench", "model", "--batch", str(batch), "--precision", precision)
            times[precision].append(result["median_ms"])
    ratio = statistics.median(a / b for a, b in zip(*times.values()))
    return {"batch": batch, **{k: statistics.median(v) for k, v in times.items()}, "times_as_fast": round(ratio, 2)}


def accuracy(options: argparse.Namespace, folder: pathlib.Path) -> dict:
    result, answers, probabilities = {}, [], []
    for precision in PRECISIONS:
        file = folder / precision
        report = run(options, "evaluate", "--data", options.data, "--precision", precision, "--predictions", str(file))
        rows = [json.loads(line)["probabilities"] for line in file.read_text().splitlines()]
        answers.append([max(row, key=row.get) for row in rows])
        probabilities.append(rows)
        result[precision] = report["accuracy"]
        result["faces"] = report["n"]
    result["changed"] = sum(a != b for a, b in zip(*answers))
    result["largest_difference"] = max(abs(a[key] - b[key]) for a, b in zip(*probabilities) for key in a)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--classpulse", default=str(ROOT / ".build/release/classpulse"))
    parser.add_argument("--model", type=pathlib.Path, default=MODEL)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batch", type=int, nargs="*", default=[1, 32], help="none: no times")
    parser.add_argument("--data")
    options = parser.parse_args()
    for batch in options.batch:
        print(json.dumps(race(options, batch)), flush=True)
    if options.data:
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(accuracy(options, pathlib.Path(folder))))


if __name__ == "__main__":
    main()
