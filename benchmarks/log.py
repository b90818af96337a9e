"""The log: appending single events and hundreds, and reading all of them."""

from __future__ import annotations

import itertools
import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import psycopg
from django.db import connection, transaction
from eventsourcing.postgres import PostgresProcessRecorder

from benchmarks import library
from benchmarks.documents import AUTHOR, contents
from benchmarks.report import Finding, Section, duration
from benchmarks.rounds import Contender, Sample, interleave, median_time
from benchmarks.servers import fresh, owner_connection, parameters
from ledger import log
from ledger.canonical import canonical
from ledger.store import NewEvent, append

ACTOR = UUID(AUTHOR.id)
BATCH = 100
PAGE = 2_000
METADATA = {"command": "Draft"}
FLOOR = """
    CREATE TABLE floor (
        position bigserial PRIMARY KEY, stream uuid, version integer, type text, recorded_at timestamptz, actor uuid,
        commitment bytea, leaf bytea, digest bytea, text text, salt bytea
    )
"""
COLUMNS = "(stream, version, type, recorded_at, actor, commitment, leaf, digest, text, salt)"
FUNCTION = "SELECT first_position, moment FROM ledger_append(%s, %s, %s, %b, %b, %b)"
ROW = "(%s, %s, 'drafted', now(), %s, %s, %s, %s, %s, %s)"


def payloads() -> Iterator[dict[str, Any]]:
    """The data of `drafted` events without end."""
    for number, content in enumerate(contents()):
        yield {"content": dict(content), "machine": False, "slug": f"entry-{number}", "type": "entry"}


@dataclass(frozen=True, slots=True)
class Stores:
    """The three places that are written: ours, the library's, and a bare table over a bare connection."""

    recorder: PostgresProcessRecorder
    bare: psycopg.Connection[Any]

    def ours(self, events: Sequence[Mapping[str, Any]]) -> None:
        """The server's function, a transaction by itself, over the library's kind of connection."""
        texts = [canonical({"data": data, "metadata": METADATA}) for data in events]
        salts = [secrets.token_bytes(32) for _ in events]
        given = [uuid4(), 0, ACTOR, ["drafted"] * len(events), texts, salts]
        self.bare.execute(FUNCTION, given, prepare=True)

    def through_django(self, events: Sequence[Mapping[str, Any]]) -> None:
        """As dispatch does: in a transaction of Django's, which has more to do."""
        new = [NewEvent("drafted", data, METADATA) for data in events]
        with transaction.atomic():
            append("default", stream=uuid4(), expected_version=0, actor=ACTOR, events=new)

    def library(self, events: Sequence[Mapping[str, Any]]) -> None:
        states = [json.dumps({"data": data, "metadata": METADATA}).encode() for data in events]
        library.insert(self.recorder, uuid4(), 1, states, "drafted")

    def floor(self, events: Sequence[Mapping[str, Any]]) -> None:
        values: list[Any] = []
        for version, data in enumerate(events, start=1):
            text = canonical({"data": data, "metadata": METADATA})
            values += [uuid4(), version, ACTOR, *(bytes(32),) * 3, text, bytes(32)]
        rows = ", ".join([ROW] * len(events))
        self.bare.execute(f"INSERT INTO floor {COLUMNS} VALUES {rows}", values, prepare=True)


@contextmanager
def stores() -> Iterator[Stores]:
    with fresh():
        with owner_connection(parameters("owner")["dbname"]) as owner:
            owner.execute(FLOOR)
        with (
            library.recorder() as recorder,
            psycopg.connect(**parameters("default"), autocommit=True) as bare,
        ):
            yield Stores(recorder, bare)


def appending(rounds: int, singles: int, batches: int) -> Section:
    """``singles`` and ``batches``: how many transactions a contender makes each round."""
    with stores() as found:
        events = payloads()
        single = _append_round(found, events, 1, singles, rounds)
        batch = _append_round(found, events, BATCH, batches, rounds)
        bound = [_bound(found, next(events), single[2].median)]
    return Section(
        "append to the log, one transaction (time of an append)",
        [
            Finding("one event", single[0], single[1], 1.8),
            Finding("one event", single[0], single[2]),
            Finding("one, in dispatch", single[3], single[1]),
            Finding("100 events", batch[0], batch[1], 1.8),
            Finding("100 events", batch[0], batch[2]),
            Finding("100, in dispatch", batch[3], batch[1]),
        ],
        bound,
    )


def _append_round(
    found: Stores, events: Iterator[dict[str, Any]], size: int, count: int, rounds: int
) -> list[Sample]:
    batches = [list(itertools.islice(events, size)) for _ in range(count)]

    def through(write: Callable[[Sequence[Mapping[str, Any]]], None]) -> Callable[[], None]:
        def run() -> None:
            for batch in batches:
                write(batch)

        return run

    contenders = {
        "": found.ours,
        library.NAME: found.library,
        "bare INSERT (floor)": found.floor,
        "through Django": found.through_django,
    }
    return interleave([Contender(name, through(do), count) for name, do in contenders.items()], rounds)


def _bound(found: Stores, data: Mapping[str, Any], floor: float) -> str:
    """Where the time of a single append goes: the flush, the function, the ways there and back."""
    found.bare.execute("SET synchronous_commit = off")
    unflushed = median_time(lambda: found.floor([data]), 40)
    found.bare.execute("RESET synchronous_commit")
    trip = median_time(lambda: found.bare.execute("SELECT 1", prepare=True), 40)
    text = canonical({"data": data, "metadata": METADATA})
    inside = sorted(_function_time(text) for _ in range(21))[10]
    return (
        f"a bare row costs {duration(floor)}, of which the flush to disk {duration(max(floor - unflushed, 0))}; "
        f"the append function takes {duration(inside)} in the server; a round trip takes {duration(trip)}, "
        "and an append in dispatch makes three (BEGIN, SELECT, COMMIT)."
    )


def _function_time(text: str) -> float:
    """Seconds in the server for an append of one event, which is rolled back."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "EXPLAIN (ANALYZE, FORMAT JSON) SELECT * FROM ledger_append(%s, 0, %s, %s, %s, %s)",
            [uuid4(), ACTOR, ["drafted"], [text], [bytes(32)]],
        )
        plan = cursor.fetchone()[0]
        transaction.set_rollback(True)
    return float((json.loads(plan) if isinstance(plan, str) else plan)[0]["Execution Time"]) / 1e3


def reading(rounds: int, events: int) -> Section:
    """``events``: how long the log is."""
    with stores() as found:
        data = payloads()
        for _ in range(events // BATCH):
            batch = list(itertools.islice(data, BATCH))
            found.ours(batch)
            found.library(batch)
        contenders = [
            Contender("", lambda: _count(log.read(batch=PAGE)), events),
            Contender(library.NAME, lambda: _count(decoded(found.recorder)), events),
        ]
        ours, peer = interleave(contenders, rounds)
    return Section(
        f"read a log of {events:,} events, {PAGE:,} at a time, JSON decoded (time of an event)",
        [Finding("one event", ours, peer)],
        ["decoding JSON and building objects in Python; the pages come from an index scan each."],
    )


def notifications(recorder: PostgresProcessRecorder) -> Iterator[Any]:
    """All of the library's notifications, page by page."""
    after: int | None = None
    while page := recorder.select_notifications(after, PAGE, inclusive_of_start=False):
        yield from page
        after = page[-1].id


def decoded(recorder: PostgresProcessRecorder) -> Iterator[tuple[Any, Any]]:
    for notification in notifications(recorder):
        yield notification, json.loads(notification.state)


def _count(items: Iterator[object]) -> int:
    return sum(1 for _ in items)
