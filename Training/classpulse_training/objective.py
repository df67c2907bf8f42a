"""The loss of a training step: labels, mixed labels, and a teacher's soft targets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.fx.experimental.optimization import fuse
from torch.nn import functional as F

from .metrics import predict
from .recipe import Recipe

UNLABELLED = -100
"""The label of a face without one: `cross_entropy` passes over it."""


class Teachers(nn.Module):
    """Soft targets: the mean of several networks' probabilities at a temperature (Hinton et al. 2015).

    They see the very batch that the student sees, augmented and mixed (Beyer et al. 2022).
    """

    def __init__(self, nets: list[nn.Module], temperature: float):
        super().__init__()
        self.nets = nn.ModuleList(nets).eval().requires_grad_(False)
        self.temperature = temperature

    @torch.no_grad()
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        parts = [torch.softmax(net(x).float() / self.temperature, 1) for net in self.nets]
        return torch.stack(parts).mean(0)

    def table(self, images: np.ndarray) -> torch.Tensor:
        """Soft targets [N, classes] of un-augmented faces and their mirror images, once and for all."""

        def soft(images: np.ndarray) -> torch.Tensor:
            parts = [torch.softmax(predict(net, images) / self.temperature, 1) for net in self.nets]
            return torch.stack(parts).mean(0)

        return (soft(images) + soft(np.ascontiguousarray(images[:, :, ::-1]))) / 2


def frozen(teachers: Teachers) -> Teachers:
    """The same with normalizations folded into convolutions, for up to a quarter less time."""
    return Teachers([fuse(net.eval()) for net in teachers.nets], teachers.temperature)


def fast(teachers: Teachers) -> Callable[[torch.Tensor], torch.Tensor]:
    """Frozen teachers compiled for each shape they meet, in bfloat16: soft targets differ by less than 0.01."""
    from torch._inductor import config

    config.freezing = True  # packs weights once; given to `compile` as an option it does nothing (torch 2.11)
    run = torch.compile(teachers, dynamic=False)

    @torch.no_grad()
    def soft(x: torch.Tensor) -> torch.Tensor:
        with torch.autocast(x.device.type, torch.bfloat16):
            return run(x)

    return soft


@dataclass
class Targets:
    """`share` of each face is its own: the rest belongs to the reversed batch (mixup, cutmix)."""

    labels: torch.Tensor
    share: float = 1.0
    soft: torch.Tensor | None = None


def loss(logits: torch.Tensor, targets: Targets, recipe: Recipe) -> torch.Tensor:
    hard = targets.share * F.cross_entropy(logits, targets.labels, label_smoothing=recipe.smoothing)
    if targets.share < 1:
        other = F.cross_entropy(logits, targets.labels.flip(0), label_smoothing=recipe.smoothing)
        hard = hard + (1 - targets.share) * other
    if targets.soft is None:
        return hard
    heat, weight = recipe.distil_temperature, recipe.distil_weight
    soft = F.kl_div(F.log_softmax(logits / heat, 1), targets.soft, reduction="batchmean") * heat**2
    return (1 - weight) * hard + weight * soft
