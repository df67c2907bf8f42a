"""A run's state on disk: everything that going on needs, and weights."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import torch
from torch import nn

from .average import Average
from .faces import DataError
from .files import replacing, write_whole


def save(state: dict, path: Path) -> None:
    """Writes beside the target and renames, so that a stop in the middle loses nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as fresh:
        torch.save(state, fresh)


def halved(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Weights in half precision."""
    return {name: value.half() if value.is_floating_point() else value for name, value in state.items()}


LARGE = 5_000_000
"""Numbers of which half precision takes 10 MB, the most that a file in `checkpoints/` may have."""


def compact(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor | dict[str, torch.Tensor]]:
    """What travels and is kept in `checkpoints/`: `halved`, and for a `LARGE` network each kernel as whole numbers.

    They are -127...127, with a factor for each output channel.
    """
    if sum(value.numel() for value in state.values()) <= LARGE:
        return halved(state)
    small = halved(state)
    for name, value in state.items():
        if value.is_floating_point() and value.ndim > 1:
            factor = value.abs().flatten(1).amax(1).clamp(min=1e-12).view(-1, *[1] * (value.ndim - 1)) / 127
            small[name] = {"whole": (value / factor).round().to(torch.int8), "factor": factor}
    return small


def expanded(state: dict) -> dict[str, torch.Tensor]:
    """The weights that `compact` made small."""
    return {name: v["whole"] * v["factor"] if isinstance(v, dict) else v for name, v in state.items()}


def weights_file(path: Path) -> Path:
    """`path` itself, or what a run's folder has: its best epoch's weights, or the small ones, which travel."""
    if not path.is_dir():
        return path
    return next((path / name for name in ("best.pt", "weights.pt") if (path / name).exists()), path / "best.pt")


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def origin(start: Path | None) -> dict:
    """What a run begins with, for `claim`: a file of one name may hold other weights another day."""
    if start is None:
        return {"start": None, "start_sha256": None}
    file = weights_file(start)
    if not file.exists():
        raise DataError(f"{file}: no such weights")
    return {"start": start.stem, "start_sha256": sha256(file)}


def read_weights(path: Path) -> dict[str, torch.Tensor]:
    """A network's weights by their names, of `path` or of a run's folder; of `last.pt` the last epoch's average."""
    file = weights_file(path)
    if not file.exists():
        raise DataError(f"{file}: no such weights")
    try:
        state = torch.load(file, weights_only=True, map_location="cpu")
        return expanded(state.get("average", state))
    except Exception:  # noqa: BLE001 - the unpickler stumbles over other files in many ways
        raise DataError(f"{file}: no file of weights, or cut short") from None


def take_weights(net: nn.Module, path: Path) -> None:
    """Sets all of a network's weights to those of `path`, which may be small ones."""
    state = read_weights(path)
    try:
        net.load_state_dict(state)
    except RuntimeError:
        raise DataError(f"{path}: weights of another network") from None


def claim(folder: Path, settings: dict, name: str = "config.json") -> None:
    """Writes `settings` to `folder/name`. What a folder holds of a run with other settings is not to pass for these."""
    file, known = folder / name, json.loads(json.dumps(settings))
    try:
        begun = json.loads(file.read_text()) if file.exists() else {}
    except ValueError:
        raise DataError(f"{file}: damaged; delete it if the run began with these settings") from None
    for key in known.keys() & begun.keys():
        if begun[key] != known[key]:
            raise DataError(f"{folder}: begun with {key} {begun[key]}, not {known[key]}; take another folder")
    if begun == known:
        return
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(file, json.dumps(known, indent=1) + "\n")


class Checkpoint:
    """`last.pt` of a run: network, average, optimiser, random numbers, and what `more` holds (plain values)."""

    def __init__(
        self, path: Path, net: nn.Module, average: Average, optimiser: torch.optim.Optimizer, draw: torch.Generator
    ):
        self.path, self.net, self.average, self.optimiser, self.draw = path, net, average, optimiser, draw

    def write(self, more: dict) -> None:
        state = {
            "net": self.net.state_dict(),
            "average": self.average.net.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "generator": self.draw.get_state(),
            "drawn_on": self.draw.device.type,
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
        if state["drawn_on"] == self.draw.device.type:
            self.draw.set_state(state["generator"])
        return state["more"]
