"""How accuracy falls on what webcams do to a face: the same PublicTest faces, degraded one way at a time."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageFilter
from torch import nn

from .faces import Faces
from .metrics import metrics, predict

Degradation = Callable[[Image.Image, np.random.Generator], Image.Image]


def low_light(face: Image.Image, generator: np.random.Generator) -> Image.Image:
    """A quarter of the light, photon and read noise, 8 bits."""
    dark = np.asarray(face, np.float32) / 4
    noisy = dark + generator.normal(0, 1, dark.shape) * np.sqrt(dark / 8 + 1)
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8))


def blur(face: Image.Image, _: np.random.Generator) -> Image.Image:
    return face.filter(ImageFilter.GaussianBlur(1.2))


def noise(face: Image.Image, generator: np.random.Generator) -> Image.Image:
    values = np.asarray(face, np.float32)
    return Image.fromarray((values + generator.normal(0, 15, values.shape)).clip(0, 255).astype(np.uint8))


def jpeg_20(face: Image.Image, _: np.random.Generator) -> Image.Image:
    buffer = io.BytesIO()
    face.save(buffer, "JPEG", quality=20)
    return Image.open(buffer)


def face_of_24_pixels(face: Image.Image, _: np.random.Generator) -> Image.Image:
    small = face.resize((24, 24), Image.Resampling.BOX)
    return small.resize(face.size, Image.Resampling.BILINEAR)


def shifted(face: Image.Image, generator: np.random.Generator) -> Image.Image:
    """A detector's error: up to 4 pixels of shift and 10 % of scale."""
    size = face.size[0]
    scale = 1 + generator.uniform(-0.1, 0.1)
    x, y = generator.uniform(-4, 4, 2)
    centre = size / 2
    matrix = (scale, 0, centre - scale * centre + x, 0, scale, centre - scale * centre + y)
    return replicate(
        face,
        lambda padded, p: padded.transform(
            face.size,
            Image.Transform.AFFINE,
            (matrix[0], 0, matrix[2] + p, 0, matrix[4], matrix[5] + p),
            Image.Resampling.BICUBIC,
        ),
    )


def rolled(degrees: float) -> Degradation:
    def roll(face: Image.Image, _: np.random.Generator) -> Image.Image:
        size = face.size[0]

        def turn(padded: Image.Image, p: int) -> Image.Image:
            return padded.rotate(degrees, Image.Resampling.BICUBIC).crop((p, p, p + size, p + size))

        return replicate(face, turn)

    return roll


def replicate(face: Image.Image, warp: Callable[[Image.Image, int], Image.Image]) -> Image.Image:
    """Warps a copy whose border is repeated outwards, so that no black corners appear."""
    pad = 16
    return warp(Image.fromarray(np.pad(np.asarray(face), pad, mode="edge")), pad)


DEGRADATIONS: dict[str, Degradation] = {
    "clean": lambda face, _: face,
    "low light (1/4)": low_light,
    "Gaussian blur 1.2": blur,
    "noise 15": noise,
    "JPEG quality 20": jpeg_20,
    "24-pixel face": face_of_24_pixels,
    "roll +20°": rolled(20),
    "roll -20°": rolled(-20),
    "shifted crop": shifted,
}


def measure(net: nn.Module, faces: Faces, seed: int = 1) -> dict[str, float]:
    """Accuracy per degradation."""
    found = {}
    for name, degrade in DEGRADATIONS.items():
        generator = np.random.default_rng(seed)
        images = np.stack([np.asarray(degrade(Image.fromarray(face), generator)) for face in faces.images])
        found[name] = metrics(predict(net, images), faces.labels)["accuracy"]
    return found
