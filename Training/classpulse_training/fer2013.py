"""One network on FER2013: trained, chosen on PublicTest, its result written. The shipped network, teachers, comparison."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import nn

from . import loop, workers
from .calibration import calibrated
from .checkpoint import claim, compact, origin, save, sha256, take_weights
from .faces import DataError, Faces
from .files import write_whole
from .metrics import metrics, predict, right
from .networks import build
from .objective import Teachers
from .pack import holds, load_set, load_unlabelled
from .recipe import Recipe
from .results import describe, where, write_result


@dataclass
class Sets:
    """FER2013 Training and PublicTest, and where there are any, faces without labels and the training faces cropped again."""

    training: Faces
    validation: Faces
    unlabelled: np.ndarray | None
    cropped: np.ndarray | None


def load_sets(data: Path) -> Sets:
    training = load_set(data, "train")
    return Sets(training, load_set(data, "public-test"), load_unlabelled(data), load_cropped(data, training))


def load_cropped(data: Path, training: Faces) -> np.ndarray | None:
    """Each training face as `cropped` cut it out again, its own crop where that found none; None without the set."""
    if not holds(data, "train-cropped"):
        return None
    again = load_set(data, "train-cropped")
    place = {name: k for k, name in enumerate(training.files)}
    if gone := set(again.files) - place.keys():
        raise DataError(f"{data}: train-cropped/{min(gone)} has no original in train")
    images = training.images.copy()
    images[[place[name] for name in again.files]] = again.images
    return images


@dataclass
class Job:
    """A run of `network` in `folder`; `teachers` are the folders of finished runs to learn from."""

    network: str
    folder: Path
    recipe: Recipe
    start: Path | None = None
    teachers: list[Path] = field(default_factory=list)


def run_job(
    job: Job, sets: Sets, device: torch.device, until: float | None = None, compiled: bool = False
) -> dict | None:
    """The result, also in `folder/result.json`; None where the time did not suffice: the next call goes on."""
    named = job.folder / "network.txt"
    if named.exists() and (other := named.read_text().strip()) != job.network:
        raise DataError(f"{job.folder}: a run of {other}, not of {job.network}; take another folder")
    begun = {**origin(job.start), **taught_by(job.teachers)}
    claim(job.folder, begun, "origin.json")
    done = job.folder / "result.json"
    if done.exists():
        result = json.loads(done.read_text())
        if not job.recipe.minutes and result["epochs"] != job.recipe.epochs:
            raise DataError(f"{job.folder}: finished after {result['epochs']} epochs; take another folder for more")
        return result
    torch.manual_seed(job.recipe.seed)
    net = load_weights(job.start, job.network) if job.start else build(job.network)
    soft = Teachers([load_run(folder) for folder in job.teachers], job.recipe.distil_temperature)
    teachers = soft if job.teachers else None
    unlabelled = sets.unlabelled if teachers and job.recipe.unlabelled_share > 0 else None
    cropped = sets.cropped if job.recipe.cropped_share > 0 else None
    if job.recipe.cropped_share > 0 and cropped is None:
        raise DataError("train-cropped: no such faces; `python -m classpulse_training.cropped` makes them")
    trainer = loop.Trainer(net, sets.training, job.recipe, device, teachers, unlabelled, cropped, compiled)
    job.folder.mkdir(parents=True, exist_ok=True)
    write_whole(named, job.network + "\n")
    outcome = loop.train(trainer, sets.validation, job.folder, until=until)
    if not outcome["finished"]:
        return None
    net = load_weights(job.folder / "best.pt", job.network).to(device)
    logits = predict(net, sets.validation.images)
    result = {
        "kind": "fer2013",
        **describe(job.network, net),
        **begun,
        "unlabelled": 0 if unlabelled is None else len(unlabelled),
        "epochs": outcome["epochs"],
        "best_epoch": outcome["best"]["epoch"],
        "seconds": outcome["seconds"],
        "device": where(device),
        "torch": torch.__version__,
        "workers": workers.count(),
        **calibrated(logits, torch.from_numpy(sets.validation.labels)),
        "metrics": metrics(logits, sets.validation.labels),
        "right": right(logits, sets.validation.labels),
        "last": outcome["last"],
    }
    save(compact(net.cpu().state_dict()), job.folder / "weights.pt")
    write_result(job.folder, result)
    return result


def load_weights(path: Path, network: str) -> nn.Module:
    """The network of a run's folder, or of a file of weights."""
    net = build(network)
    take_weights(net, path)
    return net


def run_weights(folder: Path) -> Path:
    """A finished run's `weights.pt`, the small one, which is what travels, or its `best.pt`."""
    small = folder / "weights.pt"
    return small if small.exists() else folder / "best.pt"


def taught_by(teachers: list[Path]) -> dict:
    """The runs that a student learns from, for `claim`: a folder of one name may hold another teacher another day."""
    files = [run_weights(folder) for folder in teachers]
    for file in files:
        if not file.exists():
            raise DataError(f"{file}: no such weights")
    return {"teachers": [folder.name for folder in teachers], "teachers_sha256": [sha256(file) for file in files]}


def load_run(folder: Path) -> nn.Module:
    """The finished network of a run."""
    name = folder / "network.txt"
    if not name.exists():
        raise DataError(f"{folder}: no run of a network")
    return load_weights(run_weights(folder), name.read_text().strip())
