"""Worker and beat killed at each of their messages to the broker: what is owed is published once all the same."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
import redis
from celery import Celery
from django.db import connection

from editorial.tasks import publish_due
from tests.editorial_steps import Doc
from tests.faults.nursery import Nursery, alive, end
from tests.faults.programs import Programs, Server
from tests.faults.proxy import CountingProxy
from tests.faults.steps import published, scheduled, the_log_holds
from tests.waiting import wait

MOST = 80


@dataclass
class Sweep:
    """Victims work through the proxy; those who come after them work on the broker itself."""

    broker: Server
    nursery: Nursery
    proxy: CountingProxy

    @property
    def through(self) -> str:
        return self.broker.url.replace(f":{self.broker.port}/", f":{self.proxy.port}/")

    def nudge(self) -> None:
        """As beat does."""
        with Celery(broker=self.broker.url) as app, app.connection_for_write() as link:
            app.send_task("editorial.publish_due", connection=link)

    def idle(self) -> bool:
        """Nothing waits in the broker and nothing is in anybody's hands."""
        with redis.Redis.from_url(self.broker.url) as client:
            return not client.llen("celery") and not client.hlen("unacked")

    def forget(self) -> None:
        with redis.Redis.from_url(self.broker.url) as client:
            client.flushall()

    def go(self, program: str, broker: str) -> int:
        pid = self.nursery.fork(program, broker)
        os.kill(pid, signal.SIGCONT)
        return pid

    def victim(self, program: str, message: int, *, after: bool) -> int:
        pid = self.nursery.fork(program, self.through)
        self.proxy.arm(pid, message, after=after)
        os.kill(pid, signal.SIGCONT)
        return pid


@pytest.fixture
def sweep(programs: Programs, broker: Server) -> Iterator[Sweep]:
    nursery = Nursery(programs.environment)
    proxy = CountingProxy(("127.0.0.1", broker.port))
    try:
        yield Sweep(broker, nursery, proxy)
    finally:
        nursery.close()
        proxy.close()


def of_a_worker(sweep: Sweep, message: int, *, after: bool) -> tuple[Doc, bool]:
    """Kill a worker at this message; another comes. Whether the first lived until its work was done."""
    doc, _ = scheduled(timedelta(milliseconds=300))
    wait_until_due(doc)
    sweep.nudge()
    pid = sweep.victim("worker", message, after=after)
    wait(lambda: not alive(pid) or (published(doc) and sweep.idle()), "the worker neither works nor dies")
    lived = alive(pid)
    end(pid)
    if not lived:
        # The dead worker's message is in nobody's reach for now; beat's next one finds the same work.
        other = sweep.go("worker", sweep.broker.url)
        sweep.nudge()
        wait(lambda: published(doc), "what is owed was not published")
        end(other)
    return doc, lived


def of_beat(sweep: Sweep, message: int, *, after: bool) -> tuple[Doc, bool]:
    """Kill beat at this message; another comes. Whether the first lived until its work was done."""
    doc, _ = scheduled(timedelta(milliseconds=300))
    wait_until_due(doc)
    worker = sweep.go("worker", sweep.broker.url)
    pid = sweep.victim("beat", message, after=after)
    wait(lambda: not alive(pid) or published(doc), "beat neither sends nor dies")
    lived = alive(pid)
    end(pid)
    if not lived:
        other = sweep.go("beat", sweep.broker.url)
        wait(lambda: published(doc), "what is owed was not published")
        end(other)
    end(worker)
    return doc, lived


def wait_until_due(doc: Doc) -> None:
    def due() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT scheduled_at < clock_timestamp() FROM timeline_entrydocument WHERE id = %s", [doc.id]
            )
            return bool(cursor.fetchone()[0])

    wait(due, "its time did not come")


KILLS = {"worker": of_a_worker, "beat": of_beat}


def run(sweep: Sweep, program: str, *, first: int, step: int, after: bool) -> None:
    docs = []
    for message in range(first, MOST, step):
        doc, lived = KILLS[program](sweep, message, after=after)
        docs.append(doc)
        sweep.forget()
        if lived:
            break
    else:
        raise AssertionError("the sweep never reached the end of the work")
    assert len(docs) > 1, "nobody was killed"
    # As when the broker hands out a dead worker's messages once more.
    assert publish_due() == 0
    assert [len(published(doc)) for doc in docs] == [1] * len(docs)
    the_log_holds()


@pytest.mark.parametrize(
    "after", [pytest.param(False, id="before"), pytest.param(True, id="after", marks=pytest.mark.torture)]
)
@pytest.mark.parametrize("program", KILLS)
def test_a_program_killed_at_some_message_costs_delay_alone(sweep: Sweep, program: str, after: bool) -> None:
    run(sweep, program, first=1 + after, step=5, after=after)


@pytest.mark.torture
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("program", KILLS)
def test_a_program_killed_at_any_message_costs_delay_alone(sweep: Sweep, program: str, after: bool) -> None:
    run(sweep, program, first=1, step=1, after=after)
