"""One fetch from a real server on loopback: what comes back, and by which bound it ends when the server is hostile."""

from __future__ import annotations

import gzip
import itertools
import socket
import ssl
import struct
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from outbound.client import Answer, Failed, Limits, fetch
from tests.outbound.conftest import Names, Serve, Server

PEM = Path(__file__).with_name("feed.example.pem")
QUICK = Limits(connect=0.3, read=0.3, whole=20.0)


def ok(body: bytes = b"", *headers: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def failure(address: str, **options: Any) -> Failed:
    with pytest.raises(Failed) as failed:
        fetch(address, **options)
    sentence = failed.value.sentence
    assert sentence == str(failed.value)
    assert sentence.endswith(".")
    assert len(sentence) < 400
    return failed.value


def test_an_answer_has_all_that_an_archive_needs(serve: Serve, settings: Any) -> None:
    settings.OUTBOUND_CONTACT = "https://tracker.example.org/about"
    server = serve(ok(b"Hello", "X-A: 1", "x-a: 2", 'ETag: "caf\xe9"'))
    answer = fetch(
        server.url("/a?b=中#c"), headers={"If-None-Match": '"e"', "Host": "evil", "User-Agent": "x"}
    )
    assert (answer.status, answer.reason, answer.http_version) == (200, "OK", "HTTP/1.1")
    assert (answer.content, answer.received, answer.ip, answer.moved) == (b"Hello", 5, "127.0.0.1", "")
    assert answer.address == server.url("/a?b=%E4%B8%AD")
    assert answer.headers["x-a"] == "1, 2"
    assert ("X-A", "1") in answer.raw_headers
    request = server.requests[0].decode()
    assert request.startswith("GET /a?b=%E4%B8%AD HTTP/1.1\r\n")
    sent = dict(answer.request_headers)
    assert sent == {
        "host": f"127.0.0.1:{server.port}",
        "user-agent": "AIChinaTracker/0.1 (+https://tracker.example.org/about)",
        "accept-encoding": "gzip, deflate",
        "connection": "close",
        "if-none-match": '"e"',
    }
    assert all(f"\r\n{name}: {text}\r\n" in request for name, text in sent.items())
    assert [step.sentence for step in answer.steps] == [
        f"Connected to 127.0.0.1, port {server.port}.", "200 OK, 5 bytes.",
    ]  # fmt: skip
    assert all(step.took >= 0 for step in answer.steps)


@pytest.mark.parametrize(
    "status", ["204 No Content", "304 Not Modified", "404 Not Found", "503 ", "300 X", "302 Found"]
)
def test_any_status_is_an_answer(serve: Serve, status: str) -> None:
    answer = fetch(serve(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode()).url())
    assert (answer.status, answer.content) == (int(status[:3]), b"")
    assert answer.steps[-1].sentence == f"{status.strip()}, 0 bytes."


def test_a_post_is_sent_as_it_was_given(serve: Serve) -> None:
    server = serve(b"HTTP/1.1 100 Continue\r\n\r\n" + ok())
    answer = fetch(server.url(), method="POST", content=b"a=b", headers={"Content-Type": "text/x"})
    assert answer.status == 200
    assert b"\r\ncontent-type: text/x\r\n" in server.requests[0]
    assert server.requests[0].endswith(b"\r\n\r\na=b")


def test_without_a_contact_there_are_no_brackets(serve: Serve, settings: Any) -> None:
    settings.OUTBOUND_CONTACT = ""
    server = serve(ok())
    fetch(server.url())
    assert b"\r\nuser-agent: AIChinaTracker/0.1\r\n" in server.requests[0]


def test_no_proxy_of_the_environment_is_used(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, untouched: socket.socket
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{untouched.getsockname()[1]}")
    assert fetch(serve(ok(b"direct")).url()).content == b"direct"


def test_no_cookie_is_kept(serve: Serve) -> None:
    server = serve(ok(b"", "Set-Cookie: a=b; Path=/"))
    fetch(server.url())
    fetch(server.url())
    assert b"cookie" not in server.requests[1].lower()


# What servers pack


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize("size", [0, 1, 16_383, 16_384, 16_385, 200_000])
@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gzip.compress), ("X-GZIP", gzip.compress), ("deflate", zlib.compress), ("deflate", raw_deflate),
        ("identity", bytes), ("gzip", lambda body: gzip.compress(body[:9]) + gzip.compress(body[9:]) + b"\0" * 600),
    ],
)  # fmt: skip
def test_what_is_packed_is_unpacked(
    serve: Serve, coding: str, pack: Callable[[bytes], bytes], size: int
) -> None:
    body = b"ab" * (size // 2) + b"c" * (size % 2)
    packed = pack(body)
    answer = fetch(serve(ok(packed, f"Content-Encoding: {coding}")).url())
    assert (answer.content, answer.received) == (body, len(packed))


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("br", b"x"), ("zstd", b"x"), ("gzip", b"x"),
        ("gzip, gzip", gzip.compress(gzip.compress(b"x", mtime=0), mtime=0)),
        ("gzip", gzip.compress(b"x" * 1000, mtime=0)[:-9]), ("gzip", gzip.compress(b"x", mtime=0)[:-1] + b"\xff"),
        ("deflate", b"\xff" * 9), ("gzip", gzip.compress(b"x", mtime=0) + b"junk"), ("deflate", b"x"),
    ],
)  # fmt: skip
def test_what_cannot_be_unpacked_is_broken(serve: Serve, coding: str, body: bytes) -> None:
    assert failure(serve(ok(body, f"Content-Encoding: {coding}")).url()).kind == "broken"


def test_a_bomb_is_too_large_and_takes_no_memory(serve: Serve) -> None:
    bomb = gzip.compress(bytes(200_000_000), 6)
    server = serve(ok(bomb, "Content-Encoding: gzip"))
    tracemalloc.start()
    try:
        failed = failure(server.url(), limits=Limits(unfolded=1_000_000))
        assert tracemalloc.get_traced_memory()[1] < len(bomb) * 4 + 4_000_000
    finally:
        tracemalloc.stop()
    assert (failed.kind, failed.sentence) == ("too_large", "The answer unpacks to more than 1,000,000 bytes.")


def test_the_bounds_are_exact(serve: Serve) -> None:
    packed, wire = ok(gzip.compress(b"x" * 5000, mtime=0), "Content-Encoding: gzip"), ok(b"x" * 5000)
    assert len(fetch(serve(packed).url(), limits=Limits(unfolded=5000)).content) == 5000
    assert failure(serve(packed).url(), limits=Limits(unfolded=4999)).kind == "too_large"
    assert len(fetch(serve(wire).url(), limits=Limits(received=len(wire))).content) == 5000
    assert failure(serve(wire).url(), limits=Limits(received=len(wire) - 1)).kind == "too_large"


# What never ends, or is late


def endless(head: bytes, piece: bytes, pause: float = 0) -> Callable[[socket.socket], None]:
    def speak(connection: socket.socket) -> None:
        connection.sendall(head)
        for _ in itertools.count():
            connection.sendall(piece)
            time.sleep(pause)

    return speak


def silent(head: bytes = b"") -> Callable[[socket.socket], None]:
    def speak(connection: socket.socket) -> None:
        connection.sendall(head)
        connection.recv(1)

    return speak


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 9999),
        (CHUNKED, b"5\r\nhello\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", b"x" * 9999),
        (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    ],
)
def test_an_endless_answer_is_too_large(serve: Serve, head: bytes, piece: bytes) -> None:
    failed = failure(serve(endless(head, piece)).url(), limits=Limits(received=100_000))
    assert (failed.kind, failed.sentence) == ("too_large", "The answer is larger than 100,000 bytes.")


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"), (b"HTTP/1.1 200 OK\r\nX-A: ", b"x" * 999), (b"", b"x" * 999),
        (CHUNKED + b"5;", b"x" * 999), (CHUNKED + b"0\r\n", b"X-A: b\r\n"),
    ],
)  # fmt: skip
def test_an_endless_head_is_broken(serve: Serve, head: bytes, piece: bytes) -> None:
    assert failure(serve(endless(head, piece)).url()).kind == "broken"


@pytest.mark.parametrize(
    "head", [b"", b"HTTP/1.1 200 OK\r\nX-A: ", b"HTTP/1.1 200 OK\r\n\r\n", CHUNKED + b"ffff\r\n"]
)
def test_a_slow_drip_ends_with_the_whole(serve: Serve, head: bytes) -> None:
    failed = failure(serve(endless(head, b"x", 0.05)).url(), limits=Limits(whole=1.0))
    assert (failed.kind, failed.sentence) == ("timeout", "The fetch did not end within 1 seconds.")


def test_the_whole_bounds_also_the_wait_for_one_byte(serve: Serve) -> None:
    failed = failure(serve(silent()).url(), limits=Limits(whole=0.5))
    assert (failed.kind, failed.sentence) == ("timeout", "The fetch did not end within 0.5 seconds.")


def test_the_whole_holds_over_all_redirects(serve: Serve) -> None:
    def slow(connection: socket.socket) -> None:
        time.sleep(0.2)
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n")

    failed = failure(serve(slow).url(), limits=Limits(redirects=100, whole=0.7))
    assert (failed.kind, failed.sentence) == ("timeout", "The fetch did not end within 0.7 seconds.")


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"])
def test_silence_is_a_timeout(serve: Serve, head: bytes) -> None:
    failed = failure(serve(silent(head)).url(), limits=QUICK)
    assert (failed.kind, failed.sentence) == ("timeout", "Nothing more came within 0.3 seconds.")


def test_who_takes_no_request_is_late(serve: Serve) -> None:
    over = threading.Event()
    server = serve(lambda _: over.wait(10), deaf=True)
    failed = failure(server.url(), method="POST", content=bytes(20_000_000), limits=QUICK)
    over.set()
    assert failed.sentence == "The request was not taken within 0.3 seconds."


def test_who_takes_no_connection_is_late(settings: Any) -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        settings.OUTBOUND_ALLOWED = [f"127.0.0.1:{port}"]
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        try:
            failed = failure(f"http://127.0.0.1:{port}/", limits=QUICK)
        finally:
            for one in waiting:
                one.close()
    assert (failed.kind, failed.sentence) == ("timeout", "127.0.0.1 took no connection within 0.3 seconds.")


def test_a_resolver_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait(20) and [])
    failed = failure("http://slow.example/", limits=Limits(whole=0.5))
    over.set()
    assert failed.kind == "timeout"


# What is no HTTP


@pytest.mark.parametrize(
    "reply",
    [
        b"", b"Hello, this is HTTP/0.9", b"HTTP/1.1\r\n\r\n", b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", b"HTTP/1.1 200 OK\r\n bad: fold\r\n\r\n", b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", CHUNKED + b"5\r\nhel",
        CHUNKED + b"zz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: magic\r\n\r\n", CHUNKED + b"5\r\nhelloXX0\r\n\r\n",
        b"\x16\x03\x01" * 99,
        b"HTTP/1.1 200 OK\r\nX-A: \x00\r\n\r\n", b"SSH-2.0-OpenSSH\r\n",
    ],
)  # fmt: skip
def test_what_is_no_http_is_broken(serve: Serve, reply: bytes) -> None:
    assert failure(serve(reply).url()).kind == "broken"


def test_more_than_the_declared_length_is_not_read(serve: Serve) -> None:
    assert fetch(serve(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHello, World").url()).content == b"Hello"


def test_a_reset_is_broken(serve: Serve) -> None:
    def reset(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    assert failure(serve(reset).url()).kind == "broken"


@pytest.mark.parametrize("options", [{"method": "GE T"}, {"headers": {"X-A": "a\r\nb"}}, {"headers": {"X A": "a"}},
                                     {"headers": {"X-A": "中"}}, {"method": "中"}])  # fmt: skip
def test_a_request_that_cannot_be_sent_is_broken(serve: Serve, options: dict[str, Any]) -> None:
    server = serve(ok())
    assert failure(server.url(), **options).kind == "broken"
    assert not any(b"HTTP/1.1" in request for request in server.requests)


PARTS = st.sampled_from(
    [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.0 301 Moved\r\n", b"Location: /x\r\n", b"Location: \xff//\\\r\n", b"\r\n", b"\n",
     b"Content-Length: 3\r\n", b"Content-Length: x\r\n", b"Transfer-Encoding: chunked\r\n", b"3\r\nabc\r\n",
     b"0\r\n\r\n", b"Content-Encoding: gzip\r\n", b"Content-Encoding: deflate\r\n", gzip.compress(b"abc", mtime=0),
     b"HTTP/1.1 101 Up\r\n"]
)  # fmt: skip
REPLIES = st.lists(st.one_of(PARTS, st.binary(max_size=20)), max_size=9).map(b"".join)


@hypothesis_settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(REPLIES)
def test_whatever_bytes_come_it_is_an_answer_or_a_failure(settings: Any, reply: bytes) -> None:
    settings.OUTBOUND_ALLOWED = []
    server = Server(reply, allowed=settings.OUTBOUND_ALLOWED)
    try:
        kind = "" if isinstance(fetch(server.url(), limits=Limits(read=2.0)), Answer) else "none"
    except Failed as failed:
        kind = failed.kind
    finally:
        server.close()
    assert kind in ("", "broken", "refused", "redirects")


# Encryption


def secured(connection: socket.socket) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(PEM)
    with context.wrap_socket(connection, server_side=True) as stream:
        stream.recv(65_536)
        stream.sendall(ok(b"secret"))


@pytest.fixture
def tls(serve: Serve) -> Server:
    return serve(secured, deaf=True)


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The certificate of the tests is one of those that are trusted."""
    monkeypatch.setattr(httpx2, "create_ssl_context", lambda **_: ssl.create_default_context(cafile=PEM))


@pytest.mark.usefixtures("trusted")
def test_a_certificate_of_the_name_is_taken(tls: Server, names: Names) -> None:
    asked = names(feed_example=[["127.0.0.1"]])
    answer = fetch(f"https://feed.example:{tls.port}/")
    assert (answer.content, answer.ip, asked) == (b"secret", "127.0.0.1", ["feed.example"])


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("host", ["other.example", "127.0.0.1"])
def test_a_certificate_of_another_name_is_not(tls: Server, names: Names, host: str) -> None:
    names(other_example=[["127.0.0.1"]])
    assert failure(f"https://{host}:{tls.port}/").kind == "tls"


def test_a_certificate_that_nobody_vouches_for_is_not(
    tls: Server, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the environment says of certificates."""
    monkeypatch.setenv("SSL_CERT_FILE", str(PEM))
    names(feed_example=[["127.0.0.1"]])
    failed = failure(f"https://feed.example:{tls.port}/")
    assert failed.kind == "tls"
    assert "certificate is not valid" in failed.sentence


def test_a_plain_port_is_no_encrypted_one(serve: Serve) -> None:
    server = serve(b"HTTP/1.1 400 Bad Request\r\n\r\n", deaf=True)
    assert failure(server.url().replace("http:", "https:")).kind == "tls"


def test_an_encryption_that_hangs_is_a_timeout(serve: Serve) -> None:
    server = serve(silent())
    assert failure(server.url().replace("http:", "https:"), limits=QUICK).kind == "timeout"
