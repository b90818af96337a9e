"""Nothing but the public internet is connected to: directly, by a name, or by a redirect."""

from __future__ import annotations

import multiprocessing
import pickle
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from outbound.client import Failed, Limits, fetch
from tests.outbound.conftest import Names, Serve
from tests.outbound.test_client import failure, ok
from tests.outbound.test_policy import FORBIDDEN


def to(location: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} X\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is connected to, in truth or not."""
    seen: list[str] = []

    class Watched(socket.socket):
        def connect(self, address: object) -> None:
            seen.append(str(address))
            super().connect(address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "socket", Watched)
    return seen


@pytest.mark.parametrize("ip", [ip for ip in FORBIDDEN.split() if "%" not in ip])
def test_a_forbidden_address_is_refused_at_every_door(
    serve: Serve, names: Names, dialled: list[str], ip: str
) -> None:
    host = f"[{ip}]" if ":" in ip else ip
    names(bad_example=[[ip]], mixed_example=[["1.1.1.1", "2606:4700::1111", ip]])
    server = serve(to(f"http://{host}/"), to("http://bad.example/"), to("//mixed.example/"))
    for address in (
        f"http://{host}/",
        f"https://{host}:8443/",
        "http://bad.example/",
        "http://mixed.example/",
    ):
        failed = failure(address)
        assert failed.kind == "refused"
        assert dialled == []
    names(bad_example=[[ip]], mixed_example=[["1.1.1.1", "2606:4700::1111", ip]])
    for _ in range(3):
        dialled.clear()
        assert failure(server.url()).kind == "refused"
        assert dialled == [f"('127.0.0.1', {server.port})"]


def test_a_port_beside_the_allowed_one_sees_nothing(
    serve: Serve, names: Names, untouched: socket.socket
) -> None:
    port = untouched.getsockname()[1]
    names(inside_example=[["127.0.0.1"]])
    server = serve(
        *(to(f"http://{host}:{port}/") for host in ("127.0.0.1", "inside.example", "0x7f.1", "a@127.0.0.1"))
    )
    for _ in range(4):
        failed = failure(server.url())
        assert failed.kind == "refused"
        assert failed.steps[0].sentence == f"Connected to 127.0.0.1, port {server.port}."


def test_a_refusal_says_why_in_one_sentence(names: Names) -> None:
    names(inside_example=[["10.1.2.3"]])
    assert failure("http://inside.example/").sentence == (
        "inside.example leads to 10.1.2.3, a private address; fetch from the public internet alone."
    )
    assert failure("http://127.1/").sentence == "“127.1” is no IPv4 address in its canonical form."


def test_a_name_is_asked_for_once_and_what_was_checked_is_dialled(serve: Serve, names: Names) -> None:
    server = serve(ok(b"checked"), host="127.0.0.2")
    asked = names(rebinding_example=[["127.0.0.2"], ["127.0.0.1"]])
    answer = fetch(server.url(host="rebinding.example"))
    assert (answer.content, answer.ip, asked) == (b"checked", "127.0.0.2", ["rebinding.example"])
    assert answer.steps[0].sentence == "Resolved rebinding.example: 127.0.0.2."
    assert f"\r\nhost: rebinding.example:{server.port}\r\n".encode() in server.requests[0]


def test_a_redirect_to_the_same_name_is_checked_again(
    serve: Serve, names: Names, untouched: socket.socket
) -> None:
    server = serve(to("/again"))
    names(rebinding_example=[["127.0.0.1"], ["169.254.169.254"]])
    failed = failure(server.url(host="rebinding.example"))
    assert failed.kind == "refused"
    assert "169.254.169.254, a link-local address" in failed.sentence


def test_the_next_address_is_tried_when_one_takes_no_connection(
    serve: Serve, names: Names, settings: object
) -> None:
    server = serve(ok(b"second"))
    settings.OUTBOUND_ALLOWED.append(f"127.0.0.9:{server.port}")  # type: ignore[attr-defined]
    names(two_example=[["127.0.0.9", "127.0.0.1"]])
    answer = fetch(server.url(host="two.example"))
    assert (answer.content, answer.ip) == (b"second", "127.0.0.1")


def test_where_nobody_listens_nothing_is_reached(serve: Serve) -> None:
    server = serve(ok())
    server.close()
    assert failure(server.url()).kind == "unreachable"


def test_a_name_that_leads_nowhere(names: Names) -> None:
    names(empty_example=[[]])
    assert failure("http://nowhere.example/").kind == "unresolved"
    assert failure("http://empty.example/").kind == "unresolved"


# Redirects


def test_redirects_are_followed_and_told(serve: Serve) -> None:
    server = serve(to("/b", 301), to("c?d", 308), to("/e", 302), to("/f", 301), ok(b"there"))
    answer = fetch(server.url("/a"))
    assert (answer.address, answer.moved, answer.content) == (server.url("/f"), server.url("/c?d"), b"there")
    told = [step.sentence for step in answer.steps if "Moved" in step.sentence]
    assert told[1:3] == [
        f"308 Moved permanently to {server.url('/c?d')}.", f"302 Moved for now to {server.url('/e')}.",
    ]  # fmt: skip
    assert [request.split()[1] for request in server.requests] == [b"/a", b"/b", b"/c?d", b"/e", b"/f"]


def test_a_move_for_now_is_no_move(serve: Serve) -> None:
    server = serve(to("/b", 307), to("/c", 301), ok())
    assert fetch(server.url()).moved == ""


def test_a_loop_of_redirects_ends(serve: Serve) -> None:
    server = serve(to("/"))
    failed = failure(server.url(), limits=Limits(redirects=3))
    assert (failed.kind, failed.sentence, len(server.requests)) == (
        "redirects",
        "There are more than 3 redirects.",
        4,
    )


def test_redirects_are_answers_where_nobody_follows(serve: Serve) -> None:
    server = serve(to("http://127.0.0.1:1/", 301))
    answer = fetch(server.url(), follow=False)
    assert (answer.status, answer.headers["location"], answer.moved) == (301, "http://127.0.0.1:1/", "")


@pytest.mark.parametrize(
    "location", ["ftp://a.example/", "javascript:alert(1)", "/a b", "http://[", "\\\\a", "/\udcff"]
)
def test_a_redirect_to_no_address_is_refused(serve: Serve, location: str) -> None:
    reply = to("@").replace(b"@", location.encode("utf-8", "surrogateescape"))
    assert failure(serve(reply).url()).kind == "refused"


SECRETS = {
    "Authorization": "s2",
    "Cookie": "s3",
    "X-Key": "s5",
}


def test_what_is_for_the_first_origin_goes_to_no_other(serve: Serve) -> None:
    other = serve(ok(), host="127.0.0.2")
    first = serve(to("/b"), to(other.url()))
    answer = fetch(first.url(), headers={**SECRETS, "Accept": "text/x"})
    assert all(
        f": {secret}\r\n".encode() in request for request in first.requests for secret in SECRETS.values()
    )
    assert all(name.lower().encode() not in other.requests[0] for name in SECRETS)
    assert b"\r\naccept: text/x\r\n" in other.requests[0]
    assert not any(name in dict(answer.request_headers) for name in ("cookie", "authorization"))


@pytest.mark.parametrize(
    ("status", "method", "then"),
    [(301, "POST", "GET"), (302, "POST", "GET"), (303, "POST", "GET"), (307, "POST", "POST"), (308, "POST", "POST"),
     (302, "PUT", "PUT"), (303, "HEAD", "HEAD")],
)  # fmt: skip
def test_what_a_redirect_makes_of_the_method(serve: Serve, status: int, method: str, then: str) -> None:
    server = serve(to("/b", status), b"HTTP/1.1 204 No Content\r\n\r\n")
    fetch(server.url(), method=method)
    assert server.requests[1].decode().split()[0] == then


def test_it_works_in_threads_and_children(serve: Serve) -> None:
    server = serve(ok(b"x"))
    with ThreadPoolExecutor(8) as pool:
        assert {answer.content for answer in pool.map(fetch, [server.url()] * 40)} == {b"x"}
    with multiprocessing.get_context("fork").Pool(2) as children:
        assert {len(steps) for steps in children.map(steps_of, [server.url()] * 4)} == {2}


def steps_of(address: str) -> list[str]:
    return [step.sentence for step in fetch(address).steps]


def test_a_failure_can_be_handed_on() -> None:
    failed = failure("http://127.0.0.1/")
    again = pickle.loads(pickle.dumps(failed))
    assert isinstance(again, Failed)
    assert (again.kind, again.sentence, again.steps) == (failed.kind, failed.sentence, failed.steps)
