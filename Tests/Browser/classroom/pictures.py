"""Pictures to post: a portrait in the public domain (NASA's of Eileen Collins), and a film for a fake camera."""

import io
import os
import pathlib

from PIL import Image, ImageOps

from .server import ROOT

FIXTURES = ROOT / ".fixtures"
FRAME = (640, 480)


def jpeg(image: Image.Image, quality: int = 85) -> bytes:
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=quality)
    return out.getvalue()


def portrait() -> Image.Image:
    """Head and shoulders, 640×480."""
    whole = Image.open(FIXTURES / "astronaut.png").convert("RGB")
    return whole.crop((60, 0, 400, 255)).resize(FRAME, Image.Resampling.LANCZOS)


def face() -> bytes:
    return jpeg(portrait())


def no_face() -> bytes:
    """An empty wall, darker to one side."""
    return jpeg(Image.linear_gradient("L").resize(FRAME))


def clip(folder: pathlib.Path, length: int = 40) -> pathlib.Path:
    """Motion JPEG for a browser's fake camera: a real clip where the data sets are at hand, else the portrait in motion."""
    data = os.environ.get("CLASSPULSE_DATA") or pathlib.Path.home() / ".cache/classpulse/data"
    source = pathlib.Path(data) / "frames/clips/head-pose-face-detection-female.gif"
    if source.exists():
        with Image.open(source) as film:
            numbers = range(0, film.n_frames, max(1, film.n_frames // length))
            frames = [ImageOps.fit(frame_of(film, number), FRAME) for number in numbers]
    else:
        frames = [portrait().rotate(angle / 4, Image.Resampling.BICUBIC) for angle in range(-length // 2, length // 2)]
    path = folder / "camera.mjpeg"
    path.write_bytes(b"".join(jpeg(frame) for frame in frames))
    return path


def frame_of(film: Image.Image, number: int) -> Image.Image:
    film.seek(number)
    return film.convert("RGB")
