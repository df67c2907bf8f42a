"""The pages behind Caddy and nginx, with the configurations of Config/ and Debian's packages.

    apt-get install --no-install-recommends caddy nginx openssl
    .venv/bin/python Tests/Browser/try_proxies.py

Copies of the configurations get ports and certificates of their own (Caddy's internal authority, a self-signed one for
nginx). Through each, Chromium follows a lesson by events while frames arrive, and posts frames of its camera.
"""

import contextlib
import pathlib
import re
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

from classroom import pictures
from classroom.browser import Browser
from classroom.server import ADMIN, ROOT, Server, free_port

POLLS = """return performance.getEntriesByType('resource').filter(e => e.name.endsWith('/dashboard')).length"""


def caddy(folder: pathlib.Path, upstream: int, port: int) -> tuple[list[str], dict[str, str]]:
    config = (ROOT / "Config/Caddyfile").read_text().replace("127.0.0.1:8080", f"127.0.0.1:{upstream}")
    config = config.replace("{\n", "{\n\tskip_install_trust\n\tauto_https disable_redirects\n\tadmin off\n", 1)
    (folder / "Caddyfile").write_text(config)
    command = ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]
    return command, {"CLASSPULSE_SITE": f"https://localhost:{port}", "HOME": str(folder), "XDG_DATA_HOME": str(folder)}


def nginx(folder: pathlib.Path, upstream: int, port: int) -> tuple[list[str], dict[str, str]]:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
        + ["-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True,
        capture_output=True,
    )
    site = (ROOT / "Config/nginx.conf").read_text().replace("127.0.0.1:8080", f"127.0.0.1:{upstream}")
    site = re.sub(r"listen \[::\].*\n", "", site).replace("listen 443", f"listen {port}")
    site = site.replace("listen 80", f"listen {free_port()}").replace("pulse.example.org;", "localhost;")
    site = site.replace("/etc/ssl/certs/pulse.example.org.pem", str(folder / "cert.pem"))
    site = site.replace("/etc/ssl/private/pulse.example.org.key", str(folder / "key.pem"))
    places = "".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = f"daemon off; pid {folder}/pid; error_log {folder}/error; events {{}}"
    (folder / "nginx.conf").write_text(f"{main} http {{ access_log off; {places}\n{site}\n}}")
    return ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error")], {}


@contextlib.contextmanager
def running(make, server: Server, folder: pathlib.Path) -> Iterator[str]:
    """The proxy in front of the server; its https address."""
    port = free_port()
    command, environment = make(folder, server.port, port)
    log = (folder / "log").open("wb")
    process = subprocess.Popen(
        command, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"} | environment, stderr=log, stdout=log
    )
    base, context = f"https://localhost:{port}", ssl._create_unverified_context()
    try:
        for attempt in range(200):
            try:
                urllib.request.urlopen(base + "/healthz", context=context, timeout=5).read()
                break
            except OSError:
                if process.poll() is not None or attempt == 199:
                    raise RuntimeError((folder / "log").read_text()[-2000:]) from None
                time.sleep(0.1)
        yield base
    finally:
        process.terminate()
        process.wait(20)


def follow(browser: Browser, server: Server, base: str) -> str:
    """The dashboard shows by events what is posted; how long an update took."""
    group = server.admin.make_class("Maths 7b", {"ada": "Ada", "bo": "Bo"})
    lesson = server.admin.start_lesson(group, "Fractions")
    browser.sign_in(base + "/dashboard", ADMIN)
    browser.wait(lambda: browser.js("return document.querySelector('.status')?.dataset.state") == "live", "events")
    before = browser.js(POLLS)
    began = time.monotonic()
    server.admin.post_frame(lesson, "ada", pictures.face())
    browser.wait(lambda: "%" in browser.text(".tile[data-student=ada]"), "the frame that was posted")
    took = time.monotonic() - began
    assert browser.js(POLLS) == before, "by an event, not by a poll"
    assert browser.console() == []
    return f"a frame shows {took:.1f} s after it is posted, by an event"


def join(browser: Browser, server: Server, base: str) -> str:
    group = server.admin.make_class("Maths 7b", {"ada": "Ada"}, consent=False)
    lesson = server.admin.start_lesson(group, "Fractions")
    browser.sign_in(base + "/join", server.token("student", group, "ada")["token"])
    browser.click("#agree")
    path = f"/v1/sessions/{lesson}/students/ada/timeline?resolution=frame"
    browser.wait(lambda: len(server.admin.get(path)["frames"]) >= 5, "five frames of the camera")
    assert browser.console() == []
    browser.click("#withdraw")
    return "the camera page gets the camera and posts its frames"


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        folder.chmod(0o755)
        server, browser = Server(), Browser(camera=pictures.clip(folder), own_certificates=True)
        try:
            for make in (caddy, nginx):
                place = folder / make.__name__
                place.mkdir()
                place.chmod(0o777)
                with running(make, server, place) as base:
                    for scenario in (follow, join):
                        print(f"{make.__name__}: {scenario(browser, server, base)}", flush=True)
        finally:
            browser.quit()
            server.stop()


if __name__ == "__main__":
    main()
