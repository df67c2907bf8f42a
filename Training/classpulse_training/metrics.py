"""What a network makes of faces, and how good that is."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


def as_batch(images: np.ndarray | torch.Tensor) -> torch.Tensor:
    """uint8 [N, S, S] -> float32 [N, 1, S, S] in channels-last memory, on the device it was on."""
    images = torch.from_numpy(images) if isinstance(images, np.ndarray) else images
    return images.unsqueeze(1).float().contiguous(memory_format=torch.channels_last)


@torch.no_grad()
def predict(
    net: nn.Module, images: np.ndarray | torch.Tensor, batch: int = 256, bfloat16: bool = False
) -> torch.Tensor:
    """Logits [N, classes] on the CPU of uint8 faces, in evaluation mode, computed where the network is."""
    net.eval()
    device = next(net.parameters()).device
    images = torch.from_numpy(images) if isinstance(images, np.ndarray) else images
    with torch.autocast(device.type, torch.bfloat16, enabled=bfloat16):
        parts = [net(as_batch(images[i : i + batch].to(device))).float() for i in range(0, len(images), batch)]
    return torch.cat(parts).cpu()


def metrics(logits: torch.Tensor, labels: np.ndarray) -> dict:
    """Of logits [N, classes]; `confusion` has a row for each true class."""
    target = torch.from_numpy(labels)
    classes = logits.shape[1]
    confusion = torch.bincount(target * classes + logits.argmax(1), minlength=classes * classes).view(classes, classes)
    return {"loss": F.cross_entropy(logits, target).item(), **scores(confusion)}


def right(logits: torch.Tensor, labels: np.ndarray) -> str:
    """A `1` for each face that is read as its label says, else a `0`, in the faces' order: what a paired test needs."""
    return "".join(map(str, (logits.argmax(1) == torch.from_numpy(labels)).int().tolist()))


def scores(confusion: torch.Tensor) -> dict:
    """Accuracy, macro F1 and recall of a confusion matrix [true class, guess]."""
    hits = confusion.diag().double()
    recall = hits / confusion.sum(1).clamp(min=1)
    precision = hits / confusion.sum(0).clamp(min=1)
    f1 = 2 * precision * recall / (precision + recall).clamp(min=1e-12)
    return {
        "n": int(confusion.sum()),
        "accuracy": (hits.sum() / confusion.sum()).item(),
        "macro_f1": f1.mean().item(),
        "recall": recall.tolist(),
        "confusion": confusion.tolist(),
    }
