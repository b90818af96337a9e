"""Requests that the web server refuses before the tracker sees them."""

from __future__ import annotations

import json
import socket
from http.client import HTTPResponse
from urllib.parse import urlsplit

from aichina.middleware import CROSS_ORIGIN, HEADERS

HOST = b"Host: 127.0.0.1\r\n"
SEARCH = "/api/v1/actors/?q="
LONG = b"a" * 9_000
UNREADABLE = {
    # what was sent: status, and what the detail says of it
    b"GET %s HTTP/1.1\r\n%s" % (f"{SEARCH}智谱".encode(), HOST): (400, "percent-encoded"),
    b"GET %s HTTP/1.1\r\n%s" % (f"{SEARCH}智谱".encode("gb18030"), HOST): (400, "percent-encoded"),
    b"GET %s HTTP/1.1\r\n%s" % (f"{SEARCH}<b>a b".encode(), HOST): (400, "%20"),
    b"get / HTTP/1.1\r\n" + HOST: (400, "in capitals"),
    b"GET / HTTP/3.1\r\n" + HOST: (400, "HTTP/1.1"),
    b"GET / HTTP/1.1\r\n" + HOST + HOST: (400, "Host stands there once"),
    b"POST /api/v1/packages/ HTTP/1.1\r\n" + HOST + b"Content-Length: some\r\n": (400, "is a number"),
    b"GET / HTTP/1.1\r\n" + HOST + b"<b>: x\r\n": (400, "name of a header"),
    b"GET / HTTP/1.1\r\n" + HOST + b"A: x\r\n y\r\n": (400, "cannot be understood"),
    b"GET /?q=" + LONG + b" HTTP/1.1\r\n" + HOST: (414, "8190 bytes"),
    b"GET / HTTP/1.1\r\n" + HOST + b"A: " + LONG + b"\r\n": (431, "each of 8190 bytes"),
    b"GET / HTTP/1.1\r\n" + HOST + b"A: x\r\n" * 100: (431, "may be 100"),
    b"GET / HTTP/1.1\r\n" + HOST + b"Expect: <b>\r\n": (417, "100-continue"),
    b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: <b>\r\n": (501, "chunked"),
}


def sent(site: str, head: bytes) -> tuple[HTTPResponse, bytes]:
    with socket.create_connection((urlsplit(site).hostname, urlsplit(site).port), 10) as client:
        client.sendall(head + b"\r\n")
        answer = HTTPResponse(client)
        answer.begin()
        return answer, answer.read()


def test_a_request_that_cannot_be_read_is_a_problem_in_plain_words(site: str) -> None:
    for head, (status, said) in UNREADABLE.items():
        answer, body = sent(site, head)
        problem = json.loads(body)
        shown = (answer.status, answer.headers["Content-Type"], answer.headers["Cache-Control"])
        assert shown == (status, "application/problem+json", "no-store"), head
        assert HEADERS.items() | CROSS_ORIGIN.items() <= dict(answer.headers).items(), head
        assert (problem["type"], problem["title"], problem["status"]) == (
            "about:blank",
            answer.reason,
            status,
        )
        assert said in problem["detail"], head
        assert b"<" not in body, head
        assert (answer.headers["Connection"], bool(answer.headers["Date"])) == ("close", True)


def test_what_can_be_read_is_answered_as_ever(site: str) -> None:
    for search in ("%E6%99%BA%E8%B0%B1", "%E6%99%BA" * 200):
        answer, _ = sent(site, b"GET %s HTTP/1.1\r\n%s" % (f"{SEARCH}{search}".encode(), HOST))
        assert answer.status == 200, search


def test_a_body_without_its_length_is_refused_and_not_taken_for_none(site: str) -> None:
    head = b"POST /api/v1/packages/ HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
    body = b'{"as_of": "1"}'
    answer, told = sent(
        site, head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n" % (len(body), body)
    )
    assert (answer.status, answer.headers["Content-Type"]) == (411, "application/problem+json")
    assert "Content-Length" in json.loads(told)["detail"]
