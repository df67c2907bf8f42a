"""DS-EfficientNet: a deep EfficientNet branch and a shallow SE branch, fused on channels.

After Wang & Lai, "Computer Systems & Applications" 2023, 32(2). The paper leaves the widths open; ours are set by
measured time in the engine. Shapes below are [N, C, H, W].
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn


@dataclass(frozen=True)
class Stage:
    """One stage of the deep branch: `fused` blocks use a full 3x3 convolution instead of expand + depthwise."""

    fused: bool
    expand: int
    channels: int
    blocks: int
    stride: int


@dataclass(frozen=True)
class Widths:
    stem: int = 24
    stages: tuple[Stage, ...] = (
        Stage(fused=True, expand=2, channels=32, blocks=2, stride=2),
        Stage(fused=True, expand=4, channels=56, blocks=1, stride=2),
        Stage(fused=True, expand=2, channels=56, blocks=1, stride=1),
        Stage(fused=False, expand=4, channels=112, blocks=1, stride=2),
        Stage(fused=False, expand=6, channels=112, blocks=3, stride=1),
    )
    shallow: tuple[int, ...] = (24, 48, 96)
    head: int = 512


def conv(cin: int, cout: int, kernel: int, stride: int = 1, groups: int = 1, act: bool = True) -> nn.Sequential:
    layers = [
        nn.Conv2d(cin, cout, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(cout),
    ]
    return nn.Sequential(*layers, nn.SiLU(inplace=True)) if act else nn.Sequential(*layers)


def dropped(y: torch.Tensor, rate: float) -> torch.Tensor:
    """A block's part of the sum, left out for a share `rate` of the batch (stochastic depth, Huang et al. 2016)."""
    if rate <= 0:
        return y
    mask = torch.rand(y.shape[0], 1, 1, 1, device=y.device) < 1 - rate
    return y * (mask.to(y.dtype) / (1 - rate))


class SqueezeExcite(nn.Module):
    """Hu et al. 2018: a gate per channel from the globally pooled features."""

    def __init__(self, channels: int, squeezed: int):
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.reduce = nn.Conv2d(channels, squeezed, 1)
        self.act = nn.SiLU(inplace=True)
        self.expand = nn.Conv2d(squeezed, channels, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * torch.sigmoid(self.expand(self.act(self.reduce(self.pool(x)))))


class Block(nn.Module):
    """MBConv (expand 1x1, depthwise 3x3, SE, project 1x1) or its fused form (3x3, project 1x1)."""

    def __init__(self, cin: int, cout: int, stage: Stage, stride: int, drop_path: float):
        super().__init__()
        wide = cin * stage.expand
        if stage.fused:
            body = [conv(cin, wide, 3, stride)]
        else:
            body = [conv(cin, wide, 1), conv(wide, wide, 3, stride, groups=wide), SqueezeExcite(wide, max(8, cin // 4))]
        self.body = nn.Sequential(*body, conv(wide, cout, 1, act=False))
        self.residual = stride == 1 and cin == cout
        self.drop_path = drop_path

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.body(x)
        return x + dropped(y, self.drop_path if self.training else 0) if self.residual else y


class ShallowBranch(nn.Module):
    """Three plain strided convolutions, each with SE: the fine texture of the face."""

    def __init__(self, widths: tuple[int, ...], se: bool = True):
        super().__init__()
        layers, cin = [], 1
        for width in widths:
            layers.append(conv(cin, width, 3, 2))
            if se:
                layers.append(SqueezeExcite(width, max(8, width // 4)))
            cin = width
        self.layers = nn.Sequential(*layers)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x)


class DSEfficientNet(nn.Module):
    """[N, 1, 48, 48] grey values 0...255 -> [N, 7] logits. `probabilities` wraps it with softmax for export.

    `fusion`, `se` and `gap` switch the parts that the paper's ablation adds one by one.
    """

    def __init__(
        self,
        widths: Widths = Widths(),
        classes: int = 7,
        fusion: bool = True,
        se: bool = True,
        gap: bool = True,
        dropout: float = 0.2,
        drop_path: float = 0.1,
    ):
        super().__init__()
        self.stem, self.deep, cin = self.branch(widths, drop_path)
        self.shallow = ShallowBranch(widths.shallow, se) if fusion else None
        fused = cin + (widths.shallow[-1] if fusion else 0)
        self.norm = nn.BatchNorm2d(fused)
        self.head = conv(fused, widths.head, 1)
        self.pool = nn.AdaptiveAvgPool2d(1) if gap else nn.Identity()
        self.drop = nn.Dropout(dropout)
        self.classify = nn.Linear(widths.head * (1 if gap else 36), classes)

    def branch(self, widths: Widths, drop_path: float) -> tuple[nn.Sequential, nn.Sequential, int]:
        """The deep branch: its stem, its blocks, and the channels that come out of them, on 6 x 6 pixels."""
        stem = conv(1, widths.stem, 3)
        blocks, cin = [], widths.stem
        total = sum(stage.blocks for stage in widths.stages)
        for stage in widths.stages:
            for k in range(stage.blocks):
                rate = drop_path * len(blocks) / total
                blocks.append(Block(cin, stage.channels, stage, stage.stride if k == 0 else 1, rate))
                cin = stage.channels
        return stem, nn.Sequential(*blocks), cin

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = (x - 127.5) * (1 / 64)
        y = self.deep(self.stem(x))
        if self.shallow is not None:
            y = torch.cat([y, self.shallow(x)], dim=1)
        y = self.pool(self.head(self.norm(y)))
        return self.classify(self.drop(y.flatten(1)))


class Probabilities(nn.Module):
    """The exported form: softmax over the logits divided by the calibration temperature."""

    def __init__(self, net: nn.Module, temperature: float = 1.0):
        super().__init__()
        self.net = net
        self.temperature = temperature

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.softmax(self.net(x) / self.temperature, dim=1)
