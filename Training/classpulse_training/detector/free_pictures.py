"""Makes the folder of pictures without people that training takes as backgrounds.

    python -m classpulse_training.detector.free_pictures OUTPUT FOLDER...

A FOLDER is searched for pictures at any depth: the unpacked Debian packages mate-backgrounds, ukui-wallpapers and
lomiri-wallpapers-16.04 (`apt-get download` and `dpkg -x`). scikit-image's own pictures without people come on top, where
it is installed with them. Everything becomes grey with a long side of at most 1,100; almost flat pictures are left out.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np

LONGEST, SMALLEST, FLATTEST = 1100, 100, 6.0
PICTURES = [
    "brick",
    "cell",
    "chelsea",
    "chessboard_GRAY",
    "clock_motion",
    "coffee",
    "coins",
    "color",
    "grass",
    "gravel",
    "horse",
    "hubble_deep_field",
    "ihc",
    "logo",
    "microaneurysms",
    "moon",
    "motorcycle_left",
    "motorcycle_right",
    "page",
    "phantom",
    "retina",
    "rocket",
    "text",
]


def grey_picture(path: Path) -> np.ndarray | None:
    grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if grey is None:
        return None
    scale = LONGEST / max(grey.shape)
    return grey if scale >= 1 else cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=Path)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    files = [p for f in arguments.folders for p in sorted(f.rglob("*")) if p.suffix in (".jpg", ".jpeg", ".png")]
    chosen = [(p.stem.replace(" ", "_") + ".jpg", p) for p in files if not p.is_symlink()]
    try:
        import skimage
    except ImportError:
        print("scikit-image is not installed: none of its pictures")
    else:
        folder = Path(skimage.__file__).parent / "data"
        chosen += [(f"ski-{p.stem}.png", p) for n in PICTURES for p in sorted(folder.glob(f"{n}.*g"))]
    count = 0
    for name, path in chosen:
        grey = grey_picture(path)
        if grey is not None and min(grey.shape) >= SMALLEST and grey.std() >= FLATTEST:
            cv2.imwrite(str(arguments.output / name), grey, [cv2.IMWRITE_JPEG_QUALITY, 92])
            count += 1
    print(f"{count} pictures in {arguments.output}")


if __name__ == "__main__":
    main()
