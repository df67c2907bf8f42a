"""Several processes that train one network together, each on its part of every batch, for machines where threads within one
step wait for one another: `torchrun --standalone --nproc-per-node 2 -m -- classpulse_training classifier --device cpu ...`.

Without `torchrun` there is one worker and nothing here does anything.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel


@contextmanager
def joined() -> Iterator[None]:
    """With the other processes that `torchrun` has started, until all of them have ended."""
    several = "TORCHELASTIC_RUN_ID" in os.environ
    if several:
        distributed.init_process_group("gloo")
    try:
        yield
        if several:
            distributed.barrier()
    finally:
        if several:
            distributed.destroy_process_group()


def count() -> int:
    return distributed.get_world_size() if distributed.is_initialized() else 1


def rank() -> int:
    """0 is the worker that evaluates and writes."""
    return distributed.get_rank() if distributed.is_initialized() else 0


def together(net: nn.Module) -> nn.Module:
    """`net` with gradients that are the mean of all workers'. Each normalises by its own part of a batch."""
    return DistributedDataParallel(net, broadcast_buffers=False) if count() > 1 else net


def total(values: torch.Tensor) -> torch.Tensor:
    """The sum over all workers."""
    if count() > 1:
        distributed.all_reduce(values)
    return values


def told(value: object) -> object:
    """What the first worker says, to all of them."""
    box = [value]
    if count() > 1:
        distributed.broadcast_object_list(box)
    return box[0]


@contextmanager
def alone() -> Iterator[None]:
    """The first worker's threads while the others wait for it."""
    threads = torch.get_num_threads()
    torch.set_num_threads(threads * count())
    yield
    torch.set_num_threads(threads)
