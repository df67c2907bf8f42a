"""The built `classpulse` on a port and a database of its own."""

import json
import os
import pathlib
import socket
import subprocess
import tempfile
import time
import urllib.request

from .client import Client, Refused

ROOT = pathlib.Path(__file__).resolve().parents[3]
ADMIN = "browser-tests-admin-token"


def binary() -> pathlib.Path:
    """CLASSPULSE_BINARY, else what was built last."""
    named = os.environ.get("CLASSPULSE_BINARY")
    built = [ROOT / ".build" / kind / "classpulse" for kind in ("debug", "release")]
    found = [path for path in ([pathlib.Path(named).resolve()] if named else built) if path.exists()]
    if not found:
        raise FileNotFoundError(f"no classpulse at {named or built}: `make build`")
    return max(found, key=lambda path: path.stat().st_mtime)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """Runs until `stop`; `kill` and `start` again keep port and database."""

    def __init__(self, *arguments: str, port: int | None = None, secret: str = ADMIN):
        self.folder = tempfile.TemporaryDirectory(prefix="classpulse-")
        self.database = f"{self.folder.name}/classpulse.sqlite"
        self.port = port or free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.arguments, self.secret = arguments, secret
        self.log = pathlib.Path(self.folder.name, "log")
        self.process: subprocess.Popen[bytes] | None = None
        self.admin = Client(self.base, secret)
        self.start()

    def start(self) -> None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                raise OSError(f"something listens on port {self.port} already")
        command = [binary(), "serve", "--port", str(self.port), "--database", self.database, *self.arguments]
        environment = os.environ | {"CLASSPULSE_ADMIN_TOKEN": self.secret}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=self.folder.name)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"classpulse ended with {self.process.returncode}:\n{self.output()}")
            try:
                with urllib.request.urlopen(self.base + "/readyz", timeout=2):
                    return
            except OSError:
                time.sleep(0.05)
        raise TimeoutError(f"not ready after 60 s:\n{self.output()}")

    def output(self) -> str:
        return self.log.read_text(errors="replace")[-3000:]

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
        self.folder.cleanup()

    def token(
        self, role: str, class_id: str | None = None, student: str | None = None, expires_in: str | None = None
    ) -> dict[str, str]:
        """A new token by the command line: `id` and `token`."""
        options = (("class", class_id), ("student", student), ("expires-in", expires_in))
        bounds = [f"--{name}={value}" for name, value in options if value]
        made = json.loads(self._command("create", f"--role={role}", *bounds, "--json"))
        deadline = time.monotonic() + 10
        while True:  # until the running server has noticed
            try:
                Client(self.base, made["token"]).get("/v1/me")
                return made
            except Refused:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def revoke(self, token_id: str) -> None:
        self._command("revoke", token_id)

    def _command(self, *arguments: str) -> str:
        command = [binary(), "token", *arguments, "--database", self.database]
        return subprocess.run(
            command, check=True, capture_output=True, text=True, timeout=30, cwd=self.folder.name
        ).stdout
