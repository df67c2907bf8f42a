"""Means of weights: the exponential moving average of a run, which is what is evaluated, and that of several runs."""

from __future__ import annotations

import copy

import torch
from torch import nn


class Average:
    """`net`: the averaged network, in evaluation mode."""

    def __init__(self, net: nn.Module):
        self.net = copy.deepcopy(net).eval()
        pairs = list(zip(self.net.state_dict().values(), net.state_dict().values()))
        self.means = [mean for mean, _ in pairs if mean.is_floating_point()]
        self.values = [value for mean, value in pairs if mean.is_floating_point()]
        self.counters = [(mean, value) for mean, value in pairs if not mean.is_floating_point()]

    @torch.no_grad()
    def update(self, decay: float) -> None:
        torch._foreach_lerp_(self.means, self.values, 1 - decay)
        for mean, value in self.counters:
            mean.copy_(value)


def mean(states: list[dict[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    """The mean of several networks' weights and running statistics; counters are the first one's."""
    return {
        name: torch.stack([state[name].float() for state in states]).mean(0) if first.is_floating_point() else first
        for name, first in states[0].items()
    }
