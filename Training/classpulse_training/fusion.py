"""The second paper's four models: CK+, JAFFE, FER2013 and all three fused, each tested on every set.

All start from one backbone trained on FER2013 (Model 3 is that backbone itself); the others get a new last layer and are
fine-tuned. CK+ and JAFFE are tested on people that the model has not seen, five folds pooled; FER2013 on PublicTest.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch
from torch import nn

from . import loop
from .checkpoint import claim, halved, origin, save
from .faces import Faces
from .fer2013 import load_weights
from .files import write_whole
from .metrics import metrics, predict, scores
from .pack import load_set, load_unlabelled
from .recipe import Recipe
from .results import describe, where, write_result
from .splits import splits
from .transfer import fit_head

FOLDS = 5
FER2013_PER_CLASS = 70
"""The paper's fused set takes 52 to 78 faces a class from FER2013."""

UNSEEN = "Caltech Faces 1999"
"""The set `unseen` is made of it by `cropped`; no classifier here has been trained on any of its faces (the detector that
cuts them out has, on some of these pictures)."""


def joined(parts: list[Faces]) -> Faces:
    images, labels = (np.concatenate([getattr(part, name) for part in parts]) for name in ("images", "labels"))
    return Faces(images, labels, [file for part in parts for file in part.files], 0)


def small_part(faces: Faces, per_class: int, seed: int) -> Faces:
    draw = np.random.default_rng(seed)
    chosen = [draw.permutation(np.flatnonzero(faces.labels == k))[:per_class] for k in np.unique(faces.labels)]
    return faces.part(np.concatenate(chosen))


def confusion(net: nn.Module, known: np.ndarray, test: Faces) -> list:
    """Over the classes of the training set and the test set alone: nothing else can be answered."""
    test = test.part(np.flatnonzero(np.isin(test.labels, known)))
    logits = predict(net, test.images)
    logits[:, np.setdiff1d(np.arange(logits.shape[1]), np.unique(test.labels))] = -torch.inf
    return metrics(logits, test.labels)["confusion"]


def run_matrix(data: Path, network: str, start: Path, recipe: Recipe, run: Path, device: torch.device) -> dict:
    sets = {name: load_set(data, name) for name in ("ckplus48", "jaffe48", "train", "public-test")}
    for name, faces in sets.items():
        if faces.excluded:
            print(f"{name}: {faces.excluded} faces of other expressions left out")
    unseen = load_unlabelled(data, "unseen")
    parts = {name: splits(sets[name].files, "subject", recipe.seed, FOLDS) for name in ("ckplus48", "jaffe48")}
    few = small_part(sets["train"], FER2013_PER_CLASS, recipe.seed)
    begun = origin(start)
    claim(run, {**asdict(recipe), "network": network, **begun})
    folds = []
    for k in range(FOLDS):
        training, test = ({name: sets[name].part(split[k][side]) for name, split in parts.items()} for side in (0, 1))
        if k == 0:
            test["fer2013"] = sets["public-test"]
        training["fused"] = joined([*training.values(), few])
        training["fer2013"] = None
        folds.append(run_fold(training, test, unseen, network, start, recipe, run / f"fold-{k}", device, keep=k == 0))
    result = {
        "kind": "matrix",
        **describe(network, load_weights(start, network)),
        **begun,
        "epochs": recipe.epochs,
        "device": where(device),
        "accuracy": pooled(folds),
        "confidence": folds[0]["confidence"],
        "unseen": {"set": UNSEEN, "faces": 0 if unseen is None else len(unseen)},
    }
    write_result(run, result)
    return result


def run_fold(
    training: dict, test: dict, unseen: np.ndarray | None, network: str, start: Path, recipe: Recipe, folder: Path,
    device: torch.device, keep: bool,
) -> dict:  # fmt: skip
    """Confusions by training and test set; `keep` leaves the models behind for `confidences`, and asks them about `unseen`."""
    done = folder / "outcome.json"
    if done.exists():
        return json.loads(done.read_text())
    outcome: dict = {"confusion": {}, "confidence": {}}
    for name, faces in training.items():
        net, known = load_weights(start, network), np.arange(7)
        if faces is not None:
            known = np.unique(faces.labels)
            fit_head(net, faces)
            trainer = loop.Trainer(net, faces, replace(recipe), device)
            held_out = joined([test["ckplus48"], test["jaffe48"]])
            loop.train(trainer, held_out, folder / name, keep_best=False)
            (folder / name / "last.pt").unlink()
            net = trainer.average.net
        outcome["confusion"][name] = {other: confusion(net, known, part) for other, part in test.items()}
        if keep:
            save(halved(net.state_dict()), folder / name / "weights.pt")
            write_whole(folder / name / "network.txt", network + "\n")
        if keep and unseen is not None:
            outcome["confidence"][name] = torch.softmax(predict(net, unseen), 1).max(1).values.mean().item()
    write_whole(done, json.dumps(outcome))
    return outcome


def pooled(folds: list[dict]) -> dict:
    """Accuracy by training set, by test set, of all folds' test faces together."""
    found: dict = {}
    for name in folds[0]["confusion"]:
        found[name] = {}
        for other in folds[0]["confusion"][name]:
            parts = [torch.tensor(fold["confusion"][name][other]) for fold in folds if other in fold["confusion"][name]]
            scored = scores(sum(parts))
            found[name][other] = {"n": scored["n"], "accuracy": scored["accuracy"]}
    return found
