"""`python -m classpulse_training.detector train|export|evaluate …`"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import torch

from ..export import save_half
from ..faces import DataError
from . import data
from .scenes import Sources


def main() -> None:
    parser = argparse.ArgumentParser(prog="classpulse_training.detector", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    training = commands.add_parser("train", help="train the detector; an existing run is resumed")
    training.add_argument("--data", type=Path, required=True, help="folder that holds faces68/, wider/ and the rest")
    training.add_argument("--teacher", type=Path, required=True, help="YuNet's ONNX file")
    training.add_argument("--backgrounds", type=Path, required=True, help="folder of pictures without faces")
    training.add_argument("--run", type=Path, required=True, help="folder of the run")
    training.add_argument("--steps", type=int, default=20000)
    training.add_argument("--rate", type=float, default=3e-3)
    training.add_argument("--seed", type=int, default=1)
    training.add_argument("--initial", type=Path, help="weights to start from: a checkpoint or the exported ONNX file")
    training.add_argument("--threads", type=int, default=1)
    training.add_argument("--workers", type=int, default=1)

    exporting = commands.add_parser("export", help="write a run's best weights as ONNX")
    exporting.add_argument("--run", type=Path, required=True, help="folder of the run")
    exporting.add_argument("--output", type=Path, required=True)
    exporting.add_argument("--checkpoint", type=Path, help="also keep the weights in half precision")

    evaluating = commands.add_parser("evaluate", help="all figures beside YuNet's on the same pictures")
    evaluating.add_argument("--data", type=Path, required=True)
    evaluating.add_argument("--teacher", type=Path, required=True)
    evaluating.add_argument("--model", type=Path, required=True, help="the detector's ONNX file")
    evaluating.add_argument("--refiner", type=Path, help="the second stage's ONNX file")
    evaluating.add_argument("--json", type=Path, help="also write the figures to this file")
    evaluating.add_argument("--sheet", type=Path, help="also draw detections on held-out pictures to this file")

    arguments = parser.parse_args()
    {"train": run_training, "export": run_export, "evaluate": run_evaluation}[arguments.command](arguments)


def run_training(arguments: argparse.Namespace) -> None:
    from .export import load_weights, settle_norms
    from .net import FaceDetector
    from .train import Recipe, as_input, collate, train
    from .validate import make_validation

    torch.set_num_threads(arguments.threads)
    teacher = data.Teacher(arguments.teacher, arguments.data)
    backgrounds = data.load_backgrounds(arguments.backgrounds)
    sources = Sources(
        data.load_faces68(arguments.data, "train", teacher),
        data.load_lfw(arguments.data, teacher),
        data.load_wider(arguments.data, "train") + data.load_scenes(arguments.data, teacher),
        backgrounds,
    )
    held = data.load_faces68(arguments.data, "validation", teacher)
    validation = make_validation(Sources(held, held, data.load_wider(arguments.data, "validation"), backgrounds))
    teacher.save()
    print(json.dumps({name: len(value) for name, value in vars(sources).items()}), flush=True)
    torch.manual_seed(arguments.seed)
    recipe = Recipe(steps=arguments.steps, rate=arguments.rate, seed=arguments.seed)
    net = FaceDetector()
    if arguments.initial is not None:
        load_weights(net, arguments.initial)
        if arguments.initial.suffix == ".onnx":
            settle_norms(net, as_input(collate([validation[i] for i in range(0, len(validation), 5)])[0]))
    best = train(net, sources, validation, recipe, arguments.run, arguments.workers)
    print(json.dumps(best))


def run_export(arguments: argparse.Namespace) -> None:
    from .export import export

    print(json.dumps(export(arguments.run, arguments.output)))
    if arguments.checkpoint is not None:
        save_half(arguments.run / "best.pt", arguments.checkpoint)


def run_evaluation(arguments: argparse.Namespace) -> None:
    from .evaluate import evaluate

    evaluate(arguments.data, arguments.teacher, arguments.model, arguments.refiner, arguments.json, arguments.sheet)


if __name__ == "__main__":
    try:
        main()
    except DataError as error:
        sys.exit(f"error: {error}")
