"""Temperature scaling (Guo et al. 2017) and the expected calibration error."""

from __future__ import annotations

import torch
from torch.nn import functional as F


def fit_temperature(logits: torch.Tensor, labels: torch.Tensor) -> float:
    """The temperature that minimises the negative log-likelihood of held-out logits [N, classes]."""
    log_t = torch.zeros((), dtype=torch.float64, requires_grad=True)
    logits = logits.double()
    optimiser = torch.optim.LBFGS([log_t], lr=0.1, max_iter=100)

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        loss = F.cross_entropy(logits / log_t.exp(), labels)
        loss.backward()
        return loss

    optimiser.step(closure)
    return float(log_t.exp())


def expected_calibration_error(logits: torch.Tensor, labels: torch.Tensor, bins: int = 15) -> float:
    """Mean |accuracy - confidence| over equal-width confidence bins, weighted by their share of the samples."""
    confidence, guess = torch.softmax(logits.double(), 1).max(1)
    right = (guess == labels).double()
    index = (confidence * bins).long().clamp(max=bins - 1)
    error = 0.0
    for k in range(bins):
        inside = index == k
        if inside.any():
            error += inside.double().mean().item() * abs(right[inside].mean().item() - confidence[inside].mean().item())
    return error
