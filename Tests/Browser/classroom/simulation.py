"""A class of invented students whose cameras show drawn faces: `make demo` and the pictures in the documents.

Nothing but pictures is sent, through the API and as cameras would; every figure on the pages is the server's own.
"""

import datetime
import json
import math
import pathlib
import random
import subprocess
import tempfile
import time
from concurrent.futures import Executor

from . import drawn, pictures
from .client import Client
from .server import binary

NAMES = """Ada Adler, Bo Berg, Chen Jing (陈静), Dara Doyle, Elif Ersoy, Farid Faris, Grace Gill, Hiro Hara, Inés Ibarra,
Jonas Jung, Kofi Kusi, Li Na (李娜), Mina Moradi, Noor Nasser, Omar Odeh, Priya Patel, Quinn Quick, Rosa Rossi, Sven Sand,
Tomás Torres, Uma Unger, Vera Voss, Wang Wei (王伟), Yuki Yano"""
STUDENTS = [" ".join(name.split()) for name in NAMES.split(",")]
EARLIER = ("Simulated: Decimals", "Simulated: Percentages")
EVERY_S, EARLIER_S = 10, 150


class Student:
    """When this one is here, and the score they are at: a slow wave of their own on the class's."""

    def __init__(self, number: int):
        self.id, self.name = f"simulated-{number + 1}", STUDENTS[number]
        self.person = number % len(drawn.PEOPLE)
        self.random = random.Random(number)
        self.base, self.swing = self.random.triangular(0, 1, 0.85), self.random.uniform(0.1, 0.3)
        if number % 8 == 3:
            self.base /= 4
        self.period, self.phase = self.random.uniform(60, 200), self.random.uniform(0, math.tau)
        self.absent = number % 11 == 7

    def picture(self, gallery: "Gallery", seconds: float) -> bytes | None:
        """What the camera shows at a time of the lesson; None while it is off."""
        if self.absent or math.sin(seconds / 190 + self.phase * 5) > 0.97:
            return None
        if math.sin(seconds / 83 + self.phase * 3) > 0.985:
            return gallery.nobody
        together = -0.35 * math.exp(-(((seconds % 540 - 330) / 70) ** 2))
        own = self.swing * math.sin(seconds / self.period + self.phase)
        return gallery.near(self.person, self.base + own + together, self.random)


class Gallery:
    """The drawn faces, each person's by the score that `classpulse analyze` gives them."""

    def __init__(self) -> None:
        self.nobody = pictures.no_face()
        faces = [
            (number, pictures.jpeg(drawn.draw(person, look, seed=number)))
            for number, person in enumerate(drawn.PEOPLE)
            for look in drawn.EXPRESSIONS
        ]
        with tempfile.TemporaryDirectory() as folder:
            files = [pathlib.Path(folder, f"{number}.jpg") for number in range(len(faces))]
            for file, (_, face) in zip(files, faces, strict=True):
                file.write_bytes(face)
            answer = subprocess.run([binary(), "analyze", "--json", *files], check=True, capture_output=True, text=True)
        scores = [json.loads(line)["concentration"]["score"] for line in answer.stdout.splitlines()]
        self.scored: dict[int, list[tuple[float, bytes]]] = {number: [] for number in range(len(drawn.PEOPLE))}
        for score, (number, face) in zip(scores, faces, strict=True):
            if score is not None:
                self.scored[number].append((score, face))

    def near(self, person: int, wanted: float, chance: random.Random) -> bytes:
        """One of the three pictures nearest to `wanted`, 0…1 of the range of scores that there are pictures for."""
        scored = self.scored[person]
        low, high = min(scored)[0], max(scored)[0]
        target = low + min(1, max(0, wanted)) * (high - low)
        return chance.choice(sorted(scored, key=lambda entry: abs(entry[0] - target))[:3])[1]


def prepare(
    admin: Client, pool: Executor, gallery: Gallery, students: list[Student], minutes: float
) -> tuple[str, str]:
    """The class with its earlier lessons, and the lesson that has been going on for so many minutes."""
    group = admin.make_class("Simulated class", {student.id: student.name for student in students}, "simulated")
    for number, title in enumerate(EARLIER):
        lesson = admin.start_lesson(group, title)
        backfill(admin, pool, gallery, students, lesson, EARLIER_S, shift=-4000.0 * (number + 1))
        admin.send("POST", f"/v1/sessions/{lesson}/end")
    lesson = admin.start_lesson(group, "Simulated: Fractions")
    backfill(admin, pool, gallery, students, lesson, minutes * 60)
    return group, lesson


def backfill(admin, pool, gallery, students, lesson: str, length: float, shift: float = 0) -> None:
    """Posts what the cameras showed since `length` seconds ago, a picture every EVERY_S; `shift` makes lessons differ."""
    start = time.time() - length
    moment = start
    # Until now, however long the posting takes: no hole is left before the live part.
    while moment < time.time():
        text = datetime.datetime.fromtimestamp(moment, datetime.UTC).isoformat(timespec="milliseconds")
        post(admin, pool, gallery, students, lesson, shift + moment - start, text.replace("+00:00", "Z"))
        moment += EVERY_S


def post(admin, pool, gallery, students, lesson: str, seconds: float, captured_at: str | None = None) -> None:
    shown = ((student, student.picture(gallery, seconds)) for student in students)
    sent = [pool.submit(admin.post_frame, lesson, s.id, picture, captured_at) for s, picture in shown if picture]
    for answer in sent:
        answer.result()
