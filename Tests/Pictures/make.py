"""Makes the small pictures of the decoder's tests and `expected.json`, what Pillow reads in them.

    python Tests/Pictures/make.py        (needs numpy and Pillow; was run with Pillow 13 over libjpeg-turbo 3.2)

Everything is drawn here by formula. `expected.json` maps a file to {"width", "height", "grey": hex of the rows} and,
for some JPEGs, "scaled": {"2": {...}, "4": {...}, "8": {...}}. All sizes are as stored, before the EXIF orientation.
"""

from __future__ import annotations

import io
import json
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

FOLDER = Path(__file__).parent
WIDTH, HEIGHT = 45, 37
expected: dict[str, dict] = {}


def drawing(width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """RGB with a different ramp in each channel, a bright corner and a dark disc: no symmetry."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    rgb = np.stack([255 * x / width, 255 * y / height, 127 + 120 * np.sin(x / 5 + y / 9)], 2)
    rgb[: height // 4, : width // 4] = (250, 240, 20)
    rgb[(x - 0.7 * width) ** 2 + (y - 0.6 * height) ** 2 < (height / 5) ** 2] = (20, 40, 60)
    return rgb.round().clip(0, 255).astype(np.uint8)


def levels(picture: Image.Image) -> dict:
    grey = np.asarray(picture.convert("L"))
    return {"width": grey.shape[1], "height": grey.shape[0], "grey": grey.tobytes().hex()}


def jpeg(name: str, picture: Image.Image, scaled: bool = False, **options) -> None:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", **{"quality": 80, **options})
    (FOLDER / name).write_bytes(buffer.getvalue())

    def luma(denominator: int) -> dict:
        with Image.open(io.BytesIO(buffer.getvalue())) as stored:
            if stored.mode != "CMYK":
                stored.draft("L", (stored.width // denominator, stored.height // denominator))
            return levels(stored)

    if not name.startswith("orientation"):  # the pixels of grey.jpg
        expected[name] = luma(1)
    if scaled:
        expected[name]["scaled"] = {str(d): luma(d) for d in (2, 4, 8)}


def png(name: str, picture: Image.Image, seen: Image.Image | None = None, **options) -> None:
    picture.save(FOLDER / name, "PNG", **options)
    expected[name] = levels(seen or picture)


def on_white(picture: Image.Image) -> Image.Image:
    rgba = np.asarray(picture.convert("RGBA")).astype(np.int64)
    grey = (19595 * rgba[..., 0] + 38470 * rgba[..., 1] + 7471 * rgba[..., 2] + 32768) >> 16
    return Image.fromarray(((grey * rgba[..., 3] + 255 * (255 - rgba[..., 3]) + 127) // 255).astype(np.uint8))


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def interlaced(name: str, rgb: np.ndarray) -> None:
    """Adam7, which Pillow cannot write: seven pictures of every nth pixel, one after the other (PNG 8.2)."""
    passes = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    data = b""
    for x, y, step_x, step_y in passes:
        part = rgb[y::step_y, x::step_x]
        if part.size:
            data += b"".join(b"\0" + row.tobytes() for row in part)
    header = struct.pack(">IIBBBBB", rgb.shape[1], rgb.shape[0], 8, 2, 0, 0, 1)
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b"")
    (FOLDER / name).write_bytes(b"\x89PNG\r\n\x1a\n" + chunks)
    expected[name] = levels(Image.fromarray(rgb))


def exif(orientation: int, big_endian: bool) -> bytes:
    order = ">" if big_endian else "<"
    mark = b"MM" if big_endian else b"II"
    other = struct.pack(order + "HHI4s", 0x010E, 2, 4, b"abc\0")
    entry = struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0)
    return mark + struct.pack(order + "HI", 42, 8) + struct.pack(order + "H", 2) + other + entry + b"\0\0\0\0"


def main() -> None:
    rgb = drawing()
    picture = Image.fromarray(rgb)
    grey = picture.convert("L")
    jpeg("colour.jpg", picture, scaled=True)
    jpeg("colour-444.jpg", picture, subsampling=0)
    jpeg("progressive.jpg", picture, scaled=True, progressive=True)
    jpeg("grey.jpg", grey, scaled=True)
    jpeg("rgb.jpg", picture, keep_rgb=True)
    jpeg("restarts.jpg", picture, restart_marker_blocks=2)
    jpeg("cmyk.jpg", picture.convert("CMYK"))
    stripes()
    for orientation in range(1, 9):
        data = b"Exif\0\0" + exif(orientation, big_endian=orientation % 2 == 0)
        jpeg(f"orientation-{orientation}.jpg", grey, exif=data)

    png("colour.png", picture)
    png("grey.png", grey)
    png("one-bit.png", grey.point(lambda v: 255 * (v > 120)).convert("1"))
    png("palette.png", picture.quantize(16), picture.quantize(16).convert("RGB"))
    clear = picture.quantize(16)
    png("palette-clear.png", clear, on_white(with_clear_colour(clear)), transparency=3)
    alpha = Image.fromarray(np.mgrid[0:HEIGHT, 0:WIDTH].sum(0).astype(np.uint8) * 3)
    rgba = picture.copy()
    rgba.putalpha(alpha)
    png("rgba.png", rgba, on_white(rgba))
    shade = Image.merge("LA", (grey, alpha))
    png("grey-alpha.png", shade, on_white(shade))
    deep = (np.asarray(grey).astype(np.uint16) * 257).astype(np.uint16)
    png("grey-16.png", Image.fromarray(deep), grey)
    interlaced("interlaced.png", rgb)
    interlaced("interlaced-narrow.png", drawing(33, 32)[:, :33])
    png("orientation-6.png", grey, exif=exif(6, big_endian=False))
    (FOLDER / "expected.json").write_text(json.dumps(expected, indent=0, sort_keys=True) + "\n")


def stripes() -> None:
    """Two pixels dark, two bright: grey all over at a quarter of the size."""
    row = np.where(np.arange(640) % 4 < 2, 60, 200).astype(np.uint8)
    Image.fromarray(np.tile(row, (480, 1))).save(FOLDER / "stripes.jpg", quality=50, optimize=True)


def with_clear_colour(palette: Image.Image) -> Image.Image:
    rgba = palette.convert("RGBA")
    rgba.putalpha(Image.fromarray(np.where(np.asarray(palette) == 3, 0, 255).astype(np.uint8)))
    return rgba


if __name__ == "__main__":
    main()
