"""The one training loop: AdamW or Adam, warm-up + cosine or steps, EMA, label smoothing, mixup, resumable.

A run lives in its own folder: `config.json`, `log.jsonl` (one JSON object an epoch), `last.pt` (everything needed to
resume) and `best.pt` (weights of the best epoch on the validation set).
"""

from __future__ import annotations

import copy
import json
import math
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from .augment import augment
from .faces import Faces


@dataclass
class Recipe:
    epochs: int = 40
    batch: int = 128
    optimiser: str = "adamw"
    rate: float = 2e-3
    weight_decay: float = 0.05
    schedule: str = "cosine"
    warm_up: float = 1.0
    smoothing: float = 0.1
    mixup: float = 0.0
    strength: float = 1.0
    ema: float = 0.998
    seed: int = 1
    bfloat16: bool = False

    def rate_at(self, epoch: float) -> float:
        """The learning rate at a fractional epoch."""
        if epoch < self.warm_up:
            return self.rate * (epoch + 0.01) / self.warm_up
        if self.schedule == "steps":
            return self.rate * 0.1 ** int(epoch / self.epochs * 4)
        done = (epoch - self.warm_up) / max(1e-9, self.epochs - self.warm_up)
        return self.rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1.0, done))))


def as_batch(images: np.ndarray) -> torch.Tensor:
    """uint8 [N, S, S] -> float32 [N, 1, S, S] in channels-last memory."""
    return torch.from_numpy(images).unsqueeze(1).float().contiguous(memory_format=torch.channels_last)


@torch.no_grad()
def predict(net: nn.Module, images: np.ndarray, batch: int = 256) -> torch.Tensor:
    """Logits [N, classes] of uint8 faces, in evaluation mode."""
    net.eval()
    parts = [net(as_batch(images[i : i + batch])).float() for i in range(0, len(images), batch)]
    return torch.cat(parts)


def metrics(logits: torch.Tensor, labels: np.ndarray) -> dict:
    target = torch.from_numpy(labels)
    classes = logits.shape[1]
    confusion = torch.zeros(classes, classes, dtype=torch.long)
    for truth, guess in zip(target, logits.argmax(1)):
        confusion[truth, guess] += 1
    hits = confusion.diag().double()
    recall = hits / confusion.sum(1).clamp(min=1)
    precision = hits / confusion.sum(0).clamp(min=1)
    f1 = 2 * precision * recall / (precision + recall).clamp(min=1e-12)
    return {
        "n": len(labels),
        "loss": F.cross_entropy(logits, target).item(),
        "accuracy": (hits.sum() / len(labels)).item(),
        "macro_f1": f1.mean().item(),
        "recall": recall.tolist(),
        "confusion": confusion.tolist(),
    }


def parameter_groups(net: nn.Module, decay: float) -> list[dict]:
    """Weight decay for matrices and kernels only, not for biases and normalisation."""
    matrices = [p for p in net.parameters() if p.ndim > 1]
    vectors = [p for p in net.parameters() if p.ndim <= 1]
    return [{"params": matrices, "weight_decay": decay}, {"params": vectors, "weight_decay": 0.0}]


def make_optimiser(net: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    if recipe.optimiser == "adam":
        return torch.optim.Adam(net.parameters(), lr=recipe.rate)
    if recipe.optimiser == "adamw":
        return torch.optim.AdamW(parameter_groups(net, recipe.weight_decay), lr=recipe.rate)
    raise ValueError(f"unknown optimiser {recipe.optimiser!r}; known: adam, adamw")


def train(
    net: nn.Module, data: Faces, validation: Faces, recipe: Recipe, folder: Path, stop_after: int | None = None
) -> dict:
    """Trains, or goes on where `folder/last.pt` stopped; returns the best epoch's validation metrics.

    `stop_after` ends this call after so many epochs of the recipe's schedule.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(asdict(recipe), indent=1))
    torch.manual_seed(recipe.seed)
    generator = torch.Generator().manual_seed(recipe.seed)
    net.to(memory_format=torch.channels_last)
    average = copy.deepcopy(net).eval()
    optimiser = make_optimiser(net, recipe)
    first, best = 0, {"accuracy": -1.0}
    checkpoint = folder / "last.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=False)
        net.load_state_dict(state["net"])
        average.load_state_dict(state["average"])
        optimiser.load_state_dict(state["optimiser"])
        generator.set_state(state["generator"])
        torch.set_rng_state(state["torch_rng"])
        first, best = state["epoch"] + 1, state["best"]
    labels = torch.from_numpy(data.labels)
    steps = len(data.images) // recipe.batch
    updates = first * steps
    for epoch in range(first, min(recipe.epochs, stop_after or recipe.epochs)):
        net.train()
        started, total, hits = time.monotonic(), 0.0, 0
        order = torch.randperm(len(data.images), generator=generator)
        for step in range(steps):
            for group in optimiser.param_groups:
                group["lr"] = recipe.rate_at(epoch + step / steps)
            picked = order[step * recipe.batch : (step + 1) * recipe.batch]
            x = augment(as_batch(data.images[picked.numpy()]), generator, recipe.strength)
            x = x.contiguous(memory_format=torch.channels_last)
            target = labels[picked]
            share, other = 1.0, target
            if recipe.mixup > 0:
                share = float(np.random.default_rng(recipe.seed * 1_000_003 + updates).beta(recipe.mixup, recipe.mixup))
                x, other = share * x + (1 - share) * x.flip(0), target.flip(0)
            with torch.autocast("cpu", torch.bfloat16, enabled=recipe.bfloat16):
                logits = net(x)
            logits = logits.float()
            loss = share * F.cross_entropy(logits, target, label_smoothing=recipe.smoothing)
            if share < 1:
                loss = loss + (1 - share) * F.cross_entropy(logits, other, label_smoothing=recipe.smoothing)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 5.0)
            optimiser.step()
            updates += 1
            update_average(average, net, min(recipe.ema, (1 + updates) / (10 + updates)))
            total += loss.item()
            hits += (logits.argmax(1) == target).sum().item()
        scored = metrics(predict(average, validation.images), validation.labels)
        row = {
            "epoch": epoch,
            "train_loss": total / steps,
            "train_accuracy": hits / (steps * recipe.batch),
            "seconds": time.monotonic() - started,
            "validation": scored,
        }
        if scored["accuracy"] > best["accuracy"]:
            best = {**scored, "epoch": epoch}
            save(average.state_dict(), folder / "best.pt")
        with open(folder / "log.jsonl", "a") as log:
            log.write(json.dumps(row) + "\n")
        print(
            f"epoch {epoch + 1}/{recipe.epochs}  loss {row['train_loss']:.4f}  train {row['train_accuracy']:.4f}  "
            f"validation {scored['accuracy']:.4f} (best {best['accuracy']:.4f})  {row['seconds']:.0f} s",
            flush=True,
        )
        save(
            {
                "net": net.state_dict(),
                "average": average.state_dict(),
                "optimiser": optimiser.state_dict(),
                "generator": generator.get_state(),
                "torch_rng": torch.get_rng_state(),
                "epoch": epoch,
                "best": best,
            },
            checkpoint,
        )
    return best


@torch.no_grad()
def update_average(average: nn.Module, net: nn.Module, decay: float) -> None:
    for mean, value in zip(average.state_dict().values(), net.state_dict().values()):
        if mean.dtype.is_floating_point:
            mean.lerp_(value, 1 - decay)
        else:
            mean.copy_(value)


def save(state: dict, path: Path) -> None:
    """Writes beside the target and renames, so that a stop in the middle loses nothing."""
    temporary = path.with_suffix(".tmp")
    torch.save(state, temporary)
    os.replace(temporary, path)
