"""Every network by its name: [N, 1, 48, 48] grey values 0...255 -> [N, classes] logits.

The comparison's networks are torchvision's and timm's, which are imported only when one of them is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import torch
import torch.fx
from torch import nn
from torch.nn import functional as F

from .ds_efficientnet import DSEfficientNet, Widths, dropped
from .face_resnet import FaceResNet
from .facenet import FaceNet
from .faces import DataError
from .lite import DSEfficientNetLite

ABLATION = {
    "ds-base": {"fusion": False, "se": False, "gap": False},
    "ds-fusion": {"fusion": True, "se": False, "gap": False},
    "ds-fusion-se": {"fusion": True, "se": True, "gap": False},
    "ds-efficientnet": {},
}
"""Rows 1 to 4 of the paper's ablation."""

COMPARISON = {
    "vgg16": ("torchvision", "vgg16", 48),
    "resnet50": ("torchvision", "resnet50", 48),
    "xception": ("timm", "legacy_xception", 48),
    "inception-v3": ("torchvision", "inception_v3", 96),
    "mobilenet-v2": ("torchvision", "mobilenet_v2", 48),
    "efficientnet-b0": ("torchvision", "efficientnet_b0", 48),
}
"""Whose definition, its name there, the side to which 48 pixels are enlarged (InceptionV3 takes no less than 75)."""


class ThreeChannels(nn.Module):
    """A colour network on grey faces: normalised, enlarged if `side` is more than 48, the same in all three channels."""

    def __init__(self, net: nn.Module, side: int = 48):
        super().__init__()
        self.net, self.side = net, side

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = enlarged((x - 127.5) * (1 / 64), self.side)
        return self.net(torch.cat([x, x, x], 1))


@torch.fx.wrap
def enlarged(x: torch.Tensor, side: int) -> torch.Tensor:
    """To `side` pixels where it has others; one step for torch.fx, which cannot look into a choice."""
    if x.shape[-1] == side:
        return x
    return F.interpolate(x, size=(side, side), mode="bilinear", align_corners=False)


def comparison(name: str, classes: int) -> nn.Module:
    source, stock, side = COMPARISON[name]
    if source == "timm":
        import timm

        return ThreeChannels(timm.create_model(stock, pretrained=False, num_classes=classes), side)
    import torchvision

    more = {"init_weights": True, "aux_logits": False} if name == "inception-v3" else {}
    net = getattr(torchvision.models, stock)(weights=None, num_classes=classes, **more)
    if name == "vgg16":  # ends in 1 x 1 pixels here, not in 7 x 7
        net.avgpool = nn.AdaptiveAvgPool2d(1)
        net.classifier[0] = nn.Linear(512, 4096)
    return ThreeChannels(net, side)


def wide(factor: float) -> Callable[[int], nn.Module]:
    """DS-EfficientNet with `factor` times the channels."""

    def scaled(channels: int) -> int:
        return round(channels * factor / 8) * 8

    usual = Widths()
    widths = replace(
        usual,
        stem=scaled(usual.stem),
        stages=tuple(replace(stage, channels=scaled(stage.channels)) for stage in usual.stages),
        shallow=tuple(scaled(width) for width in usual.shallow),
        head=scaled(usual.head),
    )
    return lambda classes: DSEfficientNet(widths, classes, dropout=0.3, drop_path=0.2)


class Residual(nn.Module):
    """Two 3x3 convolutions around a sum (He et al. 2016), batch norm before each activation, with drop-path."""

    def __init__(self, cin: int, cout: int, stride: int, drop_path: float):
        super().__init__()
        self.body = nn.Sequential(*unit(cin, cout, stride), *unit(cout, cout)[:2])
        plain = stride == 1 and cin == cout
        self.short = nn.Identity() if plain else nn.Sequential(*unit(cin, cout, stride, kernel=1)[:2])
        self.drop_path = drop_path

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = dropped(self.body(x), self.drop_path if self.training else 0)
        return F.relu(y + self.short(x))


def unit(cin: int, cout: int, stride: int = 1, kernel: int = 3) -> list[nn.Module]:
    layer = nn.Conv2d(cin, cout, kernel, stride, kernel // 2, bias=False)
    return [layer, nn.BatchNorm2d(cout), nn.ReLU(inplace=True)]


class Grey(nn.Module):
    """Layers on the normalised face, global average pooling, dropout, one linear layer."""

    def __init__(self, layers: list[nn.Module], channels: int, classes: int):
        super().__init__()
        self.layers = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.4))
        self.classify = nn.Linear(channels, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.classify(self.layers((x - 127.5) * (1 / 64)))


def residual_teacher(classes: int) -> nn.Module:
    """ResNet of 18 layers whose stem keeps 48x48 pixels."""
    layers, cin = unit(1, 48), 48
    for stage, channels in enumerate((48, 96, 192, 320)):
        for k in range(2):
            layers.append(Residual(cin, channels, 2 if stage and not k else 1, 0.05 * stage))
            cin = channels
    return Grey(layers, cin, classes)


def plain_teacher(classes: int) -> nn.Module:
    """VGG of 11 layers with batch norm; the best known single networks on FER2013 are of this kind."""
    layers, cin = [], 1
    for stage, channels in enumerate((64, 128, 256, 320)):
        if stage:
            layers += [nn.MaxPool2d(2), nn.Dropout2d(0.1)]
        for _ in range((2, 2, 3, 4)[stage]):
            layers += unit(cin, channels)
            cin = channels
    return Grey(layers, cin, classes)


TEACHERS: dict[str, Callable[[int], nn.Module]] = {
    "teacher-ds": wide(2.0),
    "teacher-resnet": residual_teacher,
    "teacher-vgg": plain_teacher,
    "teacher-ds-2": wide(1.75),
}
"""Larger networks for 48x48 grey faces, at most 8 million parameters each."""

FACE_TEACHERS: dict[str, Callable[[int], nn.Module]] = {"teacher-face": FaceResNet, "teacher-facenet": FaceNet}
"""Networks that start from weights that knew faces before."""

PHOTOGRAPHS = "ds-lite"
"""`DSEfficientNetLite`, whose deep branch starts from weights that knew photographs before."""

SHIPPED = "ds-efficientnet"
"""The network of `Sources/Models/Resources/ds-efficientnet.onnx`."""

NAMES = (*ABLATION, *COMPARISON, *TEACHERS, *FACE_TEACHERS, PHOTOGRAPHS)


def build(name: str, classes: int = 7) -> nn.Module:
    if name in ABLATION:
        return DSEfficientNet(classes=classes, **ABLATION[name])
    if name in COMPARISON:
        return comparison(name, classes)
    if name in TEACHERS:
        return TEACHERS[name](classes)
    if name in FACE_TEACHERS:
        return FACE_TEACHERS[name](classes)
    if name == PHOTOGRAPHS:
        return DSEfficientNetLite(classes=classes)
    raise DataError(f"unknown network {name!r}; known: {', '.join(NAMES)}")


def parameters(net: nn.Module) -> int:
    return sum(p.numel() for p in net.parameters())


def multiply_adds(net: nn.Module, height: int = 48, width: int = 48) -> int:
    """Of one grey picture, in convolutions and linear layers."""
    total = 0

    def count(layer: nn.Module, _: object, y: torch.Tensor) -> None:
        nonlocal total
        total += y.shape[1:].numel() * layer.weight[0].numel()

    layers = [m for m in net.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    hooks = [layer.register_forward_hook(count) for layer in layers]
    device = next(net.parameters()).device
    training = net.training
    with torch.no_grad():
        net.eval()(torch.zeros(1, 1, height, width, device=device))
    net.train(training)
    for hook in hooks:
        hook.remove()
    return total
