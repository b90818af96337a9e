"""Somebody with a browser: cookies, forms, and a watch."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from http.cookiejar import CookieJar
from typing import Any


class Visitor:
    """Looks at the site at ``root``; remembers the last answer's headers, and how long it took."""

    def __init__(self, root: str) -> None:
        self.root, self.took = root, 0.0
        self.headers: Mapping[str, str] = {}
        self.cookies = CookieJar()
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        """Status and text."""
        data = urllib.parse.urlencode(form).encode() if form else None
        request = urllib.request.Request(self.root + path, data, headers={"Referer": self.root + path})
        started = time.monotonic()
        try:
            with self.browser.open(request, timeout=60) as answer:
                self.headers = answer.headers
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                self.headers = error.headers
                return error.code, error.read().decode()
        finally:
            self.took = time.monotonic() - started

    def get(self, path: str) -> int:
        """The status."""
        return self.ask(path)[0]

    def post(self, path: str, **form: str) -> int:
        """The status after the redirect."""
        return self.send(path, **form)[0]

    def send(self, path: str, **form: str) -> tuple[int, str]:
        """Status and text after the redirect."""
        token = next(cookie.value for cookie in self.cookies if cookie.name == "csrftoken")
        return self.ask(path, {**form, "csrfmiddlewaretoken": str(token)})

    def log_in(self, name: str, password: str = "") -> None:
        """Whose password is the name, as in tests, if none is given."""
        assert self.get("/admin/login/") == 200
        assert self.post("/admin/login/", username=name, password=password or name, next="/admin/") == 200
        assert any(cookie.name == "sessionid" for cookie in self.cookies)

    def readiness(self) -> tuple[bool, dict[str, Any]]:
        """Whether /readyz is green, and its checks."""
        status, text = self.ask("/readyz")
        return status == 200, json.loads(text)["checks"]
