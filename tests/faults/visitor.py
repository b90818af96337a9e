"""Somebody with a browser: cookies, forms, and a watch."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from typing import Any


class Visitor:
    """Looks at the site at ``root``; remembers how long the last answer took."""

    def __init__(self, root: str) -> None:
        self.root, self.took = root, 0.0
        self.cookies = CookieJar()
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def _ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        data = urllib.parse.urlencode(form).encode() if form else None
        request = urllib.request.Request(self.root + path, data, headers={"Referer": self.root + path})
        started = time.monotonic()
        try:
            with self.browser.open(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        finally:
            self.took = time.monotonic() - started

    def get(self, path: str) -> int:
        """The status."""
        return self._ask(path)[0]

    def post(self, path: str, **form: str) -> int:
        """The status after the redirect."""
        token = next(cookie.value for cookie in self.cookies if cookie.name == "csrftoken")
        return self._ask(path, {**form, "csrfmiddlewaretoken": str(token)})[0]

    def log_in(self, name: str) -> None:
        assert self.get("/admin/login/") == 200
        assert self.post("/admin/login/", username=name, password=name, next="/admin/") == 200
        assert any(cookie.name == "sessionid" for cookie in self.cookies)

    def readiness(self) -> tuple[bool, dict[str, Any]]:
        """Whether /readyz is green, and its checks."""
        status, text = self._ask("/readyz")
        return status == 200, json.loads(text)["checks"]
