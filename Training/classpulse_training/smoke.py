"""A run of the whole chain on a few hundred made-up faces, in under two minutes and without torchvision or timm.

Train two epochs, stop, resume, the same with two workers, pack, distil, export, refuse bad data; where the built binary is given, compare the probabilities of
`classpulse evaluate` with PyTorch's on the same pictures.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from . import loop
from .ds_efficientnet import DSEfficientNet, Probabilities
from .export import to_onnx
from .faces import load_folder
from .fer2013 import load_cropped
from .labels import EXPRESSIONS
from .metrics import metrics, predict, right
from .objective import Teachers
from .recipe import Recipe
from .smoke_files import (
    check_bad_data,
    check_compact,
    check_cropped,
    check_origin,
    check_pack,
    check_rerun,
    check_rewritten,
    check_soup,
    check_taught,
    refused,
)
from .smoke_teachers import check, check_face_resnet, check_facenet, check_fast, check_frozen, check_lite
from .smoke_workers import check_workers
from .splits import sequence, splits, subject
from .tables.paired import mcnemar, only


def drawn_face(expression: int, generator: np.random.Generator, size: int = 48) -> np.ndarray:
    """A caricature: two eyes, brows and a mouth whose shape depends on the class. Not a photo of anybody."""
    y, x = np.mgrid[0:size, 0:size].astype(np.float32)
    x, y = x + generator.normal(0, 1.5), y + generator.normal(0, 1.5)
    face = np.full((size, size), generator.uniform(120, 200), np.float32)
    dark = generator.uniform(60, 110)
    opening = (1.5, 1.5, 3.0, 2.0, 1.5, 4.0, 2.0)[expression]
    for eye in (15, 32):
        face -= dark * np.exp(-(((x - eye) / 3) ** 2 + ((y - 18) / opening) ** 2))
        tilt = (0.5, 0.3, -0.4, 0.0, -0.6, 0.0, 0.0)[expression] * np.sign(24 - eye)
        face -= dark * np.exp(-(((x - eye) / 5) ** 2 + ((y - 11 - tilt * (x - eye)) / 1.2) ** 2))
    bend = (-0.02, -0.03, 0.0, 0.04, -0.04, 0.0, 0.0)[expression]
    height = (1.5, 2.5, 3.0, 3.0, 1.5, 6.0, 1.5)[expression]
    width = (7, 6, 6, 10, 7, 4, 8)[expression]
    face -= dark * np.exp(-(((x - 24) / width) ** 2 + ((y - 36 + bend * (x - 24) ** 2) / height) ** 2))
    return (face + generator.normal(0, 6, face.shape)).clip(0, 255).astype(np.uint8)


def write_set(root: Path, per_class: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    for index, name in enumerate(EXPRESSIONS):
        folder = root / name
        folder.mkdir(parents=True)
        for k in range(per_class):
            Image.fromarray(drawn_face(index, generator)).save(folder / f"{k:03}.png")


def smoke(binary: Path | None) -> None:
    torch.manual_seed(1)
    torch.set_num_threads(1)  # two that wait for each other on a busy machine are slower than one
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        write_set(root / "train", 32, seed=1)
        write_set(root / "public-test", 12, seed=2)
        training, validation = load_folder(root / "train"), load_folder(root / "public-test")
        recipe = Recipe(epochs=5, batch=16, strength=0.3, warm_up=0.5, ema=0.9)
        device = loop.choose_device("auto")

        def trainer(
            teachers: Teachers | None = None, unlabelled: np.ndarray | None = None, cropped: np.ndarray | None = None
        ) -> loop.Trainer:
            return loop.Trainer(DSEfficientNet(), training, replace(recipe), device, teachers, unlabelled, cropped)

        half = loop.train(trainer(), validation, root / "run", stop_after=2)
        check(not half["finished"] and half["epochs"] == 2, "did not stop after two epochs")
        best = loop.train(trainer(), validation, root / "run")["best"]
        rows = (root / "run" / "log.jsonl").read_text().splitlines()
        check(len(rows) == recipe.epochs, f"{len(rows)} epochs logged, expected {recipe.epochs}")
        check(best["accuracy"] > 0.5, f"accuracy {best['accuracy']} on drawn faces, expected more than 0.5")

        net = DSEfficientNet()
        net.load_state_dict(torch.load(root / "run" / "best.pt", weights_only=True))
        model = root / "smoke.onnx"
        to_onnx(Probabilities(net, 1.3), model)
        check_bad_data(root)
        check_pack(root)
        check_cropped(root, training)
        check_rewritten(root)
        check_rerun(root, root / "run")
        check_compact(root)
        check_soup(root / "run")
        check_origin(root, root / "run")
        check_taught(root, root / "run")
        check_splits()
        check_paired()
        check_face_resnet(root, training.images[:16])
        check_facenet(training.images[:16])
        check_lite(training.images[:16])
        check_frozen(Teachers([net], 2.0), training.images[:16])
        check_fast(training.images[:16])
        check_workers(root)
        recipe = replace(recipe, mixup=0.2, cutmix=0.5, cropped_share=0.3, side=40, whole_share=0.4)
        whole = [recipe.whole_at(epoch) for epoch in range(recipe.epochs)]
        check(whole == [False, False, False, True, True], f"epochs of whole faces {whole}")
        again = load_cropped(root, training)
        loop.train(
            trainer(Teachers([net], 2.0), validation.images, again), validation, root / "distilled", stop_after=2
        )
        recipe = replace(recipe, live_teachers=True)
        student = trainer(Teachers([net], 2.0), validation.images, again)
        log = root / "distilled" / "log.jsonl"
        log.write_text(log.read_text() + '{"epoch": 2, "tr')  # as a full disk leaves it
        distilled = loop.train(student, validation, root / "distilled")
        changes = [json.loads(row).get("changed") for row in log.read_text().splitlines()]
        check(changes == [None, None, {"live_teachers": True}, None, None], f"changes of the recipe logged: {changes}")
        check(distilled["last"]["accuracy"] > 0.4, f"accuracy {distilled['last']['accuracy']} of the distilled network")
        print(f"smoke: trained, resumed, distilled, packed and exported; accuracy {best['accuracy']:.4f}")
        if binary is None:
            print("smoke: no binary given, its parity is not checked")
            return
        compare(binary, model, net, 1.3, root)


def compare(binary: Path, model: Path, net: DSEfficientNet, temperature: float, root: Path) -> None:
    """`classpulse evaluate` on the exported file against PyTorch: every probability within 1e-4."""
    validation = load_folder(root / "public-test")
    output = root / "predictions.jsonl"
    command = [str(binary), "evaluate", "--model", str(model), "--data", str(root / "public-test"), "--json"]
    subprocess.run([*command, "--predictions", str(output)], check=True, stdout=subprocess.DEVNULL)
    found = {row["file"]: row["probabilities"] for row in map(json.loads, output.read_text().splitlines())}
    expected = torch.softmax(predict(net, validation.images) / temperature, 1).tolist()
    check(set(found) == set(validation.files), "classpulse evaluate did not read the same files")
    worst = max(
        abs(found[name][label] - row[k])
        for name, row in zip(validation.files, expected)
        for k, label in enumerate(EXPRESSIONS)
    )
    check(worst <= 1e-4, f"probabilities differ by {worst}")
    print(f"smoke: classpulse and PyTorch agree on {len(found)} faces, largest difference {worst:.1e}")


def check_splits() -> None:
    """No person, and no sequence, on both sides of a fold; every face is tested once; the seed decides; JAFFE has no
    sequences."""
    files = [f"happy/S{s:03}_{q:03}_{frame:08}.png" for s in range(23) for q in range(3) for frame in range(3)]
    for protocol, group in (("subject", subject), ("sequence", sequence)):
        folds = splits(files, protocol)
        for training, test in folds:
            shared = {group(files[i]) for i in training} & {group(files[i]) for i in test}
            check(not shared, f"{protocol}: {shared} on both sides")
        tested = sorted(int(i) for _, test in folds for i in test)
        check(tested == list(range(len(files))), f"{protocol}: not every face is tested once")
    first, again, other = (splits(files, "random", seed)[0][1].tolist() for seed in (1, 1, 2))
    check(first == again != other, "random: the lists do not follow the seed")
    refused("KA.HA1.29.png: a frame of no sequence", lambda: splits(["happy/KA.HA1.29.png"], "sequence"))


def check_paired() -> None:
    """Who reads which face right, and the p of 10 against 2: 2 (1 + 12 + 66) / 4096."""
    logits, labels = torch.eye(7)[[3, 1, 2, 0]], np.array([3, 2, 2, 0])
    found = right(logits, labels)
    check(found == "1011" and metrics(logits, labels)["accuracy"] == 0.75, f"read right: {found}")
    check(only(found, "0110") == (2, 1), f"only one of both right: {only(found, '0110')}")
    check(mcnemar(10, 2) == 158 / 4096 and mcnemar(4, 4) == mcnemar(0, 0) == 1, f"p of 10 and 2: {mcnemar(10, 2)}")
