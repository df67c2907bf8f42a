"""Face crops in class folders -> uint8 arrays in memory."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from .labels import index_of


class DataError(Exception):
    """Bad data; the message names the file or the folder."""


@dataclass
class Faces:
    """`images` uint8 [N, S, S] grey, `labels` int64 [N], `files` the paths relative to the root."""

    images: np.ndarray
    labels: np.ndarray
    files: list[str]
    excluded: int


def load_folder(root: Path, size: int = 48) -> Faces:
    """Reads `root/<class>/*.{jpg,png}`; a picture of another size is resized by the rule of the product (triangle filter over the footprint).

    Decoding 28,709 files takes a while, so the arrays are cached beside the root, keyed by the file list.
    """
    root = Path(root)
    folders = sorted(p for p in root.iterdir() if p.is_dir()) if root.is_dir() else []
    if not folders:
        raise DataError(f"{root}: no class folders")
    paths, labels, excluded = [], [], 0
    for folder in folders:
        try:
            index = index_of(folder.name)
        except ValueError as error:
            raise DataError(f"{folder}: {error}") from None
        files = sorted(p for p in folder.iterdir() if p.suffix.lower() in (".jpg", ".jpeg", ".png"))
        if index is None:
            excluded += len(files)
            continue
        paths += files
        labels += [index] * len(files)
    if not paths:
        raise DataError(f"{root}: the split is empty")
    names = [str(p.relative_to(root)) for p in paths]
    key = hashlib.sha256("\n".join([str(size), *names]).encode()).hexdigest()[:16]
    cache = root.parent / f".{root.name}-{size}-{key}.npy"
    if cache.exists():
        images = np.load(cache)
    else:
        images = np.stack([read_grey(p, size) for p in paths])
        np.save(cache, images)
    return Faces(images, np.array(labels, dtype=np.int64), names, excluded)


def read_grey(path: Path, size: int) -> np.ndarray:
    try:
        with Image.open(path) as picture:
            picture = picture.convert("L")
            if picture.size != (size, size):
                picture = picture.resize((size, size), Image.Resampling.BILINEAR)
            return np.asarray(picture, dtype=np.uint8)
    except OSError as error:
        raise DataError(f"{path}: {error}") from None
