"""Importer, worker and beat killed in the midst of imports: no item lost, none twice, no source stuck."""

from __future__ import annotations

import random
import time

import psutil
import pytest

from imports.models import Candidate, Fetch, Item, Outcome
from tests.faults.press import Press, press
from tests.faults.programs import Programs
from tests.faults.steps import clock, the_log_holds
from tests.waiting import wait

PAPERS, HOSTS = 24, 8


def kill_during_imports(programs: Programs, kills: int, *, seed: int) -> None:
    moments = random.Random(seed)
    with press(PAPERS, HOSTS) as (papers, allowed):
        programs.environment["OUTBOUND_ALLOWED"] = allowed
        started = {name: programs.start(name) for name in ("beat", "worker", "importer")}
        landed = 0
        for number in range(kills):
            # The importer most of all: it is what has something in hand.
            name = {3: "worker", 7: "beat"}.get(number % 10, "importer")
            papers.go_on(large=200 if number < 10 else 20)
            since = clock()
            wait(lambda: Fetch.objects.filter(began_at__gt=since).exists(), "nothing is fetched", 60)
            time.sleep(moments.random())
            family = psutil.Process(started[name].pid).children(recursive=True)
            programs.kill(started[name])
            if name == "importer":
                landed += bool(papers.running())
                wait(lambda: not any(map(lives, family)), "children of the dead importer live on")
            started[name] = programs.start(name)
        finish(papers)
        interrupted = Fetch.objects.filter(outcome=Outcome.INTERRUPTED).count()
        print(
            f"\n{kills} kills, {landed} inside of a fetch; {Fetch.objects.count()} fetches, {interrupted}"
            f" interrupted; {Item.objects.count()} items, {Candidate.objects.count()} candidates"
        )
        papers.check()
        assert landed >= kills // 3
        assert interrupted >= landed
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
