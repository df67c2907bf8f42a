"""The portrait with other expressions, made by retouching: enough to move the readings, without anybody's picture.

The mouth is shut or turned over, its corners and the eyebrows are moved. What the server reads in the results is its own affair.
"""

import itertools
from collections.abc import Iterator

import numpy as np
from PIL import Image

from .pictures import FRAME, portrait

# Pixels of `portrait()`.
EYES, MOUTH = ((273, 190), (356, 194)), ((278, 280), (344, 283))
MIDDLE = (311, 282)
LIPS = np.array([150, 88, 80], dtype=np.float32)
ROWS, COLUMNS = np.mgrid[0 : FRAME[1], 0 : FRAME[0]].astype(np.float32)


def expressions() -> Iterator[Image.Image]:
    face = np.asarray(portrait(), dtype=np.float32)
    for shut, over, corners, brows in itertools.product((0.0, 0.9), (False, True), (0, 25, 45), (-14, 0, 16)):
        mouth = shut_mouth(turn_mouth(face) if over else face, shut * (0.65 if over else 1))
        moves = [(x, y, 26, 24, corners) for x, y in MOUTH] + [(x, y - 26, 30, 16, brows) for x, y in EYES]
        yield Image.fromarray(push(mouth, moves).clip(0, 255).astype(np.uint8))


def blob(x: float, y: float, wide: float, tall: float, power: float = 1) -> np.ndarray:
    """1 at the centre, falling to 0 around it."""
    return np.exp(-((((COLUMNS - x) / wide) ** 2 + ((ROWS - y) / tall) ** 2) ** power))


def turn_mouth(face: np.ndarray) -> np.ndarray:
    """The mouth upside down."""
    mask = np.minimum(1, 1.6 * blob(*MIDDLE, 48, 26, 2))[..., None]
    turned = face.copy()
    top, bottom = MIDDLE[1] - 40, MIDDLE[1] + 40
    turned[top:bottom] = face[top:bottom][::-1]
    return face * (1 - mask) + turned * mask


def shut_mouth(face: np.ndarray, strength: float) -> np.ndarray:
    """Lips painted over the teeth, with a darker line between them."""
    mask = np.minimum(1, 1.6 * blob(*MIDDLE, 40, 17, 2))[..., None] * strength
    line = np.exp(-(((ROWS - MIDDLE[1]) / 3) ** 2))[..., None]
    return face * (1 - mask) + (LIPS * (1 - 0.5 * line) + 25) * mask


def push(face: np.ndarray, moves: list[tuple[float, float, float, float, float]]) -> np.ndarray:
    """Moves the surroundings of points down by pixels: (x, y, wide, tall, down) each; bilinear."""
    rows = ROWS - sum(blob(x, y, wide, tall) * down for x, y, wide, tall, down in moves)
    rows = rows.clip(0, FRAME[1] - 1.001)
    upper = rows.astype(int)
    part = (rows - upper)[..., None]
    columns = COLUMNS.astype(int)
    return face[upper, columns] * (1 - part) + face[upper + 1, columns] * part
