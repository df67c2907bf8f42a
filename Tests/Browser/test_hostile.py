"""Wrong or hostile data is text or an error, never a broken or executed page."""

import unittest

from classroom import pictures
from classroom.case import BrowserTestCase
from classroom.server import ADMIN

MARKUP = '<img src=x onerror="window.executed=1"><script>window.executed=1</script>'
NAMES = {
    "markup": MARKUP,
    "long": "W" * 200,
    "rtl": "\u202egnp.exe",
    "mark": "Z\u0310\u0311\u0312" * 40,
    "blank": "\u3000 \u3000x",
}


class HostileTests(BrowserTestCase):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        admin = cls.server.admin
        cls.names = {}
        cls.group = admin.make_class(MARKUP, {})
        version = admin.get("/v1/notice")["version"]
        for student, name in NAMES.items():
            consent = {"granted": True, "notice_version": version}
            try:
                admin.send(
                    "PUT", f"/v1/classes/{cls.group}/students/{student}", {"display_name": name, "consent": consent}
                )
                cls.names[student] = name
            except Exception as refusal:  # noqa: BLE001 - what the server refuses cannot reach the page
                print(f"the server refuses the name {name[:20]!r}: {refusal}")
        cls.lesson = admin.start_lesson(cls.group, MARKUP)
        admin.post_frame(cls.lesson, "markup", pictures.face())

    def tearDown(self) -> None:
        self.browser.inject("")

    def open(self, path: str, selector: str) -> None:
        self.browser.console()
        self.browser.sign_in(self.base + path, ADMIN)
        self.browser.wait(lambda: self.browser.one(selector), selector)

    def assert_intact(self) -> None:
        self.assertIsNone(self.browser.js("return window.executed ?? null"))
        width = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        for size in (390, 1280):
            self.browser.size(size, 900)
            self.assertLessEqual(self.browser.js(width), 0, f"wider than the window of {size} pixels")
        self.assert_quiet_console()

    def test_markup_in_names_and_titles_is_text(self) -> None:
        self.assertGreaterEqual(len(self.names), 2, self.names)
        self.open("/dashboard", ".tile")
        shown = self.browser.js("return [...document.querySelectorAll('.tile-name')].map(e => e.textContent)")
        self.assertEqual(sorted(shown), sorted(self.names.values()))
        self.assertIn(MARKUP, self.browser.js("return document.querySelector('#lesson').textContent"))
        self.assert_intact()
        self.open(f"/report?class={self.group}&student=markup", ".report:not([hidden])")
        self.assertEqual(self.browser.js("return document.querySelector('h1').textContent"), MARKUP)
        self.assert_intact()

    def test_very_long_texts_do_not_break_the_page(self) -> None:
        change = """value => { const long = 'x'.repeat(10000); value.session.title = long;
          for (const student of value.students) student.display_name = long; return value; }"""
        self.browser.change_answers("/dashboard$", change)
        self.open("/dashboard", ".tile")
        self.assert_intact()

    def test_missing_and_wrong_fields_are_unknown(self) -> None:
        change = """value => { const first = value.students[0]; first.score = 'high'; first.level = '<b>'; first.spark = {0: 1};
          first.last_seen = 'yesterday'; first.trend = null; delete first.display_name; delete first.coverage;
          value.students.push(null, 7, {}); value.class = {median: 'x', timeline: {start: 5, median: [1, 'a', null]}};
          delete value.poll_after_ms; delete value.generated_at; return value; }"""
        self.browser.change_answers("/dashboard$", change)
        self.open("/dashboard", ".tile")
        self.assertEqual(len(self.browser.all(".tile")), len(self.names))
        first = self.admin.get(f"/v1/sessions/{self.lesson}/dashboard")["students"][0]["student"]
        self.assertEqual(
            self.browser.js("return document.querySelector(`[data-student='${arguments[0]}']`).dataset.level", first),
            "unknown",
        )
        self.assert_intact()

    def test_an_answer_that_is_no_dashboard_is_an_error(self) -> None:
        for change in (
            "value => []",
            "value => null",
            "value => ({session: null})",
            "value => ({session: {id: 'x'}, class: null})",
        ):
            with self.subTest(change):
                self.browser.change_answers("/dashboard$", change)
                self.browser.sign_in(self.base + "/dashboard", ADMIN)
                self.browser.wait(lambda: "could not be read" in self.browser.text(".status"), "an error")

    def test_clock_of_the_device_does_not_matter(self) -> None:
        for hours in (-3, 3):
            with self.subTest(hours=hours):
                self.browser.inject(f"const now = Date.now; Date.now = () => now() + {hours} * 3600000;")
                self.server.admin.post_frame(self.lesson, "markup", pictures.face())
                self.open("/dashboard", ".tile")
                self.browser.wait(
                    lambda: any(
                        word in self.browser.text(".tile[data-student=markup] .tile-seen")
                        for word in ("just now", "sec.")
                    ),
                    "the age by the server's clock",
                )
        self.assert_intact()


if __name__ == "__main__":
    unittest.main()
