"""`python -m classpulse_training.refiner train|export|thresholds …`: the second stage of face detection."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import cv2
import numpy as np
import torch

from ..detector import data
from ..detector.detectors import Ours
from ..detector.scenes import Composer, Sources
from ..export import save_half
from ..faces import DataError
from .samples import Samples, direct, harvest, survey

SIZES = [(192, 256), (256, 320), (160, 192)]
HARVEST_THRESHOLD = 0.15
WRONG_SHARE = 2
"""At most so many wrong proposals for each right one in an epoch, drawn anew."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="classpulse_training.refiner", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    training = commands.add_parser(
        "train", help="harvest the detector's proposals and train on them; an existing run is resumed"
    )
    training.add_argument("--data", type=Path, required=True, help="folder that holds faces68/, wider/ and the rest")
    training.add_argument("--teacher", type=Path, required=True, help="YuNet's ONNX file")
    training.add_argument("--backgrounds", type=Path, required=True, help="folder of pictures without faces")
    training.add_argument("--detector", type=Path, required=True, help="the first stage's ONNX file")
    training.add_argument("--run", type=Path, required=True, help="folder of the run")
    training.add_argument("--scenes", type=int, default=14000)
    training.add_argument("--epochs", type=int, default=7)
    training.add_argument("--rate", type=float, default=3e-3)
    training.add_argument("--points-weight", type=float, default=4.0, help="of the points' error beside the score's")
    training.add_argument("--seed", type=int, default=1)
    training.add_argument("--initial", type=Path, help="a checkpoint to start from")

    exporting = commands.add_parser("export", help="write a run's weights as ONNX")
    exporting.add_argument("--run", type=Path, required=True)
    exporting.add_argument("--output", type=Path, required=True)
    exporting.add_argument("--checkpoint", type=Path, help="also keep the weights in half precision")

    choosing = commands.add_parser("thresholds", help="faces lost and false ones on the validation pictures")
    choosing.add_argument("--data", type=Path, required=True)
    choosing.add_argument("--teacher", type=Path, required=True)
    choosing.add_argument("--detector", type=Path, required=True)
    choosing.add_argument("--refiner", type=Path)

    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    {"train": run_training, "export": run_export, "thresholds": run_thresholds}[arguments.command](arguments)


def sources(arguments: argparse.Namespace, split: str, teacher: data.Teacher) -> Sources:
    backgrounds = data.load_backgrounds(arguments.backgrounds)
    frames = data.load_faces68(arguments.data, split, teacher)
    crowds = data.load_wider(arguments.data, split)
    faces = frames
    if split == "train":
        faces, crowds = data.load_lfw(arguments.data, teacher), crowds + data.load_scenes(arguments.data, teacher)
    return Sources(frames, faces, crowds, backgrounds)


def run_training(arguments: argparse.Namespace) -> None:
    from .net import FaceRefiner
    from .train import train

    torch.set_num_threads(1)
    torch.manual_seed(arguments.seed)
    teacher = data.Teacher(arguments.teacher, arguments.data)
    propose = Ours(arguments.detector, 10_000, HARVEST_THRESHOLD)
    learnt, held = sources(arguments, "train", teacher), sources(arguments, "validation", teacher)
    teacher.save()
    rng = np.random.default_rng(arguments.seed)
    proposals = harvest(Composer(learnt, arguments.seed), propose, arguments.scenes, SIZES)
    landmarked = [picture for picture in learnt.frames if picture.has_points.any()]
    whole = [Ours(arguments.detector, side, HARVEST_THRESHOLD) for side in (320, 640)]
    samples = Samples.joined(
        [
            balanced(proposals, arguments.scenes, rng),
            survey(learnt.crowds + learnt.backgrounds, whole, 4, rng),
            survey(learnt.frames, whole[:1], 2, rng),
        ]
    )

    right, wrong = np.flatnonzero(samples.faces), np.flatnonzero(~samples.faces)

    def draw(epoch: int) -> Samples:
        rng = np.random.default_rng([arguments.seed, epoch])
        part = samples.select(np.concatenate([right, rng.permutation(wrong)[: WRONG_SHARE * len(right)]]))
        return Samples.joined([part, direct(landmarked, 8, rng)])

    validation = {
        "scenes": harvest(Composer(held, 5), propose, 1000, SIZES),
        "direct": direct([p for p in held.frames if p.has_points.any()], 1, np.random.default_rng(5)),
    }
    print(
        json.dumps(
            {"faces": int(samples.faces.sum()), "points": int(samples.has_points.sum()), "all": len(samples.faces)}
        )
    )
    net = FaceRefiner().to(memory_format=torch.channels_last)
    if arguments.initial is not None:
        net.load_state_dict({k: v.float() for k, v in torch.load(arguments.initial, weights_only=True).items()})
    train(net, draw, validation, arguments.run, arguments.epochs, arguments.rate, points_weight=arguments.points_weight)


def balanced(samples: Samples, scenes: int, rng: np.random.Generator) -> Samples:
    """All proposals with points, the others at most 0.7 faces and 1.4 wrong ones a scene."""
    faces = rng.permutation(np.flatnonzero(samples.faces & ~samples.has_points))[: int(0.7 * scenes)]
    wrong = rng.permutation(np.flatnonzero(~samples.faces))[: int(1.4 * scenes)]
    return samples.select(np.concatenate([np.flatnonzero(samples.has_points), faces, wrong]))


def run_export(arguments: argparse.Namespace) -> None:
    from .export import export

    last = json.loads((arguments.run / "log.jsonl").read_text().splitlines()[-1])
    metrics = {f"{held}_{name}": value for held in ("scenes", "direct") for name, value in last[held].items()}
    print(json.dumps(export(arguments.run / "average.pt", metrics, arguments.output)))
    if arguments.checkpoint is not None:
        save_half(arguments.run / "average.pt", arguments.checkpoint)


def run_thresholds(arguments: argparse.Namespace) -> None:
    from .thresholds import print_thresholds

    print_thresholds(arguments.data, arguments.teacher, arguments.detector, arguments.refiner)


if __name__ == "__main__":
    try:
        main()
    except DataError as error:
        sys.exit(f"error: {error}")
