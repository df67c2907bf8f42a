"""The one training loop: any device, EMA, mixup and cutmix, distillation, resumable, within a wall-clock budget.

A run lives in its own folder: `config.json`, `log.jsonl` (one JSON object an epoch), `last.pt` (everything needed to
resume) and `best.pt` (weights of the best epoch on the validation set). All faces lie on the device as bytes, and
nothing is read back from it before an epoch has ended.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import nn

from . import workers
from .augment import augment, window
from .average import Average
from .checkpoint import Checkpoint, save
from .faces import Faces
from .files import write_whole
from .memory import keep_freed_memory
from .metrics import as_batch, metrics, predict
from .mixing import mix
from .objective import UNLABELLED, Targets, Teachers, fast, frozen, loss
from .recipe import Recipe, make_optimiser


def choose_device(name: str) -> torch.device:
    """`auto` is the GPU where there is one."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda":
        torch.backends.cudnn.benchmark = True
        torch.set_float32_matmul_precision("high")
    else:
        torch.set_flush_denormal(True)  # a tenth less time a step
        keep_freed_memory()
    return torch.device(name)


class Trainer:
    """One run. `teachers` turns it into distillation, for which `unlabelled` (uint8 [M, S, S]) may add faces. `cropped` are
    the faces of `data` in another crop, of which the recipe takes a share.

    On a GPU the teachers see every batch, and on a CPU if the recipe says so; else their soft targets of the plain faces are
    computed once.
    """

    def __init__(
        self,
        net: nn.Module,
        data: Faces,
        recipe: Recipe,
        device: torch.device,
        teachers: Teachers | None = None,
        unlabelled: np.ndarray | None = None,
        cropped: np.ndarray | None = None,
        compiled: bool = False,
    ):
        torch.manual_seed(recipe.seed)
        self.recipe, self.device = recipe, device
        self.net = net.to(device, memory_format=torch.channels_last)
        forward = workers.together(self.net)
        self.forward: Callable = torch.compile(forward) if compiled else forward
        self.soft, self.tables = None, None
        self.average = Average(self.net)
        self.optimiser = make_optimiser(self.net, recipe)
        self.draw = torch.Generator(device).manual_seed(recipe.seed)
        self.images = torch.from_numpy(data.images).to(device)
        self.labels = torch.from_numpy(data.labels).to(device)
        self.cropped = None if cropped is None else torch.from_numpy(cropped).to(device)
        self.unlabelled = None if unlabelled is None else torch.from_numpy(unlabelled).to(device)
        live = device.type == "cuda" or recipe.live_teachers or recipe.fast_teachers
        if teachers is not None and live:
            self.soft = frozen(teachers).to(device, memory_format=torch.channels_last)
            if recipe.fast_teachers:
                self.soft = fast(self.soft)
            elif compiled:
                self.soft = torch.compile(self.soft)
        elif teachers is not None:
            self.tables = teachers.table(data.images), None if unlabelled is None else teachers.table(unlabelled)
        share = recipe.unlabelled_share if self.unlabelled is not None else 0.0
        whole = recipe.batch // workers.count()
        self.extra = round(whole * share)
        self.size = whole - self.extra
        self.steps = len(self.images) // (self.size * workers.count())
        if self.steps == 0:
            raise ValueError(f"{len(self.images)} faces are less than a batch of {self.size * workers.count()}")

    def batch(
        self, picked: torch.Tensor, step: int, whole: bool, draw: torch.Generator
    ) -> tuple[torch.Tensor, Targets]:
        images, labels = self.images[picked], self.labels[picked]
        if self.cropped is not None:
            drawn = torch.rand(len(picked), 1, 1, generator=draw, device=self.device)
            images = torch.where(drawn < self.recipe.cropped_share, self.cropped[picked], images)
        soft = self.tables[0][picked] if self.tables else None
        if self.extra:
            chosen = torch.randint(len(self.unlabelled), (self.extra,), generator=draw, device=self.device)
            images = torch.cat([images, self.unlabelled[chosen]])
            labels = torch.cat([labels, labels.new_full((self.extra,), UNLABELLED)])
            soft = torch.cat([soft, self.tables[1][chosen]]) if self.tables else None
        if (
            self.recipe.mixup or self.recipe.cutmix
        ):  # partners are those of the reversed batch: not always the same kind
            order = torch.randperm(len(labels), generator=draw, device=self.device)
            images, labels, soft = images[order], labels[order], None if soft is None else soft[order]
        x, share = augment(as_batch(images), draw, self.recipe.strength), 1.0
        if not whole:
            x, share = mix(window(x, self.recipe.side), self.recipe.mixup, self.recipe.cutmix, step, self.recipe.seed)
        soft = None if soft is None else share * soft + (1 - share) * soft.flip(0)
        return x.contiguous(memory_format=torch.channels_last), Targets(labels, share, soft)

    def epoch(self, epoch: int) -> tuple[float, float]:
        """Mean loss and accuracy over the labelled training faces."""
        self.net.train()
        recipe, steps = self.recipe, self.steps
        size, count, rank = self.size, workers.count(), workers.rank()
        order = torch.randperm(len(self.images), generator=self.draw, device=self.device)
        seed = torch.randint(2**60, (), generator=self.draw, device=self.device).item() + rank
        draw = torch.Generator(self.device).manual_seed(seed)
        torch.manual_seed(seed)  # dropout and dropped paths
        order = order[: steps * size * count].view(steps, count, size)[:, rank]
        total, hits = torch.zeros(2, device=self.device)
        for step in range(steps):
            done = epoch * steps + step
            for group in self.optimiser.param_groups:
                group["lr"] = recipe.rate_at(epoch + step / steps)
            x, targets = self.batch(order[step], done, recipe.whole_at(epoch), draw)
            with torch.autocast(self.device.type, torch.bfloat16, enabled=recipe.bfloat16):
                if self.soft is not None:
                    targets.soft = self.soft(x)
                logits = self.forward(x)
            logits = logits.float()
            value = loss(logits, targets, recipe)
            self.optimiser.zero_grad(set_to_none=True)
            value.backward()
            nn.utils.clip_grad_norm_(self.net.parameters(), 5.0)
            self.optimiser.step()
            self.average.update(min(recipe.ema, (2 + done) / (11 + done)))
            total += value.detach()
            hits += (logits.argmax(1) == targets.labels).sum()
        total, hits = workers.total(torch.stack([total, hits])) / (steps * count)
        return total.item(), hits.item() / size


def train(
    trainer: Trainer,
    validation: Faces,
    folder: Path,
    stop_after: int | None = None,
    until: float | None = None,
    keep_best: bool = True,
) -> dict:
    """Trains, or goes on where `folder/last.pt` stopped.

    Ends early after epoch `stop_after`, or where another epoch would not end before `until` (of `time.monotonic`).
    Returns `finished`, `epochs`, `seconds` and the validation metrics of the `best` and the `last` epoch; of several workers
    only the first evaluates and writes, and for the others nothing is finished. Where the recipe is another one than at the last
    stop, the log's next row says what has changed.
    """
    recipe = trainer.recipe
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint = Checkpoint(folder / "last.pt", trainer.net, trainer.average, trainer.optimiser, trainer.draw)
    state = checkpoint.read() or {
        "epoch": -1,
        "best": {"accuracy": -1.0},
        "last": None,
        "seconds": 0.0,
        "planned": None,
    }
    recipe.epochs = state["planned"] or recipe.epochs
    changed = differences(state.get("recipe", asdict(recipe)), asdict(recipe))
    log, first = folder / "log.jsonl", state["epoch"] + 1
    if workers.rank() == 0:
        write_config(recipe, folder)
        cut_log(log, first)
    written = time.monotonic()
    for epoch in range(first, 1_000_000):
        if epoch >= recipe.epochs:
            break
        started = time.monotonic()
        train_loss, train_accuracy = trainer.epoch(epoch)
        if workers.rank() > 0:
            recipe.epochs, stop = workers.told(None)
            if stop:
                break
            continue
        with workers.alone():
            logits = predict(trainer.average.net, validation.images, bfloat16=recipe.bfloat16)
        scored = metrics(logits, validation.labels)
        seconds = time.monotonic() - started
        state.update(epoch=epoch, last=scored, seconds=state["seconds"] + seconds, recipe=asdict(recipe))
        if recipe.minutes > 0 and state["planned"] is None and epoch > first:
            state["planned"] = recipe.epochs = (
                epoch + 1 + max(0, int((recipe.minutes * 60 - state["seconds"]) / seconds))
            )
            write_config(recipe, folder)
        if scored["accuracy"] > state["best"]["accuracy"]:
            state["best"] = {**scored, "epoch": epoch}
            if keep_best:
                save(trainer.average.net.state_dict(), folder / "best.pt")
        row = {
            "epoch": epoch,
            "train_loss": train_loss,
            "train_accuracy": train_accuracy,
            "seconds": round(seconds, 2),
            "validation": {name: scored[name] for name in ("loss", "accuracy", "macro_f1")},
        }
        if changed and epoch == first:
            row["changed"] = changed
        with open(log, "a") as lines:
            lines.write(json.dumps(row) + "\n")
        print(
            f"epoch {epoch + 1}/{recipe.epochs}  loss {train_loss:.4f}  train {train_accuracy:.4f}  "
            f"validation {scored['accuracy']:.4f} (best {state['best']['accuracy']:.4f})  {seconds:.1f} s",
            flush=True,
        )
        stop = epoch + 1 in (stop_after, recipe.epochs)
        stop = stop or (until is not None and time.monotonic() + 1.2 * seconds > until)
        if stop or time.monotonic() - written > 20:
            checkpoint.write(state)
            written = time.monotonic()
        workers.told((recipe.epochs, stop))
        if stop:
            break
    epochs = state["epoch"] + 1
    known = {name: state[name] for name in ("seconds", "best", "last")}
    return {"finished": workers.rank() == 0 and epochs >= recipe.epochs, "epochs": epochs, **known}


def differences(before: dict, now: dict) -> dict:
    """What `now` has another value for than `before`."""
    return {name: value for name, value in now.items() if before.get(name) != value}


def write_config(recipe: Recipe, folder: Path) -> None:
    write_whole(folder / "config.json", json.dumps(asdict(recipe), indent=1) + "\n")


def cut_log(log: Path, epochs: int) -> None:
    """Drops the rows of epochs that were lost by a stop between two checkpoints, and one that is cut short."""
    if log.exists():
        rows = [row for row in log.read_text().splitlines(keepends=True) if row.endswith("\n")]
        write_whole(log, "".join(row for row in rows if json.loads(row)["epoch"] < epochs))
