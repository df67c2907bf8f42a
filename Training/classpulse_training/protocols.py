"""The small sets: a network trained and tested fold by fold (CK+, JAFFE); resumable between and within folds.

No epoch is chosen by a fold's test faces: what counts is the last one. `best_epoch_accuracy` is the optimistic figure that
choosing on them would have given.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch

from . import loop
from .checkpoint import claim, origin
from .faces import Faces
from .files import write_whole
from .labels import CK_PLUS, EXPRESSIONS
from .metrics import metrics, predict, scores
from .networks import build
from .pack import load_set
from .recipe import Recipe
from .results import describe, where, write_result
from .splits import Split, splits
from .transfer import fit_head, load_backbone

SETS = {"ckplus48": CK_PLUS, "jaffe48": EXPRESSIONS}
"""Folder of the set and its seven classes; `jaffe48` is made by `cropped`."""


@dataclass
class Plan:
    """`start`: weights of a backbone, or None for random ones."""

    set_name: str
    protocol: str
    network: str
    start: Path | None = None


def run_protocol(data: Path, plan: Plan, recipe: Recipe, run: Path, device: torch.device) -> dict:
    """Runs what is missing of all folds; `run/result.json` is written after each."""
    expressions = SETS[plan.set_name]
    faces = load_set(data, plan.set_name, expressions=expressions)
    parts = splits(faces.files, plan.protocol, recipe.seed)
    begun = origin(plan.start)
    named = {"set": plan.set_name, "protocol": plan.protocol, "network": plan.network, **begun}
    claim(run, {**asdict(recipe), **named})
    about = {
        "kind": "protocol",
        "set": plan.set_name,
        "classes": expressions,
        "protocol": plan.protocol,
        **describe(plan.network, build(plan.network, len(expressions))),
        **begun,
        "folds": len(parts),
        "epochs": recipe.epochs,
        "device": where(device),
    }
    outcomes, result = [], {}
    for k, split in enumerate(parts):
        outcomes.append(run_fold(plan, faces, split, recipe, run / f"fold-{k}", device))
        print(f"fold {k + 1}/{len(parts)}: {outcomes[-1]['last']['accuracy']:.4f}", flush=True)
        result = {**about, **pooled(outcomes)}
        write_result(run, result)
        gather_logs(run, k + 1)
    return result


def run_fold(plan: Plan, faces: Faces, split: Split, recipe: Recipe, folder: Path, device: torch.device) -> dict:
    done = folder / "outcome.json"
    if done.exists():
        return json.loads(done.read_text())
    torch.manual_seed(recipe.seed)
    training, test = (faces.part(chosen) for chosen in split)
    net, frozen = build(plan.network), None
    if plan.start is not None:
        load_backbone(net, plan.start)
        fit_head(net, training)
        frozen = metrics(predict(net, test.images), test.labels)
    trainer = loop.Trainer(net, training, replace(recipe), device)
    outcome = {**loop.train(trainer, test, folder, keep_best=False), "frozen": frozen}
    write_whole(done, json.dumps(outcome))
    (folder / "last.pt").unlink(missing_ok=True)
    return outcome


def pooled(outcomes: list[dict]) -> dict:
    """Of all test faces of the folds together."""

    def together(which: str) -> dict:
        return scores(sum(torch.tensor(outcome[which]["confusion"]) for outcome in outcomes))

    return {
        "folds_done": len(outcomes),
        "fold_accuracy": [outcome["last"]["accuracy"] for outcome in outcomes],
        "best_epoch_accuracy": together("best")["accuracy"],
        "frozen": together("frozen") if outcomes[0]["frozen"] else None,
        "seconds": sum(outcome["seconds"] for outcome in outcomes),
        "metrics": together("last"),
    }


def gather_logs(run: Path, folds: int) -> None:
    with open(run / "log.jsonl", "w") as log:
        for k in range(folds):
            rows = (run / f"fold-{k}" / "log.jsonl").read_text().splitlines()
            log.writelines(json.dumps({"fold": k, **json.loads(row)}) + "\n" for row in rows)
