"""Canvases without faces: parts of pictures, and drawn noise, shapes and writing."""

from __future__ import annotations

import cv2
import numpy as np

from .data import Picture
from .geometry import covered


def pick(rng: np.random.Generator, pictures: list[Picture]) -> Picture:
    return pictures[int(rng.integers(len(pictures)))]


class Backgrounds:
    """Draws canvases uint8 [H, W] from face-free pictures and from the faceless parts of other pictures."""

    def __init__(
        self, free: list[Picture], crowds: list[Picture], frames: list[Picture], rng: np.random.Generator
    ) -> None:
        self.free, self.crowds, self.frames, self.rng = free, crowds, frames, rng

    def background(self, height: int, width: int) -> np.ndarray:
        kind = self.rng.random()
        if kind < 0.12:
            return self.drawn(height, width)
        if kind < 0.55:
            return self.crop(pick(self.rng, self.free), height, width)
        if kind < 0.75:
            found = self.faceless(pick(self.rng, self.crowds), height, width)
        else:
            found = self.faceless(pick(self.rng, self.frames), height, width)
        return self.drawn(height, width) if found is None else found

    def crop(self, picture: Picture, height: int, width: int) -> np.ndarray:
        """A random part of the picture, possibly mirrored."""
        grey = picture.grey
        part = self.rng.uniform(0.2, 1.0)
        w = max(16, int(grey.shape[1] * part))
        h = max(16, min(grey.shape[0], int(w * height / width)))
        x, y = self.rng.integers(0, grey.shape[1] - w + 1), self.rng.integers(0, grey.shape[0] - h + 1)
        return self.fit(grey[y : y + h, x : x + w], height, width)

    def faceless(self, picture: Picture, height: int, width: int) -> np.ndarray | None:
        """A part of a picture with faces that touches none of them."""
        grey = picture.grey
        for _ in range(8):
            w = int(grey.shape[1] * self.rng.uniform(0.15, 0.6))
            h = int(min(grey.shape[0], w * height / width * self.rng.uniform(0.7, 1.4)))
            if min(w, h) < 12:
                continue
            x, y = self.rng.integers(0, grey.shape[1] - w + 1), self.rng.integers(0, grey.shape[0] - h + 1)
            if not covered(picture.boxes, np.array([x, y, x + w, y + h], np.float32), 0.05).any():
                return self.fit(grey[y : y + h, x : x + w], height, width)
        return None

    def fit(self, grey: np.ndarray, height: int, width: int) -> np.ndarray:
        if self.rng.random() < 0.5:
            grey = grey[:, ::-1]
        if self.rng.random() < 0.1:
            grey = grey[::-1]
        filter_kind = cv2.INTER_AREA if grey.shape[1] > width else cv2.INTER_LINEAR
        return cv2.resize(grey, (width, height), interpolation=filter_kind)

    def drawn(self, height: int, width: int) -> np.ndarray:
        """Noise at some scale, flat areas, lines, ellipses and writing."""
        rng = self.rng
        cells = int(rng.integers(1, 24))
        canvas = rng.integers(0, 256, (cells, cells + 1), dtype=np.uint8)
        canvas = cv2.resize(
            canvas, (width, height), interpolation=int(rng.choice([cv2.INTER_NEAREST, cv2.INTER_LINEAR]))
        )
        if rng.random() < 0.4:
            self.write(canvas)
        for _ in range(int(rng.integers(0, 12))):
            a = (int(rng.integers(width)), int(rng.integers(height)))
            b = (int(rng.integers(width)), int(rng.integers(height)))
            level, kind = int(rng.integers(256)), rng.integers(4)
            if kind == 0:
                cv2.rectangle(canvas, a, b, level, int(rng.choice([-1, 1, 3])))
            elif kind == 1:
                cv2.line(canvas, a, b, level, int(rng.integers(1, 6)))
            elif kind == 2:
                axes = (int(rng.integers(3, 40)), int(rng.integers(3, 40)))
                cv2.ellipse(canvas, a, axes, int(rng.integers(180)), 0, 360, level, int(rng.choice([-1, 1, 3])))
            else:
                text = "".join(map(chr, rng.integers(33, 123, 10)))
                cv2.putText(
                    canvas, text, a, int(rng.integers(8)), rng.uniform(0.3, 1.2), level, int(rng.integers(1, 3))
                )
        return canvas

    def write(self, canvas: np.ndarray) -> None:
        """Lines of characters over the whole canvas, as pages, book spines, labels and screens show, in place."""
        rng = self.rng
        size, font, level = rng.uniform(0.2, 1.0), int(rng.integers(8)), int(rng.integers(256))
        turned = rng.random() < 0.4
        page = np.ascontiguousarray(canvas.T) if turned else canvas
        for y in range(int(rng.integers(0, 20)), page.shape[0] + 20, int(rng.integers(8, 40))):
            text = "".join(map(chr, rng.integers(33, 123, int(rng.integers(4, 40)))))
            cv2.putText(page, text, (int(rng.integers(-20, 60)), y), font, size, level, int(rng.integers(1, 3)))
        if turned:
            canvas[:] = page.T
