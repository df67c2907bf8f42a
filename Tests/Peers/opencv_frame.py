"""Races the whole frame, in turns: `classpulse bench frame` against OpenCV and ONNX Runtime in one process each.

    opencv_frame.py --yunet face_detection_yunet_2023mar.onnx [--classpulse BINARY] [--rounds N] [PICTURE]

PICTURE is a JPEG, by default one of 640 x 480 with a face, made of scikit-image's astronaut. The peer decodes it in colour
(imdecode), shrinks it to 320 x 240, finds the faces (FaceDetectorYN at 0.6), resizes the best one's square to 48 x 48 and
classifies it with the bundled classifier in ONNX Runtime, all on one thread. Printed are the medians of both and the
median ratio of the rounds, also for the detectors alone at 320 x 240 (ours on the padded 320 x 256).
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import cv2
import numpy as np
import onnxruntime

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def default_picture(folder: pathlib.Path) -> pathlib.Path:
    astronaut = cv2.imread(str(ROOT / ".fixtures/astronaut.png"))
    if astronaut is None:
        sys.exit("no .fixtures/astronaut.png: run Tests/setup or name a PICTURE")
    picture = cv2.resize(astronaut[:384], (640, 480), interpolation=cv2.INTER_LINEAR)
    path = folder / "frame.jpg"
    cv2.imwrite(str(path), picture, [cv2.IMWRITE_JPEG_QUALITY, 85])
    return path


class Peer:
    def __init__(self, yunet: str):
        cv2.setNumThreads(1)
        self.detector = cv2.FaceDetectorYN.create(yunet, "", (320, 240), 0.6)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        model = ROOT / "Sources/Models/Resources/ds-efficientnet.onnx"
        self.session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])

    def frame(self, data: np.ndarray) -> int:
        picture = cv2.imdecode(data, cv2.IMREAD_COLOR)
        small = cv2.resize(picture, (320, 240), interpolation=cv2.INTER_LINEAR)
        _, faces = self.detector.detect(small)
        if faces is None:
            return 0
        x, y, w, h = faces[faces[:, 14].argmax(), :4] * np.tile([picture.shape[1] / 320, picture.shape[0] / 240], 2)
        side, left, top = max(w, h), x + w / 2 - max(w, h) / 2, y + h / 2 - max(w, h) / 2
        left, top = max(0, int(left)), max(0, int(top))
        part = picture[top : top + int(side), left : left + int(side)]
        crop = cv2.resize(cv2.cvtColor(part, cv2.COLOR_BGR2GRAY), (48, 48), interpolation=cv2.INTER_AREA)
        self.session.run(None, {"image": crop[None, None].astype(np.float32)})
        return len(faces)

    def times(self, data: np.ndarray, runs: int) -> float:
        times = []
        for _ in range(runs):
            start = time.perf_counter()
            self.frame(data)
            times.append(1000 * (time.perf_counter() - start))
        return statistics.median(times)

    def detector_times(self, data: np.ndarray, runs: int) -> float:
        small = cv2.resize(cv2.imdecode(data, cv2.IMREAD_COLOR), (320, 240))
        times = []
        for _ in range(runs):
            start = time.perf_counter()
            self.detector.detect(small)
            times.append(1000 * (time.perf_counter() - start))
        return statistics.median(times)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--classpulse", default=str(ROOT / ".build/release/classpulse"))
    parser.add_argument("--yunet", required=True)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--runs", type=int, default=200, help="frames of each engine a round")
    parser.add_argument("picture", nargs="?")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        picture = pathlib.Path(options.picture) if options.picture else default_picture(pathlib.Path(folder))
        data = np.frombuffer(picture.read_bytes(), np.uint8)
        peer = Peer(options.yunet)
        peer.times(data, 20)
        detector = str(ROOT / "Sources/Models/Resources/face-detector.onnx")
        frame = [options.classpulse, "bench", "frame", "--json", "--runs", str(options.runs), str(picture)]
        model = [options.classpulse, "bench", "model", "--json", "--model", detector, "--shape", "1x256x320"]
        rounds = []
        for _ in range(options.rounds):
            ours, alone = (
                json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
                for command in (frame, [*model, "--runs", str(options.runs)])
            )
            theirs, theirs_alone = peer.times(data, options.runs), peer.detector_times(data, options.runs)
            rounds.append((ours["median_ms"], theirs, alone["median_ms"], theirs_alone))
    columns = [statistics.median(column) for column in zip(*rounds)]
    result = {
        "faces_of_peer": peer.frame(data),
        "status": ours["status"],
        "frame_ms": round(columns[0], 3),
        "frame_peer_ms": round(columns[1], 3),
        "frame_ratio": round(statistics.median(r[0] / r[1] for r in rounds), 3),
        "parts_ms": {part: round(ours[f"{part}_ms"], 3) for part in ("decode", "detect", "classify")},
        "detector_ms": round(columns[2], 3),
        "yunet_ms": round(columns[3], 3),
        "detector_ratio": round(statistics.median(r[2] / r[3] for r in rounds), 3),
        "opencv": cv2.__version__,
        "onnxruntime": onnxruntime.__version__,
    }
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
