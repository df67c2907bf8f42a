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
from selenium.webdriver.common.keys import Keys


def stamp(moment: datetime.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


# The page refreshes an open lesson every 10 s; here every second.
HASTE = "const real = window.setTimeout; window.setTimeout = (run, wait, ...rest) => real(run, wait / 10, ...rest);"


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

    def pick(self, what: str, value: str) -> None:
        self.browser.js(
            """const select = document.getElementById(`pick-${arguments[0]}`);
            select.value = arguments[1]; select.dispatchEvent(new Event('change'))""",
            what,
            value,
        )

    def open_lesson(self) -> dict[str, str]:
        """Another class with a lesson that is still open, so that its report is read again and again."""
        group = self.admin.make_class("Maths 8a", {"ada": "Ada"})
        lesson = self.admin.start_lesson(group, "Angles")
        self.admin.post_frame(lesson, "ada", pictures.face())
        self.browser.inject(HASTE)
        self.addCleanup(self.browser.inject, "")
        return {"class": group, "session": lesson}

    def read_again(self) -> None:
        script = "return performance.getEntriesByType('resource').filter(e => e.name.includes('/timeline')).length"
        before = self.browser.js(script)
        self.browser.wait(lambda: self.browser.js(script) >= before + 2, "the open lesson is read again")

    def test_an_open_lesson_is_no_longer_read_once_a_class_without_students_is_picked(self) -> None:
        empty = self.admin.make_class("Nobody yet", {})
        self.open(**self.open_lesson())
        self.read_again()
        self.pick("class", empty)
        self.browser.wait(lambda: self.browser.one("main .card.empty"), "nobody to report on")
        self.browser.js("return new Promise(done => real(done, 2500))")
        self.assertTrue(self.browser.one("main .card.empty"))
        self.assertFalse(self.browser.one(".notice-error"), self.browser.text("main"))
        self.assertFalse(self.browser.one(".report:not([hidden])"))
        self.assert_quiet_console()

    def test_a_lesson_that_could_not_be_read_does_not_get_another_one_s_figures(self) -> None:
        self.open()
        self.browser.js("window.real = window.fetch; window.fetch = () => Promise.reject(new TypeError('offline'))")
        self.pick("session", self.earlier)
        self.browser.wait(lambda: self.browser.one(".notice-error"), "the error")
        self.browser.click("header button[data-text='language.other']")
        self.assertFalse(self.browser.one(".report:not([hidden])"))
        self.browser.click("header button[data-text='language.other']")
        self.browser.click(".notice-error button")
        self.assertEqual(self.browser.js("return document.activeElement.id"), "main", "the button is gone")
        self.browser.js("window.fetch = window.real")
        self.browser.wait(lambda: self.browser.one(".report:not([hidden])"), "the report")
        self.assertEqual(self.browser.text(".lesson-row[aria-current] .lesson-name"), "Fractions")

    def test_an_open_lesson_is_read_on_after_an_error_and_until_its_end(self) -> None:
        wanted = self.open_lesson()
        self.open(**wanted)
        self.browser.js("window.kept = window.fetch; window.fetch = () => Promise.reject(new TypeError('offline'))")
        self.browser.wait(lambda: self.browser.one(".notice-error"), "the error")
        self.assertTrue(self.browser.one(".report:not([hidden])"), "what was read stays")
        self.browser.js("window.fetch = window.kept")
        self.browser.wait(lambda: not self.browser.one(".notice-error"), "read again by itself")
        self.read_again()
        chosen = lambda: self.browser.js("return document.querySelector('#pick-session').selectedOptions[0].text")
        self.assertIn("now", chosen())
        self.admin.send("POST", f"/v1/sessions/{wanted['session']}/end")
        self.browser.wait(lambda: "now" not in chosen(), "the end")
        script = "return performance.getEntriesByType('resource').filter(e => e.name.includes('/timeline')).length"
        self.browser.js("return new Promise(done => real(done, 1000))")
        before = self.browser.js(script)
        self.browser.js("return new Promise(done => real(done, 2500))")
        self.assertEqual(self.browser.js(script), before, "nothing changes any more")

    def test_the_rule_is_told_and_a_mixture_too(self) -> None:
        self.open()
        report = self.admin.get(f"/v1/sessions/{self.lesson}/students/ada/report")
        self.assertIn(report["rule"], self.browser.text("#report-rule"))
        self.assertEqual(self.browser.text("#report-mixed"), "")
        self.addCleanup(self.browser.inject, "")
        self.browser.change_answers("/report$", "value => ({ ...value, rules: ['older@1', value.rule] })")
        self.open()
        self.assertIn(f"mixed here: older@1, {report['rule']}", self.browser.text("#report-mixed"))

    def test_presence_is_not_called_concentration(self) -> None:
        self.addCleanup(self.browser.inject, "")
        self.browser.change_answers("/report$", "value => ({ ...value, rule: 'presence@1', rules: ['presence@1'] })")
        self.open()
        said = lambda: self.browser.js(
            """const told = [...document.querySelectorAll('main [aria-label]')].map(e => e.getAttribute('aria-label'));
            return [document.querySelector('main').textContent, ...told].join(' ')"""
        )
        self.assertIn("Face in front of the camera", said())
        self.assertNotIn("oncentration", said())
        self.browser.click("header button[data-text='language.other']")
        self.assertIn("人脸", said())
        self.assertNotIn("专注", said())

    def test_the_lesson_in_focus_keeps_it(self) -> None:
        self.open(**self.open_lesson())
        self.browser.js("document.querySelector('.lesson-name').focus()")
        self.read_again()
        self.assertEqual(self.browser.js("return document.activeElement.innerText"), "Angles")

    def test_arrow_keys_read_the_chart(self) -> None:
        self.open()
        plot = self.browser.one(".chart-plot")
        told = lambda: [plot.get_attribute(f"aria-{name}") for name in ("valuenow", "valuemax", "valuetext")]
        windows = len(self.admin.get(f"/v1/sessions/{self.lesson}/students/ada/timeline?resolution=10s")["windows"])
        self.assertEqual((plot.get_attribute("role"), told()), ("slider", ["0", str(windows), "–"]))
        plot.send_keys(Keys.HOME, Keys.ARROW_RIGHT)
        self.assertEqual(told()[:2], ["2", str(windows)])
        self.assertEqual(told()[2], self.browser.text(".readout"))
        prevented = self.browser.js(
            """const back = new KeyboardEvent('keydown', {key: 'ArrowLeft', altKey: true, bubbles: true, cancelable: true});
            return !arguments[0].dispatchEvent(back)""",
            plot,
        )
        self.assertFalse(prevented, "Alt and an arrow are the browser's own")
        self.assertEqual(told()[0], "2")

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
        self.assertTrue(table.read_bytes().startswith(b"\xef\xbb\xbf"), "Excel reads UTF-8")
        with table.open(newline="", encoding="utf-8-sig") as file:
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
