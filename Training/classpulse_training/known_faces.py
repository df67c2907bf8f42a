"""What networks that knew faces before have in common: normalizations with statistics of our faces, and a command for both."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import torch
from torch import nn

from .checkpoint import save
from .faces import DataError
from .pack import load_set


@torch.no_grad()
def restate(net: nn.Module, norms: Iterable[nn.BatchNorm2d], x: torch.Tensor) -> None:
    """The same function of `net.features`, with running statistics of what each normalization gets from `x`.

    Until then the running statistics are to be those that change nothing: mean 0, variance 1 - epsilon.
    """

    def own(norm: nn.BatchNorm2d, inputs: tuple[torch.Tensor]) -> None:
        mean, variance = inputs[0].mean((0, 2, 3)), inputs[0].var((0, 2, 3))
        norm.bias += norm.weight * mean
        norm.weight *= (variance + norm.eps).sqrt()
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)

    hooks = [norm.register_forward_pre_hook(own) for norm in norms]
    net.eval().features(x)
    for hook in hooks:
        hook.remove()


def plain(norm: nn.BatchNorm2d, factor: torch.Tensor, offset: torch.Tensor) -> None:
    """Makes a normalization `factor * x + offset`."""
    with torch.no_grad():
        norm.weight.copy_(factor)
        norm.bias.copy_(offset)
        norm.running_mean.zero_()
        norm.running_var.fill_(1 - norm.eps)


def command(doc: str, weights: str, network: str, build: Callable[[], nn.Module], take: Callable) -> None:
    """`take(net, file, images)` sets the network to the file's weights, with the statistics of 1,000 training faces."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="its training faces give the statistics")
    parser.add_argument("--weights", type=Path, required=True, help=weights)
    parser.add_argument("--output", type=Path, required=True, help=f"for `classifier --network {network} --start`")
    a = parser.parse_args()
    torch.manual_seed(1)
    try:
        images = load_set(a.data, "train").images
        net = build()
        take(net, a.weights, images[np.random.default_rng(1).choice(len(images), 1000, replace=False)])
    except DataError as problem:
        raise SystemExit(f"{network}: {problem}") from problem
    save(net.state_dict(), a.output)
    print(f"{a.output}: {sum(p.numel() for p in net.parameters()):,} parameters")
