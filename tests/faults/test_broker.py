"""Broker and cache may be frozen or killed: nobody waits for them, and what is owed is done when they are back."""

from __future__ import annotations

import time
from datetime import timedelta
from uuid import uuid4

import pytest

from aichina.local.environment import free_port
from editorial import commands as c
from tests.editorial_steps import PUBLISHER, Doc, draft_entry, make_people
from tests.faults.programs import Programs, Server
from tests.faults.steps import published, scheduled, the_log_holds
from tests.faults.visitor import Visitor
from tests.waiting import wait

AS_EVER = 2.0
AWAY = {"frozen": (Server.freeze, Server.thaw), "killed": (Server.kill, Server.start)}
away = pytest.mark.parametrize("away", AWAY)


def web(programs: Programs, **environment: str) -> Visitor:
    """A web server, once it answers."""
    port = free_port()
    programs.start("web", PORT=str(port), WEB_WORKERS="1", **environment)
    visitor = Visitor(f"http://127.0.0.1:{port}")
    wait(lambda: answers(visitor), "the web does not answer")
    return visitor


def answers(visitor: Visitor) -> bool:
    try:
        return visitor.get("/healthz") == 200
    except OSError:
        return False


def ready(visitor: Visitor) -> bool:
    return visitor.readiness()[0]


def heartbeat_is_missed(visitor: Visitor) -> bool:
    green, checks = visitor.readiness()
    assert green or [name for name, check in checks.items() if not check["ok"]] == ["heartbeat"]
    return not green


def publish_by_form(visitor: Visitor, doc: Doc) -> int:
    form = {"content_version": str(doc.seen), "change": "major", "note": "", "command_id": str(uuid4())}
    return visitor.post(f"/admin/timeline/entrydocument/{doc.id}/command/Publish/", **form)


@away
def test_publishing_never_waits_for_the_broker(programs: Programs, broker: Server, away: str) -> None:
    make_people()
    leave, come_back = AWAY[away]
    visitor = web(programs)
    visitor.log_in("publisher")
    programs.start("worker")
    programs.start("beat")
    wait(lambda: ready(visitor), "it was never ready")
    by_code, by_form = (draft_entry(f"e-{n}").approve() for n in range(2))
    leave(broker)
    started = time.monotonic()
    by_code.do(c.Publish(by_code.seen), PUBLISHER)
    assert time.monotonic() - started < AS_EVER
    assert publish_by_form(visitor, by_form) == 200
    assert visitor.took < AS_EVER
    assert len(published(by_form)) == 1
    owed, _ = scheduled(timedelta(seconds=1))
    wait(lambda: heartbeat_is_missed(visitor), "/readyz stays green without a broker")
    assert visitor.took < AS_EVER
    assert not published(owed)
    come_back(broker)
    wait(lambda: published(owed), "what is owed was not published when the broker was back", 60)
    wait(lambda: ready(visitor), "it was not ready again")
    the_log_holds()


def test_readiness_follows_the_worker(programs: Programs) -> None:
    visitor = web(programs)
    assert heartbeat_is_missed(visitor)
    programs.start("beat")
    worker = programs.start("worker")
    wait(lambda: ready(visitor), "it was never ready")
    programs.freeze(worker)
    wait(lambda: heartbeat_is_missed(visitor), "/readyz stays green while the worker is frozen")
    programs.thaw(worker)
    wait(lambda: ready(visitor), "it was not ready again")
    programs.kill(worker)
    wait(lambda: heartbeat_is_missed(visitor), "/readyz stays green without a worker")
    owed, _ = scheduled(timedelta(milliseconds=500))
    programs.start("worker")
    wait(lambda: ready(visitor), "it was not ready with a new worker")
    wait(lambda: published(owed), "what is owed was not published")


@away
def test_programs_start_without_a_broker_and_work_when_it_comes(
    programs: Programs, broker: Server, away: str
) -> None:
    leave, come_back = AWAY[away]
    leave(broker)
    owed, _ = scheduled(timedelta(milliseconds=500))
    programs.start("worker")
    programs.start("beat")
    started = time.monotonic()
    visitor = web(programs)
    assert time.monotonic() - started < 15
    assert visitor.get("/") == 200
    come_back(broker)
    wait(lambda: published(owed), "what is owed was not published when the broker came", 60)


@away
def test_pages_answer_without_a_cache(programs: Programs, cache: Server, away: str) -> None:
    leave, come_back = AWAY[away]
    draft_entry("shown").publish()
    visitor = web(programs, CACHE_URL=cache.url)
    assert visitor.get("/timeline/shown/") == 200
    leave(cache)
    slowest = 0.0
    for path in ("/", "/timeline/shown/", "/api/v1/entries/", "/timeline/?q=declaration") * 3:
        assert visitor.get(path) == 200
        slowest = max(slowest, visitor.took)
    assert slowest < AS_EVER
    come_back(cache)
    assert visitor.get("/timeline/shown/") == 200
