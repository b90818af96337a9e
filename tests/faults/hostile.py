"""What a hostile source may answer, and what must come of each: the outcome of its fetch, and words that say why."""

from __future__ import annotations

import gzip
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from itertools import count
from typing import Any
from uuid import uuid4

from tests.imports.serving import Page, Told, rss

Request = BaseHTTPRequestHandler


class Trap:
    """A server on this machine that nobody may connect to; ``caught``: how many did."""

    def __init__(self) -> None:
        self.caught = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                self.listener.accept()[0].close()
                self.caught += 1

    def close(self) -> None:
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


@dataclass
class Hostile:
    """``why``: a pattern. ``items``: how many it tells, all fetches together.

    ``told``: what its newest item is stored as, by the names of the item's fields.
    """

    page: Page
    outcome: str
    why: str = ""
    items: int = 0
    told: dict[str, Any] | None = None


def misbehaving(what: Callable[[Request], None]) -> Page:
    def until_they_are_gone(request: Request) -> None:
        with suppress(OSError):
            what(request)

    return Page(misbehave=until_they_are_gone)


def head(request: Request, *headers: tuple[str, str]) -> None:
    request.send_response(200)
    for name, value in headers:
        request.send_header(name, value)
    request.end_headers()


def endlessly(request: Request) -> None:
    head(request)
    while True:
        request.wfile.write(b"<item>" * 10_000)


def slowly(request: Request) -> None:
    head(request)
    while True:
        request.wfile.write(b"<")
        time.sleep(1)


def silently(request: Request) -> None:
    head(request, ("Content-Length", "100"))
    request.connection.settimeout(60)
    request.connection.recv(1)


def reset(request: Request) -> None:
    request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.connection.close()


def lying(request: Request) -> None:
    head(request, ("Content-Length", "100000"))
    request.wfile.write(b"<rss version='2.0'>")


def endless_head(request: Request) -> None:
    request.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in count():
        request.wfile.write(b"X-%d: y\r\n" % number * 1_000)


def changing(request: Request) -> None:
    """The same three items, with other GUIDs each time."""
    told = [
        Told(f"Number {n} of those", f"What is said of {n}.", uuid4().hex, f"https://p.example/{n}")
        for n in range(3)
    ]
    body = rss(told)
    head(request, ("Content-Type", "application/xml"), ("Content-Length", str(len(body))))
    request.wfile.write(body)


def feed(inside: str, before: str = "") -> str:
    channel = f"<channel><title>Of the enemy</title>{inside}</channel>"
    return f"<?xml version='1.0'?>{before}<rss version='2.0'>{channel}</rss>"


def entities(declared: str) -> str:
    item = "<item><title>Bomb</title><description>It says &e;</description><guid>1</guid></item>"
    return feed(item, f"<!DOCTYPE rss [{declared}]>")


def bomb() -> str:
    levels = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 12))
    return entities(f"<!ENTITY e0 'lol'>{levels}<!ENTITY e '&e11;'>")


def redirect(address: str) -> Page:
    return Page(status=302, headers={"Location": address}, validated=False)


def many(number: int) -> bytes:
    return rss(
        [
            Told(f"Number {n:05} of many", f"Text {n}.", str(n), f"https://many.example/{n}")
            for n in range(number)
        ]
    )


SCRIPT = "<script>alert(1)</script>"
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;Said"


def corpus(trap: Trap, secret: str, itself: str, *, items: int) -> dict[str, Hostile]:
    """``secret``: the path of a file that nobody may read. ``itself``: the address at which ``loop`` stands."""
    return {
        "entity bomb": Hostile(Page(bomb().encode()), "new", items=1, told={"text": "It says &e;"}),
        "file": Hostile(Page(entities(f"<!ENTITY e SYSTEM 'file://{secret}'>").encode()), "new", items=1),
        "port": Hostile(
            Page(entities(f"<!ENTITY % p SYSTEM '{trap.address}'>%p;<!ENTITY e SYSTEM '{trap.address}'>").encode()),
            "new", items=1,
        ),
        "utf-16": Hostile(
            Page(entities(f"<!ENTITY e SYSTEM 'file://{secret}'>").encode("utf-16")), "new", items=1
        ),
        "gzip bomb": Hostile(
            Page(gzip.compress(bytes(200_000_000), 6), headers={"Content-Encoding": "gzip"}), "failed", "unpacks"
        ),
        "endless": Hostile(misbehaving(endlessly), "failed", "larger"),
        "drip": Hostile(misbehaving(slowly), "failed", "30 seconds"),
        "silence": Hostile(misbehaving(silently), "failed", "10 seconds"),
        "reset": Hostile(misbehaving(reset), "failed", "broke|no valid HTTP"),
        "lying": Hostile(misbehaving(lying), "failed", "no valid HTTP"),
        "endless head": Hostile(misbehaving(endless_head), "failed", "no valid HTTP"),
        "redirect": Hostile(redirect(trap.address), "failed", "an address of this machine"),
        "redirect to a file": Hostile(redirect(f"file://{secret}"), "failed", "no web address"),
        "loop": Hostile(redirect(itself), "failed", "more than 5 redirects"),
        "deep": Hostile(
            Page(rss([Told("Deep", "&lt;b&gt;" * 100_000)])),
            "new", items=1, told={"title": "Deep", "text": ""},
        ),
        "deep xml": Hostile(Page(feed("<item><title>Deep</title>" + "<a>" * 10_000 + "</item>").encode()), "new",
            items=1, told={"title": "Deep"},
        ),
        "attributes": Hostile(
            Page(feed("<item " + " ".join(f"a{n}='1'" for n in range(400_000)) + "><title>A</title></item>").encode()),
            "failed", "seconds",
        ),
        "deep json": Hostile(Page(b'{"items":' + b"[" * 500_000), "failed", "nested deeper"),
        "wrong charset": Hostile(
            Page(
                feed("<item><title>人工智能生成合成内容标识办法</title><description>国家网信办公布</description></item>")
                .encode("gb18030"),
                "application/xml; charset=utf-8",
            ),
            "new", items=1, told={"title": "人工智能生成合成内容标识办法"},
        ),
        "script": Hostile(
            Page(rss([Told(ESCAPED, ESCAPED, ESCAPED, f"https://x.example/{ESCAPED}", ESCAPED)])),
            "new", items=1, told={"title": "Said", "text": "Said", "published": ""},
        ),
        "links": Hostile(
            Page(rss([Told("Click", link="javascript:alert(1)"), Told("Here", link="data:text/html,x")])),
            "new", items=2, told={"address": ""},
        ),
        "dates": Hostile(
            Page(rss([
                Told("Early", guid="1", date="Mon, 01 Jan 0001 00:00:00 GMT"),
                Told("Late", guid="2", date="9999-12-31T23:59:59-23:59"),
            ])),
            "new", items=2, told={"published": ""},
        ),
        "one guid": Hostile(Page(rss([Told(f"Story {n}", f"Of {n}.", "same") for n in range(5)])), "new", items=5),
        "changing guids": Hostile(misbehaving(changing), "new", items=3),
        "many": Hostile(
            Page(gzip.compress(many(items)), headers={"Content-Encoding": "gzip"}), "new", items=items
        ),
    }  # fmt: skip
