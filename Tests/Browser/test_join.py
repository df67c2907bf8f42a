"""The camera page: nothing before consent, frames that arrive once, and an end at any time."""

import re
import unittest
from datetime import datetime

from classroom.case import percent
from classroom.join import WATCH, JoinTestCase
from selenium.webdriver.common.keys import Keys


class JoinTests(JoinTestCase):
    def test_refusal_is_recorded_and_the_camera_never_asked_for(self) -> None:
        self.browser.console()
        self.join()
        notice = self.admin.get("/v1/notice")
        self.assertIn(notice["text"].split("\n")[0][:60], self.browser.text(".notice-text"))
        self.assertIn(f"Version {notice['version']}", self.browser.text(".notice-card"))
        self.browser.click("header button[data-text='language.other']")
        self.browser.wait(lambda: "切勿" in self.browser.text(".notice-text"), "the notice in Chinese")
        self.browser.click("header button[data-text='language.other']")
        self.browser.click("#decline")
        self.browser.wait(lambda: "No pictures are taken" in self.browser.text("main"), "the refusal")
        self.assertIs(self.consent()["granted"], False)
        self.assertEqual(self.browser.js("return window.asked"), 0)
        self.assertEqual(self.frames(), [])
        self.browser.click("#again")
        self.browser.wait(lambda: self.browser.one("#agree:enabled"), "the notice again")
        self.assert_quiet_console()

    def test_frames_are_posted_and_read(self) -> None:
        self.browser.console()
        self.agree()
        consent = self.consent()
        self.assertEqual(
            (consent["granted"], consent["notice_version"]), (True, self.admin.get("/v1/notice")["version"])
        )
        self.browser.wait(lambda: any(frame["status"] == "scored" for frame in self.frames()), "a scored frame")
        said = [percent(frame["concentration"]["score"]) for frame in self.frames()]
        self.assertIn(
            self.browser.text("#reading .now-figure"),
            [*said, *(percent(f["concentration"]["score"]) for f in self.frames())],
        )
        self.assert_quiet_console()

    def test_what_is_posted(self) -> None:
        """JPEGs of 640×480, each under a key of its own, a retry under the same one."""
        self.browser.inject(
            WATCH
            + """;window.posted = []; const send = window.fetch;
            window.fetch = async (url, options) => {
              if (!url.includes('/frames')) return send(url, options);
              const { width, height } = await createImageBitmap(options.body);
              window.posted.push([options.headers['Idempotency-Key'], options.body.type, width, height]);
              // The first answer gets lost on its way.
              const answer = await send(url, options);
              if (window.posted.length === 1) throw new TypeError('lost');
              return answer; }"""
        )
        self.agree()
        self.browser.click("#pause")
        posted = self.browser.js("return window.posted")
        self.assertEqual({tuple(item[1:]) for item in posted}, {("image/jpeg", 640, 480)})
        keys = [item[0] for item in posted]
        self.assertEqual(keys[0], keys[1], "the retry")
        self.assertEqual(len(set(keys)), len(keys) - 1)
        ids = [frame["frame_id"] for frame in self.frames()]
        self.assertEqual(len(ids), len(set(ids)))
        self.assertLessEqual(set(ids), set(keys))

    def test_a_network_that_comes_and_goes(self) -> None:
        self.agree()
        self.network(offline=True)
        self.addCleanup(self.network, offline=False)
        self.browser.wait(lambda: self.state() == "retrying", "the trouble is said")
        self.assertIn("cannot be reached", self.browser.text(".stage-detail"))
        self.browser.wait(lambda: "3 waiting" in self.browser.text(".stage"), "pictures wait")
        before = len(self.frames())
        self.network(offline=False)
        self.browser.wait(lambda: self.state() == "sending" and len(self.frames()) >= before + 3, "they arrive late")
        times = [frame["captured_at"] for frame in self.frames()]
        self.assertEqual(times, sorted(times))
        self.assertEqual(len(times), len(set(times)), "each with the time it was taken at")

    def test_a_clock_that_is_set_during_the_lesson(self) -> None:
        self.browser.inject(WATCH + "window.shift = 0; const now = Date.now; Date.now = () => now() + window.shift;")
        self.agree()
        for shift in (3_600_000, -3_600_000):
            wanted = len(self.frames()) + 3
            self.browser.js(f"window.shift = {shift}")
            self.browser.wait(lambda n=wanted: len(self.frames()) >= n, f"frames after the clock went by {shift} ms")
        times = [datetime.fromisoformat(frame["captured_at"].rstrip("Z")) for frame in self.frames()]
        self.assertLess((max(times) - min(times)).total_seconds(), 300, "the server's clock dates them")
        self.assertIn("0 dropped", self.browser.text(".stage"))

    def test_pause_works_at_once_and_resume_goes_on(self) -> None:
        self.agree()
        self.browser.click("#pause")
        self.assertEqual(self.state(), "paused")
        self.assertTrue(self.camera_is_off())
        before = len(self.frames())
        self.browser.js("return new Promise(done => setTimeout(done, 2500))")
        self.assertLessEqual(len(self.frames()), before + 1, "one may have been on its way")
        self.browser.click("#start")
        self.browser.wait(lambda: self.state() == "sending" and len(self.frames()) > before + 1, "frames again")

    def test_a_guardian_agrees_for_one_student_only(self) -> None:
        self.beside()
        ticked = lambda: self.browser.js("return document.querySelector('#guardian').checked")
        self.browser.click("#guardian")
        self.browser.click("header button[data-text='language.other']")
        self.assertTrue(ticked(), "another language is the same question")
        self.browser.click("header button[data-text='language.other']")
        self.pick("bo")
        self.browser.wait(lambda: "student=bo" in self.browser.driver.current_url, "Bo's turn")
        self.browser.wait(lambda: self.browser.one("#agree:enabled"), "the notice")
        self.assertFalse(ticked(), "of another student")
        self.browser.click("#guardian")
        self.browser.click("#decline")
        self.browser.click("#again")
        self.browser.wait(lambda: self.browser.one("#agree:enabled"), "the notice again")
        self.assertFalse(ticked(), "of another question")

    def test_a_reading_is_of_now_and_of_this_student(self) -> None:
        self.beside()
        self.grant("bo")
        figure = lambda: self.browser.text("#reading .now-figure")
        line = lambda: self.browser.js("return document.querySelector('.spark-line').getAttribute('d') ?? ''")
        self.browser.click("#agree")
        self.browser.wait(lambda: "%" in figure(), "a reading")
        self.browser.click("#pause")
        self.assertEqual(figure(), "–")
        self.assertIn("Unknown", self.browser.text("#reading"))
        before = line().count("M")
        self.assertRegex(self.browser.text(".stage"), r"[1-9]\d* sent")
        self.browser.click("#start")
        self.browser.wait(lambda: "%" in figure(), "a reading after the pause")
        self.assertEqual(line().count("M"), before + 1, "the pause is a gap")
        self.pick("bo")
        self.browser.wait(lambda: self.state() == "ready", "Bo's turn")
        self.assertEqual((figure(), line()), ("–", ""))
        self.assertRegex(self.browser.text(".stage"), r"(?<!\d)0 sent · 0 waiting · 0 dropped")

    def test_the_keyboard_keeps_its_place(self) -> None:
        self.join()
        for press, then in (("#agree", "pause"), ("#pause", "start"), ("#start", "pause"), ("#withdraw", "H1")):
            region = self.browser.one("main > [role=status]")
            self.browser.one(press).send_keys(Keys.ENTER)
            self.browser.wait(lambda at=then: self.focus() == at, f"the focus at {then} after {press}")
        self.browser.wait(lambda: "Your answer is recorded" in region.text, "it is read out")
        self.browser.one("#again").send_keys(Keys.ENTER)
        self.browser.wait(lambda: self.browser.one("#agree:enabled") and self.focus() == "H1", "the notice again")
        self.assertEqual(region.text, "")

    def test_consent_withdrawn_elsewhere_turns_the_camera_off(self) -> None:
        self.agree()
        self.admin.send(
            "PUT", f"/v1/classes/{self.group}/students/ada/consent", {"granted": False, "notice_version": "1"}
        )
        self.browser.wait(lambda: "no longer on record" in self.browser.text("main"), "the notice again")
        self.assertTrue(self.camera_is_off())

    def test_a_restart_of_the_server_loses_and_doubles_nothing(self) -> None:
        self.agree()
        self.server.kill()
        self.browser.wait(lambda: self.state() == "retrying", "the trouble is said")
        self.browser.wait(lambda: "2 waiting" in self.browser.text(".stage"), "pictures wait")
        self.server.start()
        self.browser.wait(
            lambda: self.state() == "sending" and " 0 waiting" in self.browser.text(".stage"), "the way is free"
        )
        self.browser.click("#pause")
        sent = int(re.search(r"(\d+) sent", self.browser.text(".stage"))[1])
        ids = [frame["frame_id"] for frame in self.frames()]
        self.assertEqual(len(ids), len(set(ids)))
        self.assertIn(len(ids) - sent, (0, 1), "what the page counts as sent is stored; one may have been broken off")

    def test_a_lost_camera_is_said(self) -> None:
        self.agree()
        self.browser.js(
            "const [track] = window.stream.getTracks(); track.stop(); track.dispatchEvent(new Event('ended'))"
        )
        self.browser.wait(lambda: self.state() == "lost", "the loss")
        self.browser.click("#start")
        self.browser.wait(lambda: self.state() == "sending", "the camera again")

    def test_the_end_of_the_lesson_turns_the_camera_off(self) -> None:
        self.agree()
        self.admin.send("POST", f"/v1/sessions/{self.lesson}/end")
        self.browser.wait(lambda: self.state() == "ended", "the end")
        self.assertTrue(self.camera_is_off())

    def test_the_next_lesson_comes_by_itself_with_the_camera_off(self) -> None:
        self.agree()
        self.admin.send("POST", f"/v1/sessions/{self.lesson}/end")
        self.browser.wait(lambda: self.state() == "ended", "the end")
        self.lesson = self.admin.start_lesson(self.group, "Decimals")
        self.browser.wait(lambda: self.state() == "ready", "the next lesson")
        self.assertIn(self.lesson, self.browser.driver.current_url)
        self.assertTrue(self.camera_is_off())
        self.assertEqual(self.frames(), [])
        self.browser.click("#start")
        self.browser.wait(lambda: self.frames(), "frames of the next lesson")

    def test_a_reading_does_not_outlive_an_outage(self) -> None:
        # Half a minute lasts two seconds.
        self.browser.inject(
            WATCH
            + """const later = window.setTimeout;
            window.setTimeout = (run, wait, ...rest) => later(run, wait === 30000 ? 2000 : wait, ...rest);"""
        )
        self.agree()
        self.browser.wait(lambda: "%" in self.browser.text("#reading .now-figure"), "a reading")
        self.network(offline=True)
        self.addCleanup(self.network, offline=False)
        self.browser.wait(lambda: self.browser.text("#reading .now-figure") == "–", "the reading is taken back")
        self.assertEqual(self.state(), "retrying")
        self.network(offline=False)

    def test_pictures_that_are_refused_are_not_called_a_lost_connection(self) -> None:
        self.browser.inject(
            WATCH
            + """const send = window.fetch;
            window.fetch = (url, options) => (window.refuse && url.includes('/frames')
              ? Promise.resolve(new Response('{"error":{"code":"body_too_large","message":"too large"}}', { status: 413 }))
              : send(url, options));"""
        )
        self.agree()
        rule = self.frames()[0]["concentration"]["rule"]
        self.browser.wait(lambda: rule in self.browser.text("#reading-rule"), "the rule of the reading")
        self.browser.js("window.refuse = true")
        self.browser.wait(lambda: self.state() == "refusing", "the refusal")
        self.assertIn("no picture of this size", self.browser.text(".stage-detail"))
        self.browser.js("window.refuse = false")
        self.browser.wait(lambda: self.state() == "sending", "sending again")


if __name__ == "__main__":
    unittest.main()
