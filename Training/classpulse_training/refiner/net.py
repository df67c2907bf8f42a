"""The second stage's network: one face cut out by the detector's points, whether it is one and where its points are."""

from __future__ import annotations

import torch
from torch import nn

from ..detector.net import POINTS, ConvUnit, Residual

SIDE = 64
"""Pixels of either side of the input."""
MARGIN = 1.25
"""How much more than FER2013's framing the input shows, as a factor of its side."""


class FaceRefiner(nn.Module):
    """Grey crops [N, 1, 64, 64], 0...255, to (logit of a face [N, 1, 1, 1], points [N, 10, 1, 1] x0, y0 ... in pixels of
    the crop).

    The crop is what `crop.face_map` gives for the detector's points, enlarged by `MARGIN` about its middle.
    """

    def __init__(self, width: tuple[int, int, int] = (16, 32, 48)) -> None:
        super().__init__()
        first, second, third = width
        self.body = nn.Sequential(
            ConvUnit(1, first, kernel=6, stride=2, padding=2),
            ConvUnit(first, second, stride=2),
            Residual(second),
            ConvUnit(second, third, stride=2),
            Residual(third),
            Residual(third),
            ConvUnit(third, 2 * third, kernel=4, stride=4, padding=0),
        )
        self.score = nn.Conv2d(2 * third, 1, 2)
        self.points = nn.Conv2d(2 * third, 2 * POINTS, 2)

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        features = self.body((image - 128) * (1 / 64))
        return self.score(features), self.points(features) * (SIDE / 4) + SIDE / 2
