"""Training samples: canvases composed of faces, frames, crowds and backgrounds, with their boxes and points."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from .backgrounds import Backgrounds, pick
from .data import Picture
from .degrade import degrade, occlude
from .geometry import Faces, carry, covered, similarity, size_of

SMALLEST = 13.0
"""Faces below this size (square root of the box's area, in pixels of the canvas) are neither face nor background."""
FAINTEST = 7.0
"""Likewise faces whose grey levels have a smaller standard deviation than this."""
PADDING = 128
"""Grey level of the strips that fill a picture up to a multiple of 32; zero after the network's normalisation."""


@dataclass
class Sources:
    frames: list[Picture]
    faces: list[Picture]
    crowds: list[Picture]
    backgrounds: list[Picture]


def turn(rng: np.random.Generator) -> float:
    kind = rng.random()
    return 0.0 if kind < 0.2 else rng.normal(0, 9) if kind < 0.75 else rng.uniform(-38, 38)


def squeeze(rng: np.random.Generator, least: float, most: float) -> np.ndarray:
    """[2, 2] that half the time changes the ratio of width to height by a factor in `least` ... `most`."""
    factor = math.exp(rng.uniform(math.log(least), math.log(most))) if rng.random() < 0.5 else 1.0
    return np.diag([math.sqrt(factor), 1 / math.sqrt(factor)])


def shrink(picture: Picture, scale: float) -> tuple[np.ndarray, float]:
    """The picture area-averaged so that a warp to `scale` does not alias, and the factor it was shrunk by."""
    if scale > 0.6:
        return picture.grey, 1.0
    factor = max(scale * 1.15, 0.02)
    height, width = picture.grey.shape
    size = (max(4, round(width * factor)), max(4, round(height * factor)))
    return cv2.resize(picture.grey, size, interpolation=cv2.INTER_AREA), size[0] / width


class Composer:
    """Draws samples (canvas uint8 [H, W], Faces) from the sources by a random generator of its own."""

    def __init__(self, sources: Sources, seed: int) -> None:
        self.sources = sources
        self.rng = np.random.default_rng(seed)
        self.backgrounds = Backgrounds(sources.backgrounds, sources.crowds, sources.frames, self.rng)
        self.crowd_weights = np.array([min(20, 2 + len(p.boxes)) * bool(len(p.boxes)) for p in sources.crowds], float)
        self.crowd_weights /= self.crowd_weights.sum()

    def sample(self, height: int, width: int) -> tuple[np.ndarray, Faces]:
        kind = self.rng.random()
        if kind < 0.12:
            canvas, faces = self.backgrounds.background(height, width), Faces.none()
        elif kind < 0.36:
            canvas, faces = self.crowd(height, width)
        elif kind < 0.7:
            canvas, faces = self.frame(height, width)
            if self.rng.random() < 0.3:
                canvas, faces = self.paste_some(canvas, faces, int(self.rng.integers(1, 4)))
        elif kind < 0.8:
            canvas, faces = self.gathering(height, width)
        else:
            canvas, faces = self.paste_some(
                self.backgrounds.background(height, width), Faces.none(), int(self.rng.integers(1, 7))
            )
        self.occlude_some(canvas, faces)
        canvas, legible = degrade(canvas, self.rng)
        if self.rng.random() < 0.25:
            canvas, faces = self.padded(canvas, faces)
        return canvas, self.labelled(canvas, faces, legible)

    # Scenes

    def frame(self, height: int, width: int) -> tuple[np.ndarray, Faces]:
        """One video frame fills the canvas as far as it reaches."""
        picture = pick(self.rng, self.sources.frames)
        face = self.main_face(picture)
        least, most = (15, 45) if self.rng.random() < 0.25 else (45, 1.1 * min(height, width))
        size = math.exp(self.rng.uniform(math.log(least), math.log(most)))
        if self.rng.random() < 0.15:
            x, y = self.rng.uniform(-0.1, 1.1) * width, self.rng.uniform(-0.1, 1.1) * height
        else:
            x, y = self.within(width, size), self.within(height, size)
        canvas = (
            self.backgrounds.background(height, width)
            if self.rng.random() < 0.7
            else np.full((height, width), self.rng.integers(0, 256), np.uint8)
        )
        return self.place(canvas, Faces.none(), picture, face, size, np.array([x, y]), whole=True)

    def crowd(self, height: int, width: int) -> tuple[np.ndarray, Faces]:
        picture = self.sources.crowds[self.rng.choice(len(self.crowd_weights), p=self.crowd_weights)]
        sizes = size_of(picture.boxes)
        canvas = np.full((height, width), PADDING, np.uint8)
        usable = np.flatnonzero(sizes >= 8)
        if not len(usable):
            return canvas, Faces.none()
        # Few faces of these pictures are large, so draw the face by its logarithmic size.
        weights = np.log(sizes[usable] / 6)
        face = int(self.rng.choice(usable, p=weights / weights.sum()))
        low, high = max(14.0, 0.35 * sizes[face]), max(20.0, 2.0 * sizes[face])
        size = min(math.exp(self.rng.uniform(math.log(low), math.log(high))), 0.9 * min(height, width))
        centre = np.array([self.within(width, size), self.within(height, size)])
        return self.place(
            canvas, Faces.none(), picture, face, size, centre, whole=True, upright=0.6, ratio=(0.85, 1.55)
        )

    def paste_some(self, canvas: np.ndarray, faces: Faces, count: int) -> tuple[np.ndarray, Faces]:
        most = 0.8 * min(canvas.shape) / math.sqrt(count)
        for _ in range(count):
            canvas, faces = self.paste(canvas, faces, math.exp(self.rng.uniform(math.log(14), math.log(most))))
        return canvas, faces

    def paste(self, canvas: np.ndarray, faces: Faces, size: float) -> tuple[np.ndarray, Faces]:
        """One more head where it covers nobody; none where there is no room."""
        height, width = canvas.shape
        picture = pick(self.rng, self.sources.faces if self.rng.random() < 0.55 else self.sources.frames)
        for _ in range(6):
            centre = np.array([self.within(width, size), self.within(height, size)])
            reach = 1.3 * size
            around = np.array([*(centre - reach / 2), *(centre + reach / 2)], np.float32)
            if not covered(faces.boxes, around, 0.0).any():
                return self.place(canvas, faces, picture, self.main_face(picture), size, centre, whole=False)
        return canvas, faces

    def gathering(self, height: int, width: int) -> tuple[np.ndarray, Faces]:
        """Many small heads of about one size, before a background or among the people of a crowd."""
        if self.rng.random() < 0.4:
            canvas, faces = self.crowd(height, width)
        else:
            canvas, faces = self.backgrounds.background(height, width), Faces.none()
        usual = math.exp(self.rng.uniform(math.log(15), math.log(42)))
        for _ in range(int(self.rng.integers(4, 16))):
            canvas, faces = self.paste(canvas, faces, usual * math.exp(self.rng.normal(0, 0.2)))
        return canvas, faces

    # Parts

    def main_face(self, picture: Picture) -> int:
        return int(np.argmax(size_of(picture.boxes) * ~picture.ignored))

    def within(self, extent: int, size: float) -> float:
        """A centre that keeps at least 60 % of the face inside, sometimes cutting it at the border."""
        margin = min(0.5 * extent, 0.5 * size if self.rng.random() < 0.75 else 0.1 * size)
        return self.rng.uniform(margin, extent - margin)

    def place(
        self,
        canvas: np.ndarray,
        faces: Faces,
        picture: Picture,
        face: int,
        size: float,
        centre: np.ndarray,
        whole: bool,
        upright: float = 0.0,
        ratio: tuple[float, float] = (0.65, 1.15),
    ) -> tuple[np.ndarray, Faces]:
        """Warps `picture` so that `face` has the wanted size and centre: all of it or the head's surroundings. `ratio`
        bounds by what the width may be squeezed: many pictures are not shown in their own proportions."""
        box = picture.boxes[face]
        scale = size / size_of(box[None])[0]
        degrees = 0.0 if self.rng.random() < upright else turn(self.rng)
        middle = (box[:2] + box[2:]) / 2
        matrix = similarity(scale, degrees, middle, centre, bool(self.rng.random() < 0.5), squeeze(self.rng, *ratio))
        grey, shrunk = shrink(picture, scale)
        warp = matrix.copy()
        # Pixel (0, 0) covers [0, 1), so coordinates move by half a pixel around every change of scale.
        warp[:, :2] /= shrunk
        warp[:, 2] += warp[:, :2] @ np.array([0.5, 0.5]) - 0.5
        carried = carry(picture, matrix)
        mask = self.mask(picture, box, grey.shape, shrunk, whole)
        height, width = canvas.shape
        if whole and mask is None:
            canvas = cv2.warpAffine(
                grey, warp, (width, height), canvas.copy(), cv2.INTER_LINEAR, cv2.BORDER_TRANSPARENT
            )
        else:
            reach = 2.8 * (carried.boxes[face, 2:] - carried.boxes[face, :2]).max() / 2 + 4
            x0, y0 = np.maximum(centre - reach, 0).astype(int)
            x1, y1 = np.minimum(centre + reach, (width, height)).astype(int) + 1
            warp[:, 2] -= (x0, y0)
            canvas = canvas.copy()
            part = canvas[y0:y1, x0:x1]
            moved = cv2.warpAffine(grey, warp, part.shape[::-1], flags=cv2.INTER_LINEAR)
            share = cv2.warpAffine(mask, warp, part.shape[::-1], flags=cv2.INTER_LINEAR)
            part[:] = (part * (1 - share) + moved * share + 0.5).astype(np.uint8)
        if whole:
            corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * np.array(picture.grey.shape[::-1])
            corners = corners @ matrix[:, :2].T + matrix[:, 2]
            region = np.concatenate([corners.min(0), corners.max(0)])
        else:
            region = carried.boxes[face]
            carried = carried.select(np.arange(len(carried.boxes)) == face)
        kept = faces.select(~covered(faces.boxes, region, 0.3))
        return canvas, kept.join(carried)

    def mask(
        self, picture: Picture, box: np.ndarray, shape: tuple[int, ...], shrunk: float, whole: bool
    ) -> np.ndarray | None:
        """float32 share of the pasted picture [h, w]: all of it, a rectangle or a soft ellipse round the head."""
        if whole:
            return None
        mask = np.zeros(shape, np.float32)
        middle, half = (box[:2] + box[2:]) / 2 * shrunk, (box[2:] - box[:2]) / 2 * shrunk
        grow = self.rng.uniform(1.05, 1.8)
        if self.rng.random() < 0.4:
            low, high = np.int32(middle - half * grow), np.int32(middle + half * grow) + 1
            mask[max(0, low[1]) : max(0, high[1]), max(0, low[0]) : max(0, high[0])] = 1
        else:
            cv2.ellipse(mask, (tuple(map(float, middle)), tuple(map(float, 2 * half * grow)), 0.0), 1.0, -1)
            soft = float(half.mean()) * self.rng.uniform(0.02, 0.15)
            mask = cv2.GaussianBlur(mask, (0, 0), max(0.4, soft))
        return mask

    def occlude_some(self, canvas: np.ndarray, faces: Faces) -> None:
        for box in faces.boxes[~faces.ignored & (size_of(faces.boxes) > 24)]:
            if self.rng.random() < 0.18:
                patch = self.backgrounds.background(48, 48) if self.rng.random() < 0.6 else None
                occlude(canvas, box, self.rng.uniform(0.08, 0.4), self.rng, patch)

    def padded(self, canvas: np.ndarray, faces: Faces) -> tuple[np.ndarray, Faces]:
        """The strip at the right or at the bottom that serving adds to reach a multiple of 32."""
        strip = int(self.rng.integers(1, 32))
        limit = np.array(canvas.shape[::-1] * 2, np.float32)
        canvas = canvas.copy()
        if self.rng.random() < 0.5:
            canvas[:, -strip:] = PADDING
            limit[[0, 2]] -= strip
        else:
            canvas[-strip:] = PADDING
            limit[[1, 3]] -= strip
        return canvas, self.clipped(faces, limit)

    def clipped(self, faces: Faces, limit: np.ndarray) -> Faces:
        """Boxes cut at `limit` (width, height twice): less than half visible is ignored, less than 15 % is no face."""
        area = size_of(faces.boxes) ** 2
        cut = np.clip(faces.boxes, 0, limit).astype(np.float32)
        visible = size_of(cut) ** 2 / np.maximum(area, 1e-6)
        kept = Faces(cut, faces.points, faces.has_points, faces.ignored | (visible < 0.5))
        return kept.select(visible >= 0.15)

    def labelled(self, canvas: np.ndarray, faces: Faces, legible: float) -> Faces:
        """Faces too small or too faint to be made out are ignored."""
        height, width = canvas.shape
        faces = self.clipped(faces, np.array([width, height, width, height], np.float32))
        faces.ignored = faces.ignored | (size_of(faces.boxes) < max(SMALLEST, legible))
        for i, (left, top, right, bottom) in enumerate(faces.boxes.astype(int)):
            if not faces.ignored[i]:
                faces.ignored[i] = canvas[top : bottom + 1, left : right + 1].std() < FAINTEST
        return faces
