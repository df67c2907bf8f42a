"""Averages the weights of several runs of one network, where one has gone on from another, and measures what that gives.

A model soup (Wortsman et al. 2022): runs that end in one basin of the loss, each with errors of its own.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ..average import mean
from ..checkpoint import halved, save
from ..fer2013 import load_weights
from ..files import write_whole
from ..metrics import metrics, predict, right
from ..networks import NAMES
from ..pack import load_set
from ..results import describe, write_result


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--run", dest="folder", type=Path, required=True, help="the folder that the mean is written to")
    parser.add_argument("--network", choices=NAMES, default="ds-efficientnet")
    parser.add_argument(
        "--weights",
        type=Path,
        nargs="+",
        required=True,
        help="runs' folders, or files: weights, or a run's last.pt; one counts as often as it is given",
    )


def run(a: argparse.Namespace) -> None:
    validation = load_set(a.data, "public-test")
    state = mean([load_weights(path, a.network).state_dict() for path in a.weights])
    a.folder.mkdir(parents=True, exist_ok=True)
    save(halved(state), a.folder / "weights.pt")
    write_whole(a.folder / "network.txt", a.network + "\n")
    net = load_weights(a.folder / "weights.pt", a.network)
    logits = predict(net, validation.images)
    scored = metrics(logits, validation.labels)
    names = [path.name if path.is_dir() else f"{path.parent.name}/{path.name}" for path in a.weights]
    result = {
        "kind": "soup",
        **describe(a.network, net),
        "weights": names,
        "metrics": scored,
        "right": right(logits, validation.labels),
    }
    write_result(a.folder, result)
    print(json.dumps({name: round(scored[name], 4) for name in ("n", "accuracy", "macro_f1", "loss")}))
