"""axe-core's rules of WCAG 2.1 A and AA over every page, both themes and languages, at two widths."""

import importlib.util
import pathlib
import unittest

from classroom import pictures
from classroom.case import BrowserTestCase
from classroom.server import ADMIN
from selenium.webdriver.common.keys import Keys

RUN = """const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']}).then(
  result => done(result.violations.map(v => `${v.id}: ${v.nodes.map(n => n.html + ' ' + n.failureSummary).slice(0, 3).join(' | ')}`)));"""


def axe() -> str:
    spec = importlib.util.find_spec("axe_core_python")
    return (pathlib.Path(spec.origin).parent / "axe.min.js").read_text()


class AccessibilityTests(BrowserTestCase):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        admin = cls.server.admin
        cls.axe = axe()
        cls.group = admin.make_class("Maths 7b", {"ada": "Ada", "bo": "Bo", "chen": "Chen"})
        cls.lesson = admin.start_lesson(cls.group, "Fractions")
        for student in ("ada", "bo"):
            admin.post_frame(cls.lesson, student, pictures.face())

    def check(self, path: str, ready: str, token: str = ADMIN) -> None:
        for theme, language, width in (("light", "en", 1280), ("dark", "zh", 390)):
            with self.subTest(path=path, theme=theme, language=language, width=width):
                self.browser.size(width, 900)
                self.browser.sign_in(self.base + path, token, theme=theme, language=language)
                self.browser.wait(lambda: self.browser.one(ready), ready)
                self.browser.js(self.axe)
                self.assertEqual(self.browser.driver.execute_async_script(RUN), [])

    def test_sign_in(self) -> None:
        self.check("/dashboard", "#token-problem:not(:empty)", "not a token of this server")

    def test_dashboard(self) -> None:
        self.check("/dashboard", ".tile[data-student=ada]")

    def test_report(self) -> None:
        self.check(f"/report?class={self.group}&student=ada&session={self.lesson}", ".report:not([hidden]) .median")

    def test_notice_and_camera(self) -> None:
        self.admin.send(
            "PUT", f"/v1/classes/{self.group}/students/chen/consent", {"granted": False, "notice_version": "1"}
        )
        self.check("/join", "#agree", self.server.token("student", self.group, "chen")["token"])
        self.check("/join", "#start", self.server.token("student", self.group, "ada")["token"])

    def test_keyboard_reaches_every_control(self) -> None:
        self.browser.sign_in(self.base + "/dashboard", ADMIN)
        self.browser.wait(lambda: len(self.browser.all(".tile")) == 3, "tiles")
        seen = []
        self.browser.js("document.activeElement.blur()")
        for _ in range(40):
            self.browser.driver.switch_to.active_element.send_keys(Keys.TAB)
            seen.append(
                self.browser.js("const e = document.activeElement; return e.id || e.className || e.textContent")
            )
        for control in ("skip", "class", "lesson", "chart-plot", "chip", "search", "order", "tile-link"):
            self.assertIn(control, seen)


if __name__ == "__main__":
    unittest.main()
