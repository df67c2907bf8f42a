"""`python -m classpulse_training COMMAND …`: train, evaluate and export the expression classifier."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import torch

from . import loop, robustness
from .calibration import expected_calibration_error, fit_temperature
from .ds_efficientnet import DSEfficientNet
from .duplicates import near_duplicates
from .export import export_classifier
from .faces import DataError, load_folder


def main() -> None:
    parser = argparse.ArgumentParser(prog="classpulse_training", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    train = commands.add_parser("classifier", help="train DS-EfficientNet on class folders of 48x48 faces")
    train.add_argument("--data", type=Path, required=True, help="folder that holds train/ and public-test/")
    train.add_argument("--run", type=Path, required=True, help="folder of the run; an existing one is resumed")
    train.add_argument("--epochs", type=int, default=42)
    train.add_argument("--rate", type=float, default=2e-3)
    train.add_argument("--strength", type=float, default=1.0, help="of the augmentation")
    train.add_argument(
        "--start", type=Path, help="begin with these weights (a run's folder, or a file of checkpoints/)"
    )
    train.add_argument("--mixup", type=float, default=0.0)
    train.add_argument("--seed", type=int, default=1)
    train.add_argument("--bfloat16", action="store_true")

    export = commands.add_parser("export", help="calibrate a run on PublicTest, write its ONNX file and card")
    export.add_argument("--data", type=Path, required=True)
    export.add_argument("--run", type=Path, required=True)
    export.add_argument("--output", type=Path, default=Path("Sources/Models/Resources/ds-efficientnet.onnx"))

    report = commands.add_parser("report", help="PublicTest per class, without near-duplicates, and degraded; as JSON")
    report.add_argument("--data", type=Path, required=True)
    report.add_argument("--run", type=Path, required=True)

    smoke = commands.add_parser("smoke", help="train, resume, export and compare on a few hundred made-up faces")
    smoke.add_argument("--classpulse", type=Path, help="the built binary, to compare its accuracy on the same faces")

    arguments = parser.parse_args()
    try:
        run(arguments)
    except DataError as error:
        sys.exit(f"error: {error}")


def run(arguments: argparse.Namespace) -> None:
    if arguments.command == "classifier":
        recipe = loop.Recipe(
            epochs=arguments.epochs,
            rate=arguments.rate,
            mixup=arguments.mixup,
            strength=arguments.strength,
            seed=arguments.seed,
            bfloat16=arguments.bfloat16,
        )
        training = load_folder(arguments.data / "train")
        validation = load_folder(arguments.data / "public-test")
        print(f"training {len(training.images)}, validation {len(validation.images)} faces", flush=True)
        net = load_best(arguments.start) if arguments.start else DSEfficientNet()
        best = loop.train(net, training, validation, recipe, arguments.run)
        print(json.dumps({k: best[k] for k in ("epoch", "accuracy", "macro_f1")}))
    elif arguments.command == "export":
        print(json.dumps(export(arguments.data, arguments.run, arguments.output), indent=2))
    elif arguments.command == "report":
        print(json.dumps(report(arguments.data, arguments.run), indent=2))
    else:
        from .smoke import smoke

        smoke(arguments.classpulse)


def load_best(run: Path) -> DSEfficientNet:
    """The network of a run's folder, or of a weights file in single or half precision."""
    net = DSEfficientNet()
    net.load_state_dict(torch.load(run / "best.pt" if run.is_dir() else run, weights_only=True))
    return net


def export(data: Path, run: Path, output: Path) -> dict:
    validation = load_folder(data / "public-test")
    net = load_best(run)
    logits, labels = loop.predict(net, validation.images), torch.from_numpy(validation.labels)
    temperature = round(fit_temperature(logits, labels), 4)
    scored = loop.metrics(logits, validation.labels)
    metrics = {
        "n": scored["n"],
        "accuracy": round(scored["accuracy"], 4),
        "macro_f1": round(scored["macro_f1"], 4),
        "expected_calibration_error": round(expected_calibration_error(logits / temperature, labels), 4),
        "expected_calibration_error_before": round(expected_calibration_error(logits, labels), 4),
    }
    return export_classifier(net, output, temperature, metrics)


def report(data: Path, run: Path) -> dict:
    training, validation = load_folder(data / "train"), load_folder(data / "public-test")
    net = load_best(run)
    logits = loop.predict(net, validation.images)
    pairs = near_duplicates(training, validation)
    repeated = sorted({j for _, j in pairs})
    fresh = np.setdiff1d(np.arange(len(validation.images)), repeated)
    return {
        "public_test": loop.metrics(logits, validation.labels),
        "near_duplicates": {
            "pairs": len(pairs),
            "faces": len(repeated),
            "same_label_pairs": sum(int(training.labels[i] == validation.labels[j]) for i, j in pairs),
        },
        "without_near_duplicates": loop.metrics(logits[fresh], validation.labels[fresh]),
        "degraded_accuracy": robustness.measure(net, validation),
    }


if __name__ == "__main__":
    main()
