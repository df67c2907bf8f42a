"""The HTTP API with the standard library."""

import json
import urllib.error
import urllib.request
from typing import Any


class Refused(Exception):
    """An answer of 400 or more, with the server's error code."""

    def __init__(self, status: int, body: bytes):
        try:
            self.code = json.loads(body)["error"]["code"]
        except (ValueError, KeyError, TypeError):
            self.code = None
        self.status = status
        super().__init__(f"{status} {body[:300].decode(errors='replace')}")


class Client:
    def __init__(self, base: str, token: str | None):
        self.base, self.token = base, token

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> bytes:
        request = urllib.request.Request(self.base + path, data=body, method=method, headers=headers or {})
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            raise Refused(error.code, error.read()) from None

    def get(self, path: str) -> Any:
        return json.loads(self.request("GET", path))

    def send(self, method: str, path: str, value: Any = None) -> Any:
        body = None if value is None else json.dumps(value).encode()
        answer = self.request(method, path, body, {"Content-Type": "application/json"} if body else None)
        return json.loads(answer) if answer else None

    def make_class(
        self, name: str, students: dict[str, str], identifier: str | None = None, consent: bool = True
    ) -> str:
        """A class with students by id and name, who have agreed to the notice where `consent` says so."""
        made = self.send("POST", "/v1/classes", {"name": name} | ({"id": identifier} if identifier else {}))["id"]
        agreed = {"consent": {"granted": True, "notice_version": self.get("/v1/notice")["version"]}} if consent else {}
        for student, display_name in students.items():
            self.send("PUT", f"/v1/classes/{made}/students/{student}", {"display_name": display_name} | agreed)
        return made

    def start_lesson(self, class_id: str, title: str) -> str:
        return self.send("POST", f"/v1/classes/{class_id}/sessions", {"title": title})["id"]

    def post_frame(self, session: str, student: str, picture: bytes, captured_at: str | None = None) -> Any:
        path = f"/v1/sessions/{session}/students/{student}/frames"
        kind = "image/png" if picture.startswith(b"\x89PNG") else "image/jpeg"
        query = f"?captured_at={captured_at}" if captured_at else ""
        return json.loads(self.request("POST", path + query, picture, {"Content-Type": kind}))
