"""Training: composed scenes from worker processes, AdamW, warm-up + cosine, EMA, bfloat16, resumable.

A run lives in its own folder: `config.json`, `log.jsonl` (one JSON object per report), `last.pt` (everything needed to
go on) and `best.pt` (averaged weights with the best validation figure).
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from ..average import Average
from ..checkpoint import save
from ..files import write_whole
from ..recipe import cosine, parameter_groups
from .loss import Targets, gather, losses
from .net import FaceDetector
from .scenes import Composer, Sources
from .validate import ValidationSet, validate

SLOTS = 32
"""Faces a sample may have; further ones (far-away crowds) are dropped, smallest first."""


@dataclass
class Recipe:
    steps: int = 20000
    batch_pixels: int = 48 * 160 * 192
    rate: float = 3e-3
    weight_decay: float = 0.02
    warm_up: int = 300
    ema: float = 0.9995
    seed: int = 1
    report: int = 500
    box_weight: float = 2.0
    points_weight: float = 30.0
    sizes: tuple[tuple[int, int, float], ...] = ((160, 192, 0.4), (192, 256, 0.3), (256, 320, 0.3))

    def rate_at(self, step: int) -> float:
        if step < self.warm_up:
            return self.rate * (step + 1) / self.warm_up
        done = (step - self.warm_up) / max(1, self.steps - self.warm_up)
        return self.rate * cosine(done)


class Batches(IterableDataset):
    """Endless batches (image uint8 [N, 1, H, W], Targets); all pictures of a batch have one size."""

    def __init__(self, sources: Sources, recipe: Recipe, first_step: int) -> None:
        self.sources, self.recipe, self.first_step = sources, recipe, first_step

    def __iter__(self):
        cv2.setNumThreads(0)
        torch.set_num_threads(1)
        worker = get_worker_info()
        number = worker.id if worker else 0
        composer = Composer(self.sources, self.recipe.seed * 1_000_003 + self.first_step * 101 + number)
        shares = np.array([s[2] for s in self.recipe.sizes])
        while True:
            height, width, _ = self.recipe.sizes[composer.rng.choice(len(shares), p=shares / shares.sum())]
            count = max(1, self.recipe.batch_pixels // (height * width))
            yield collate([composer.sample(height, width) for _ in range(count)])


def collate(samples: list) -> tuple[torch.Tensor, Targets]:
    count = len(samples)
    images = torch.from_numpy(np.stack([canvas for canvas, _ in samples]))[:, None]
    boxes, points = torch.zeros(count, SLOTS, 4), torch.zeros(count, SLOTS, 5, 2)
    flags = torch.zeros(3, count, SLOTS, dtype=torch.bool)
    for row, (_, faces) in enumerate(samples):
        if len(faces.boxes) > SLOTS:
            area = (faces.boxes[:, 2:] - faces.boxes[:, :2]).prod(1)
            faces = faces.select(np.argsort(-area)[:SLOTS])
        n = len(faces.boxes)
        boxes[row, :n], points[row, :n] = torch.from_numpy(faces.boxes), torch.from_numpy(faces.points)
        flags[0, row, :n], flags[1, row, :n] = torch.from_numpy(~faces.ignored), torch.from_numpy(faces.ignored)
        flags[2, row, :n] = torch.from_numpy(faces.has_points)
    return images, Targets(boxes, points, flags[0], flags[1], flags[2])


def as_input(images: torch.Tensor) -> torch.Tensor:
    return images.float().contiguous(memory_format=torch.channels_last)


def states(parts: dict) -> dict:
    """What `restored` needs of networks and optimisers."""
    return {name: part.state_dict() for name, part in parts.items()}


def restored(checkpoint: Path, parts: dict) -> dict | None:
    """Sets the parts to what the checkpoint holds and returns it; None where there is none yet."""
    if not checkpoint.exists():
        return None
    state = torch.load(checkpoint, weights_only=False)
    for name, part in parts.items():
        part.load_state_dict(state[name])
    return state


def train(
    net: FaceDetector, sources: Sources, validation: ValidationSet, recipe: Recipe, folder: Path, workers: int
) -> dict:
    """Trains, or goes on where `folder/last.pt` stopped; returns the best validation figures."""
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / "config.json", json.dumps(asdict(recipe), indent=1))
    torch.manual_seed(recipe.seed)
    net.to(memory_format=torch.channels_last)
    average = Average(net)
    optimiser = torch.optim.AdamW(parameter_groups(net, recipe.weight_decay), lr=recipe.rate)
    parts = {"net": net, "average": average.net, "optimiser": optimiser}
    checkpoint = folder / "last.pt"
    state = restored(checkpoint, parts) or {"step": 0, "best": {"figure": -1.0}}
    first, best = state["step"], state["best"]
    batches = iter(DataLoader(Batches(sources, recipe, first), batch_size=None, num_workers=workers, prefetch_factor=4))
    sums: dict[str, float] = {}
    counted = first  # steps up to this one are in the log
    started = time.monotonic()
    net.train()
    for step in range(first, recipe.steps):
        for group in optimiser.param_groups:
            group["lr"] = recipe.rate_at(step)
        images, targets = next(batches)
        with torch.autocast("cpu", torch.bfloat16):
            maps = net(as_input(images))
        terms = losses(gather(maps), targets)
        loss = terms["score"] + recipe.box_weight * terms["box"] + recipe.points_weight * terms["points"]
        if not torch.isfinite(loss):
            raise FloatingPointError(f"step {step}: the loss is {loss.item()}")
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 10.0)
        optimiser.step()
        average.update(min(recipe.ema, (1 + step) / (10 + step)))
        for name, value in terms.items():
            sums[name] = sums.get(name, 0.0) + value.item()
        done = step + 1
        if done % recipe.report == 0 or done == recipe.steps:
            count = done - counted
            row = {"step": done, "seconds": round(time.monotonic() - started, 1), "rate": recipe.rate_at(step)}
            row |= {name: round(value / count, 5) for name, value in sums.items()}
            row["validation"] = scored = validate(average.net, validation)
            if scored["figure"] > best["figure"]:
                best = {**scored, "step": done}
                save(average.net.state_dict(), folder / "best.pt")
            with open(folder / "log.jsonl", "a") as log:
                log.write(json.dumps(row) + "\n")
            print(json.dumps(row), flush=True)
            save(states(parts) | {"step": done, "best": best}, checkpoint)
            sums, counted, started = {}, done, time.monotonic()
    return best
