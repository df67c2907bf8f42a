"""The detector's network: a small residual backbone, a three-level feature pyramid and one head a level.

At 320 x 240, filled up to 320 x 256, it takes 63.7 M multiply-adds; nearly all of them are dense 3x3 convolutions, which a CPU
runs several times faster per operation than depthwise ones.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

STRIDES = (8, 16, 32)
POINTS = 5


class ConvUnit(nn.Sequential):
    """Convolution, batch norm and, unless told otherwise, ReLU."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int = 3, stride: int = 1, padding: int | None = None, relu: bool = True
    ) -> None:
        padding = kernel // 2 if padding is None else padding
        layers: list[nn.Module] = [
            nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False),
            nn.BatchNorm2d(outputs),
        ]
        if relu:
            layers.append(nn.ReLU(inplace=True))
        super().__init__(*layers)


class Residual(nn.Module):
    """[N, C, H, W] -> the same shape: x + f(x), `depth` 3x3 convolutions deep."""

    def __init__(self, channels: int, depth: int = 1) -> None:
        super().__init__()
        self.body = nn.Sequential(*[ConvUnit(channels, channels, relu=i + 1 < depth) for i in range(depth)])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.relu(x + self.body(x))


class Head(nn.Module):
    """A level's features [N, C, h, w] -> (score logits [N, 1, h, w], box [N, 4, h, w], points [N, 10, h, w])."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.mix = ConvUnit(channels, channels)
        self.score = nn.Conv2d(channels, 1, 1)
        self.box = nn.Conv2d(channels, 4, 1)
        self.points = nn.Conv2d(channels, 2 * POINTS, 1)
        nn.init.constant_(self.score.bias, -4.0)
        nn.init.constant_(self.box.bias, 2.0)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        x = self.mix(x)
        return self.score(x), F.relu(self.box(x)), self.points(x)


class FaceDetector(nn.Module):
    """Grey pictures [N, 1, H, W], 0...255, H and W multiples of 32, to one map per stride and kind.

    `forward` returns for each stride in (8, 16, 32) the tuple (score logits [N, 1, h, w], box [N, 4, h, w], points
    [N, 10, h, w]) with h = H / stride. `box` holds the distances left, top, right, bottom from the cell's centre and
    `points` the offsets x0, y0 ... x4, y4 from it, both in units of the stride; the centre of cell (x, y) is
    ((x + 0.5) stride, (y + 0.5) stride).
    """

    def __init__(self, width: tuple[int, int, int] = (32, 48, 48), pyramid: int = 32) -> None:
        super().__init__()
        first, second, third = width
        self.gain = 1 / 64
        self.stem = ConvUnit(1, first, kernel=6, stride=4, padding=1)
        self.stage8 = nn.Sequential(ConvUnit(first, first, stride=2), Residual(first))
        self.stage16 = nn.Sequential(ConvUnit(first, second, stride=2), Residual(second))
        self.stage32 = nn.Sequential(ConvUnit(second, third, stride=2), Residual(third, depth=2))
        self.lateral8 = ConvUnit(first, pyramid, kernel=1, relu=False)
        self.lateral16 = ConvUnit(second, pyramid, kernel=1, relu=False)
        self.lateral32 = ConvUnit(third, pyramid, kernel=1, relu=False)
        self.heads = nn.ModuleList([Head(pyramid) for _ in STRIDES])

    def forward(self, image: torch.Tensor) -> list[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]:
        centred = image - 128
        x = self.stem(centred if self.gain == 1 else centred * self.gain)
        x8 = self.stage8(x)
        x16 = self.stage16(x8)
        x32 = self.stage32(x16)
        p32 = F.relu(self.lateral32(x32))
        p16 = F.relu(self.lateral16(x16) + F.interpolate(p32, scale_factor=2.0, mode="nearest"))
        p8 = F.relu(self.lateral8(x8) + F.interpolate(p16, scale_factor=2.0, mode="nearest"))
        return [head(level) for head, level in zip(self.heads, (p8, p16, p32))]
