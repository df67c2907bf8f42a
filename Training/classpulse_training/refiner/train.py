"""Training of the second stage: AdamW, cosine, EMA, bfloat16, one thread, resumable after every epoch."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from ..average import Average
from ..checkpoint import save
from ..detector.train import as_input, restored, states
from ..recipe import cosine, parameter_groups
from .net import SIDE, FaceRefiner
from .samples import Samples

MIRROR = [1, 0, 2, 4, 3]


def batches(samples: Samples, size: int, rng: np.random.Generator) -> Iterator[tuple[torch.Tensor, ...]]:
    """One epoch in random order, half of it mirrored, every crop in a light of its own, some very dark or pale."""
    order = rng.permutation(len(samples.crops))
    for at in range(0, len(order) - size + 1, size):
        chosen = order[at : at + size]
        crops, points = samples.crops[chosen].astype(np.float32), samples.points[chosen].copy()
        mirrored = rng.random(size) < 0.5
        crops[mirrored] = crops[mirrored, :, ::-1]
        points[mirrored] = (points[mirrored] * (-1, 1) + (SIDE, 0))[:, MIRROR]
        gain, shift = np.exp(rng.normal(0, 0.2, (size, 1, 1))), rng.normal(0, 12, (size, 1, 1))
        crops = np.clip((crops - 128) * gain + 128 + shift, 0, 255)
        exponent = np.exp(rng.uniform(-0.7, 1.25, (size, 1, 1)) * (rng.random((size, 1, 1)) < 0.3))
        crops = ((crops / 255) ** exponent * 255).round().astype(np.float32)
        yield (
            as_input(torch.from_numpy(crops)[:, None]),
            torch.from_numpy(samples.faces[chosen]).float(),
            torch.from_numpy(points).float(),
            torch.from_numpy(samples.has_points[chosen]).float(),
        )


def errors(points: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """[N, 10] and [N, 5, 2] -> [N, 5] distances in units of the distance between the eyes' true centres."""
    distance = (points.unflatten(1, (5, 2)) - truth).square().sum(2).add(1e-6).sqrt()
    return distance / (truth[:, 1] - truth[:, 0]).norm(dim=1).clamp(min=6.0)[:, None]


@torch.no_grad()
def validate(net: FaceRefiner, samples: Samples) -> dict:
    """Mean and median error of the points, and the share of wrong proposals accepted where 98 % of faces are."""
    net.eval()
    logits, points = [], []
    for at in range(0, len(samples.crops), 256):
        found = net(as_input(torch.from_numpy(samples.crops[at : at + 256])[:, None]))
        logits.append(found[0].flatten())
        points.append(found[1].flatten(1))
    net.train()
    scores, known = torch.cat(logits), torch.from_numpy(samples.has_points)
    means = errors(torch.cat(points)[known], torch.from_numpy(samples.points)[known]).mean(1)
    faces = torch.from_numpy(samples.faces)
    row = {"error": round(means.mean().item(), 4), "median_error": round(means.median().item(), 4)}
    if not faces.all():
        limit = scores[faces].quantile(0.02)
        row["wrong_at_98"] = round((scores[~faces] >= limit).float().mean().item(), 4)
    return row


def train(
    net: FaceRefiner,
    draw: Callable[[int], Samples],
    held: dict[str, Samples],
    folder: Path,
    epochs: int,
    rate: float,
    points_weight: float = 4.0,
) -> FaceRefiner:
    """Trains, or goes on where `folder/last.pt` stopped; returns the averaged weights.

    `draw` gives the samples of an epoch. Writes `average.pt` (the averaged weights of the latest epoch) and `log.jsonl`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    size = 128
    average = Average(net)
    optimiser = torch.optim.AdamW(parameter_groups(net, 0.02), lr=rate)
    parts = {"net": net, "average": average.net, "optimiser": optimiser}
    checkpoint = folder / "last.pt"
    state = restored(checkpoint, parts) or {"epoch": 0, "step": 0}
    first, step = state["epoch"], state["step"]
    for epoch in range(first, epochs):
        started, sums, samples = time.monotonic(), np.zeros(2), draw(epoch)
        steps = len(samples.crops) // size
        net.train()
        for at, (crops, faces, points, known) in enumerate(batches(samples, size, np.random.default_rng(epoch))):
            done = (epoch + at / steps) / epochs
            for group in optimiser.param_groups:
                group["lr"] = rate * min((step + 1) / 200, cosine(done))
            with torch.autocast("cpu", torch.bfloat16):
                logits, found = net(crops)
            score = F.binary_cross_entropy_with_logits(logits.flatten().float(), faces)
            place = (errors(found.flatten(1).float(), points).mean(1) * known).sum() / known.sum().clamp(min=1)
            loss = score + points_weight * place
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 5.0)
            optimiser.step()
            average.update(min(0.998, (1 + step) / (10 + step)))
            sums += score.item(), place.item()
            step += 1
        row = {"epoch": epoch + 1, "seconds": round(time.monotonic() - started, 1)}
        row |= dict(zip(("score", "points"), (sums / steps).round(4).tolist()))
        row |= {name: validate(average.net, value) for name, value in held.items()}
        with open(folder / "log.jsonl", "a") as log:
            log.write(json.dumps(row) + "\n")
        print(json.dumps(row), flush=True)
        save(average.net.state_dict(), folder / "average.pt")
        save(states(parts) | {"epoch": epoch + 1, "step": step}, checkpoint)
    return average.net
