"""Trains several teachers on FER2013 and distils DS-EfficientNet from them. Repeat the command until it says so."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace

from ..campaign import run_campaign
from ..fer2013 import load_sets
from ..loop import choose_device
from ..networks import TEACHERS
from .options import add_limits, add_recipe, add_run, deadline, recipe_of


def arguments(parser: argparse.ArgumentParser) -> None:
    add_run(parser, network=None)
    add_limits(parser)
    parser.add_argument("--teachers", nargs="+", choices=TEACHERS, default=list(TEACHERS))
    parser.add_argument("--teacher-minutes", type=float, default=2.2, help="for each of the teachers (2.2)")
    parser.add_argument("--teacher-epochs", type=int, help="instead of --teacher-minutes")
    add_recipe(parser, batch=256, epochs=300, minutes=17.0, warm_up=2.0, mixup=0.2, cutmix=0.5, ema=0.999)


def run(a: argparse.Namespace) -> None:
    until = deadline(a)
    student = recipe_of(a)
    teacher = replace(student, minutes=a.teacher_minutes)
    if a.teacher_epochs is not None:
        teacher = replace(student, minutes=0.0, epochs=a.teacher_epochs)
    device = choose_device(a.device)
    result = run_campaign(load_sets(a.data), a.folder, a.teachers, teacher, student, device, until, a.compile)
    if result is None:
        print("not finished: the same command goes on")
    else:
        print(json.dumps({name: result["metrics"][name] for name in ("n", "accuracy", "macro_f1")}))
