"""A web server of the tests' own on loopback: answers as a test says, and remembers what it was asked."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Page:
    """What stands at a path. With ``validated``, it has an ETag, and who knows it gets a 304."""

    body: bytes = b""
    content_type: str = "application/xml"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    validated: bool = True
    # Called in place of all that, with the connection in hand.
    misbehave: Callable[[BaseHTTPRequestHandler], None] | None = None
    delay: float = 0.0


@dataclass
class Asked:
    path: str
    headers: dict[str, str]  # by their names in small letters
    status: int


def _headers(request: BaseHTTPRequestHandler) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


class Site:
    """``pages`` by their paths; ``asked``: every request, in order. ``ip``: sites of their own each need another."""

    def __init__(self, ip: str = "127.0.0.1") -> None:
        self.ip = ip
        self.pages: dict[str, Page] = {}
        self.asked: list[Asked] = []
        site = self

        class Answering(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.answer(self)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer((ip, 0), Answering)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    @property
    def host(self) -> str:
        return f"{self.ip}:{self.server.server_port}"

    def address(self, path: str) -> str:
        return f"http://{self.host}{path}"

    def put(self, path: str, body: bytes | str = b"", **more: Any) -> str:
        """Have this stand at the path. Returns its address."""
        content = body.encode() if isinstance(body, str) else body
        self.pages[path] = Page(content, **more)
        return self.address(path)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        page = self.pages.get(request.path, Page(b"nothing here", "text/plain", 404, validated=False))
        if page.misbehave is not None:
            self.asked.append(Asked(request.path, _headers(request), 0))
            request.close_connection = True
            page.misbehave(request)
            return
        time.sleep(page.delay)
        etag = f'"{hashlib.sha256(page.body).hexdigest()[:16]}"'
        known = page.validated and request.headers.get("If-None-Match") == etag
        status = 304 if known else page.status
        self.asked.append(Asked(request.path, _headers(request), status))
        request.send_response(status)
        for name, value in page.headers.items():
            request.send_header(name, value)
        if page.validated:
            request.send_header("ETag", etag)
        if not known:
            request.send_header("Content-Type", page.content_type)
            request.send_header("Content-Length", str(len(page.body)))
        request.end_headers()
        if not known:
            request.wfile.write(page.body)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@contextmanager
def serving(ip: str = "127.0.0.1") -> Iterator[Site]:
    site = Site(ip)
    try:
        yield site
    finally:
        site.close()


@dataclass
class Told:
    """An item of a feed that a test writes."""

    title: str
    text: str = "Some text of its own."
    guid: str = ""
    link: str = ""
    date: str = "Tue, 03 Mar 2026 08:00:00 GMT"


def rss(items: list[Told], *, title: str = "A paper of the tests", language: str = "en") -> bytes:
    """An RSS 2.0 document. Texts are put in as they are, so that they may be markup."""
    body = "".join(
        f"<item><title>{item.title}</title><description>{item.text}</description>"
        + (f"<guid isPermaLink='false'>{item.guid}</guid>" if item.guid else "")
        + (f"<link>{item.link}</link>" if item.link else "")
        + (f"<pubDate>{item.date}</pubDate>" if item.date else "")
        + "</item>"
        for item in items
    )
    return (
        f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>{title}</title>"
        f"<link>https://paper.example/</link><language>{language}</language>{body}</channel></rss>"
    ).encode()
