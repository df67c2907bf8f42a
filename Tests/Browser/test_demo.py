"""`make demo` as a visitor meets it: the program, the tokens it prints, the pages they open."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

from classroom.browser import CHROMIUM, DRIVER, Browser
from classroom.server import binary, free_port

STUDENTS = 3


class DemoTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        if not (CHROMIUM and DRIVER):
            raise unittest.SkipTest("no chromium or chromedriver: `make setup` installs them")
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.quit)
        script = pathlib.Path(__file__).with_name("demo.py")
        command = [
            sys.executable,
            "-u",
            script,
            "--port",
            str(free_port()),
            "--students",
            str(STUDENTS),
            "--minutes",
            "1",
        ]
        log = cls.enterClassContext(tempfile.TemporaryFile())
        environment = os.environ | {"CLASSPULSE_BINARY": str(binary())}
        demo = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
        cls.addClassCleanup(demo.wait, 120)
        cls.addClassCleanup(demo.terminate)

        def said() -> str:
            log.seek(0)
            text = log.read().decode()
            if demo.poll() is not None:
                raise AssertionError(text)
            return text if "goes on" in text else ""

        text = cls.browser.wait(said, "the tokens", seconds=240)
        cls.doors = dict(re.findall(r"(http://\S+/(?:dashboard|report|join))\s+token\s+(\S+)", text))

    def visit(self, page: str) -> None:
        self.browser.console()
        self.browser.sign_in(*next(door for door in self.doors.items() if door[0].endswith(page)))

    def test_the_teacher_sees_a_lesson_that_lives_and_is_called_simulated(self) -> None:
        self.visit("/dashboard")
        self.browser.wait(lambda: len(self.browser.all(".tile")) == STUDENTS + 1, "a tile each, and the visitor's")
        self.assertIn("Simulated", self.browser.text("#class"))
        self.assertRegex(
            self.browser.js("return document.querySelector('#lesson').selectedOptions[0].text"), "^Simulated"
        )
        self.browser.wait(lambda: "%" in self.browser.text("#class-median"), "the class's figure")
        shown = self.browser.text(".tiles")
        self.browser.wait(lambda: self.browser.text(".tiles") != shown, "a change")
        self.assertEqual(self.browser.console(), [])

    def test_a_student_has_a_report_with_other_lessons(self) -> None:
        self.visit("/report")
        self.browser.wait(lambda: len(self.browser.all(".lesson-row")) == 3, "three lessons")
        self.assertIn("%", self.browser.text("#report-mean"))
        self.assertEqual(self.browser.console(), [])

    def test_the_visitor_is_asked_before_the_own_camera_is_used(self) -> None:
        self.visit("/join")
        self.browser.wait(lambda: self.browser.one("#agree"), "the notice")
        self.assertEqual(self.browser.console(), [])


if __name__ == "__main__":
    unittest.main()
