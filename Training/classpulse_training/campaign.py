"""Teachers one after the other, their ensemble's figures, then the student: one command, as often as it takes.

Every call goes on where the last one stopped, and ends before its time is up; what is finished is not repeated.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import torch

from .calibration import calibrated
from .faces import Faces
from .fer2013 import Job, Sets, load_run, run_job, taught_by
from .metrics import metrics, predict, right
from .recipe import Recipe
from .results import write_result

SPARE = 60
"""Seconds that a job needs before its first epoch has shown how long one takes."""


def run_campaign(
    sets: Sets,
    folder: Path,
    teachers: list[str],
    teacher: Recipe,
    student: Recipe,
    device: torch.device,
    until: float | None = None,
    compiled: bool = False,
) -> dict | None:
    """Runs in `folder/<teacher>` and `folder/ds-efficientnet-distilled`; the student's result, None if not finished.

    Teachers of the same kind differ by their seed.
    """
    folders = []
    for k, name in enumerate(teachers):
        job = Job(name, folder / name, replace(teacher, seed=teacher.seed + k))
        if late(job, until):
            return None
        print(f"{name}", flush=True)
        result = run_job(job, sets, device, until, compiled)
        if result is None:
            return None
        print(f"{name}: PublicTest {result['metrics']['accuracy']:.4f}", flush=True)
        folders.append(job.folder)
    if not scored_before(folders, folder / "ensemble"):
        score_ensemble(sets.validation, folders, folder / "ensemble", device)
    job = Job("ds-efficientnet", folder / "ds-efficientnet-distilled", student, teachers=folders)
    if late(job, until):
        return None
    print("ds-efficientnet-distilled", flush=True)
    return run_job(job, sets, device, until, compiled)


def late(job: Job, until: float | None) -> bool:
    """Whether what is left of the time does not suffice to begin."""
    return until is not None and time.monotonic() + SPARE > until and not (job.folder / "result.json").exists()


def scored_before(teachers: list[Path], folder: Path) -> bool:
    """Whether `folder` has the figures of these teachers, and not of others."""
    done = folder / "result.json"
    known = json.loads(done.read_text()) if done.exists() else {}
    return known.get("teachers_sha256") == taught_by(teachers)["teachers_sha256"]


def score_ensemble(validation: Faces, teachers: list[Path], folder: Path, device: torch.device) -> None:
    """PublicTest by the mean of several runs' probabilities, what a student learns from, and by each alone."""
    labels = torch.from_numpy(validation.labels)
    parts = [predict(load_run(teacher).to(device), validation.images).cpu() for teacher in teachers]
    logits = torch.stack([torch.softmax(part, 1) for part in parts]).mean(0).log()
    scored = metrics(logits, validation.labels)
    result = {
        "kind": "ensemble",
        **taught_by(teachers),
        **calibrated(logits, labels),
        "metrics": scored,
        "right": right(logits, validation.labels),
        "members": [
            {"accuracy": metrics(part, validation.labels)["accuracy"], **calibrated(part, labels)} for part in parts
        ],
    }
    folder.mkdir(parents=True, exist_ok=True)
    write_result(folder, result)
    print(f"ensemble: PublicTest {scored['accuracy']:.4f}", flush=True)
