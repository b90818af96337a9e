"""Who waits and listens, while the database goes and comes, and when the web stops."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from typing import Any
from urllib.parse import urlsplit

import psutil
from django.db import connection

from tests.conftest import owner_connection
from tests.editorial_steps import publish_entry
from tests.faults.programs import Program
from tests.syndication.listening import STREAM, asked, events, read
from tests.waiting import wait

LISTENERS, POLLS = 6, 2
PROCESSES = 2
MANY = 40  # more than may wait in all processes together
CHANGES = "/api/v1/changes/"
OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def slugs(heard: Iterator[dict[str, str]]) -> Iterator[str]:
    """Of each change that is heard."""
    return (json.loads(told["data"])["document"]["slug"] for told in heard if told.get("event") == "change")


def told(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def accepted(process: Program, site: str) -> int:
    """How many connections the web's workers have taken."""
    workers = psutil.Process(process.pid).children()
    found = [one for worker in workers for one in worker.net_connections()]
    here = [one for one in found if one.laddr.port == urlsplit(site).port]
    return sum(one.status == psutil.CONN_ESTABLISHED for one in here)


@contextmanager
def without_database() -> Iterator[None]:
    """For everybody but this thread, whose connection is open."""
    name = told("SELECT current_database()")
    with owner_connection("postgres") as owner:
        owner.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        try:
            told(f"SELECT count(pg_terminate_backend(pid)) {OTHERS}")
            yield
        finally:
            owner.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


def test_listeners_of_a_process_share_a_connection_and_outlast_the_database(
    web: tuple[str, Program],
) -> None:
    site, _ = web
    address = f"{site}{CHANGES}"
    publish_entry("first")
    waiting = f"{address}?after={read(address)['cursor']}&wait=60"
    with ExitStack() as stack, ThreadPoolExecutor(POLLS) as threads:
        heard = [slugs(events(stack.enter_context(asked(address, **STREAM)))) for _ in range(LISTENERS)]
        polls = [threads.submit(read, waiting) for _ in range(POLLS)]
        assert {next(one) for one in heard} == {"first"}
        wait(lambda: accepted(web[1], site) == LISTENERS + POLLS, "nobody took the polls")
        wait(lambda: told(f"SELECT count(*) {OTHERS}") <= PROCESSES, "each holds a connection", 20)
        with without_database():
            publish_entry("while-it-is-away")
            time.sleep(1.2)  # two looks
        assert {next(one) for one in heard} == {"while-it-is-away"}
        found = [poll.result(20)["results"] for poll in polls]
        assert {change["document"]["slug"] for (change,) in found} == {"while-it-is-away"}
        publish_entry("afterwards")
        assert {next(one) for one in heard} == {"afterwards"}


def test_who_waits_when_the_web_stops_has_a_whole_answer(web: tuple[str, Program]) -> None:
    site, process = web
    address = f"{site}{CHANGES}"
    publish_entry("first")
    cursor = read(address)["cursor"]
    found: list[Any] = []
    poll = threading.Thread(target=lambda: found.append(read(f"{address}?after={cursor}&wait=60")))
    with asked(address, **STREAM) as answer:
        heard = events(answer)
        assert next(slugs(heard)) == "first"
        poll.start()
        wait(lambda: accepted(process, site) == 2, "nobody took the poll")
        process.terminate()
        # Of a stream that is cut off the rest cannot be read.
        assert list(heard) == []
    poll.join(20)
    assert found == [{"results": [], "cursor": cursor, "has_more": False}]
    process.wait(20)


def test_the_places_of_those_who_have_gone_are_free_at_once(web: tuple[str, Program]) -> None:
    """Nothing becomes public meanwhile that would wake them."""
    site, _ = web
    publish_entry("first")
    host, path = urlsplit(site).netloc, f"{CHANGES}?after={read(f'{site}{CHANGES}')['cursor']}&wait=60"

    def call(accept: str) -> socket.socket:
        client = socket.create_connection((urlsplit(site).hostname, urlsplit(site).port), 10)
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: {accept}\r\n\r\n".encode())
        return client

    def crowded() -> bool:
        """Whether one more is sent away at once; who may wait hears nothing for now."""
        with closing(call("application/json")) as client:
            client.settimeout(0.3)
            try:
                return b" 503 " in client.recv(20)
            except TimeoutError:
                return False

    for accept in ("application/json", STREAM["Accept"]):
        with ExitStack() as stack:
            for _ in range(MANY):
                stack.enter_context(closing(call(accept)))
            wait(crowded, "it is never full", 10)
        wait(lambda: not any(crowded() for _ in range(5)), "their places are taken still", 10)
