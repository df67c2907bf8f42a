"""Near-duplicates between two sets of faces, by a 132-bit difference hash and then by the pixels themselves."""

from __future__ import annotations

import numpy as np

from .faces import Faces


def difference_hash(images: np.ndarray) -> np.ndarray:
    """uint8 [N, 48, 48] -> bool [N, 132]: signs of horizontal steps of the 12x12 area-reduced face."""
    n, size, _ = images.shape
    block = size // 12
    small = images.reshape(n, 12, block, 12, block).mean(axis=(2, 4))
    return (np.diff(small, axis=2) > 0).reshape(n, -1)


def near_duplicates(a: Faces, b: Faces, bits: int = 8, distance: float = 8.0) -> list[tuple[int, int]]:
    """Pairs (index in a, index in b) whose hashes differ in at most `bits` and whose pixels differ by at most
    `distance` grey levels on average."""
    ha, hb = difference_hash(a.images).astype(np.float32), difference_hash(b.images).astype(np.float32)
    pairs = []
    for start in range(0, len(ha), 4096):
        part = ha[start : start + 4096]
        differing = part.sum(1)[:, None] + hb.sum(1)[None, :] - 2 * part @ hb.T
        for i, j in np.argwhere(differing <= bits):
            difference = np.abs(a.images[start + i].astype(np.int16) - b.images[j].astype(np.int16)).mean()
            if difference <= distance:
                pairs.append((start + int(i), int(j)))
    return pairs
