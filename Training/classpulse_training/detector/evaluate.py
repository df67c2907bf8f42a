"""All figures of the detector beside those of OpenCV's FaceDetectorYN (YuNet) on the same pictures.

Evidence only: the halves of caltech-frontal, frames and wider-dev and the people of faces68 that are not trained on (what
they were looked at for is in the card). The true boxes of caltech, frames and the degraded pictures are YuNet's own. Both detectors see the same grey pictures; YuNet gets them as three equal channels at a long side of
at most 640 and a score threshold of 0.6, ours at the long side named in each row.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import cv2
import numpy as np

from ..crop import POINTS
from ..files import write_whole
from ..refiner.stage import PROPOSAL_THRESHOLD, SecondStage
from . import data
from .decode import ENLARGED, SCORE_THRESHOLD, Detections, prepare
from .detectors import Ours, YuNet
from .measures import Detector, counted, crowds, degraded, frontal, landmarks, largest
from .sheet import draw_sheet


def speed(ours: Ours, second: SecondStage | None, teacher: Path, rounds: int = 100) -> dict:
    """Median milliseconds for 320 x 240 on one core, in turns: ONNX Runtime for ours (and for one proposal of the second
    stage, cut out of the picture), OpenCV's own engine for YuNet; `ratio` is the median of the rounds' ratios of both
    detectors."""
    cv2.setNumThreads(1)
    yunet = cv2.FaceDetectorYN.create(str(teacher), "", (320, 240), 0.6, 0.3, 5000)
    grey = np.random.default_rng(1).integers(0, 256, (240, 320), dtype=np.uint8)
    colour, (image, _) = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), prepare(grey, 320)
    calls = {"ours": lambda: ours.maps(image), "yunet": lambda: yunet.detect(colour)}
    if second is not None:
        points = POINTS[None] * 2.0 + 50
        proposal = Detections(np.array([[70.0, 70, 130, 140]]), points, np.array([0.5]))
        calls["second stage"] = lambda: second(grey, proposal)
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            started = time.perf_counter()
            call()
            times[name].append((time.perf_counter() - started) * 1e3)
    result = {name: round(float(np.median(values)), 3) for name, values in times.items()}
    ratios = np.array(times["ours"]) / np.array(times["yunet"])
    return result | {"ratio": round(float(np.median(ratios)), 3)}


def held_out(root: Path, teacher: data.Teacher) -> dict:
    def folder(path: str) -> list:
        files = sorted(p for p in (root / path).glob("*") if p.suffix in (".jpg", ".png"))
        return [(p.name, data.read_grey(p)) for p in files if data.scene_split(p) == "test"]

    people = data.load_faces68(root, "test", teacher)
    single = [(p.name, p.grey, p.boxes[:1]) for p in people if len(p.boxes) == 1 and not p.ignored[0]]
    return {
        "caltech": folder("caltech"),
        "intel": folder("frames/intel"),
        "group": folder("frames/group"),
        "wider": data.load_wider(root, "test"),
        "outer": {
            file: float(np.linalg.norm(points[45] - points[36]))
            for file, _, points in data.landmark_rows(root)
            if points is not None
        },
        "people": [p for p in people if p.has_points.any()],
        "single": single[::4],
    }


def evaluate(
    root: Path, teacher_model: Path, model: Path, refiner: Path | None, output: Path | None, sheet: Path | None
) -> dict:
    teacher = data.Teacher(teacher_model, root)
    sets = held_out(root, teacher)
    yunet = YuNet(teacher_model)
    caltech_faces = [(n, g, b[None]) for n, g in sets["caltech"] if (b := largest(yunet(g))) is not None]
    second = SecondStage(refiner) if refiner else None
    proposals = PROPOSAL_THRESHOLD if refiner else SCORE_THRESHOLD
    ours = {side: Ours(model, side, proposals, second, growth) for side, growth in ((320, 1.0), (640, ENLARGED))}
    detectors: dict[str, Detector] = {f"ours {side}": detect for side, detect in ours.items()}
    detectors["YuNet"] = yunet
    figures: dict[str, dict] = {}
    for name, detect in detectors.items():
        figures[name] = {
            "caltech": frontal(sets["caltech"], detect, yunet),
            "intel": counted(sets["intel"], detect, yunet),
            "group": counted(sets["group"], detect, yunet),
            "wider": crowds(sets["wider"], detect),
        }
        if name in ("ours 640", "YuNet"):
            figures[name]["people"] = landmarks(sets["people"], sets["outer"], detect)
            figures[name]["degraded caltech"] = degraded(caltech_faces, detect)
            figures[name]["degraded people"] = degraded(sets["single"], detect)
    figures["milliseconds"] = speed(ours[320], second, teacher_model)
    print_table(figures)
    print(json.dumps(figures))
    if output is not None:
        write_whole(output, json.dumps(figures, indent=1) + "\n")
    if sheet is not None:
        draw_sheet(sets, ours[640], sheet)
    return figures


def print_table(figures: dict) -> None:
    columns = [name for name in figures if name != "milliseconds"]
    rows: dict[str, dict[str, str]] = {}

    def add(column: str, path: str, value: object) -> None:
        if isinstance(value, dict) and "share" in value:
            text = f"{value['hits']}/{value['of']} = {value['share']:.3f} [{value['low']:.2f}, {value['high']:.2f}]"
            rows.setdefault(path, {})[column] = text + (f" +{value['false_faces']}" if "false_faces" in value else "")
        elif isinstance(value, dict):
            for key, inner in value.items():
                add(column, f"{path} {key}".strip(), inner)
        else:
            rows.setdefault(path, {})[column] = str(value)

    for column in columns:
        add(column, "", figures[column])
    print(f"{'':34}" + "".join(f"{c:36}" for c in columns))
    for path, values in rows.items():
        print(f"{path:34}" + "".join(f"{values.get(c, '-'):36}" for c in columns))
    print("milliseconds at 320 x 240:", figures["milliseconds"])
