"""A teacher whose convolutions knew faces before: dlib's face recognition network (King 2017, public domain), fine-tuned.

`python -m classpulse_training.face_resnet` reads the weights from the file that the PyPI package `face_recognition_models`
carries. Neither they nor the teacher ship: a student would get nothing of them but soft targets.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from .faces import DataError
from .known_faces import command, plain, restate
from .metrics import as_batch

STAGES = ((32, 3, False), (64, 4, True), (128, 3, True), (256, 3, True))
"""Channels, blocks, whether the first block halves the picture. dlib's last stage sees one pixel: left out."""
SIDE = 100
"""To which 48 pixels are enlarged: the eyes are then as far apart as in dlib's own crops, and no halved sum has a rest."""


class Block(nn.Module):
    """relu(bn(conv(relu(bn(conv x)))) + x): He et al. 2016, with average pooling for the halved sum as in dlib."""

    def __init__(self, cin: int, cout: int, halved: bool):
        super().__init__()
        stride, pad = (2, 0) if halved else (1, 1)
        self.first = nn.Conv2d(cin, cout, 3, stride, pad, bias=False)
        self.norm1 = nn.BatchNorm2d(cout)
        self.second = nn.Conv2d(cout, cout, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(cout)
        self.more = cout - cin
        self.halved = halved

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.norm2(self.second(F.relu(self.norm1(self.first(x)), inplace=True)))
        if self.halved:
            x = F.avg_pool2d(x, 2)
        if self.more:
            x = F.pad(x, (0, 0, 0, 0, 0, self.more))
        return F.relu(x + y, inplace=True)


class FaceResNet(nn.Module):
    """[N, 1, 48, 48] grey values 0...255 -> [N, classes] logits: 27 convolutions, 4.4 million parameters."""

    def __init__(self, classes: int = 7, side: int = SIDE, dropout: float = 0.3):
        super().__init__()
        self.side = side
        self.stem = nn.Conv2d(1, 32, 7, 2, bias=False)
        self.norm = nn.BatchNorm2d(32)
        blocks, cin = [], 32
        for channels, count, halved in STAGES:
            blocks += [Block(channels if k else cin, channels, halved and k == 0) for k in range(count)]
            cin = channels
        self.blocks = nn.Sequential(*blocks)
        self.drop = nn.Dropout(dropout)
        self.classify = nn.Linear(cin, classes)

    def features(self, x: torch.Tensor) -> torch.Tensor:
        x = F.relu(self.norm(self.stem((x - 115) * (1 / 256))), inplace=True)
        return self.blocks(F.max_pool2d(x, 3, 2))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.interpolate(x, size=(self.side, self.side), mode="bilinear", align_corners=False)
        return self.classify(self.drop(self.features(x).mean((2, 3))))

    def pairs(self) -> list[tuple[nn.Conv2d, nn.BatchNorm2d]]:
        """Convolutions and their normalizations in the order of the data's way."""
        inner = [pair for b in self.blocks for pair in ((b.first, b.norm1), (b.second, b.norm2))]
        return [(self.stem, self.norm), *inner]


def integer(data: bytes, at: int) -> tuple[int, int]:
    """dlib's numbers: a byte with the count of bytes (its highest bit the sign), then these, lowest first."""
    count, negative = data[at] & 0x0F, data[at] & 0x80
    value = int.from_bytes(data[at + 1 : at + 1 + count], "little")
    return (-value if negative else value), at + 1 + count


def tensors(file: Path) -> list[tuple[str, np.ndarray]]:
    """The parameters of each `con_4` (kernels, biases) and `affine_` (factors, offsets) layer, first layer first."""
    data = file.read_bytes()
    found = []
    for match in re.finditer(rb"\x01(\x05con_4|\x07affine_)\x01\x02", data):
        dims, at = [], match.end()
        for _ in range(4):
            value, at = integer(data, at)
            dims.append(value)
        count = int(np.prod(dims))
        kind = match[1][1:].decode()
        if at + 4 * count > len(data):
            raise DataError(f"{file}: ends within a layer")
        found.append((kind, np.frombuffer(data, "<f4", count, at)))
    return found


def take(net: FaceResNet, file: Path, images: np.ndarray) -> None:
    """Sets `net` to the file's network: its factors and offsets become batch norms with the statistics of `images`.

    The first layer's three colours are summed, as grey pictures have them equal. Raises DataError for another file.
    """
    layers = tensors(file)
    pairs = net.pairs()
    if [kind for kind, _ in layers[: 2 * len(pairs)]] != ["con_4", "affine_"] * len(pairs):
        raise DataError(f"{file}: not dlib's face recognition network")
    x = F.interpolate(as_batch(torch.from_numpy(images)), size=(net.side, net.side), mode="bilinear")
    for k, (conv, norm) in enumerate(pairs):
        kernels, factors = layers[2 * k][1], layers[2 * k + 1][1]
        shape = (conv.out_channels, 3 if k == 0 else conv.in_channels, *conv.kernel_size)
        size = int(np.prod(shape))
        if kernels.size != size + shape[0] or factors.size != 2 * shape[0]:
            raise DataError(f"{file}: layer {k} has another size")
        weight = torch.from_numpy(kernels[:size].reshape(shape).copy())
        bias = torch.from_numpy(kernels[size:].copy())
        factor, offset = torch.from_numpy(factors.reshape(2, -1).copy())
        with torch.no_grad():
            conv.weight.copy_(weight.sum(1, keepdim=True) if k == 0 else weight)
        plain(norm, factor, offset + factor * bias)
    if len(images):
        restate(net, [norm for _, norm in pairs], x)


if __name__ == "__main__":
    command(__doc__, "dlib_face_recognition_resnet_model_v1.dat", "teacher-face", FaceResNet, take)
