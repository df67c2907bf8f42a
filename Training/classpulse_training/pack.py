"""Face sets in one small file, to be carried to a machine that has no folders of them.

Each picture's file is kept byte for byte, but for the start that all files of its set share (for FER2013's JPEG files
the 318 bytes of their tables): nothing is lost, and the same decoder gives the same grey levels. Packed pictures are
pictures: they are never committed.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image

from .faces import DataError, Faces, grey_levels, listed, load_folder
from .files import replacing
from .labels import EXPRESSIONS


def pack(data: Path, names: list[str], output: Path, most: int | None = None) -> dict[str, int]:
    """Writes the folders `names` of `data` into `output`; returns how many faces each holds.

    `most` thins sets without classes to so many faces.
    """
    arrays, counts = {}, {}
    for name in names:
        files = sorted(p for p in (data / name).rglob("*") if p.suffix.lower() in (".jpg", ".jpeg", ".png"))
        if not files:
            raise DataError(f"{data / name}: no pictures")
        if most is not None and files[0].parent == data / name:
            files = files[:: -(-len(files) // most)]
        contents = [file.read_bytes() for file in files]
        prefix = os.path.commonprefix(contents)
        listing = "\n".join(str(file.relative_to(data / name)) for file in files)
        arrays[f"{name}/files"] = np.frombuffer(listing.encode(), np.uint8)
        arrays[f"{name}/prefix"] = np.frombuffer(prefix, np.uint8)
        arrays[f"{name}/lengths"] = np.array([len(content) - len(prefix) for content in contents], np.uint32)
        arrays[f"{name}/data"] = np.frombuffer(b"".join(content[len(prefix) :] for content in contents), np.uint8)
        counts[name] = len(files)
    output.parent.mkdir(parents=True, exist_ok=True)
    with replacing(output) as fresh, open(fresh, "wb") as file:
        np.savez(file, **arrays)
    return counts


@contextmanager
def opened(packed: Path) -> Iterator[np.lib.npyio.NpzFile]:
    """The packed file's arrays. Raises DataError for another or a damaged file."""
    try:
        with np.load(packed) as arrays:
            yield arrays
    except DataError:
        raise
    except Exception:  # noqa: BLE001 - a damaged archive fails in many ways
        raise DataError(f"{packed}: no packed file, or a damaged one") from None


def contents(packed: Path, name: str) -> tuple[list[str], list[bytes]]:
    """Paths below the set's folder and the files themselves."""
    with opened(packed) as arrays:
        if f"{name}/files" not in arrays:
            raise DataError(f"{packed}: holds no {name}")
        files = arrays[f"{name}/files"].tobytes().decode().split("\n")
        prefix, data = arrays[f"{name}/prefix"].tobytes(), arrays[f"{name}/data"].tobytes()
        ends = np.cumsum(arrays[f"{name}/lengths"]).tolist()
    return files, [prefix + data[a:b] for a, b in zip([0, *ends], ends)]


def load_set(data: Path, name: str, size: int = 48, expressions: tuple[str, ...] = EXPRESSIONS) -> Faces:
    """The set `name` of a folder of data sets or of a packed file."""
    if not data.is_file():
        return load_folder(data / name, size, expressions)
    files, pictures = contents(data, name)
    kept, labels, excluded = listed(files, f"{data}: {name}", expressions)
    images = np.stack([decode(pictures[i], f"{data}: {name}/{files[i]}", size) for i in kept])
    return Faces(images, labels, [files[i] for i in kept], excluded)


def holds(data: Path, name: str) -> bool:
    """Whether the folder of data sets or the packed file has this set."""
    if not data.is_file():
        return (data / name).is_dir()
    with opened(data) as arrays:
        return f"{name}/files" in arrays


def load_unlabelled(data: Path, name: str = "unlabelled") -> np.ndarray | None:
    """uint8 [N, 48, 48] of all pictures of a set without classes; None where there is none."""
    if not holds(data, name):
        return None
    if data.is_file():
        files, pictures = contents(data, name)
        return np.stack([decode(p, f"{data}: {name}/{f}", 48) for f, p in zip(files, pictures)])
    files = sorted((data / name).glob("*.jpg"))
    return np.stack([decode(f.read_bytes(), str(f), 48) for f in files]) if files else None


def decode(content: bytes, name: str, size: int) -> np.ndarray:
    try:
        with Image.open(io.BytesIO(content)) as picture:
            return grey_levels(picture, size)
    except OSError as error:
        raise DataError(f"{name}: {error}") from None
