"""What a run leaves behind for the tables: `result.json` beside its `config.json` and `log.jsonl`."""

from __future__ import annotations

import json
import platform
import shutil
from pathlib import Path

import torch
from torch import nn

from .faces import DataError
from .files import write_whole
from .networks import multiply_adds, parameters

KEPT = ("config.json", "log.jsonl", "result.json")


def describe(name: str, net: nn.Module) -> dict:
    return {"network": name, "parameters": parameters(net), "multiply_adds": multiply_adds(net)}


def where(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else f"CPU ({platform.machine()})"


def write_result(folder: Path, result: dict) -> None:
    """Numbers are rounded to what is worth keeping."""
    write_whole(folder / "result.json", json.dumps(rounded(result), indent=1) + "\n")


def rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, 5)
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    return value


def keep(run: Path, logs: Path) -> None:
    """Copies a finished run's small files to where they are committed, `logs/<name of the run>/`."""
    if not (run / "result.json").exists():
        raise DataError(f"{run}: not finished, no result.json")
    target = logs / run.name
    target.mkdir(parents=True, exist_ok=True)
    for name in KEPT:
        if (run / name).exists():
            shutil.copyfile(run / name, target / name)
