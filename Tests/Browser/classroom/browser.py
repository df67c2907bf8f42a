"""Chromium without a window, driven through WebDriver."""

import json
import pathlib
import shutil
import time
from collections.abc import Callable
from typing import Any

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")


class Browser:
    """One window; `console()` gives what it complained of since the last call."""

    def __init__(
        self,
        camera: pathlib.Path | None = None,
        downloads: pathlib.Path | None = None,
        own_certificates: bool = False,
    ):
        """`camera`: Motion JPEG that the camera shows; `own_certificates`: those that nobody signed will do."""
        options = webdriver.ChromeOptions()
        options.accept_insecure_certs = own_certificates
        options.binary_location = CHROMIUM or "chromium"
        for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--lang=en-US", "--window-size=1280,900"):
            options.add_argument(argument)
        if camera:
            options.add_argument("--use-fake-ui-for-media-stream")
            options.add_argument("--use-fake-device-for-media-stream")
            options.add_argument(f"--use-file-for-fake-video-capture={camera}")
        if downloads:
            options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options, webdriver.ChromeService(DRIVER))
        self.before: str | None = None

    def quit(self) -> None:
        self.driver.quit()

    def open(self, url: str) -> None:
        self.driver.get(url)

    def sign_in(self, url: str, token: str, **stored: str) -> None:
        """Opens a page as a new visitor, with what `stored` puts into local storage, and signs in by Enter."""
        origin = "/".join(url.split("/")[:3])
        self.open(origin + "/favicon.ico")
        self.js("sessionStorage.clear(); localStorage.clear()")
        for key, value in stored.items():
            self.js("localStorage.setItem(arguments[0], arguments[1])", f"classpulse.{key}", value)
        self.open(url)
        self.wait(lambda: self.one("input")).send_keys(token + Keys.ENTER)

    def inject(self, script: str) -> None:
        """Runs a script in every page opened from now on, before the page's own; an empty one ends that."""
        if self.before:
            self.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", {"identifier": self.before})
        answer = self.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})
        self.before = answer["identifier"]

    def js(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def one(self, selector: str) -> WebElement | None:
        return next(iter(self.driver.find_elements(By.CSS_SELECTOR, selector)), None)

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector: str) -> str:
        """What an element says; read in the page, so that an update in between does no harm."""
        return self.js("return document.querySelector(arguments[0])?.innerText ?? ''", selector)

    def click(self, selector: str) -> None:
        self.wait(lambda: self.one(selector)).click()

    def wait(self, condition: Callable[[], Any], what: str = "", seconds: float = 60) -> Any:
        """Until the condition holds; its value. The time is for a machine that is busy with everything else."""
        deadline = time.monotonic() + seconds
        while not (value := condition()):
            if time.monotonic() > deadline:
                raise AssertionError(
                    f"not within {seconds} s: {what or 'condition'}; the page says:\n{self.text('body')[:1500]}"
                )
            time.sleep(0.1)
        return value

    def console(self) -> list[str]:
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def size(self, width: int, height: int) -> None:
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def change_answers(self, pattern: str, change: str) -> None:
        """In pages opened from now on, JSON answers whose URL matches pass through the JavaScript function `change`."""
        self.inject(f"""
            const real = window.fetch;
            window.fetch = async (url, options) => {{
              const response = await real(url, options);
              if (!new RegExp({json.dumps(pattern)}).test(url) || !response.ok) return response;
              return new Response(JSON.stringify(({change})(await response.json())), response);
            }};""")
