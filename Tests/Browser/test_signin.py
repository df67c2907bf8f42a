"""Signing in and out; what each role is shown; tokens that end."""

import unittest

from classroom.case import BrowserTestCase
from classroom.server import ADMIN
from selenium.webdriver.common.keys import Keys

REQUESTS = "return performance.getEntriesByType('resource').map(e => e.name).filter(n => n.includes('/v1/'))"


class SignInTests(BrowserTestCase):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.group = cls.server.admin.make_class("Maths 7b", {"ada": "Ada", "bo": "Bo"})
        cls.lesson = cls.server.admin.start_lesson(cls.group, "Fractions")

    def visit(self, path: str) -> None:
        self.browser.open(self.base + "/favicon.ico")
        self.browser.js("sessionStorage.clear(); localStorage.clear()")
        self.browser.console()
        self.browser.open(self.base + path)
        self.browser.wait(lambda: self.browser.one("input"))

    def test_token_is_the_first_input_and_nothing_is_asked_before(self) -> None:
        for path in ("/", "/dashboard", "/report", "/join"):
            with self.subTest(path):
                self.visit(path)
                first = self.browser.one("input")
                self.assertEqual(first.get_attribute("id"), "token")
                self.assertEqual(self.browser.js("return document.activeElement.id"), "token")
                self.assertEqual(self.browser.js(REQUESTS), [])
                self.assert_quiet_console()

    def test_enter_signs_in_and_the_token_stays_in_the_tab(self) -> None:
        self.browser.sign_in(self.base + "/dashboard", ADMIN)
        self.browser.wait(lambda: "Fractions" in self.browser.text("#lesson"), "the open lesson")
        self.assertNotIn(ADMIN, self.browser.driver.current_url)
        self.assertNotIn(ADMIN, self.browser.js("return JSON.stringify(localStorage)"))
        self.browser.driver.refresh()
        self.browser.wait(lambda: "Fractions" in self.browser.text("#lesson"), "signed in after a reload")
        self.browser.click("header button:last-child")
        self.browser.wait(lambda: self.browser.one("#token"), "signed out")
        self.assertEqual(self.browser.js("return sessionStorage.length"), 0)

    def test_signing_out_leaves_neither_name_nor_ids(self) -> None:
        self.browser.sign_in(f"{self.base}/report?class={self.group}&student=ada&session={self.lesson}", ADMIN)
        self.browser.wait(lambda: self.browser.driver.title == "Ada · ClassPulse", "whose report it is")
        self.browser.click("header button:last-child")
        self.browser.wait(lambda: self.browser.one("#token"), "signed out")
        self.assertEqual(self.browser.driver.current_url, self.base + "/report")
        self.assertEqual(self.browser.driver.title, "Sign in · ClassPulse")

    def test_each_page_has_a_title_and_the_focus_in_it(self) -> None:
        self.visit("/join")
        self.browser.click("header button[data-text='language.other']")
        self.assertEqual(self.browser.driver.title, "登录 · ClassPulse")
        empty = self.server.admin.make_class("Nobody yet", {})
        token = self.server.token("teacher", empty)["token"]
        for path, title in (("/dashboard", "Dashboard"), ("/report", "Report"), ("/join", "Camera")):
            self.browser.sign_in(self.base + path, token)
            self.browser.wait(lambda: self.browser.one("main .card.empty"), "the page")
            self.assertEqual(self.browser.driver.title, f"{title} · ClassPulse")
            self.assertEqual(self.browser.js("return document.activeElement.id"), "main")

    def test_a_browser_that_is_too_old_is_told_so(self) -> None:
        self.addCleanup(self.browser.inject, "")
        self.browser.inject("delete AbortSignal.any")
        self.browser.open(self.base + "/dashboard")
        self.browser.wait(lambda: "too old" in self.browser.text("main"), "what is wrong")
        self.assertFalse(self.browser.one("input"))

    def test_a_browser_that_stores_nothing_serves_as_well(self) -> None:
        self.addCleanup(self.browser.inject, "")
        self.browser.inject(
            """for (const name of ['localStorage', 'sessionStorage'])
            Object.defineProperty(window, name, { get() { throw new DOMException('blocked', 'SecurityError'); } });"""
        )
        self.browser.open(self.base + "/dashboard")
        self.browser.wait(lambda: self.browser.one("input")).send_keys(ADMIN + Keys.ENTER)
        self.browser.wait(lambda: "Fractions" in self.browser.text("#lesson"), "signed in")
        self.browser.click("header button.theme")
        self.assertEqual(self.browser.js("return document.documentElement.dataset.theme"), "light")

    def test_back_does_not_bring_out_what_was_shown_before_signing_out(self) -> None:
        for left, link in (("/dashboard", "/report"), ("/report", "/dashboard")):
            self.browser.sign_in(self.base + left, ADMIN)
            self.browser.wait(lambda: "Fractions" in self.browser.text("main"), "the page")
            self.browser.click(f"nav a[href='{link}']")
            self.browser.wait(lambda at=link: self.browser.driver.current_url.startswith(self.base + at), "the other")
            self.browser.wait(lambda: self.browser.one("main select"), "signed in there too")
            self.browser.click("header button:last-child")
            self.browser.wait(lambda: self.browser.one("#token"), "signed out")
            self.browser.driver.back()
            self.browser.wait(lambda at=left: self.browser.driver.current_url.startswith(self.base + at), "back")
            self.browser.wait(lambda: self.browser.one("#token"), "the sign-in, not the page")
            self.assertNotIn("Fractions", self.browser.text("main"))

    def test_wrong_token_is_refused_and_can_be_corrected(self) -> None:
        self.browser.sign_in(self.base + "/dashboard", "no such token, alas")
        self.browser.wait(lambda: "not valid" in self.browser.text("#token-problem"), "a refusal")
        self.browser.sign_in(self.base + "/dashboard", "schlüssel")
        self.browser.wait(lambda: "characters" in self.browser.text("#token-problem"), "a token that cannot be sent")
        self.browser.console()

    def test_student_is_led_from_the_dashboard_to_own_pages(self) -> None:
        token = self.server.token("student", self.group, "ada")["token"]
        self.browser.console()
        self.browser.sign_in(self.base + "/dashboard", token)
        self.browser.wait(lambda: "for teachers" in self.browser.text("main"), "the page of a wrong role")
        links = [link.get_attribute("href") for link in self.browser.all("main a")]
        self.assertEqual(links, [self.base + "/report", self.base + "/join"])
        self.browser.click("main a")
        self.browser.wait(lambda: self.browser.text("h1") == "Ada", "the own report, without another sign-in")
        self.assertFalse(self.browser.one("#pick-student").is_displayed())
        self.assert_quiet_console()

    def test_device_is_shown_no_page(self) -> None:
        self.browser.sign_in(self.base + "/dashboard", self.server.token("ingest", self.group)["token"])
        self.browser.wait(lambda: "only post pictures" in self.browser.text("main"), "the page of a device")
        self.assertEqual(self.browser.all("main a"), [])

    def test_teacher_sees_own_class_only(self) -> None:
        self.admin.make_class("Another", {"eve": "Eve"})
        self.browser.sign_in(self.base + "/dashboard", self.server.token("teacher", self.group)["token"])
        self.browser.wait(lambda: self.browser.all(".tile"), "tiles")
        self.assertEqual([option.text for option in self.browser.all("#class option")], ["Maths 7b"])

    def test_token_that_runs_out_during_a_lesson_leads_back_to_sign_in(self) -> None:
        token = self.server.token("teacher", self.group, expires_in="8s")["token"]
        self.browser.sign_in(self.base + "/dashboard", token)
        self.browser.wait(lambda: self.browser.all(".tile") or self.browser.one("#token-problem"), "tiles")
        self.browser.wait(lambda: "no longer valid" in self.browser.text("#token-problem"), "sign-in again")
        self.assertEqual(self.browser.js("return sessionStorage.length"), 0)
        self.assertEqual(self.browser.all(".tile"), [])

    def test_revoked_token_leads_back_to_sign_in(self) -> None:
        made = self.server.token("teacher", self.group)
        self.browser.sign_in(self.base + "/dashboard", made["token"])
        self.browser.wait(lambda: self.browser.all(".tile"), "tiles")
        self.server.revoke(made["id"])
        self.browser.wait(lambda: "no longer valid" in self.browser.text("#token-problem"), "sign-in again")
        self.assertEqual(self.browser.js("return sessionStorage.length"), 0)
        self.assertEqual(self.browser.all(".tile"), [])


if __name__ == "__main__":
    unittest.main()
