"""The smoke run's part on files: what is packed, cropped again, rewritten or damaged, and a run's folder taken twice."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import torch
from PIL import Image

from .average import mean
from .checkpoint import LARGE, claim, compact, halved, origin, read_weights, save
from .faces import DataError, Faces, load_folder
from .fer2013 import load_cropped, load_weights, taught_by
from .pack import load_set, pack
from .smoke_teachers import check


def check_pack(root: Path) -> None:
    """A packed set is the folder's, byte for byte and in its order; half a file stops with its name."""
    pack(root, ["train"], root / "faces.npz")
    plain, packed = load_folder(root / "train"), load_set(root / "faces.npz", "train")
    check(packed.files == plain.files and (packed.labels == plain.labels).all(), "packed faces differ in their labels")
    check((packed.images == plain.images).all(), "packed faces differ in their grey levels")
    half = (root / "faces.npz").read_bytes()
    (root / "half.npz").write_bytes(half[: len(half) // 2])
    refused("half.npz", lambda: load_set(root / "half.npz", "train"))


def check_cropped(root: Path, training: Faces) -> None:
    """Faces that were cropped again take their originals' places, the others stay; one without an original is named."""
    check(load_cropped(root, training) is None, "cropped faces out of nothing")
    name = training.files[3]
    path = root / "train-cropped" / name
    path.parent.mkdir(parents=True)
    Image.fromarray(255 - training.images[3]).save(path)
    differing = (load_cropped(root, training) != training.images).any(axis=(1, 2)).nonzero()[0]
    check(differing.tolist() == [3], f"of one cropped face {differing.tolist()} differ")
    stray = path.rename(path.with_name("stray.png"))
    refused("stray.png has no original", lambda: load_cropped(root, training))
    stray.rename(path)


def check_rewritten(root: Path) -> None:
    """A picture that is written again under its name is read again, and so is every picture where the cache is damaged."""
    path = root / "rewritten" / "happy" / "0.png"
    path.parent.mkdir(parents=True)
    for level in (10, 200):
        Image.new("L", (48, 48), level).save(path)
        found = load_folder(root / "rewritten").images
        check((found == level).all(), f"{found[0, 0, 0]} read of a picture of grey level {level}")
    (cache,) = root.glob(".rewritten-*")
    whole = cache.read_bytes()
    for damaged in (b"", whole[:-100], whole.replace(b"\xc8" * 99, b"\xc9" * 99)):
        cache.write_bytes(damaged)
        found = load_folder(root / "rewritten").images
        check((found == 200).all(), "a damaged cache was read")
        check(cache.read_bytes() == whole, "a damaged cache was kept")


def check_rerun(root: Path, run: Path) -> None:
    """A folder begun with other settings, weights cut short and those of another network stop with their name."""
    claim(root / "claimed", {"epochs": 3, "seed": 1})
    claim(root / "claimed", {"epochs": 3, "seed": 1, "start": None})
    refused("epochs 3, not 40", lambda: claim(root / "claimed", {"epochs": 40, "seed": 1}))
    refused("best.pt: weights of another network", lambda: load_weights(run / "best.pt", "ds-base"))
    short = root / "short.pt"
    short.write_bytes((run / "best.pt").read_bytes()[:5000])
    refused("short.pt: no file of weights", lambda: load_weights(short, "ds-efficientnet"))


def check_origin(root: Path, run: Path) -> None:
    """A run's folder keeps what it began with: the file's content, not its name alone."""
    start = root / "start.pt"
    shutil.copyfile(run / "best.pt", start)
    claim(root / "begun", origin(start), "origin.json")
    claim(root / "begun", origin(start), "origin.json")
    start.write_bytes((run / "last.pt").read_bytes())
    refused("begun with start_sha256", lambda: claim(root / "begun", origin(start), "origin.json"))
    refused("begun with start", lambda: claim(root / "begun", origin(None), "origin.json"))
    travelled = root / "travelled"
    travelled.mkdir()
    shutil.copyfile(run / "best.pt", travelled / "weights.pt")
    check(read_weights(travelled).keys() == read_weights(run).keys(), "a folder with weights.pt alone is not read")


def check_taught(root: Path, run: Path) -> None:
    """A teacher is known by its weights, not by its folder's name alone; a run begun when the name sufficed goes on."""
    teacher = root / "teacher"
    teacher.mkdir()
    shutil.copyfile(run / "best.pt", teacher / "best.pt")
    claim(root / "taught", taught_by([teacher]), "origin.json")
    claim(root / "taught", taught_by([teacher]), "origin.json")
    shutil.copyfile(run / "last.pt", teacher / "weights.pt")
    refused("begun with teachers_sha256", lambda: claim(root / "taught", taught_by([teacher]), "origin.json"))
    claim(root / "before", {"teachers": ["teacher"]}, "origin.json")
    claim(root / "before", taught_by([teacher]), "origin.json")
    refused("best.pt: no such weights", lambda: taught_by([root / "nobody"]))


def check_compact(root: Path) -> None:
    """A large network's kernels come back to half a step of their channel, the rest in half precision; a small one's are halved."""
    small = {"kernel": torch.randn(8, 3, 3, 3), "bias": torch.randn(8), "count": torch.tensor(70_000)}
    large = {**small, "many": torch.randn(2, LARGE // 2 + 1) * torch.tensor([[1.0], [100.0]])}
    save(compact(large), root / "large.pt")
    check((root / "large.pt").stat().st_size < 1.1 * LARGE, "a large network's file has more than a byte a number")
    read = read_weights(root / "large.pt")
    for name in ("kernel", "many"):
        step = large[name].abs().flatten(1).amax(1) / 127
        worst = ((read[name] - large[name]).flatten(1).abs().amax(1) / step).max().item()
        check(worst < 0.501, f"{name} is {worst} steps off")
    check(torch.equal(read["bias"], small["bias"].half()) and read["count"] == 70_000, "other vectors or counters")
    check(torch.equal(compact(small)["kernel"], halved(small)["kernel"]), "a small network's kernel is not halved")


def check_soup(run: Path) -> None:
    """The mean of a network's weights and of three times as many is twice as many; counters stay."""
    state = read_weights(run)
    tripled = {name: value * 3 if value.is_floating_point() else value + 1 for name, value in state.items()}
    for name, value in mean([state, tripled]).items():
        expected = state[name] * 2 if value.is_floating_point() else state[name]
        check(torch.allclose(value, expected), f"mean of {name}")
    check(read_weights(run / "last.pt").keys() == state.keys(), "other weights in last.pt")


def check_bad_data(root: Path) -> None:
    """An unknown class folder, an unreadable picture and an empty split stop with their name."""
    bad = root / "bad"
    for name, content, expected in (("happpy", b"", "happpy"), ("happy", b"no picture", "0.png"), (None, b"", "bad")):
        folder = bad / name if name else bad
        folder.mkdir(parents=True)
        if name:
            (folder / "0.png").write_bytes(content)
        refused(expected, lambda: load_folder(bad))
        shutil.rmtree(bad)


def refused(expected: str, action: Callable[[], object]) -> None:
    try:
        action()
    except DataError as error:
        check(expected in str(error), f"{error} does not say {expected}")
        return
    check(False, f"{expected} was accepted")
