"""The camera page: nothing before consent, frames that arrive once, and an end at any time."""

import pathlib
import re
import tempfile
import unittest
from datetime import datetime

from classroom import pictures
from classroom.browser import Browser
from classroom.case import BrowserTestCase, percent
from classroom.client import Client, Refused
from classroom.server import ADMIN
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

# Counts every wish for the camera.
WATCH = """const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices); window.asked = 0;
navigator.mediaDevices.getUserMedia = async (wish) => { window.asked += 1; return window.stream = await real(wish); };"""


class JoinTests(BrowserTestCase):
    @classmethod
    def make_browser(cls) -> Browser:
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        return Browser(camera=pictures.clip(pathlib.Path(folder.name)))

    def setUp(self) -> None:
        super().setUp()
        self.group = self.admin.make_class("Maths 7b", {"ada": "Ada"}, consent=False)
        self.lesson = self.admin.start_lesson(self.group, "Fractions")
        self.token = self.server.token("student", self.group, "ada")["token"]
        self.browser.inject(WATCH)

    def tearDown(self) -> None:
        self.browser.open(self.base + "/favicon.ico")
        self.browser.console()

    def join(self) -> None:
        self.browser.sign_in(self.base + "/join", self.token)
        self.browser.wait(lambda: self.browser.one("#agree"), "the notice")

    def agree(self) -> None:
        self.join()
        self.browser.click("#agree")
        self.browser.wait(lambda: self.state() == "sending", "sending")
        self.browser.wait(lambda: len(self.frames()) >= 2, "frames at the server")

    def beside(self) -> None:
        """Staff's page, for Ada; Bo is in the class too."""
        self.admin.send("PUT", f"/v1/classes/{self.group}/students/bo", {"display_name": "Bo"})
        self.browser.sign_in(f"{self.base}/join?class={self.group}&student=ada", ADMIN)
        self.browser.wait(lambda: self.browser.one("#agree"), "the notice")

    def pick(self, student: str) -> None:
        Select(self.browser.one("#pick-student")).select_by_value(student)

    def grant(self, student: str) -> None:
        version = self.admin.get("/v1/notice")["version"]
        path = f"/v1/classes/{self.group}/students/{student}/consent"
        self.admin.send("PUT", path, {"granted": True, "notice_version": version})

    def warns(self) -> bool:
        """Whether closing the page would be asked about first."""
        return self.browser.js("return !dispatchEvent(new Event('beforeunload', {cancelable: true}))")

    def focus(self) -> str:
        return self.browser.js("return document.activeElement.id || document.activeElement.tagName")

    def state(self) -> str:
        return self.browser.js("return document.querySelector('.stage')?.dataset.state")

    def frames(self) -> list[dict]:
        path = f"/v1/sessions/{self.lesson}/students/ada/timeline?resolution=frame&limit=1000"
        return self.admin.get(path)["frames"]

    def consent(self, student: str = "ada") -> dict | None:
        return self.admin.get(f"/v1/classes/{self.group}/students/{student}")["consent"]

    def camera_is_off(self) -> bool:
        return self.browser.js(
            "return !window.stream || window.stream.getTracks().every(t => t.readyState === 'ended')"
        )

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

    def network(self, offline: bool) -> None:
        conditions = {"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        self.browser.driver.execute_cdp_cmd("Network.enable", {})
        self.browser.driver.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)

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

    def test_withdrawal_works_at_once_and_is_recorded(self) -> None:
        self.agree()
        self.browser.click("#withdraw")
        self.assertIn("No pictures are taken", self.browser.text("main"))
        self.assertTrue(self.camera_is_off())
        self.browser.wait(lambda: self.consent()["granted"] is False, "the withdrawal at the server")

    def test_withdrawal_before_the_camera_is_allowed(self) -> None:
        """Allowed or refused afterwards, the camera stays off and the page stays at the refusal."""
        for answer in ("allow", "refuse"):
            self.browser.inject(
                WATCH
                + """;const now = navigator.mediaDevices.getUserMedia;
                navigator.mediaDevices.getUserMedia = (wish) => new Promise((taken, refused) => {
                  window.allow = () => now(wish).then(taken);
                  window.refuse = () => refused(new DOMException('no', 'NotAllowedError'));
                });"""
            )
            self.join()
            self.browser.click("#agree")
            self.browser.wait(lambda: self.browser.js("return !!window.allow"), "the question")
            self.browser.click("#withdraw")
            self.browser.js(f"return window.{answer}()")
            self.browser.js("return new Promise(done => setTimeout(done, 500))")
            self.assertIn("No pictures are taken", self.browser.text("main"), answer)
            self.assertIsNone(self.state(), answer)
            self.assertTrue(self.camera_is_off())
            self.browser.wait(lambda: self.consent()["granted"] is False, "the withdrawal at the server")
            self.browser.open(self.base + "/favicon.ico")
        self.assertEqual(self.frames(), [])

    def test_withdrawal_reaches_a_server_that_was_away(self) -> None:
        self.agree()
        self.server.kill()
        self.browser.click("#withdraw")
        self.assertTrue(self.camera_is_off())
        self.server.start()
        self.browser.wait(lambda: self.consent()["granted"] is False, "the withdrawal at the server")

    def test_a_withdrawal_is_not_said_to_be_recorded_before_it_is(self) -> None:
        self.agree()
        self.assertFalse(self.warns())
        self.network(offline=True)
        self.addCleanup(self.network, offline=False)
        self.browser.click("#withdraw")
        self.assertTrue(self.camera_is_off())
        self.assertIn("not recorded your withdrawal yet", self.browser.text("main"))
        self.browser.js("return new Promise(done => setTimeout(done, 1500))")
        self.assertIn("not recorded your withdrawal yet", self.browser.text("main"))
        self.assertIsNone(self.browser.one("#again"), "no agreement that an older withdrawal overtakes")
        self.assertTrue(self.warns())
        self.assertIs(self.consent()["granted"], True)
        self.network(offline=False)
        self.browser.wait(lambda: "Your answer is recorded" in self.browser.text("main"), "the withdrawal is recorded")
        self.assertIs(self.consent()["granted"], False)
        self.assertFalse(self.warns())
        self.browser.click("#again")
        self.browser.wait(lambda: self.browser.one("#agree:enabled"), "the notice again")

    def test_a_withdrawal_outlives_the_token(self) -> None:
        made = self.server.token("student", self.group, "ada")
        self.token = made["token"]
        self.agree()
        self.network(offline=True)
        self.addCleanup(self.network, offline=False)
        self.browser.click("#withdraw")
        self.server.revoke(made["id"])
        self.browser.wait(lambda: self.is_refused(made["token"]), "the token is revoked")
        self.network(offline=False)
        self.browser.wait(lambda: self.browser.one("#token"), "sign-in again")
        self.assertTrue(self.warns())
        self.assertIs(self.consent()["granted"], True)
        again = self.server.token("student", self.group, "ada")["token"]
        self.browser.one("#token").send_keys(again + Keys.ENTER)
        self.browser.wait(lambda: "Your answer is recorded" in self.browser.text("main"), "the withdrawal is recorded")
        self.assertIs(self.consent()["granted"], False)
        self.assertFalse(self.warns())
        self.assertNotIn("withdrawals", self.browser.js("return JSON.stringify(sessionStorage)"))

    def is_refused(self, token: str) -> bool:
        try:
            Client(self.base, token).get("/v1/me")
        except Refused:
            return True
        return False

    def test_a_withdrawal_is_of_the_student_it_was_made_for(self) -> None:
        self.browser.inject(
            WATCH
            + """;window.refuse = true; window.held = []; const send = window.fetch;
            window.fetch = async (url, options) => {
              if (!url.endsWith('/ada/consent') || !options.body.includes('"granted":false') || !window.refuse)
                return send(url, options);
              await new Promise(go => window.held.push(go));
              return new Response('{"error":{"code":"invalid_field","message":"no"}}', { status: 400 }); }"""
        )
        self.beside()
        self.grant("bo")
        self.browser.click("#agree")
        self.browser.wait(lambda: self.state() == "sending", "sending")
        self.browser.click("#withdraw")
        self.browser.wait(lambda: self.browser.js("return window.held.length") == 1, "the withdrawal on its way")
        self.pick("bo")
        self.browser.wait(lambda: self.state() == "ready", "Bo's turn")
        self.browser.js("window.held[0]()")
        self.browser.js("return new Promise(done => setTimeout(done, 300))")
        self.assertIsNone(self.browser.one(".notice-error"), "nothing of Ada's on Bo's page")
        self.assertTrue(self.warns())
        self.pick("ada")
        self.browser.wait(lambda: self.browser.js("return window.held.length") == 2, "tried again")
        self.browser.js("window.held[1]()")
        self.browser.wait(lambda: self.browser.one(".notice-error button"), "the refusal")
        self.browser.js("window.refuse = false")
        self.browser.click(".notice-error button")
        self.browser.wait(lambda: "Your answer is recorded" in self.browser.text("main"), "the withdrawal is recorded")
        self.assertEqual([self.consent(student)["granted"] for student in ("ada", "bo")], [False, True])

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
        self.browser.click("#start")
        self.browser.wait(lambda: "%" in figure(), "a reading after the pause")
        self.assertEqual(line().count("M"), before + 1, "the pause is a gap")
        self.pick("bo")
        self.browser.wait(lambda: self.state() == "ready", "Bo's turn")
        self.assertEqual((figure(), line()), ("–", ""))

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


if __name__ == "__main__":
    unittest.main()
