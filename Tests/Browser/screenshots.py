"""Pictures of the pages with a simulated class, whose faces are drawn.

.venv/bin/python Tests/Browser/screenshots.py              Docs/images, as the documents show them
.venv/bin/python Tests/Browser/screenshots.py --all DIR    every page in three widths, both themes and languages
"""

import argparse
import base64
import io
import itertools
import pathlib
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

from classroom import drawn, pictures, simulation
from classroom.browser import Browser
from classroom.server import ADMIN, ROOT, Server
from PIL import Image

LARGEST = 240_000


def film(folder: pathlib.Path) -> pathlib.Path:
    """A drawn face for the fake camera, with a smile that comes and goes."""
    path, smile = folder / "camera.mjpeg", drawn.Expression(smile=1, mouth=0.3)
    shares = [abs(number - 10) / 10 for number in range(20)]
    frames = [drawn.draw(drawn.PEOPLE[3], drawn.CALM.mixed(smile, 1 - share), seed=3) for share in shares]
    path.write_bytes(b"".join(pictures.jpeg(frame) for frame in frames))
    return path


class Studio:
    """A server with a simulated class, a large one, and a browser with a camera."""

    def __init__(self, folder: pathlib.Path, minutes: float, with_large: bool):
        self.server, self.browser = Server(), Browser(camera=film(folder))
        self.browser.driver.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": True})
        admin, self.gallery = self.server.admin, simulation.Gallery()
        self.students = [simulation.Student(number) for number in range(len(simulation.STUDENTS))]
        self.pool = ThreadPoolExecutor(4)
        if with_large:
            long = "Maximiliane Alexandrowna von und zu Hohenstein-Rautenberg "
            names = {f"s{n}": (long if n % 9 == 4 else "Student ") + str(n) for n in range(200)}
            self.large = admin.make_class("A large class with a name that does not want to end" * 3, names)
            self.lecture = admin.start_lesson(self.large, "Lecture: " + "on titles of great length " * 6)
        self.group, self.lesson = simulation.prepare(admin, self.pool, self.gallery, self.students, minutes)
        self.began = time.time() - minutes * 60
        admin.send("PUT", f"/v1/classes/{self.group}/students/visitor", {"display_name": "You (your camera)"})
        self.visitor = self.server.token("student", self.group, "visitor")["token"]
        self.teacher = self.server.token("teacher", self.group)["token"]

    def fill(self) -> None:
        """Every third student of the large class is seen now."""
        chance = self.students[0].random
        for number in range(0, 200, 3):
            picture = self.gallery.near(number % len(drawn.PEOPLE), number / 200, chance)
            self.server.admin.post_frame(self.lecture, f"s{number}", picture)

    def go_on(self, seconds: float) -> None:
        """The lesson goes on: a picture of each student every two seconds."""
        until = time.time() + seconds
        while time.time() < until:
            simulation.post(
                self.server.admin, self.pool, self.gallery, self.students, self.lesson, time.time() - self.began
            )
            time.sleep(min(2, max(0, until - time.time())))

    def open(self, path: str, token: str, ready: str, **stored: str) -> None:
        self.browser.sign_in(self.server.base + path, token, **stored)
        self.browser.wait(lambda: self.browser.one(ready), ready)

    def camera(self, **stored: str) -> None:
        """The camera page at work."""
        consent = {"granted": True, "notice_version": self.server.admin.get("/v1/notice")["version"]}
        self.server.admin.send("PUT", f"/v1/classes/{self.group}/students/visitor/consent", consent)
        self.open("/join", self.visitor, "#start", **stored)
        self.browser.click("#start")
        self.browser.wait(lambda: "%" in self.browser.text("#reading"), "a reading")
        time.sleep(8)

    def shoot(self, path: pathlib.Path, whole: bool = False) -> None:
        settings = {"format": "png", "captureBeyondViewport": whole}
        answer = self.browser.driver.execute_cdp_cmd("Page.captureScreenshot", settings)
        picture = Image.open(io.BytesIO(base64.b64decode(answer["data"]))).convert("RGB")
        picture.save(path, optimize=True)
        if path.stat().st_size > LARGEST:  # noise of a camera
            picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
        print(f"{path.name}: {picture.width}×{picture.height}, {path.stat().st_size // 1000} kB", flush=True)

    def close(self) -> None:
        self.pool.shutdown()
        self.browser.quit()
        self.server.stop()


def documents(studio: Studio) -> None:
    folder = ROOT / "Docs/images"
    folder.mkdir(exist_ok=True)
    report = f"/report?class={studio.group}&student={studio.students[1].id}&session={studio.lesson}"
    studio.browser.size(1280, 1158)
    studio.go_on(12)
    studio.open("/dashboard", studio.teacher, ".tile", theme="light", language="en")
    studio.go_on(10)
    studio.shoot(folder / "dashboard.png")
    studio.open(report, studio.teacher, ".report:not([hidden]) .median", theme="light", language="en")
    studio.browser.size(1280, 1420)
    time.sleep(1)
    studio.shoot(folder / "report.png")
    studio.browser.size(1280, 720)
    studio.camera(theme="light", language="en")
    studio.shoot(folder / "camera.png")


def everything(studio: Studio, folder: pathlib.Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    of = f"class={studio.group}&student={studio.students[3].id}"
    pages = [
        ("sign-in", "/dashboard", "not a token of this server", "#token-problem:not(:empty)"),
        ("dashboard", "/dashboard", studio.teacher, ".tile"),
        ("report", f"/report?{of}&session={studio.lesson}", studio.teacher, ".report:not([hidden]) .median"),
        ("report-all", f"/report?{of}&session=all", studio.teacher, ".report:not([hidden])"),
        ("report-none", f"/report?class={studio.group}&student=visitor", studio.teacher, ".report:not([hidden])"),
        ("notice", "/join", studio.visitor, "#agree"),
    ]
    looks = itertools.product(((390, 844), (1280, 900), (1920, 1080)), ("light", "dark"), ("en", "zh"))
    for (width, height), theme, language in looks:
        studio.browser.size(width, height)
        consent = f"/v1/classes/{studio.group}/students/visitor/consent"
        studio.server.admin.send("PUT", consent, {"granted": False, "notice_version": "1"})
        studio.go_on(2)
        for name, path, token, ready in pages:
            studio.open(path, token, ready, theme=theme, language=language)
            time.sleep(0.7)
            studio.shoot(folder / f"{name}-{width}-{theme}-{language}.png", whole=True)
        studio.camera(theme=theme, language=language)
        studio.shoot(folder / f"camera-{width}-{theme}-{language}.png", whole=True)
        studio.fill()
        studio.open("/dashboard", ADMIN, ".tile", theme=theme, language=language)
        studio.browser.js(
            "const c = document.querySelector('#class'); c.value = arguments[0]; c.dispatchEvent(new Event('change'))",
            studio.large,
        )
        studio.browser.wait(lambda: len(studio.browser.all(".tile")) > 30, "the large class")
        time.sleep(0.7)
        studio.shoot(folder / f"large-{width}-{theme}-{language}.png", whole=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", type=pathlib.Path, metavar="DIR")
    parser.add_argument("--minutes", type=float, default=20, help="of the lesson that have passed (20)")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(pathlib.Path(folder), wanted.minutes, bool(wanted.all))
        try:
            everything(studio, wanted.all) if wanted.all else documents(studio)
        finally:
            studio.close()


if __name__ == "__main__":
    main()
