"""How sources do, in words, numbers and a chart: what an editor sees before anything is changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import Now

from imports.leases import UNWATCHED
from imports.models import Decision, Fetch, Health, Outcome, Source, What

ALARMING = (Health.FAILING, Health.QUIET, Health.PAUSED)
MOST_ALARMS = 20
SHOWN_FETCHES = 60

WIDTH, HEIGHT, STEP = 600, 100, 10
# A mark stands on the base line; a bar of one item is as high as a mark is, at least.
SMALLEST = 6


def state_sentence(source: Source) -> str:
    """Since when it does as it does, and why."""
    why = f": {source.health_why}" if source.health_why else "."
    return f"{source.get_health_display()} since {source.health_since:%-d %B %Y}{why}"


def by_the_clock() -> QuerySet:
    """All sources, each with the database's ``clock``, by which leases end and fetches are due."""
    return Source.objects.annotate(clock=Now())


def next_fetch(source: Any) -> str:
    """When it is fetched next, in words; of a source ``by_the_clock``."""
    if is_running(source):
        return "being fetched now"
    if source.fetch_wanted:
        return "as soon as a worker is free"
    if source.health in UNWATCHED:
        return "not until it is switched on"
    return f"{source.due_at:%Y-%m-%d %H:%M} UTC" if source.due_at > source.clock else "due"


def is_running(source: Any) -> bool:
    """Whether a worker holds its lease; of a source ``by_the_clock``."""
    return source.leased_until is not None and source.leased_until > source.clock


def alarms() -> tuple[list[Source], int]:
    """Sources that somebody should look at, those with the newest trouble first, and how many more there are."""
    rows = Source.objects.filter(health__in=ALARMING).order_by("-health_since")
    found = list(rows[: MOST_ALARMS + 1])
    more = rows.count() - MOST_ALARMS if len(found) > MOST_ALARMS else 0
    return found[:MOST_ALARMS], more


@dataclass
class Yield:
    """How many candidates a source proposed, and what became of them."""

    proposed: int = 0
    taken: int = 0
    dismissed: int = 0

    def __str__(self) -> str:
        return f"{self.proposed} proposed, {self.taken} taken, {self.dismissed} dismissed"


_COUNTED = {
    What.PROPOSED: "proposed",
    What.ACCEPTED: "taken",
    What.ATTACHED: "taken",
    What.DISMISSED: "dismissed",
}


def yields(sources: Iterable[Source]) -> dict[object, Yield]:
    """By the sources' ids, in one query."""
    found: dict[object, Yield] = {source.pk: Yield() for source in sources}
    rows = Decision.objects.filter(source__in=list(found), what__in=list(_COUNTED)).order_by()
    for key, what, count in rows.values_list("source", "what").annotate(Count("candidate", distinct=True)):
        name = _COUNTED[What(what)]
        setattr(found[key], name, getattr(found[key], name) + count)
    return found


@dataclass(frozen=True)
class Mark:
    """One fetch in the chart. ``shape`` is bar, dot, cross, square, triangle or ring; in units of the drawing."""

    fetch: Fetch
    shape: str
    x: int
    y: int
    height: int


SHAPES = {
    Outcome.NEW: "bar",
    Outcome.NOTHING: "dot",
    Outcome.UNCHANGED: "dot",
    Outcome.FAILED: "cross",
    Outcome.GONE: "square",
    Outcome.INTERRUPTED: "triangle",
    Outcome.RUNNING: "ring",
}


@dataclass(frozen=True)
class Chart:
    """The last fetches, oldest first. ``most``: the most new items that one of them brought."""

    marks: tuple[Mark, ...]
    most: int
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def legend(self) -> list[tuple[Outcome, str]]:
        """The outcomes that stand in the drawing, each with its shape."""
        shown = {mark.fetch.outcome for mark in self.marks}
        return [(outcome, shape) for outcome, shape in SHAPES.items() if outcome in shown]

    @property
    def failed(self) -> int:
        return sum(mark.fetch.outcome in (Outcome.FAILED, Outcome.GONE) for mark in self.marks)


def chart(newest_first: Sequence[Fetch]) -> Chart:
    """The drawing of at most SHOWN_FETCHES, the newest at the right."""
    fetches = list(reversed(newest_first[:SHOWN_FETCHES]))
    most = max((fetch.new for fetch in fetches), default=0)
    left = WIDTH - STEP * len(fetches)
    return Chart(tuple(_mark(fetch, left + STEP * at, most) for at, fetch in enumerate(fetches)), most)


def _mark(fetch: Fetch, x: int, most: int) -> Mark:
    share = fetch.new / most if most else 0
    height = max(ceil(share * (HEIGHT - 4)), SMALLEST)
    return Mark(fetch, SHAPES[Outcome(fetch.outcome)], x, HEIGHT - height, height)
