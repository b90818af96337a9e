"""Hostile sources beside good ones, read by a running importer: nothing hangs, and nothing forbidden is fetched."""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from imports.models import Fetch, Item, Outcome, Source
from tests.faults.hostile import Hostile, Trap, corpus
from tests.faults.programs import Programs
from tests.faults.steps import clock
from tests.imports.serving import Site, Told, rss, serving
from tests.imports.steps import source
from tests.waiting import wait

GOOD = 5
LATE = timedelta(seconds=20)
MEMORY = 400_000_000
SECRET = "what stands in the file"


class Scales:
    """The most memory that each process of a family ever had, looked at again and again."""

    def __init__(self, pid: int) -> None:
        self.most: dict[str, int] = defaultdict(int)
        self.pid = pid
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._watch)
        self.thread.start()

    def _watch(self) -> None:
        while not self.ended.wait(0.1):
            with suppress(psutil.NoSuchProcess):
                family = psutil.Process(self.pid)
                for process in [family, *family.children(recursive=True)]:
                    with suppress(psutil.NoSuchProcess):
                        self._weigh(process)

    def _weigh(self, process: psutil.Process) -> None:
        kind = "readers" if any("outbound.sandbox" in word for word in process.cmdline()) else "importers"
        self.most[kind] = max(self.most[kind], process.memory_info().rss)

    def close(self) -> None:
        self.ended.set()
        self.thread.join()


@contextmanager
def enemies(
    folder: Path, items: int
) -> Iterator[tuple[dict[str, Hostile], dict[str, Source], list[Site], Trap]]:
    """Each on a host of its own, so that none waits for another."""
    secret = folder / "secret"
    secret.write_text(SECRET)
    with ExitStack() as stack:
        trap = Trap()
        stack.callback(trap.close)
        loop = stack.enter_context(serving("127.0.1.1"))
        found = corpus(trap, str(secret), loop.address("/feed"), items=items)
        sites, sources = [], {}
        for number, (name, hostile) in enumerate(found.items(), 2):
            site = loop if name == "loop" else stack.enter_context(serving(f"127.0.1.{number}"))
            site.pages["/feed"] = hostile.page
            sites.append(site)
            sources[name] = source(site.address("/feed"), name=name, shortest=10, interval=10)
        yield found, sources, sites, trap


@contextmanager
def good_ones() -> Iterator[tuple[list[Source], list[Site]]]:
    with ExitStack() as stack:
        sites = [stack.enter_context(serving(f"127.0.2.{number + 1}")) for number in range(GOOD)]
        feeds = [
            source(
                site.put("/feed", rss([Told("Good", guid="1")])),
                name="good",
                shortest=2,
                longest=2,
                interval=2,
            )
            for site in sites
        ]
        yield feeds, sites


def beset(programs: Programs, folder: Path, *, items: int, seconds: float) -> None:
    with enemies(folder, items) as (found, sources, sites, trap), good_ones() as (good, more):
        programs.environment["OUTBOUND_ALLOWED"] = ",".join(site.host for site in [*sites, *more])
        # Longer than a slow server may take.
        programs.environment["IMPORT_LEASE_SECONDS"] = "90"
        for name in ("beat", "worker"):
            programs.start(name)
        scales = Scales(programs.start("importer").pid)
        try:
            wait(Fetch.objects.exists, "nothing is fetched", 60)
            began = clock()
            wait(lambda: all(ended(found[name], one) for name, one in sources.items()), "one hangs", seconds)
        finally:
            scales.close()
        late = max(lateness(feed, began) for feed in good)
        weights = ", ".join(f"{kind} {most // 1_000_000} MB" for kind, most in scales.most.items())
        print(f"\n{len(found)} hostile sources; good ones {late} late at most; at most {weights}")  # noqa: T201
        for name, hostile in found.items():
            check(name, hostile, sources[name])
        assert not Item.objects.filter(told__icontains=SECRET).exists()
        assert trap.caught == 0
        assert late < LATE
        assert all(most < MEMORY for most in scales.most.values())


def ended(hostile: Hostile, feed: Source) -> bool:
    """Once; or twice where what it tells each time is to be the same."""
    times = 2 if hostile.page.misbehave and hostile.outcome == "new" else 1
    return feed.fetches.exclude(outcome=Outcome.RUNNING).count() >= times


def lateness(feed: Source, began: object) -> timedelta:
    """How much longer than its interval a good source ever waited."""
    moments = [*feed.fetches.order_by("pk").values_list("began_at", flat=True)]
    assert feed.fetches.filter(outcome=Outcome.UNCHANGED).exists()
    waits = [later - earlier for earlier, later in pairwise([*moments, clock()])]
    return max(waits) - timedelta(seconds=2)


def check(name: str, hostile: Hostile, feed: Source) -> None:
    first = feed.fetches.order_by("pk").first()
    feed.refresh_from_db()
    assert first is not None
    assert (name, first.outcome) == (name, hostile.outcome), first.sentence
    assert re.search(hostile.why, first.sentence)
    if hostile.outcome == "failed":
        assert re.search(hostile.why, feed.health_why)
        assert feed.failures > 0
    items = feed.items.order_by("-pk")
    assert (name, items.count()) == (name, hostile.items)
    told = items[0].told if hostile.told else {}
    assert {key: told[key] for key in hostile.told or {}} == (hostile.told or {})


def test_hostile_sources_hold_up_no_other(programs: Programs, tmp_path: Path) -> None:
    beset(programs, tmp_path, items=5_000, seconds=120)


@pytest.mark.torture
def test_nor_do_they_with_fifty_thousand_items(programs: Programs, tmp_path: Path) -> None:
    beset(programs, tmp_path, items=50_000, seconds=400)
