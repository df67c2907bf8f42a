"""A run's state on disk: everything that going on needs, and weights."""

from __future__ import annotations

import os
from pathlib import Path

import torch
from torch import nn

from .average import Average


def save(state: dict, path: Path) -> None:
    """Writes beside the target and renames, so that a stop in the middle loses nothing."""
    temporary = path.with_suffix(".tmp")
    torch.save(state, temporary)
    os.replace(temporary, path)


class Checkpoint:
    """`last.pt` of a run: network, average, optimiser, random numbers, and what `more` holds (plain values)."""

    def __init__(
        self, path: Path, net: nn.Module, average: Average, optimiser: torch.optim.Optimizer, draw: torch.Generator
    ):
        self.path, self.net, self.average, self.optimiser, self.draw = path, net, average, optimiser, draw

    def write(self, more: dict) -> None:
        cuda = self.draw.device.type == "cuda"
        state = {
            "net": self.net.state_dict(),
            "average": self.average.net.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "generator": self.draw.get_state(),
            "torch_rng": torch.get_rng_state(),
            "device_rng": torch.cuda.get_rng_state() if cuda else None,
            "more": more,
        }
        save(state, self.path)

    def read(self) -> dict | None:
        """Sets everything to what was written and returns `more`; None where nothing was.

        Random numbers of another kind of device are not taken over: the run then goes on with fresh ones.
        """
        if not self.path.exists():
            return None
        state = torch.load(self.path, weights_only=False, map_location="cpu")
        self.net.load_state_dict(state["net"])
        self.average.net.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        torch.set_rng_state(state["torch_rng"])
        on_cuda = self.draw.device.type == "cuda"
        if on_cuda == (state["device_rng"] is not None):
            self.draw.set_state(state["generator"])
            if on_cuda:
                torch.cuda.set_rng_state(state["device_rng"])
        return state["more"]
