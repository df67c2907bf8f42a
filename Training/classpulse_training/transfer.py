"""From a backbone trained on a larger set to a small one: a new head on frozen features, then everything fine-tuned."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from .checkpoint import read_weights
from .faces import DataError, Faces
from .metrics import predict


def load_backbone(net: nn.Module, weights: Path) -> None:
    """The weights of a run's folder or file but for the last layer, which stays as it is."""
    state = read_weights(weights)
    own, head = net.state_dict(), head_name(net)
    taken = {name: value.float() for name, value in state.items() if not name.startswith(head + ".")}
    for name, value in taken.items():
        if name not in own or own[name].shape != value.shape:
            raise DataError(f"{weights}: weights of another network ({name})")
    net.load_state_dict({**own, **taken})


def head_name(net: nn.Module) -> str:
    """The last linear layer."""
    return [name for name, layer in net.named_modules() if isinstance(layer, nn.Linear)][-1]


def fit_head(net: nn.Module, faces: Faces, decay: float = 1e-3) -> None:
    """Sets the last layer to the least cross-entropy on the features of un-augmented faces; the rest is frozen."""
    name = head_name(net)
    parent = net.get_submodule(name.rpartition(".")[0])
    leaf, head = name.rpartition(".")[2], net.get_submodule(name)
    setattr(parent, leaf, nn.Identity())
    features = predict(net, faces.images)
    setattr(parent, leaf, head)
    labels = torch.from_numpy(faces.labels)
    weight = torch.zeros(head.weight.shape, requires_grad=True)
    bias = torch.zeros(head.bias.shape, requires_grad=True)
    optimiser = torch.optim.LBFGS([weight, bias], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        loss = F.cross_entropy(features @ weight.T + bias, labels) + decay * weight.square().sum()
        loss.backward()
        return loss

    optimiser.step(closure)
    with torch.no_grad():
        head.weight.copy_(weight)
        head.bias.copy_(bias)
