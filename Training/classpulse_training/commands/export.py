"""Fits the temperature of a run on PublicTest and writes the network's ONNX file and card."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch

from ..calibration import expected_calibration_error, fit_temperature
from ..export import export_classifier
from ..fer2013 import load_weights
from ..metrics import metrics, predict
from ..networks import NAMES, SHIPPED
from ..pack import load_set


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--run", dest="folder", type=Path, required=True, help="a run's folder, or a file of weights")
    parser.add_argument("--network", choices=NAMES, default=SHIPPED)
    parser.add_argument("--output", type=Path, required=True, help="the ONNX file; its card is written beside it")
    parser.add_argument("--trained-on", nargs="+", default=["FER2013 Training"], help="the sets, for the card")


def run(a: argparse.Namespace) -> None:
    validation = load_set(a.data, "public-test")
    net = load_weights(a.folder, a.network)
    logits, labels = predict(net, validation.images), torch.from_numpy(validation.labels)
    temperature = round(fit_temperature(logits, labels), 4)
    scored = metrics(logits, validation.labels)
    found = {
        "n": scored["n"],
        "accuracy": round(scored["accuracy"], 4),
        "macro_f1": round(scored["macro_f1"], 4),
        "expected_calibration_error": round(expected_calibration_error(logits / temperature, labels), 4),
        "expected_calibration_error_before": round(expected_calibration_error(logits, labels), 4),
    }
    print(json.dumps(export_classifier(net, a.output, temperature, found, a.trained_on), indent=2))
