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
    return log_t.exp().item()


def calibrated(logits: torch.Tensor, labels: torch.Tensor) -> dict:
    """The fitted temperature, and the cross-entropy at it: how much a network knows, however sure it is of it."""
    temperature = fit_temperature(logits, labels)
    loss = F.cross_entropy(logits.double() / temperature, labels).item()
    return {"temperature": temperature, "calibrated_loss": loss}


def reliability(logits: torch.Tensor, labels: torch.Tensor, bins: int = 15) -> list[dict]:
    """Share of the samples, mean confidence and accuracy in each equal-width bin of confidence that holds any."""
    confidence, guess = torch.softmax(logits.double(), 1).max(1)
    right = (guess == labels).double()
    index = (confidence * bins).long().clamp(max=bins - 1)
    return [
        {
            "share": inside.double().mean().item(),
            "confidence": confidence[inside].mean().item(),
            "accuracy": right[inside].mean().item(),
        }
        for inside in (index == k for k in range(bins))
        if inside.any()
    ]


def expected_calibration_error(logits: torch.Tensor, labels: torch.Tensor, bins: int = 15) -> float:
    """Mean |accuracy - confidence| over the bins of `reliability`, weighted by their share of the samples."""
    return sum(b["share"] * abs(b["accuracy"] - b["confidence"]) for b in reliability(logits, labels, bins))
