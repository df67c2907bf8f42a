"""Faces that the crop rule cuts out of the sets of larger pictures.

    python -m classpulse_training.cropped --data DATA --resources ../Sources/Models/Resources

`DATA/jaffe48/<class>/`: JAFFE's 256x256 pictures by the product's detector and `crop`, as the server would do it.
`DATA/unlabelled/`: faces without labels for distillation, as JPEG with FER2013's own quantisation: `faces68` by its
landmarks; `lfw-expressions`, whose labels are ignored, by the detector.
`DATA/unseen/`: the faces of `caltech`, from which no classifier is trained.
`DATA/train-cropped/<class>/`: FER2013's training faces, enlarged, found and cropped again, as serving would see them.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from .crop import SIDE, crop
from .detector.data import five_points, landmark_rows, read_grey
from .faces import DataError
from .framing import ENLARGED, MARGIN, bundled, canvas

SETS = ["jaffe48", "unlabelled", "train-cropped", "unseen"]
LFW_ENLARGED, LFW_MARGIN = 2, 48
"""LFW's 96x96 pictures cut some chins and brows: the detector sees them enlarged, with their border repeated."""


def faces68(data: Path) -> Iterator[tuple[str, np.ndarray]]:
    for file, _, landmarks in landmark_rows(data):
        if landmarks is not None:
            face = crop(read_grey(data / "faces68" / file), five_points(landmarks))
            if face is not None:
                yield f"faces68-{Path(file).stem}.jpg", face


def lfw(data: Path, resources: Path) -> Iterator[tuple[str, np.ndarray]]:
    find = bundled(resources, 96 * LFW_ENLARGED + 2 * LFW_MARGIN)
    for file in sorted((data / "lfw-expressions").glob("*/*.jpg")):
        size = {"fx": LFW_ENLARGED, "fy": LFW_ENLARGED, "interpolation": cv2.INTER_CUBIC}
        large = cv2.copyMakeBorder(cv2.resize(read_grey(file), None, **size), *[LFW_MARGIN] * 4, cv2.BORDER_REPLICATE)
        found = find(large).points
        face = crop(large, found[0]) if len(found) == 1 else None
        if face is not None:
            yield f"lfw-{file.stem}.jpg", face


def caltech(data: Path, resources: Path) -> Iterator[tuple[str, np.ndarray]]:
    find = bundled(resources, 448)
    for file in sorted((data / "caltech").glob("*.jpg")):
        grey = read_grey(file)
        found = find(grey).points
        face = crop(grey, found[0]) if len(found) == 1 else None
        if face is not None:
            yield f"{file.stem}.jpg", face


def jaffe(data: Path, resources: Path) -> Iterator[tuple[str, np.ndarray]]:
    find = bundled(resources, 256)
    for file in sorted((data / "jaffe").glob("*/*.*")):
        grey = read_grey(file)
        found = find(grey).points
        face = crop(grey, found[0]) if len(found) else None
        if face is None:
            print(f"no face in {file}", flush=True)
        else:
            yield f"{file.parent.name}/{file.stem}.png", face


def train(data: Path, resources: Path) -> Iterator[tuple[str, np.ndarray]]:
    find = bundled(resources, SIDE * ENLARGED + 2 * MARGIN)
    for file in sorted((data / "train").glob("*/*.jpg")):
        large = canvas(read_grey(file))
        found = find(large).points
        face = crop(large, found[0]) if len(found) == 1 else None
        if face is not None:
            yield str(file.relative_to(data / "train")), face


def write(faces: Iterator[tuple[str, np.ndarray]], folder: Path, **options: object) -> None:
    """In place of what was there, once all are written: a face that is no longer found does not stay. What is there stays
    where no face is found at all, as where the set of larger pictures is absent."""
    first = next(faces, None)
    if first is None:
        raise DataError(f"{folder}: no face to put there; are the pictures it is made of in place?")
    fresh, old = (folder.with_name(folder.name + end) for end in (".tmp", ".old"))
    for left in filter(Path.exists, (fresh, old)):
        shutil.rmtree(left)
    count = 0
    for name, face in chain([first], faces):
        path = fresh / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(face).save(path, **options)
        count += 1
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
    print(f"{count} faces in {folder}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--resources", type=Path, required=True, help="folder of the detector's two ONNX files")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=SETS)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    data, resources = arguments.data, arguments.resources
    if "jaffe48" in arguments.sets:
        write(jaffe(data, resources), data / "jaffe48")
    if arguments.sets == ["jaffe48"]:
        return
    with Image.open(next((data / "train").glob("*/*.jpg"))) as picture:
        options = {"format": "JPEG", "qtables": picture.quantization, "subsampling": 0}
    if "train-cropped" in arguments.sets:
        write(train(data, resources), data / "train-cropped", **options)
    if "unlabelled" in arguments.sets:
        write(chain(faces68(data), lfw(data, resources)), data / "unlabelled", **options)
    if "unseen" in arguments.sets:
        write(caltech(data, resources), data / "unseen", **options)


if __name__ == "__main__":
    try:
        main()
    except DataError as error:
        sys.exit(f"error: {error}")
