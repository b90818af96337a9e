"""The nginx of docs/nginx.conf, as it stands there, in front of a real web server."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from aichina.local.environment import free_port
from tests.aichina.test_unreadable import sent
from tests.editorial_steps import publish_entry
from tests.faults.visitor import Visitor
from tests.syndication.packages.test_packages import made
from tests.waiting import wait

CONFIGURATION = Path(__file__).resolve().parents[2] / "docs" / "nginx.conf"
ENTRIES, CHANGES = "/api/v1/entries/", "/api/v1/changes/"
PROBLEM = {
    "Content-Type": "application/problem+json",
    "Cache-Control": "no-store",
    "Access-Control-Allow-Origin": "*",
    "X-Content-Type-Options": "nosniff",
}
AROUND = """
user {user} {group}; daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    {tracker}
}}
"""


@pytest.fixture
def nginx(site: str, tmp_path: Path) -> Iterator[str]:
    """Its address."""
    with running(site, tmp_path) as address:
        visitor = Visitor(address)
        wait(lambda: _answers(visitor), "nginx does not answer")
        yield address


@contextmanager
def running(site: str, folder: Path, patience: str = "90s") -> Iterator[str]:
    """In front of ``site``. Changed are the ports, the cache’s folder, and that there is no TLS on loopback,
    and for how long it waits for an answer."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        pytest.skip("needs nginx")
    port = free_port()
    tracker = CONFIGURATION.read_text()
    for found, instead in (
        ("127.0.0.1:8000", site.removeprefix("http://")),
        ("listen 443 ssl http2", f"listen 127.0.0.1:{port}"),
        ("/var/cache/nginx/tracker", str(folder / "cache")),
        ("proxy_read_timeout 90s", f"proxy_read_timeout {patience}"),
    ):
        assert found in tracker
        tracker = tracker.replace(found, instead)
    tracker = re.sub(r"ssl_certificate.*", "", tracker)
    (folder / "nginx.conf").write_text(
        AROUND.format(user=folder.owner(), group=folder.group(), folder=folder, tracker=tracker)
    )
    process = subprocess.Popen(
        [program, "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "error.log"]
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _answers(visitor: Visitor, status: int = 200) -> bool:
    try:
        return visitor.get("/healthz") == status
    except OSError:
        return False


def ask(address: str, **headers: str) -> Any:
    request = urllib.request.Request(address, headers={"Accept-Encoding": "identity", **headers})
    return urllib.request.build_opener(Unraised()).open(request, timeout=30)


class Unraised(urllib.request.HTTPErrorProcessor):
    """Every answer is one."""

    def http_response(self, request: Any, response: Any) -> Any:
        return response


def test_it_keeps_what_is_public_for_a_second_and_asks_then(nginx: str) -> None:
    entry = publish_entry("an-entry", body="A story. " * 100)
    first = {
        encoding: ask(nginx + ENTRIES, **{"Accept-Encoding": encoding})
        for encoding in ("br", "gzip", "identity")
    }
    bodies = {encoding: answer.read() for encoding, answer in first.items()}
    assert len({answer.headers["ETag"] for answer in first.values()}) == 3

    def kept(encoding: str, how: str) -> bool:
        answer = ask(nginx + ENTRIES, **{"Accept-Encoding": encoding})
        assert (answer.headers["ETag"], answer.read()) == (first[encoding].headers["ETag"], bodies[encoding])
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "RateLimit" not in answer.headers
        return bool(answer.headers["X-Cache"] == how)

    for encoding in first:
        wait(lambda encoding=encoding: kept(encoding, "HIT"), "it is not kept", 5)
        wait(lambda encoding=encoding: kept(encoding, "REVALIDATED"), "it is not asked about", 5)
        unchanged = ask(
            nginx + ENTRIES, **{"Accept-Encoding": encoding, "If-None-Match": first[encoding].headers["ETag"]}
        )
        assert (unchanged.status, unchanged.read()) == (304, b"")
    entry.withdraw()
    wait(lambda: b"an-entry" not in ask(nginx + ENTRIES).read(), "what was withdrawn is still shown", 3)


def test_it_keeps_nothing_that_is_not_public(nginx: str) -> None:
    key = {"Authorization": "Bearer none"}
    for path, headers, status in (
        (f"{ENTRIES}none/", {}, 404), (f"{ENTRIES}?limit=0", {}, 400), ("/admin/login/", {}, 200), ("/readyz", {}, 503),
        (f"{CHANGES}?wait=1", {}, 200), (ENTRIES, key, 401), (ENTRIES, {"Cookie": "sessionid=x"}, 200),
    ):  # fmt: skip
        for _ in range(3):
            answer = ask(nginx + path, **headers)
            assert (answer.status, answer.headers["X-Cache"] in ("MISS", "BYPASS")) == (status, True), path
            answer.read()


def test_it_passes_events_on_as_they_come_to_each_who_listens(nginx: str) -> None:
    with ExitStack() as stack:
        listening = [stack.enter_context(ask(nginx + CHANGES, Accept="text/event-stream")) for _ in range(3)]
        for answer in listening:
            assert answer.headers["Content-Type"] == "text/event-stream"
            assert answer.readline().startswith(b"retry:")
        publish_entry("an-entry")
        for answer in listening:
            assert any(b"an-entry" in line for line in iter(answer.readline, b""))


def test_a_part_of_a_file_is_given_and_refused_by_the_tracker(nginx: str) -> None:
    publish_entry("an-entry")
    address = nginx + urlsplit(made()["download"]).path
    for _ in range(2):
        whole = ask(address)
        file = whole.read()
        assert (whole.status, whole.headers["Accept-Ranges"]) == (200, "bytes")
    assert whole.headers["X-Cache"] == "HIT"
    for asked, status in (("bytes=5-9", 206), ("bytes=999999999-", 416), ("bytes=9-5", 200)):
        answer = ask(address, Range=asked, **{"If-Range": whole.headers["ETag"]})
        body = answer.read()
        assert answer.status == status
        if status == 416:
            assert {name: answer.headers.get_all(name) for name in PROBLEM} == {
                name: [text] for name, text in PROBLEM.items()
            }
            assert json.loads(body)["status"] == status
            assert answer.headers["Content-Range"] == f"bytes */{len(file)}"
        else:
            assert body == (file[5:10] if status == 206 else file)
    assert ask(address, Range="bytes=5-9", **{"If-Range": '"another"'}).read() == file
    assert ask(nginx + ENTRIES, Range="bytes=999999999-").status == 200


def test_a_condition_that_does_not_hold_is_a_problem(nginx: str) -> None:
    """Of a list the tracker knows none but If-None-Match; nginx does."""
    for condition in ("If-Match", "If-Unmodified-Since"):
        answer = ask(nginx + ENTRIES, **{condition: "Mon, 01 Jan 2001 00:00:00 GMT"})
        shown = {name: answer.headers.get_all(name) for name in PROBLEM}
        assert shown == {name: [text] for name, text in PROBLEM.items()}
        assert (answer.status, json.loads(answer.read())["title"]) == (412, "Precondition Failed")


def test_what_it_says_itself_to_programs_is_a_problem(tmp_path: Path) -> None:
    long = b"a" * 9_000
    refused = {
        b"GET /?q=" + long + b" HTTP/1.1\r\nHost: a\r\n": (414, "Request-URI Too Long"),
        b"GET / HTTP/1.1\r\nHost: a\r\nA: " + long + b"\r\n": (431, "Request Header Fields Too Large"),
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n": (400, "Bad Request"),
        b"TRACE / HTTP/1.1\r\nHost: a\r\n": (405, "Method Not Allowed"),
        b"GET / HTTP/3.1\r\nHost: a\r\n": (505, "HTTP Version Not Supported"),
        b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: a\r\n": (501, "Not Implemented"),
        b"POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: 13000000\r\n": (413, "Request Entity Too Large"),
    }
    away = {b"GET %s HTTP/1.1\r\nHost: a\r\n": (502, "Bad Gateway")}
    slow = {b"GET %s HTTP/1.1\r\nHost: a\r\n": (504, "Gateway Timeout")}
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        tracker = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with running(tracker, tmp_path, patience="200ms") as nginx:
            wait(lambda: _answers(Visitor(nginx), 504), "nginx does not answer")
            _says(nginx, slow | refused)
            silent.close()
            _says(nginx, away)


def _says(nginx: str, problems: dict[bytes, tuple[int, str]]) -> None:
    for head, (status, title) in problems.items():
        for path in (b"/api/v1/entries/", b"/feeds/atom.xml", b"/packages/aichina-1.zip"):
            answer, body = sent(nginx, head.replace(b"%s", path))
            shown = {name: answer.headers[name] for name in PROBLEM}
            assert (answer.status, shown) == (status, PROBLEM), head
            problem = json.loads(body)
            assert problem.pop("detail")
            assert problem == {"type": "about:blank", "title": title, "status": status}
            assert answer.headers["Retry-After"] == ("10" if status in (502, 504) else None)
        if b"%s" in head:
            answer, body = sent(nginx, head.replace(b"%s", b"/timeline/"))
            assert (answer.status, answer.headers["Content-Type"]) == (status, "text/html")
