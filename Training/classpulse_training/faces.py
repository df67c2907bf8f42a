"""Face crops in class folders -> uint8 arrays in memory."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from .files import replacing
from .labels import EXPRESSIONS, index_of


class DataError(Exception):
    """Bad data; the message names the file or the folder."""


@dataclass
class Faces:
    """`images` uint8 [N, S, S] grey, `labels` int64 [N], `files` the paths relative to the root."""

    images: np.ndarray
    labels: np.ndarray
    files: list[str]
    excluded: int

    def part(self, chosen: np.ndarray) -> Faces:
        """The faces of these indices."""
        return Faces(self.images[chosen], self.labels[chosen], [self.files[i] for i in chosen], 0)


def load_folder(root: Path, size: int = 48, expressions: tuple[str, ...] = EXPRESSIONS) -> Faces:
    """Reads `root/<class>/*.{jpg,png}`; labels are indices into `expressions`, known others are counted as excluded.

    A picture of another size is resized by the rule of the product (triangle filter over the footprint). Decoding 28,709 files takes a while, so the arrays are cached
    beside the root, keyed by the file list and valid for as long as the files' sizes and times stay.
    """
    root = Path(root)
    folders = sorted(p for p in root.iterdir() if p.is_dir()) if root.is_dir() else []
    if not folders:
        raise DataError(f"{root}: no class folders")
    suffixes = (".jpg", ".jpeg", ".png")
    found = [p for folder in folders for p in sorted(folder.iterdir()) if p.suffix.lower() in suffixes]
    kept, labels, excluded = listed([str(p.relative_to(root)) for p in found], str(root), expressions)
    paths = [found[i] for i in kept]
    names = [str(p.relative_to(root)) for p in paths]
    return Faces(cached(paths, names, root, size), labels, names, excluded)


def cached(paths: list[Path], names: list[str], root: Path, size: int) -> np.ndarray:
    key = hashlib.sha256("\n".join([str(size), *names]).encode()).hexdigest()[:16]
    cache = root.parent / f".{root.name}-{size}-{key}.npz"
    stamps = np.array([(s.st_size, s.st_mtime_ns) for s in map(Path.stat, paths)])
    known = stored(cache, stamps)
    if known is not None:
        return known
    images = np.stack([read_grey(p, size) for p in paths])
    with suppress(OSError), replacing(cache) as fresh, open(fresh, "wb") as file:
        np.savez(file, images=images, stamps=stamps)
    return images


def stored(cache: Path, stamps: np.ndarray) -> np.ndarray | None:
    """The cached arrays; None where there are none, those of other files, or damaged ones."""
    try:
        with np.load(cache) as known:
            return known["images"] if np.array_equal(known["stamps"], stamps) else None
    except Exception:  # noqa: BLE001 - a damaged archive fails in many ways
        return None


def listed(files: list[str], root: str, expressions: tuple[str, ...]) -> tuple[list[int], np.ndarray, int]:
    """Of files `<class>/<name>`: which are of these expressions, their labels, how many are of known others."""
    kept, labels, excluded = [], [], 0
    for k, file in enumerate(files):
        folder = file.split("/")[0]
        try:
            index = index_of(folder, expressions)
        except ValueError as error:
            raise DataError(f"{root}/{folder}: {error}") from None
        if index is None:
            excluded += 1
            continue
        kept.append(k)
        labels.append(index)
    if not kept:
        raise DataError(f"{root}: the split is empty")
    return kept, np.array(labels, dtype=np.int64), excluded


def read_grey(path: Path, size: int) -> np.ndarray:
    try:
        with Image.open(path) as picture:
            return grey_levels(picture, size)
    except OSError as error:
        raise DataError(f"{path}: {error}") from None


def grey_levels(picture: Image.Image, size: int) -> np.ndarray:
    picture = picture.convert("L")
    if picture.size != (size, size):
        picture = picture.resize((size, size), Image.Resampling.BILINEAR)
    return np.asarray(picture, dtype=np.uint8)
