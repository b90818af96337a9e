"""A small web server on loopback that has the invented publications, with validators, changing as time goes."""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from aichina.local.demo import forms
from aichina.local.demo.publications import items, publications, table
from aichina.local.environment import LOOPBACK, read, var, write_private

HTML = "text/html; charset=utf-8"
# The one publication that says how long its answer holds, in seconds.
MAX_AGE = {"spruce": 120}
IDLE_SECONDS = 30


@dataclass(frozen=True)
class Answer:
    """What stands at a path; ``changed``: since when; ``max_age``: for how many seconds it holds."""

    body: bytes
    content_type: str
    changed: datetime
    max_age: int | None = None

    @property
    def tag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:32]}"'


def answer(path: str, base: str, started: datetime, now: datetime) -> Answer | None:
    """What the server has at this path at this moment; None where there is nothing, or not yet."""
    now = max(now, started)  # a clock that was set back
    if path == "/":
        return Answer(forms.front(), HTML, started)
    if path.startswith("/articles/"):
        return _article(path.removeprefix("/articles/"), started, now)
    found = next((one for one in publications().values() if one.path == path), None)
    if found is None:
        return None
    if found.key == "figures":
        rows, since = table(started, now)
        return Answer(forms.table(rows), "text/csv; charset=utf-8", since)
    own = [item for item in items(started, now) if item.source == found.key]
    body = forms.WRITERS[found.key](found, own, base)
    changed = max(item.changed for item in own)
    return Answer(body, forms.FEED_TYPES.get(found.key, HTML), changed, MAX_AGE.get(found.key))


def _article(key: str, started: datetime, now: datetime) -> Answer | None:
    for item in items(started, now):
        if item.key == key:
            return Answer(forms.article(item), HTML, item.changed)
    return None


class Sources(ThreadingHTTPServer):
    """The server; ``started`` is when its items began to come out."""

    daemon_threads = True

    def __init__(self, port: int, started: datetime) -> None:
        super().__init__((LOOPBACK, port), _Asked)
        self.started = started

    @property
    def base(self) -> str:
        return f"http://{LOOPBACK}:{self.server_port}"


class _Asked(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    server: Sources

    def do_GET(self) -> None:
        found = answer(self.path, self.server.base, self.server.started, datetime.now(UTC))  # noqa: TID251
        if found is None:
            self.send_error(HTTPStatus.NOT_FOUND)
        elif self._has(found):
            self._send(HTTPStatus.NOT_MODIFIED, found, b"")
        else:
            self._send(HTTPStatus.OK, found, found.body)

    do_HEAD = do_GET  # noqa: N815  the standard library looks for this name

    def _has(self, found: Answer) -> bool:
        """Whether who asks has this answer; a tag counts before a date."""
        if tags := self.headers["If-None-Match"]:
            return found.tag in tags
        return bool(self.headers["If-Modified-Since"] == _http_date(found.changed))

    def _send(self, status: HTTPStatus, found: Answer, body: bytes) -> None:
        self.send_response(status)
        self.send_header("ETag", found.tag)
        self.send_header("Last-Modified", _http_date(found.changed))
        if found.max_age is not None:
            self.send_header("Cache-Control", f"max-age={found.max_age}")
        if status == HTTPStatus.OK:
            self.send_header("Content-Type", found.content_type)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: fetches are told by who makes them."""


def remembered_start(folder: Path) -> datetime:
    """When the server first ran in this folder, so that a later run goes on from there."""
    kept = read(folder / "started.json").get("started")
    if isinstance(kept, int):
        return datetime.fromtimestamp(kept, UTC)
    started = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251
    folder.mkdir(parents=True, exist_ok=True)
    write_private(folder / "started.json", json.dumps({"started": int(started.timestamp())}))
    return started


def main() -> int:
    """`python -m aichina.local.demo PORT`."""
    if len(sys.argv) != 2 or not sys.argv[1].isdecimal():
        sys.stderr.write("Say on which port, as in “python -m aichina.local.demo 8080”.\n")
        return 2
    with Sources(int(sys.argv[1]), remembered_start(var() / "demo")) as server:
        server.serve_forever()
    return 0


def _http_date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)
