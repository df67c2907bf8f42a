"""What webcams, networks and rooms do to a picture: light, blur, noise, compression, hands before the face."""

from __future__ import annotations

import cv2
import numpy as np


def gamma(grey: np.ndarray, exponent: float) -> np.ndarray:
    """uint8 [H, W]; an exponent above 1 darkens."""
    table = (np.linspace(0, 1, 256) ** exponent * 255).round().astype(np.uint8)
    return cv2.LUT(grey, table)


def jpeg(grey: np.ndarray, quality: int) -> np.ndarray:
    _, data = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)


def blur(grey: np.ndarray, sigma: float) -> np.ndarray:
    return cv2.GaussianBlur(grey, (0, 0), sigma)


def motion_blur(grey: np.ndarray, length: int, rng: np.random.Generator) -> np.ndarray:
    kernel = np.zeros((length, length), np.float32)
    angle = rng.uniform(0, np.pi)
    middle = (length - 1) / 2
    end = np.array([np.cos(angle), np.sin(angle)]) * middle
    cv2.line(kernel, tuple(np.int32(middle - end)), tuple(np.int32(middle + end)), 1.0)
    return cv2.filter2D(grey, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE)


def uneven_light(grey: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A window at one side: a linear ramp of brightness over the picture."""
    height, width = grey.shape
    angle, strength = rng.uniform(0, 2 * np.pi), rng.uniform(0.2, 0.7)
    ramp = np.cos(angle) * np.linspace(-1, 1, width)[None] + np.sin(angle) * np.linspace(-1, 1, height)[:, None]
    return np.clip(grey * (1 + strength * ramp.astype(np.float32)), 0, 255).astype(np.uint8)


def contrast(grey: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    gain, offset = np.exp(rng.normal(0, 0.35)), rng.normal(0, 25)
    return np.clip((grey.astype(np.float32) - 128) * gain + 128 + offset, 0, 255).astype(np.uint8)


def noise(grey: np.ndarray, sigma: float, rng: np.random.Generator) -> np.ndarray:
    added = rng.standard_normal(grey.shape, dtype=np.float32) * sigma
    return np.clip(grey + added, 0, 255).astype(np.uint8)


def coarse(grey: np.ndarray, factor: float) -> np.ndarray:
    """Enlarged from a smaller picture, as low-bandwidth video is."""
    height, width = grey.shape
    small = cv2.resize(grey, (max(8, int(width / factor)), max(8, int(height / factor))), interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)


def occlude(
    grey: np.ndarray, box: np.ndarray, share: float, rng: np.random.Generator, patch: np.ndarray | None
) -> None:
    """Covers `share` of the box's area, in place, with a patch of another picture or one grey level."""
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    across = min(1.0, np.sqrt(share) * np.exp(rng.uniform(-0.7, 0.7)))
    down = min(1.0, share / across)
    w, h = across * width, down * height
    x, y = left + rng.uniform(0, width - w), top + rng.uniform(0, height - h)
    x0, y0 = max(0, int(x)), max(0, int(y))
    x1, y1 = min(grey.shape[1], int(x + w) + 1), min(grey.shape[0], int(y + h) + 1)
    if x1 <= x0 or y1 <= y0:
        return
    if patch is not None:
        grey[y0:y1, x0:x1] = cv2.resize(patch, (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA)
    else:
        grey[y0:y1, x0:x1] = rng.integers(0, 256)


def degrade(grey: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, float]:
    """uint8 [H, W] -> the same shape and the size in pixels below which a face can no longer be made out.

    Each effect comes by its own chance; about a quarter of the pictures stays clean.
    """
    legible = 0.0
    if rng.random() < 0.25:
        return grey, legible
    if rng.random() < 0.35:
        grey = contrast(grey, rng)
    if rng.random() < 0.35:
        grey = gamma(grey, float(np.exp(np.clip(rng.normal(0.1, 0.55), -1.2, 1.4))))
    if rng.random() < 0.2:
        grey = uneven_light(grey, rng)
    kind = rng.random()
    if kind < 0.15:
        sigma = rng.uniform(0.4, 3.0)
        grey, legible = blur(grey, sigma), 9 * sigma
    elif kind < 0.22:
        length = int(rng.integers(3, 10))
        grey, legible = motion_blur(grey, length, rng), 3.5 * length
    elif kind < 0.32:
        factor = rng.uniform(1.2, 2.5)
        grey, legible = coarse(grey, factor), 14 * factor
    if rng.random() < 0.25:
        sigma = rng.uniform(1, 14)
        grey, legible = noise(grey, sigma, rng), max(legible, 12 + sigma)
    if rng.random() < 0.3:
        quality = int(rng.integers(10, 85))
        grey, legible = jpeg(grey, quality), max(legible, 26 - 0.3 * quality)
    return grey, legible
