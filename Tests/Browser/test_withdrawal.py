"""Withdrawing one's agreement: at once on the page, and until the server has recorded it."""

import unittest

from classroom.client import Client, Refused
from classroom.join import WATCH, JoinTestCase
from selenium.webdriver.common.keys import Keys


class WithdrawalTests(JoinTestCase):
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
        self.assertIn("not recorded a withdrawal", self.browser.text("main"))
        self.assertTrue(self.warns())
        self.assertIs(self.consent()["granted"], True)
        again = self.server.token("student", self.group, "ada")["token"]
        self.browser.one("#token").send_keys(again + Keys.ENTER)
        self.browser.wait(lambda: "Your answer is recorded" in self.browser.text("main"), "the withdrawal is recorded")
        self.assertIs(self.consent()["granted"], False)
        self.assertFalse(self.warns())
        self.browser.click("header button[data-text='signin.out']")
        self.browser.wait(lambda: self.browser.one("#token"), "signed out")
        self.assertNotIn("withdrawal", self.browser.text("main"), "nothing waits any more")
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


if __name__ == "__main__":
    unittest.main()
