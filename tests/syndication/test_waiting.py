"""Who waits for a change gets it when it comes, and keeps nobody else waiting."""

from __future__ import annotations

import json
import threading
import time
from contextlib import ExitStack
from typing import Any

import pytest
from django.test import Client

from tests.editorial_steps import draft_entry, publish_actor, publish_category, publish_entry
from tests.syndication.listening import asked, events, read

PLACES = 8  # STREAMS_PER_PROCESS, where nobody sets it


def soon(step: Any) -> threading.Timer:
    """Something that happens while somebody waits."""
    from django.db import connections

    def run() -> None:
        step()
        connections.close_all()

    timer = threading.Timer(0.7, run)
    timer.start()
    return timer


def test_who_waits_is_told_at_once_and_who_listens_each_change(site: str) -> None:
    changes = f"{site}/api/v1/changes/"
    publish_category("rules")
    start = read(changes)["cursor"]
    # A long poll: nothing, until there is something that was asked for.
    timer = soon(lambda: (draft_entry("draft"), publish_actor("zhipu"), publish_entry("one")))
    found = read(f"{changes}?after={start}&wait=20&type=entry")
    timer.join()
    assert [change["document"]["slug"] for change in found["results"]] == ["one"]
    began = time.monotonic()
    empty = read(f"{changes}?after={found['cursor']}&wait=1")
    assert (empty["results"], empty["cursor"], empty["has_more"]) == ([], found["cursor"], False)
    assert time.monotonic() - began >= 1
    # What is there already is not waited for.
    assert len(read(f"{changes}?wait=60")["results"]) == 3
    # A stream: what there is, then what comes; a cursor for what others changed.
    with asked(f"{changes}?type=entry", Accept="text/event-stream") as answer:
        assert answer.headers["Content-Type"] == "text/event-stream"
        assert (answer.headers["Cache-Control"], answer.headers["X-Accel-Buffering"]) == ("no-store", "no")
        heard = events(answer)
        assert next(heard) == {"retry": "2000"}
        first = next(heard)
        assert (first["event"], json.loads(first["data"])["document"]["slug"]) == ("change", "one")
        assert json.loads(first["data"])["cursor"] == first["id"]
        timer = soon(lambda: publish_actor("baidu"))
        assert next(heard)["event"] == "cursor"
        timer.join()
        publish_entry("two")
        last = next(heard)
        assert json.loads(last["data"])["document"]["slug"] == "two"
    # Who comes back goes on where it was.
    with asked(
        f"{changes}?after={start}", Accept="text/event-stream", **{"Last-Event-ID": first["id"]}
    ) as answer:
        heard = events(answer)
        next(heard)
        assert [json.loads(next(heard)["data"])["document"]["slug"] for _ in range(2)] == ["baidu", "two"]
    check_that_nobody_is_starved(site, last["id"])


def check_that_nobody_is_starved(site: str, cursor: str) -> None:
    """As many wait as may; the next is sent away, and whoever asks for anything else is answered."""
    changes = f"{site}/api/v1/changes/"
    publish_entry("wakes-who-has-gone")
    with ExitStack() as stack:
        for _ in range(PLACES):
            deadline = time.monotonic() + 20
            while True:
                listening = asked(changes, Accept="text/event-stream", **{"Last-Event-ID": cursor})
                answer = stack.enter_context(listening)
                if answer.status == 200:
                    break
                assert time.monotonic() < deadline, "the place of a client that has gone is not freed"
                publish_entry()
                time.sleep(0.2)
        for address in (f"{changes}?after={read(changes + '?limit=100')['cursor']}&wait=5", changes):
            headers = {} if "wait" in address else {"Accept": "text/event-stream"}
            with asked(address, **headers) as answer:
                assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
                assert answer.headers["Content-Type"] == "application/problem+json"
        assert read(f"{changes}?limit=1")["has_more"]
        assert read(f"{site}/api/v1/entries/")["count"] > 0


@pytest.mark.django_db
@pytest.mark.parametrize("wait", ["-1", "61", "x", "1.5", "", "9" * 30])
def test_nobody_waits_for_ever(wait: str) -> None:
    answer = Client().get("/api/v1/changes/", {"wait": wait})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == "wait"


@pytest.mark.django_db
def test_a_stream_from_nowhere_is_refused() -> None:
    client = Client(headers={"Accept": "text/event-stream", "Last-Event-ID": "x"})
    answer = client.get("/api/v1/changes/")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["errors"][0]["parameter"] == "Last-Event-ID"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("*/*", 200),
        ("application/json, text/event-stream", 200),
        ("text/event-stream;q=0, application/json", 200),
        ("text/event-stream;q=0.5, application/json", 200),
        ("text/event-streams", 406),
    ],
)
def test_nobody_gets_a_stream_who_did_not_ask_for_one_first(accept: str, status: int) -> None:
    answer = Client(headers={"Accept": accept}).get("/api/v1/changes/")
    assert answer.status_code == status
    assert not answer.streaming


@pytest.mark.django_db
def test_a_head_waits_for_nothing_and_takes_no_place() -> None:
    cursor = publish_entry("one") and Client().get("/api/v1/changes/").json()["cursor"]
    for _ in range(PLACES + 1):
        answer = Client(headers={"Accept": "text/event-stream"}).head("/api/v1/changes/")
        assert (answer.status_code, answer["Content-Type"]) == (200, "text/event-stream")
        assert answer["Cache-Control"] == "no-store"
    assert Client().head("/api/v1/changes/", {"after": cursor, "wait": "60"}).status_code == 200


@pytest.mark.django_db
def test_what_comes_after_waiting_is_open_to_other_origins_and_kept_by_nobody() -> None:
    publish_entry("one")
    answer = Client(headers={"If-None-Match": "*"}).get("/api/v1/changes/", {"wait": "60"})
    assert len(answer.json()["results"]) == 1
    assert (answer["Cache-Control"], answer["Access-Control-Allow-Origin"]) == ("no-store", "*")
    assert "ETag" not in answer
