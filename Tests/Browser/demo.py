"""A simulated lesson, so that the pages can be seen alive: `make demo`.

Starts the built server with a database that is thrown away at the end, and posts pictures through the API as cameras
would. All students are invented. Their pictures are changes of one portrait in the public domain, chosen so that each
student's readings wander; nothing but pictures is sent, every figure on the pages is the server's own.
"""

import argparse
import concurrent.futures
import datetime
import json
import math
import pathlib
import random
import secrets
import subprocess
import tempfile
import time

from classroom import pictures
from classroom.client import Client
from classroom.expressions import expressions
from classroom.server import Server, binary

NAMES = [
    "Ada Adler",
    "Bo Berg",
    "Chen Jing (陈静)",
    "Dara Doyle",
    "Elif Ersoy",
    "Farid Faris",
    "Grace Gill",
    "Hiro Hara",
    "Inés Ibarra",
    "Jonas Jung",
    "Kofi Kusi",
    "Li Na (李娜)",
    "Mina Moradi",
    "Noor Nasser",
    "Omar Odeh",
    "Priya Patel",
    "Quinn Quick",
    "Rosa Rossi",
    "Sven Sand",
    "Tomás Torres",
    "Uma Unger",
    "Vera Voss",
    "Wang Wei (王伟)",
    "Yuki Yano",
]
LIVE_EVERY_S = 2.0
BACKFILL_EVERY_S = 10


class Student:
    """When this one is here, and what score they are at: a slow wave of their own."""

    def __init__(self, number: int):
        self.id, self.name = f"simulated-{number + 1}", NAMES[number]
        self.random = random.Random(number)
        self.base, self.swing = self.random.uniform(0.25, 0.75), self.random.uniform(0.1, 0.35)
        self.period, self.phase = self.random.uniform(120, 420), self.random.uniform(0, math.tau)
        self.absent = number % 11 == 7

    def picture(self, gallery: "Gallery", seconds: float) -> bytes | None:
        """What the camera shows at a time of the lesson; None while it is off."""
        cycle = math.sin(seconds / self.period + self.phase)
        if self.absent or math.sin(seconds / 190 + self.phase * 5) > 0.97:
            return None
        if math.sin(seconds / 83 + self.phase * 3) > 0.985:
            return gallery.nobody
        return gallery.nearest(self.base + self.swing * cycle + self.random.uniform(-0.06, 0.06))


class Gallery:
    """The portrait's expressions by the score that `classpulse analyze` gives them."""

    def __init__(self) -> None:
        self.nobody = pictures.no_face()
        faces = [pictures.jpeg(image) for image in expressions()]
        with tempfile.TemporaryDirectory() as folder:
            files = [pathlib.Path(folder, f"{number}.jpg") for number in range(len(faces))]
            for file, face in zip(files, faces, strict=True):
                file.write_bytes(face)
            answer = subprocess.run([binary(), "analyze", "--json", *files], check=True, capture_output=True, text=True)
        scores = [json.loads(line)["concentration"]["score"] for line in answer.stdout.splitlines()]
        self.scored = [(score, face) for score, face in zip(scores, faces, strict=True) if score is not None]
        self.low, self.high = min(self.scored)[0], max(self.scored)[0]

    def nearest(self, wanted: float) -> bytes:
        """`wanted` 0…1 is taken to the range of scores that there are pictures for."""
        target = self.low + min(1, max(0, wanted)) * (self.high - self.low)
        return min(self.scored, key=lambda entry: abs(entry[0] - target))[1]


def stamp(moment: float) -> str:
    return (
        datetime.datetime.fromtimestamp(moment, datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )


def prepare(admin: Client, students: list[Student], gallery: Gallery, minutes: float) -> tuple[str, str]:
    """The class with its earlier lessons, and the lesson that is going on."""
    group = admin.make_class("Simulated class", {student.id: student.name for student in students}, "simulated")
    now = time.time()
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for hours, title in ((5, "Simulated: Decimals"), (3, "Simulated: Percentages"), (0, "Simulated: Fractions")):
            lesson = admin.start_lesson(group, title)
            length = minutes * 60 if hours == 0 else 300
            for second in range(0, int(length), BACKFILL_EVERY_S if hours == 0 else 20):
                at = now - hours * 3600 - length + second
                post(pool, admin, lesson, students, gallery, at - now, stamp(at))
            if hours:
                admin.send("POST", f"/v1/sessions/{lesson}/end")
    return group, lesson


def post(pool, client, lesson, students, gallery, seconds: float, captured_at: str | None) -> None:
    shown = ((student, student.picture(gallery, seconds)) for student in students)
    sent = [pool.submit(client.post_frame, lesson, s.id, picture, captured_at) for s, picture in shown if picture]
    for answer in sent:
        answer.result()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--students", type=int, default=len(NAMES), choices=range(1, len(NAMES) + 1), metavar="N")
    parser.add_argument("--minutes", type=float, default=8, help="of the lesson that have passed at the start")
    wanted = parser.parse_args()
    server = Server(port=wanted.port, secret=f"demo-{secrets.token_urlsafe(12)}")
    try:
        students = [Student(number) for number in range(wanted.students)]
        print("Posting the simulated lesson's past …", flush=True)
        gallery = Gallery()
        group, lesson = prepare(server.admin, students, gallery, wanted.minutes)
        print(f"\n  Teacher  {server.base}/dashboard   token {server.token('teacher', group)['token']}")
        print(f"  Student  {server.base}/report      token {server.token('student', group, students[0].id)['token']}")
        print("\nThe lesson goes on until Ctrl-C.", flush=True)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            began = time.time()
            while True:
                turn = time.time()
                post(pool, server.admin, lesson, students, gallery, turn - began, None)
                time.sleep(max(0.0, turn + LIVE_EVERY_S - time.time()))
    except KeyboardInterrupt:
        print("\nStopping; the simulated data are thrown away.")
    finally:
        server.stop()


if __name__ == "__main__":
    main()
