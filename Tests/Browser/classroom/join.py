"""The camera page of one student in a lesson, and what the server knows of her."""

import pathlib
import tempfile

from selenium.webdriver.support.select import Select

from . import pictures
from .browser import Browser
from .case import BrowserTestCase
from .server import ADMIN

# Counts every wish for the camera.
WATCH = """const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices); window.asked = 0;
navigator.mediaDevices.getUserMedia = async (wish) => { window.asked += 1; return window.stream = await real(wish); };"""


class JoinTestCase(BrowserTestCase):
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

    def network(self, offline: bool) -> None:
        conditions = {"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        self.browser.driver.execute_cdp_cmd("Network.enable", {})
        self.browser.driver.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)
