"""The smoke run's part on several workers; `torchrun` runs this module in each of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import torch
from torch import distributed, nn

from . import loop, workers
from .ds_efficientnet import DSEfficientNet
from .faces import Faces, load_folder
from .recipe import Recipe
from .smoke_teachers import check


def check_workers(root: Path) -> None:
    """Two processes train one network, stop, and go on. The training's own lines are kept back unless something fails."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m"]
    done = subprocess.run([*command, __name__, str(root)], check=False, capture_output=True, text=True)
    check(done.returncode == 0, f"two workers: {done.stdout}{done.stderr}")


def every(value: torch.Tensor) -> list[torch.Tensor]:
    """Each worker's value, in the order of their ranks."""
    found = [torch.empty_like(value) for _ in range(workers.count())]
    distributed.all_gather(found, value)
    return found


def worker(root: Path) -> None:
    training, validation = load_folder(root / "train"), load_folder(root / "public-test")
    run, device = root / "workers", torch.device("cpu")

    def trainer() -> loop.Trainer:
        torch.manual_seed(workers.rank())  # the first worker's weights are taken
        return loop.Trainer(DSEfficientNet(), training, Recipe(epochs=2, batch=16), device)

    check(workers.count() == 2, f"{workers.count()} workers")
    check_gradients(trainer(), training)
    for stop in (1, None):
        again = trainer()
        outcome = loop.train(again, validation, run, stop_after=stop)
        first, second = every(torch.cat([p.detach().flatten() for p in again.net.parameters()]))
        check(torch.equal(first, second), "the workers' weights differ")
        first, second = every(again.optimiser.param_groups[0]["params"][0].grad.flatten())
        check(torch.equal(first, second), "the workers' gradients differ")
    rows = (run / "log.jsonl").read_text().splitlines()
    check(len(rows) == 2, f"{len(rows)} epochs logged of two")
    check(outcome["finished"] == (workers.rank() == 0), "not the first worker alone has finished")


def check_gradients(trainer: loop.Trainer, faces: Faces) -> None:
    """Of two halves of a batch, in evaluation mode, in which no face's normalisation depends on the others, the gradient
    is the batch's."""
    x, labels = loop.as_batch(faces.images[:16]), torch.from_numpy(faces.labels[:16])
    trainer.net.eval()
    mine = slice(8 * workers.rank(), 8 * workers.rank() + 8)
    found = []
    for forward, part in ((trainer.forward, mine), (trainer.net, slice(16))):
        trainer.net.zero_grad()
        nn.functional.cross_entropy(forward(x[part]), labels[part]).backward()
        found.append(torch.cat([p.grad.flatten() for p in trainer.net.parameters()]))
    worst = ((found[0] - found[1]).norm() / found[1].norm()).item()
    check(worst < 1e-4, f"the gradient of two halves differs from the batch's by {worst}")


if __name__ == "__main__":
    with workers.joined():
        worker(Path(sys.argv[1]))
