"""The report: figures as the API's, files that hold them, and a page fit for paper."""

import base64
import csv
import datetime
import json
import pathlib
import tempfile
import unittest

from classroom import pictures
from classroom.browser import Browser
from classroom.case import BrowserTestCase, percent
from classroom.server import ADMIN


def stamp(moment: datetime.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


class ReportTests(BrowserTestCase):
    @classmethod
    def make_browser(cls) -> Browser:
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.downloads = pathlib.Path(folder.name)
        return Browser(downloads=cls.downloads)

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        admin = cls.server.admin
        cls.group = admin.make_class("Maths 7b", {"ada": "Ada", "bo": "Bo"})
        cls.earlier, cls.lesson = (admin.start_lesson(cls.group, title) for title in ("Fractions", "Decimals"))
        now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
        face, none = pictures.face(), pictures.no_face()
        # Two and a half minutes with a hole of forty seconds and twenty-five without a face.
        for second in [*range(0, 40, 5), *range(80, 150, 5)]:
            at = stamp(now - datetime.timedelta(seconds=150 - second))
            admin.post_frame(cls.lesson, "ada", none if 100 <= second < 125 else face, at)
        admin.post_frame(cls.earlier, "ada", face)
        for lesson in (cls.earlier, cls.lesson):
            admin.send("POST", f"/v1/sessions/{lesson}/end")

    def open(self, **wanted: str) -> None:
        query = "&".join(
            f"{key}={value}"
            for key, value in ({"class": self.group, "student": "ada", "session": self.lesson} | wanted).items()
        )
        self.browser.console()
        self.browser.sign_in(f"{self.base}/report?{query}", ADMIN)
        self.browser.wait(lambda: self.browser.one(".report:not([hidden])"), "the report")

    def test_figures_are_the_api_s(self) -> None:
        self.open()
        report = self.admin.get(f"/v1/sessions/{self.lesson}/students/ada/report")
        self.assertEqual(self.browser.text("h1"), "Ada")
        self.assertEqual(self.browser.text("#report-mean"), percent(report["mean"]))
        figures = self.browser.js("return [...document.querySelectorAll('.figures dd')].map(e => e.textContent)")
        quantiles = report["quantiles"]
        self.assertEqual(figures[0], percent(quantiles["p50"]))
        self.assertEqual(figures[1], f"{percent(quantiles['p25'])} to {percent(quantiles['p75'])}")
        self.assertEqual(figures[2], percent(report["coverage"]))
        self.assertEqual(figures[3], f"{report['frames']['scored']} of {report['frames']['received']} scored")
        rows = self.browser.js("return [...document.querySelectorAll('.lesson-row')].map(e => e.innerText)")
        self.assertEqual(len(rows), 2)
        self.assertEqual(self.browser.text(".lesson-row[aria-current] .lesson-name"), "Decimals")
        self.assert_quiet_console()

    def test_holes_are_gaps(self) -> None:
        self.open()
        self.assertGreaterEqual(len(self.browser.all(".gap")), 2)
        starts = self.browser.js("return document.querySelector('.raw').getAttribute('d').split('M').length - 1")
        self.assertGreaterEqual(starts, 3, "the line is broken where nothing is known")

    def test_all_lessons_and_back(self) -> None:
        self.open(session="all")
        report = self.admin.get(f"/v1/classes/{self.group}/students/ada/report")
        self.assertEqual(self.browser.text("#report-mean"), percent(report["mean"]))
        self.browser.js(
            "[...document.querySelectorAll('.lesson-name')].find(e => e.textContent === 'Fractions').click()"
        )
        self.browser.wait(lambda: self.earlier in self.browser.driver.current_url, "the lesson that was picked")

    def test_a_student_without_frames_has_an_empty_report(self) -> None:
        self.open(student="bo")
        self.assertEqual(self.browser.text("#report-mean"), "–")
        self.assertIn("Unknown", self.browser.text(".summary"))
        self.assert_quiet_console()

    def test_exports_hold_the_windows(self) -> None:
        self.open()
        windows = self.admin.get(f"/v1/sessions/{self.lesson}/students/ada/timeline?resolution=10s&limit=1000")[
            "windows"
        ]
        name = f"classpulse-ada-{self.lesson}"
        self.browser.click(".tools button:nth-child(1)")
        table = self.browser.wait(lambda: next(self.downloads.glob(f"{name}*.csv"), None), "the CSV file")
        with table.open(newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([row["start"] for row in rows], [window["start"] for window in windows])
        for row, window in zip(rows, windows, strict=True):
            self.assertEqual(row["score"], "" if window["score"] is None else str(window["score"]))
            self.assertEqual((row["level"], int(row["received"])), (window["level"], window["received"]))
        self.browser.click(".tools button:nth-child(2)")
        document = self.browser.wait(lambda: next(self.downloads.glob(f"{name}*.json"), None), "the JSON file")
        self.assertEqual(json.loads(document.read_text())["windows"], windows)

    def test_windows_of_a_minute(self) -> None:
        self.open()
        tens = len(self.browser.all(".chart .coverage"))
        self.browser.js(
            "const s = document.querySelector('#resolution'); s.value = '60s'; s.dispatchEvent(new Event('change'))"
        )
        self.browser.wait(lambda: 0 < len(self.browser.all(".chart .coverage")) < tens, "fewer and longer windows")
        windows = self.admin.get(f"/v1/sessions/{self.lesson}/students/ada/timeline?resolution=60s&limit=1000")[
            "windows"
        ]
        known = [window for window in windows if window["coverage"]]
        self.assertEqual(len(self.browser.all(".chart .coverage")), len(known))

    def test_paper(self) -> None:
        self.open(theme="dark")
        pdf = base64.b64decode(self.browser.driver.print_page())
        self.assertTrue(pdf.startswith(b"%PDF"))
        self.assertLessEqual(pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page "), 2)
        self.browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        self.assertFalse(self.browser.one(".bar").is_displayed())
        self.assertFalse(self.browser.one(".tools").is_displayed())
        self.assertEqual(self.browser.js("return getComputedStyle(document.documentElement).colorScheme"), "light")
        self.browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


if __name__ == "__main__":
    unittest.main()
