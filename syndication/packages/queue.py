"""Packages that are asked for, one made at a time across all workers: rows with a lease, by the database's clock.

A worker that dies leaves its lease behind; when that is over, its package is made anew. What a package told and a
withdrawal or an erasure takes back is given to nobody from that very moment, and the package is made anew too.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from editorial.models.change import HIDING, Change
from editorial.reading import AsOf, last_public
from syndication.models.package import Package, State
from syndication.packages.making import Made

LENGTH = timedelta(minutes=2)
RENEWED = 2.0  # seconds between two words on how far it is, and that somebody is at work
MOST_WAITING = 5
MOST_ATTEMPTS = 5
_NEVER_FINISHED = (
    f"It was begun {MOST_ATTEMPTS} times and never finished; the workers’ log says why. Ask for it again."
)


class Crowded(Exception):
    """As many packages wait as may."""


class Lost(Exception):
    """The lease is somebody else's by now: what is in hand is dropped."""


@dataclass
class Lease:
    """Of whoever makes a package."""

    package: Package
    renewed: float = 0.0

    @property
    def as_of(self) -> AsOf:
        package = self.package
        return AsOf(package.position, package.moment, package.seen, str(package.position))

    def progress(self, done: int, total: int) -> None:
        """Say how far it is, every now and then. Raises Lost."""
        if time.monotonic() - self.renewed >= RENEWED:
            self.renewed = time.monotonic()
            self._update(done=done, total=total, leased_until=Now() + LENGTH)

    def finish(self, made: Made, total: int) -> None:
        """There it is; or it waits again, where something was hidden while it was made. Raises Lost."""
        if is_stale(self.package.position, self.package.seen):
            self._update(state=State.WAITING, lease=None, attempts=0)
        else:
            self._update(
                state=State.READY, bytes=made.size, sha256=made.sha256, made_at=Now(), done=total, total=total
            )

    def fail(self, sentence: str) -> None:
        """Raises Lost."""
        self._update(state=State.FAILED, sentence=sentence, lease=None)

    def _update(self, **values: object) -> None:
        mine = Package.objects.filter(pk=self.package.pk, lease=self.package.lease, state=State.MAKING)
        if not mine.update(**values):
            raise Lost


def ask(as_of: AsOf, *, nightly_on: date | None = None, pinned: bool = False) -> Package:
    """The package of a position at which something was public: the one that there is, or one that waits.

    Whoever is not the tracker itself waits with few others. Raises Crowded.
    """
    ours = nightly_on is not None or pinned
    with transaction.atomic():
        _lock()
        package = Package.objects.filter(pk=as_of.position).exclude(state=State.FAILED).first()
        if package is None:
            if not ours and Package.objects.filter(state=State.WAITING).count() >= MOST_WAITING:
                raise Crowded
            values = {
                "moment": as_of.moment, "state": State.WAITING, "asked_at": Now(), "attempts": 0, "done": 0, "total": 0,
                "sentence": "", "lease": None,
            }  # fmt: skip
            Package.objects.update_or_create(pk=as_of.position, defaults=values)
        own = {name: value for name, value in (("nightly_on", nightly_on), ("pinned", pinned)) if value}
        if own:
            Package.objects.filter(pk=as_of.position).update(**own)
    return Package.objects.get(pk=as_of.position)


def take() -> Lease | None:
    """What waits longest, the nightly one first; None where nothing does, or somebody makes one already."""
    with transaction.atomic():
        _lock()
        due = Package.objects.filter(state__in=(State.WAITING, State.MAKING))
        if due.filter(state=State.MAKING, leased_until__gte=Now()).exists():
            return None
        due.filter(attempts__gte=MOST_ATTEMPTS).update(
            state=State.FAILED, sentence=_NEVER_FINISHED, lease=None
        )
        first = due.order_by(F("nightly_on").desc(nulls_last=True), "asked_at", "position").first()
        if first is None:
            return None
        first.state, first.lease, first.seen = State.MAKING, uuid4(), last_public().position
        first.attempts, first.done = first.attempts + 1, 0
        first.save(update_fields=["state", "lease", "seen", "attempts", "done"])
        Package.objects.filter(pk=first.pk).update(leased_until=Now() + LENGTH)
    return Lease(first)


def waits() -> bool:
    """Whether there is something to make, and nobody who makes it."""
    dead = Q(state=State.MAKING, leased_until__lt=Now())
    working = Package.objects.filter(state=State.MAKING, leased_until__gte=Now())
    return Package.objects.filter(Q(state=State.WAITING) | dead).exists() and not working.exists()


def ready() -> QuerySet[Package]:
    """Those that may be given to readers, by position, the last first; their files may be gone all the same."""
    found = Package.objects.filter(state=State.READY).order_by("-position")
    return found.exclude(Exists(_hidden(OuterRef("position"), OuterRef("seen"))))


def stale() -> QuerySet[Package]:
    """Those that tell what was hidden since they were made."""
    found = Package.objects.filter(state=State.READY)
    return found.filter(Exists(_hidden(OuterRef("position"), OuterRef("seen"))))


def is_stale(position: int, seen: int) -> bool:
    """Whether something of what was public at a position may have been hidden after another one."""
    return _hidden(position, seen).exists()


def _hidden(position: int | OuterRef, seen: int | OuterRef) -> QuerySet[Change]:
    """The withdrawals and erasures behind ``seen``, of documents that were public by ``position``."""
    document = OuterRef("document")
    known = position if isinstance(position, int) else OuterRef(position)
    told = Change.objects.filter(document=document, position__lte=known)
    return Change.objects.filter(Exists(told), position__gt=seen, kind__in=HIDING)


def _lock() -> None:
    """Until the transaction ends: who counts while another asks would count too few."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('packages'))")
