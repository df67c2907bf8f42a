"""`python -m classpulse_training COMMAND …`: train, evaluate and export the expression classifier."""

from __future__ import annotations

import argparse
import importlib
import sys

from .faces import DataError

COMMANDS = {
    "classifier": "train a network on FER2013",
    "campaign": "train teachers, then distil DS-EfficientNet from them, call after call",
    "protocol": "train and test on CK+ or JAFFE, fold by fold",
    "matrix": "four models, each tested on every set (CK+, JAFFE, FER2013, fused)",
    "confidences": "the four models' probabilities for single pictures",
    "soup": "average the weights of several runs",
    "ensemble": "PublicTest by several runs together",
    "pack": "put face sets into one file, to be carried",
    "export": "calibrate a run on PublicTest, write its ONNX file and card",
    "report": "PublicTest in full: per class, calibrated, degraded, beside a peer",
    "keep": "copy a finished run's logs to logs/, where they are committed",
    "smoke": "train, resume, distil, export and compare on a few hundred drawn faces",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="classpulse_training", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, help in COMMANDS.items():
        module = importlib.import_module(f".commands.{name}", __package__)
        command = commands.add_parser(name, help=help, description=module.__doc__)
        module.arguments(command)
        command.set_defaults(run=module.run)
    arguments = parser.parse_args()
    try:
        arguments.run(arguments)
    except DataError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
