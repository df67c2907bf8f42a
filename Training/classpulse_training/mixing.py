"""Mixup (Zhang et al. 2018) and cutmix (Yun et al. 2019): two faces of a batch in one, with shares of both labels."""

from __future__ import annotations

import numpy as np
import torch


def mix(x: torch.Tensor, mixup: float, cutmix: float, step: int, seed: int) -> tuple[torch.Tensor, float]:
    """[N, 1, S, S] mixed with its reverse order, and the share (0...1) of each face that is its own.

    `mixup` and `cutmix` are the beta distributions' parameters, 0 for never; where both are set every step takes one of
    them. What is drawn depends on the seed and the step alone, so that a resumed run goes on as it would have.
    """
    if mixup <= 0 and cutmix <= 0:
        return x, 1.0
    draw = np.random.default_rng(seed * 1_000_003 + step)
    cut = cutmix > 0 and (mixup <= 0 or draw.random() < 0.5)
    share = float(draw.beta(*[cutmix if cut else mixup] * 2))
    if not cut:
        return share * x + (1 - share) * x.flip(0), share
    height, width = x.shape[2:]
    side = (1 - share) ** 0.5
    rows, columns = round(side * height), round(side * width)
    top, left = int(draw.integers(height - rows + 1)), int(draw.integers(width - columns + 1))
    mixed = x.clone()
    mixed[:, :, top : top + rows, left : left + columns] = x.flip(0)[:, :, top : top + rows, left : left + columns]
    return mixed, 1 - rows * columns / (height * width)
