"""Importers, worker and beat killed in the midst of imports: no item lost, none twice, no source stuck."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import psutil
import pytest
import redis

from editorial.models import User
from imports import drafting, fetching, triage
from imports.models import Candidate, Fetch, Item, Outcome, State
from imports.rules import Rule
from tests.conftest import BASE_DIR
from tests.editorial_steps import make_people
from tests.faults.press import Press, press
from tests.faults.programs import Programs, Server
from tests.faults.steps import clock, the_log_holds
from tests.imports.serving import Told, rss, serving
from tests.imports.steps import fetch, source
from tests.waiting import wait

PAPERS, HOSTS = 24, 8


class Killing:
    """Two importers, a worker and a beat, of which now this and now that one is killed and started anew."""

    def __init__(self, programs: Programs, seed: int) -> None:
        self.programs = programs
        self.moments = random.Random(seed)
        # While one comes to life, the other works.
        self.names = ["importer", "importer", "worker", "beat"]
        self.started = [programs.start(name) for name in self.names]
        self.struck: list[set[int]] = []

    def strike(self, number: int) -> None:
        place = {3: 2, 7: 3}.get(number % 10, number % 2)
        since = clock()
        wait(lambda: Fetch.objects.filter(began_at__gt=since).exists(), "nothing is fetched", 60)
        time.sleep(self.moments.random())
        family = psutil.Process(self.started[place].pid).children(recursive=True)
        self.programs.kill(self.started[place])
        if self.names[place] == "importer":
            running = Fetch.objects.filter(outcome=Outcome.RUNNING)
            self.struck.append(set(running.values_list("pk", flat=True)))
        wait(lambda: not any(map(lives, family)), "children of the dead live on")
        self.started[place] = self.programs.start(self.names[place])

    def landed(self) -> int:
        """How many kills of an importer found fetches under way that did not outlive them."""
        dead = set(Fetch.objects.filter(outcome=Outcome.INTERRUPTED).values_list("pk", flat=True))
        landed = 0
        for struck in self.struck:
            landed += bool(struck & dead)
            dead -= struck
        return landed


def kill_during_imports(programs: Programs, kills: int, *, seed: int) -> None:
    with press(PAPERS, HOSTS) as (papers, allowed):
        programs.environment["OUTBOUND_ALLOWED"] = allowed
        killing = Killing(programs, seed)
        for number in range(kills):
            papers.go_on(large=200 if number < 10 else 20)
            killing.strike(number)
        finish(papers)
        interrupted = Fetch.objects.filter(outcome=Outcome.INTERRUPTED).count()
        print(  # noqa: T201 - how much was tried
            f"\n{kills} kills, {len(killing.struck)} of them of importers, {killing.landed()} inside of a fetch;"
            f" {Fetch.objects.count()} fetches, {interrupted} interrupted; {Item.objects.count()} items,"
            f" {Candidate.objects.count()} candidates"
        )
        papers.check()
        assert killing.landed() >= kills // 3
    the_log_holds()


def lives(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def finish(papers: Press) -> None:
    """All is read once more, by conditional requests as ever, and then comes to rest."""
    calm = clock()
    wait(lambda: papers.read_since(calm), "a source is stuck", 90)
    papers.stop()
    wait(papers.at_rest, "it does not come to rest", 60)


def test_killed_at_random_moments_imports_lose_nothing_and_tell_nothing_twice(programs: Programs) -> None:
    kill_during_imports(programs, 10, seed=5)


@pytest.mark.torture
def test_killed_a_hundred_times_likewise(programs: Programs) -> None:
    kill_during_imports(programs, 100, seed=6)


def empty(broker: Server) -> None:
    with redis.Redis.from_url(broker.url) as client:
        client.flushall()


AWAY: dict[str, tuple[Callable[[Server], None], Callable[[Server], None]]] = {
    "frozen": (Server.freeze, Server.thaw),
    "killed": (Server.kill, Server.start),
    "emptied": (empty, empty),
}
AS_EVER = 2.0
# With a broker that does not answer, until whoever sends gives up and leaves it to the next one.
PATIENCE = 15.0


@pytest.mark.parametrize(
    "away", ["killed", *(pytest.param(name, marks=pytest.mark.torture) for name in ("frozen", "emptied"))]
)
def test_imports_catch_up_when_the_broker_comes_back(programs: Programs, broker: Server, away: str) -> None:
    leave, come_back = AWAY[away]
    people = make_people()
    with press(10, 5) as (papers, allowed):
        programs.environment["OUTBOUND_ALLOWED"] = allowed
        for name in ("beat", "worker", "importer"):
            programs.start(name)
        wait(Item.objects.exists, "nothing is imported", 60)
        papers.go_on(large=300)
        since = clock()
        wait(lambda: Fetch.objects.filter(began_at__gt=since).exists(), "nothing is fetched")
        leave(broker)
        papers.go_on(large=100)
        seconds = timed(lambda: nobody_waits(papers, people["Author"]))
        assert seconds < AS_EVER
        if away != "emptied":
            assert timed(lambda: send_what_is_due(programs)) < PATIENCE
        come_back(broker)
        finish(papers)
        papers.check()
    the_log_holds()


def timed(what: Callable[[], object]) -> float:
    started = time.monotonic()
    what()
    return time.monotonic() - started


def nobody_waits(papers: Press, by: User) -> None:
    """What the web does, in the midst of imports."""
    assert all(fetching.want(paper.source.pk, by) for paper in papers.papers)
    for candidate in Candidate.objects.filter(state=State.NEW, score=0)[:3]:
        triage.accept(candidate, drafting.content(candidate), version=candidate.version, by=by)


SEND = """
import django
django.setup()
import aichina.celery
from imports.models import Source
from imports.tasks import due
Source.objects.update(queued_until=None, leased_until=None, lease=None, due_at="2026-01-01T00:00Z")
print("ready", flush=True)
due()
"""


def send_what_is_due(programs: Programs) -> None:
    """As a worker does that has the task in hand when the broker freezes."""
    environment = {**programs.environment, "DJANGO_SETTINGS_MODULE": "aichina.settings"}
    done = subprocess.run(
        [sys.executable, "-c", SEND],
        cwd=BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "ready" in done.stdout
    assert "OperationalError" in done.stderr


def test_a_fault_of_our_own_is_said_and_tried_later_and_later(committed_db: str, settings: Any) -> None:
    with serving() as site:
        settings.OUTBOUND_ALLOWED = [site.host]
        gone = Rule(verdict="person", person=str(uuid4()))
        feed = source(site.put("/feed", rss([Told("First", guid="1")])), rules=[gone])
        waits = []
        for _ in range(3):
            assert fetch(feed).outcome == Outcome.FAILED
            waits.append(feed.due_at - feed.fetched_at)
        assert (feed.lease, feed.health, Item.objects.count()) == (None, "failing", 0)
        assert "The tracker itself failed on this (IntegrityError)" in feed.health_why
        assert waits[0] < waits[1] < waits[2]
