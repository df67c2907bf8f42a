"""A lesson followed live: the figures are the API's, whatever happens to the connection."""

import datetime
import unittest

from classroom import pictures
from classroom.case import BrowserTestCase, percent
from classroom.server import ADMIN

STUDENTS = {"ada": "Ada", "bo": "Bo", "chen": "陈晨", "dara": "Dara"}
TILES = """return [...document.querySelectorAll('.tile')].map(tile => ({
  student: tile.dataset.student, name: tile.querySelector('.tile-name').textContent,
  level: tile.dataset.level, word: tile.querySelector('.tile-level').textContent,
  score: tile.querySelector('.tile-score').textContent }))"""

SHARES = """return [...document.querySelectorAll('.class-expressions li')].map(
  item => [item.querySelector('.share-name').textContent, item.querySelector('.share-figure').textContent])
  .filter(([name]) => name)"""


class DashboardTests(BrowserTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.group = self.admin.make_class(f"Class of {self._testMethodName}", STUDENTS)
        self.lesson = self.admin.start_lesson(self.group, "Fractions")
        self.face, self.no_face = pictures.face(), pictures.no_face()

    def follow(self, **stored: str) -> None:
        self.browser.sign_in(self.base + "/dashboard", ADMIN, **stored)
        self.browser.wait(lambda: len(self.browser.all(".tile")) == len(STUDENTS), "a tile for each student")

    def api(self) -> dict:
        return self.admin.get(f"/v1/sessions/{self.lesson}/dashboard")

    def shows_what_the_api_says(self) -> bool:
        """Both are read until they agree: between the two reads a window may have ended."""
        state = self.api()
        shown = {tile["student"]: tile for tile in self.browser.js(TILES)}
        told = {
            student["student"]: {
                "student": student["student"],
                "name": student["display_name"],
                "level": student["level"],
                "word": student["level"].capitalize(),
                "score": "" if student["level"] == "unknown" else percent(student["score"]),
            }
            for student in state["students"]
        }
        whole = state["class"]
        return (
            shown == told
            and self.browser.text("#class-median") == percent(whole["median"])
            and self.browser.text("#class-present") == f"{whole['present']} of {whole['students']} present"
        )

    def names(self) -> list[str]:
        return [tile["name"] for tile in self.browser.js(TILES)]

    def status(self) -> str:
        return self.browser.js("return document.querySelector('.status')?.dataset.state")

    def test_figures_follow_the_frames_posted(self) -> None:
        self.browser.console()
        self.follow()
        self.browser.wait(self.shows_what_the_api_says, "an empty lesson: everything unknown")
        self.assertEqual({tile["level"] for tile in self.browser.js(TILES)}, {"unknown"})
        self.browser.js("document.querySelector('.tile').dataset.seenBefore = 'yes'")
        for student in ("ada", "bo"):
            report = self.admin.post_frame(self.lesson, student, self.face)
            self.assertEqual(report["status"], "scored")
        self.admin.post_frame(self.lesson, "chen", self.no_face)
        self.browser.wait(
            lambda: self.api()["class"]["present"] >= 2 and self.shows_what_the_api_says(), "the new figures"
        )
        tiles = {tile["student"]: tile for tile in self.browser.js(TILES)}
        self.assertRegex(tiles["ada"]["score"], r"^\d+%$")
        self.assertEqual((tiles["chen"]["level"], tiles["chen"]["score"]), ("unknown", ""))
        self.assertEqual((tiles["dara"]["level"], tiles["dara"]["score"]), ("unknown", ""))
        self.assertIn("no face", self.browser.text(".tile[data-student=chen]"))
        self.assertIn("not seen yet", self.browser.text(".tile[data-student=dara]"))
        self.assertIn("joined", self.browser.text(".feed"))
        self.assertTrue(self.browser.one("[data-seen-before]"), "tiles are changed in place")
        self.assertEqual(self.status(), "live")
        self.assertIn("updated", self.browser.text(".status-when"))
        self.assert_quiet_console()

    def test_expressions_of_the_class_are_the_api_s(self) -> None:
        self.follow()
        for student in ("ada", "bo"):
            self.admin.post_frame(self.lesson, student, self.face)

        def agree() -> bool:
            told = self.api()["class"]["expressions"]
            shown = self.browser.js(SHARES)
            return (
                told is not None
                and len(shown) == 7
                and shown == [[name, percent(told[name.lower()])] for name, _ in shown]
            )

        self.browser.wait(agree, "the shares of the API")

    def test_who_has_left_is_said(self) -> None:
        earlier = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=90)
        self.admin.post_frame(self.lesson, "bo", self.face, earlier.strftime("%Y-%m-%dT%H:%M:%SZ"))
        self.follow()
        self.browser.wait(lambda: "left" in self.browser.text(".feed"), "who left")
        self.assertIn("Bo", self.browser.text(".feed"))
        self.assertEqual(self.browser.text(".presence-counts"), "0 here · 1 left · 3 not here yet")

    def test_after_a_sleep_old_figures_are_not_called_live(self) -> None:
        """The device's clock moves on by a minute while the one of the page stands still."""
        self.browser.inject("""window.states = [];
          const real = Date.now; window.sleep = (ms) => { Date.now = () => real() + ms; };""")
        self.addCleanup(self.browser.inject, "")
        self.follow()
        self.browser.wait(lambda: self.status() == "live", "live")
        self.browser.js("""new MutationObserver(() => states.push(document.querySelector('.status').dataset.state))
          .observe(document.querySelector('.status'), { attributes: true }); sleep(60000);""")
        self.browser.wait(lambda: "retrying" in self.browser.js("return states"), "the loss is said")
        self.browser.wait(lambda: self.status() == "live", "a new stream")

    def test_the_scoring_rule_is_named(self) -> None:
        self.follow()
        self.browser.wait(lambda: self.api()["rule"] in self.browser.text("#class-rule"), "the rule")

    def test_polls_where_events_do_not_come(self) -> None:
        self.browser.inject("""const real = window.fetch;
          window.fetch = (url, options) => url.endsWith('/events') ? Promise.reject(new TypeError('blocked')) : real(url, options);""")
        self.addCleanup(self.browser.inject, "")
        self.follow()
        self.browser.wait(lambda: self.status() == "polling", "polling")
        self.admin.post_frame(self.lesson, "ada", self.face)
        self.browser.wait(
            lambda: self.api()["class"]["present"] == 1 and self.shows_what_the_api_says(), "figures by polling"
        )

    def test_polls_where_events_are_held_back(self) -> None:
        """As behind a proxy that passes the head on and keeps the body, or keeps both; the page's timers run three times as fast."""
        hold = {
            "body": "Promise.resolve(new Response(new ReadableStream({ start: (body) => stop((error) => body.error(error)) })))",
            "head": "new Promise((_, fail) => stop(fail))",
        }
        self.addCleanup(self.browser.inject, "")
        for held, answer in hold.items():
            with self.subTest(held=held):
                self.browser.inject(f"""const [real, later] = [window.fetch, window.setTimeout];
                  window.setTimeout = (run, wait, ...rest) => later(run, wait / 3, ...rest);
                  [window.streams, window.polls] = [0, 0];
                  window.fetch = (url, options) => {{
                    const stop = (end) => options.signal.addEventListener('abort', () => end(options.signal.reason));
                    if (url.endsWith('/dashboard')) window.polls += 1;
                    if (!url.endsWith('/events')) return real(url, options);
                    window.streams += 1;
                    return {answer};
                  }};""")
                self.follow()
                self.browser.wait(lambda: self.browser.js("return window.polls >= 10"), "many polls")
                self.assertEqual(self.browser.js("return window.streams"), 3)
                self.assertEqual(self.status(), "polling")

    def test_server_restart_is_survived_and_said(self) -> None:
        self.follow()
        self.admin.post_frame(self.lesson, "ada", self.face)
        self.browser.wait(lambda: self.api()["class"]["present"] == 1 and self.shows_what_the_api_says(), "figures")
        self.server.kill()
        self.browser.wait(lambda: self.status() == "retrying", "the loss is said")
        self.assertIn("Connection lost", self.browser.text(".status"))
        self.assertEqual(len(self.browser.all(".tile")), len(STUDENTS), "the last state stays in sight")
        self.server.start()
        self.admin.post_frame(self.lesson, "bo", self.face)
        self.browser.wait(lambda: self.status() == "live", "live again")
        self.browser.wait(self.shows_what_the_api_says, "figures after the restart")
        self.browser.console()

    def test_old_readings_are_shown_no_more(self) -> None:
        """After half a minute without news no figure is left."""
        self.follow()
        self.admin.post_frame(self.lesson, "ada", self.face)
        known = "return document.querySelector('.tile[data-student=ada]').dataset.level !== 'unknown'"
        self.browser.wait(lambda: self.browser.js(known), "a reading")
        self.assertRegex(self.browser.text("#class-median"), r"^\d+%$")
        self.server.kill()
        self.browser.wait(lambda: not self.browser.js(known), "the reading is old")
        self.browser.wait(lambda: "%" not in self.browser.text("#class-median"), "and so is the class's")
        self.assertEqual(self.status(), "retrying")
        self.assertEqual(
            self.browser.js("return getComputedStyle(document.querySelector('.context')).position"), "sticky"
        )
        self.server.start()
        self.admin.post_frame(self.lesson, "ada", self.face)
        self.browser.wait(lambda: self.browser.js(known), "a reading again")
        self.browser.console()

    def test_a_newer_lesson_takes_the_place_of_one_that_nobody_ended(self) -> None:
        self.follow()
        forgotten, self.lesson = self.lesson, self.admin.start_lesson(self.group, "Decimals")
        chosen = "return document.querySelector('#lesson').value"
        self.browser.wait(lambda: self.browser.js(chosen) == self.lesson, "the newer lesson")
        self.browser.js(f"""const select = document.querySelector('#lesson'); select.value = '{forgotten}';
          select.dispatchEvent(new Event('change'));""")
        self.browser.wait(lambda: "Fractions" in self.browser.js("return document.title"), "the one chosen by hand")

    def test_the_lesson_is_ended_by_a_button_that_asks(self) -> None:
        self.follow()
        self.browser.wait(lambda: self.browser.one("#end").is_displayed(), "the button")
        for answer, state in (("button[value='']", "live"), ("#end-yes", "ended")):
            self.browser.one("#end").click()
            self.browser.wait(lambda: self.browser.one("dialog").is_displayed(), "the question")
            self.browser.one(f"dialog {answer}").click()
            self.browser.wait(lambda state=state: self.status() == state, state)
        self.assertIsNotNone(self.admin.get(f"/v1/sessions/{self.lesson}")["ended_at"])
        self.browser.wait(lambda: not self.browser.one("#end").is_displayed(), "nothing is left to end")

    def test_next_lesson_is_shown_when_this_one_ends(self) -> None:
        self.follow()
        self.admin.send("POST", f"/v1/sessions/{self.lesson}/end")
        self.lesson = self.admin.start_lesson(self.group, "Decimals")
        self.browser.wait(
            lambda: self.browser.js("return document.querySelector('#lesson').value") == self.lesson, "the new lesson"
        )
        self.browser.wait(self.shows_what_the_api_says, "its figures")

    def test_search_filter_and_order(self) -> None:
        self.admin.post_frame(self.lesson, "dara", self.face)
        self.follow()
        self.browser.wait(lambda: self.api()["class"]["present"] == 1 and self.shows_what_the_api_says(), "figures")
        self.browser.one("#search").send_keys("da")
        self.browser.wait(lambda: sorted(self.names()) == ["Ada", "Dara"], "the search")
        self.browser.js(
            "const s = document.querySelector('#search'); s.value = ''; s.dispatchEvent(new Event('input'))"
        )
        self.browser.click(".chip[data-level=unknown]")
        self.browser.wait(lambda: sorted(self.names()) == ["Ada", "Bo", "陈晨"], "the filter")
        self.browser.click(".chip[data-level=all]")
        self.browser.js(
            "const s = document.querySelector('#order'); s.value = 'score'; s.dispatchEvent(new Event('change'))"
        )
        self.browser.wait(lambda: len(self.names()) == 4 and self.names()[0] == "Dara", "the order")

    def test_words_change_with_the_language(self) -> None:
        self.follow(language="zh")
        self.assertEqual(self.browser.js("return document.documentElement.lang"), "zh-CN")
        self.assertIn("未知", self.browser.text(".tile"))
        self.browser.click("header button[data-text='language.other']")
        self.browser.wait(lambda: "Unknown" in self.browser.text(".tile"), "English")


if __name__ == "__main__":
    unittest.main()
