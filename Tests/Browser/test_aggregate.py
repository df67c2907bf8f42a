"""The class as a whole: no individuals, and no figures of a group too small to hide in."""

import unittest

from classroom import pictures
from classroom.case import BrowserTestCase, percent
from classroom.server import ADMIN, Server

STUDENTS = {"ada": "Ada", "bo": "Bo", "chen": "Chen", "dara": "Dara"}


class AggregateTests(BrowserTestCase):
    @classmethod
    def make_server(cls) -> Server:
        return Server("--set=visibility=aggregate", "--set=minimum_group_size=3")

    def setUp(self) -> None:
        super().setUp()
        self.group = self.admin.make_class("Maths 7b", STUDENTS)
        self.lesson = self.admin.start_lesson(self.group, "Fractions")

    def figures(self) -> dict:
        return self.admin.get(f"/v1/sessions/{self.lesson}/dashboard")["class"]

    def test_figures_come_with_the_third_student_and_names_never(self) -> None:
        self.browser.console()
        self.browser.sign_in(self.base + "/dashboard", ADMIN)
        self.browser.wait(lambda: "as a whole" in self.browser.text(".now"), "what is shown is said")
        for student in ("ada", "bo"):
            self.admin.post_frame(self.lesson, student, pictures.face())
        self.browser.wait(lambda: "Too few students" in self.browser.text(".now"), "what is withheld is said")
        self.assertIsNone(self.figures()["median"])
        self.assertEqual(self.browser.text("#class-median"), "–")
        self.assertIn("Unknown", self.browser.text(".now"))
        for student in ("ada", "bo", "chen"):
            self.admin.post_frame(self.lesson, student, pictures.face())
        self.browser.wait(
            lambda: (
                (median := self.figures()["median"]) is not None
                and self.browser.text("#class-median") == percent(median)
            ),
            "the class's median",
        )
        self.assertEqual(self.browser.all(".tile"), [])
        self.assertFalse(self.browser.one(".students").is_displayed())
        self.assertFalse(self.browser.one(".presence").is_displayed())
        page = self.browser.js("return document.body.textContent")
        for name in STUDENTS.values():
            self.assertNotIn(name, page)
        self.assert_quiet_console()

    def test_a_report_is_for_the_student_alone(self) -> None:
        self.admin.post_frame(self.lesson, "ada", pictures.face())
        own = f"/report?class={self.group}&student=ada&session={self.lesson}"
        self.browser.sign_in(self.base + own, self.server.token("teacher", self.group)["token"])
        self.browser.wait(lambda: "only to the student" in self.browser.text("main [role=alert]"), "the refusal")
        self.assertFalse(self.browser.one(".report").is_displayed())
        pages = "return [...document.querySelectorAll('nav a')].map(link => link.getAttribute('href'))"
        self.assertEqual(self.browser.js(pages), ["/dashboard"], "a teacher is offered what is open to teachers")
        self.browser.console()
        self.browser.sign_in(self.base + own, self.server.token("student", self.group, "ada")["token"])
        self.browser.wait(lambda: "%" in self.browser.text("#report-mean"), "the own report")
        self.assert_quiet_console()


if __name__ == "__main__":
    unittest.main()
