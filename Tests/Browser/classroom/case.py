"""What the browser tests share: one server and one browser for each module."""

import unittest

from .browser import CHROMIUM, DRIVER, Browser
from .server import Server


class BrowserTestCase(unittest.TestCase):
    server: Server
    browser: Browser

    @classmethod
    def setUpClass(cls) -> None:
        if not (CHROMIUM and DRIVER):
            raise unittest.SkipTest("no chromium or chromedriver: `make setup` installs them")
        cls.server = cls.make_server()
        cls.addClassCleanup(cls.server.stop)
        cls.browser = cls.make_browser()
        cls.addClassCleanup(cls.browser.quit)

    @classmethod
    def make_server(cls) -> Server:
        return Server()

    @classmethod
    def make_browser(cls) -> Browser:
        return Browser()

    def setUp(self) -> None:
        self.admin, self.base = self.server.admin, self.server.base

    def assert_quiet_console(self) -> None:
        self.assertEqual(self.browser.console(), [])


def percent(value: float | None) -> str:
    """As the English pages write it: half up, as Intl does."""
    return "–" if value is None else f"{int(value * 100 + 0.5)}%"
