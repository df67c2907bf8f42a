"""How a run is trained: every setting, the learning rate's course, the optimiser."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import nn


def cosine(done: float) -> float:
    """The share of the highest rate that is left when `done` (0...1) of a run is: from 1 down to 0.01."""
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


@dataclass
class Recipe:
    """`minutes`, where set, replaces `epochs` by as many as fit once an epoch has been timed. `schedule_epochs`, where set, is how
    long the learning rate's course is: a run of fewer epochs is then its beginning.
    """

    epochs: int = 40
    batch: int = 128
    optimiser: str = "adamw"
    rate: float = 2e-3
    weight_decay: float = 0.05
    schedule: str = "cosine"
    schedule_epochs: int = 0
    warm_up: float = 1.0
    smoothing: float = 0.1
    mixup: float = 0.0
    cutmix: float = 0.0
    strength: float = 1.0
    ema: float = 0.998
    seed: int = 1
    bfloat16: bool = False
    minutes: float = 0.0
    distil_weight: float = 0.7
    distil_temperature: float = 2.0
    live_teachers: bool = False
    fast_teachers: bool = False
    unlabelled_share: float = 0.25
    cropped_share: float = 0.0
    side: int = 48
    whole_share: float = 0.0

    def whole_at(self, epoch: int) -> bool:
        """Whether faces are seen whole and unmixed, as they will be in use: in the last `whole_share` of the epochs."""
        return epoch >= round(self.epochs * (1 - self.whole_share))

    def rate_at(self, epoch: float) -> float:
        """The learning rate at a fractional epoch."""
        if epoch < self.warm_up:
            return self.rate * (epoch + 0.01) / self.warm_up
        epochs = self.schedule_epochs or self.epochs
        if self.schedule == "steps":
            return self.rate * 0.1 ** int(epoch / epochs * 4)
        done = (epoch - self.warm_up) / max(1e-9, epochs - self.warm_up)
        return self.rate * cosine(done)


def parameter_groups(net: nn.Module, decay: float) -> list[dict]:
    """Weight decay for matrices and kernels only, not for biases and normalisation."""
    matrices = [p for p in net.parameters() if p.ndim > 1]
    vectors = [p for p in net.parameters() if p.ndim <= 1]
    return [{"params": matrices, "weight_decay": decay}, {"params": vectors, "weight_decay": 0.0}]


def make_optimiser(net: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    fused = next(net.parameters()).is_cuda
    if recipe.optimiser == "adam":
        return torch.optim.Adam(net.parameters(), lr=recipe.rate, fused=fused)
    if recipe.optimiser == "adamw":
        return torch.optim.AdamW(parameter_groups(net, recipe.weight_decay), lr=recipe.rate, fused=fused)
    raise ValueError(f"unknown optimiser {recipe.optimiser!r}; known: adam, adamw")
