"""Pictures, their faces and the fixed splits.

Every set is read as grey uint8 with boxes and five points in pixels. YuNet (OpenCV's FaceDetectorYN) is the teacher
where a set has no boxes; its answers are cached beside the data, since they never change.
"""

from __future__ import annotations

import csv
import hashlib
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from ..faces import DataError
from ..files import replacing

TEACHER_SCORE = 0.6
"""From here on a detection of the teacher counts as a face; a weaker one (>= 0.3) is neither face nor background."""

LANDMARK_BOX = np.array([0.027, -0.305, -0.040, -0.030])
"""Median offset of YuNet's left, top, right, bottom edge from the bounding box of the 68 landmarks, in units of that
box's width (left, right) or height (top, bottom), measured on the labelled frames of faces68; mean IoU 0.87."""


@dataclass
class Picture:
    """`grey` uint8 [H, W]; `boxes` float32 [n, 4] left, top, right, bottom; `points` float32 [n, 5, 2]; `has_points`
    and `ignored` bool [n]. An ignored box is a region that is neither face nor background."""

    name: str
    grey: np.ndarray
    boxes: np.ndarray = field(default_factory=lambda: np.zeros((0, 4), np.float32))
    points: np.ndarray = field(default_factory=lambda: np.zeros((0, 5, 2), np.float32))
    has_points: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))
    ignored: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))


def bucket(key: str) -> float:
    """A fixed pseudo-random number in 0 ..< 1 of a name; every split is a threshold on it."""
    return int(hashlib.sha256(key.encode()).hexdigest()[:8], 16) / 2**32


def person_split(person: str) -> str:
    """faces68 is split by person: 15 % `test` (evidence), 10 % `validation` (thresholds), the rest `train`."""
    value = bucket(person)
    return "test" if value < 0.15 else "validation" if value < 0.25 else "train"


def wider_split(stem: str) -> str:
    """Half of wider-dev may be learnt from (a tenth for thresholds only); the other half is evidence."""
    value = bucket(stem)
    return "train" if value < 0.42 else "validation" if value < 0.5 else "test"


CALTECH_EVIDENCE = 91
TAUGHT_FRAMES = (
    "intel_face-demographics", "intel_people-detection", "intel_no", "intel_student", "intel_yes",
    "000_5", "008_B", "010_2", "014_5",
)  # fmt: skip


def scene_split(path: Path) -> str:
    """About half of caltech-frontal (46 of 100 pictures) and of frames (19 of 53 webcam frames, 4 of 9 group pictures)
    is learnt from, the rest is evidence; nobody appears in both. caltech-frontal is in the order of its people."""
    if path.parent.name == "caltech":
        return "train" if int(path.stem.rsplit("_", 1)[1]) < CALTECH_EVIDENCE else "test"
    return "train" if path.stem.startswith(TAUGHT_FRAMES) else "test"


def read_grey(path: Path) -> np.ndarray:
    """uint8 [H, W]. Raises DataError where there is no picture or none that OpenCV reads."""
    grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if grey is None:
        raise DataError(f"{path}: not a readable picture")
    return grey


def five_points(landmarks: np.ndarray) -> np.ndarray:
    """[68, 2] -> [5, 2]: the picture's left eye and right eye, nose tip, left and right corner of the mouth."""
    return np.stack(
        [landmarks[36:42].mean(0), landmarks[42:48].mean(0), landmarks[30], landmarks[48], landmarks[54]]
    ).astype(np.float32)


def box_of_landmarks(landmarks: np.ndarray) -> np.ndarray:
    """[68, 2] -> [4]: the box that YuNet would most likely draw."""
    low, high = landmarks.min(0), landmarks.max(0)
    size = high - low
    return (np.concatenate([low, high]) + LANDMARK_BOX * np.concatenate([size, size])).astype(np.float32)


def iou(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Boxes [n, 4] and [m, 4] -> intersection over union [n, m]."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(2)
    area_a, area_b = (a[:, 2:] - a[:, :2]).prod(1), (b[:, 2:] - b[:, :2]).prod(1)
    return shared / np.maximum(area_a[:, None] + area_b[None] - shared, 1e-9)


class Teacher:
    """YuNet on a picture: float32 [n, 15] = left, top, right, bottom, 5 x (x, y), score; kept in the data's folder by model and picture."""

    def __init__(self, model: Path, root: Path) -> None:
        self.model, self.cache = model, root / ".yunet.npz"
        self.digest = hashlib.sha256(model.read_bytes()).digest()
        self.answers: dict[str, np.ndarray] = {}
        if self.cache.exists():
            with np.load(self.cache) as stored:
                self.answers = {name: stored[name] for name in stored.files}
        self.detector = None

    def detect(self, grey: np.ndarray, margin: int = 0) -> np.ndarray:
        """`margin` pixels of repeated border help with pictures that the face fills."""
        key = hashlib.sha256(b"%b %d %d " % (self.digest, margin, grey.shape[1]) + grey.tobytes()).hexdigest()[:32]
        if key not in self.answers:
            if self.detector is None:
                self.detector = cv2.FaceDetectorYN.create(str(self.model), "", (320, 320), 0.3, 0.3, 500)
            enlarged = 1.0 if max(grey.shape) >= 200 else 1.5
            picture = cv2.copyMakeBorder(grey, margin, margin, margin, margin, cv2.BORDER_REPLICATE)
            picture = cv2.resize(picture, None, fx=enlarged, fy=enlarged, interpolation=cv2.INTER_LINEAR)
            self.detector.setInputSize((picture.shape[1], picture.shape[0]))
            _, faces = self.detector.detect(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR))
            faces = np.zeros((0, 15), np.float32) if faces is None else faces.copy()
            faces[:, :14] /= enlarged
            faces[:, 2:4] += faces[:, :2]
            faces[:, :14] -= margin
            self.answers[key] = faces
        return self.answers[key]

    def save(self) -> None:
        with suppress(OSError), replacing(self.cache) as fresh, open(fresh, "wb") as file:
            np.savez_compressed(file, **self.answers)


def picture_from_teacher(name: str, grey: np.ndarray, faces: np.ndarray) -> Picture:
    """Boxes from the teacher. Its points are off by 13 % of the inter-ocular distance, so they are not learnt."""
    count = len(faces)
    height, width = grey.shape
    return Picture(
        name,
        grey,
        np.clip(faces[:, :4], 0, [width, height, width, height]).astype(np.float32),
        faces[:, 4:14].reshape(-1, 5, 2).astype(np.float32),
        np.zeros(count, bool),
        faces[:, 14] < TEACHER_SCORE,
    )


def landmark_rows(root: Path) -> list[tuple[str, str, np.ndarray | None]]:
    """(file, person, landmarks [68, 2] or None) of faces68."""
    with open(root / "faces68" / "landmarks.csv", newline="") as table:
        rows = list(csv.reader(table))[1:]
    return [(r[0], r[1], np.array(r[2:], np.float32).reshape(68, 2) if r[2] else None) for r in rows]


def load_faces68(root: Path, split: str, teacher: Teacher) -> list[Picture]:
    """The landmarked face gets the teacher's box where that agrees with the landmarks (IoU >= 0.5)."""
    pictures = []
    for file, person, landmarks in landmark_rows(root):
        if person_split(person) != split:
            continue
        grey = read_grey(root / "faces68" / file)
        picture = picture_from_teacher(file, grey, teacher.detect(grey))
        if landmarks is not None:
            expected = box_of_landmarks(landmarks)[None]
            overlap = iou(expected, picture.boxes)[0]
            if len(overlap) and overlap.max() >= 0.5:
                face = int(overlap.argmax())
            else:
                face = len(picture.boxes)
                picture.boxes = np.concatenate([picture.boxes, expected])
                picture.points = np.concatenate([picture.points, np.zeros((1, 5, 2), np.float32)])
                picture.has_points = np.append(picture.has_points, False)
                picture.ignored = np.append(picture.ignored, False)
            picture.points[face] = five_points(landmarks)
            picture.has_points[face], picture.ignored[face] = True, False
        if len(picture.boxes):
            pictures.append(picture)
    return pictures


def load_lfw(root: Path, teacher: Teacher) -> list[Picture]:
    """Tight 96 x 96 faces, without the people whom faces68 keeps for validation and test (both sets name them)."""
    held = {person.lower() for _, person, _ in landmark_rows(root) if person_split(person) != "train"}
    pictures = []
    for path in sorted((root / "lfw-expressions").glob("*/*.jpg")):
        if path.stem.rsplit("_", 1)[0].lower() in held:
            continue
        grey = read_grey(path)
        faces = teacher.detect(grey, margin=32)
        if len(faces) and faces[:, 14].max() >= TEACHER_SCORE:
            pictures.append(picture_from_teacher(path.name, grey, faces))
    return pictures


def load_wider(root: Path, split: str | None = None) -> list[Picture]:
    """True boxes, no points. `split` None: all pictures."""
    pictures = []
    for path in sorted((root / "wider" / "images").iterdir()):
        if split is not None and wider_split(path.stem) != split:
            continue
        grey = read_grey(path)
        labels = np.loadtxt(root / "wider" / "labels" / f"{path.stem}.txt", ndmin=2, dtype=np.float32).reshape(-1, 5)
        size = np.array([grey.shape[1], grey.shape[0]] * 2, np.float32)
        centre, extent = labels[:, 1:3], labels[:, 3:5]
        boxes = np.concatenate([centre - extent / 2, centre + extent / 2], 1) * size
        count = len(boxes)
        none = np.zeros(count, bool)
        pictures.append(Picture(path.name, grey, boxes, np.zeros((count, 5, 2), np.float32), none, none.copy()))
    return pictures


def load_scenes(root: Path, teacher: Teacher) -> list[Picture]:
    """The half of caltech-frontal and frames that is learnt from, with the teacher's boxes; some show nobody."""
    pictures = []
    for folder in ("caltech", "frames/intel", "frames/group"):
        for path in sorted((root / folder).iterdir()):
            if scene_split(path) == "train":
                grey = read_grey(path)
                pictures.append(picture_from_teacher(path.name, grey, teacher.detect(grey)))
    return pictures


def load_backgrounds(folder: Path) -> list[Picture]:
    """Any folder of pictures without faces."""
    files = sorted(p for p in folder.glob("*") if p.suffix in (".jpg", ".png"))
    if not files:
        raise DataError(f"{folder}: no pictures")
    return [Picture(p.name, read_grey(p)) for p in files]
