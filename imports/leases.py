"""One fetch a source at a time, across all workers: by a lease in the database, by the database's clock.

A worker that dies leaves its lease behind; when that is over, the source is due as if nothing had been.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, Window
from django.db.models.functions import Now, RowNumber

from editorial.models import User
from imports.models import Fetch, Health, Outcome, Source

# Longer than any step of a fetch may take; renewed before each.
LENGTH = timedelta(seconds=settings.IMPORT_LEASE_SECONDS)
# A message that did not reach a worker by then is sent again.
QUEUED = timedelta(seconds=settings.IMPORT_QUEUED_SECONDS)
AT_ONCE_A_HOST = 2
# More than a host may have fetched until the next look; what is over would be put back, and be first again for ever.
CLAIMED_A_HOST = 20
_PLACE = Window(RowNumber(), partition_by="host", order_by=("fetch_wanted", "due_at"))

UNWATCHED = (Health.OFF, Health.PAUSED)


class Lost(Exception):
    """The lease is somebody else's by now: whatever is in hand is dropped, they do it anew."""


@dataclass(frozen=True, slots=True)
class Lease:
    source: Source
    fetch: Fetch

    @property
    def token(self) -> UUID:
        return self.fetch.lease

    def renew(self) -> None:
        """Another LENGTH from now. Raises Lost."""
        mine = Source.objects.filter(pk=self.source.pk, lease=self.token)
        if not mine.update(leased_until=Now() + LENGTH):
            raise Lost

    def hold(self) -> Source:
        """The source as it stands, its row locked until the transaction ends. Raises Lost."""
        # Others may refer to the source meanwhile, as each decision of an editor does.
        rows = Source.objects.select_for_update(no_key=True)
        found = rows.filter(pk=self.source.pk, lease=self.token).first()
        if found is None:
            raise Lost
        return found


def due() -> Q:
    """Sources that want to be fetched now: their time has come, or a person waits. Leased ones are left alone."""
    free = Q(leased_until=None) | Q(leased_until__lt=Now())
    timely = Q(due_at__lte=Now()) & ~Q(health__in=UNWATCHED)
    return free & (timely | Q(fetch_wanted__isnull=False))


def claim_due(most: int = 200) -> list[UUID]:
    """Ids of due sources that no message is under way for; from now on there is one for each, for QUEUED."""
    with transaction.atomic():
        unqueued = Q(queued_until=None) | Q(queued_until__lt=Now())
        found = Source.objects.filter(due() & unqueued).order_by("fetch_wanted", "due_at")
        first = list(
            found.annotate(place=_PLACE).filter(place__lte=CLAIMED_A_HOST).values_list("pk", flat=True)[:most]
        )
        locked = found.filter(pk__in=first).select_for_update(skip_locked=True)
        keys = list(locked.values_list("pk", flat=True))
        Source.objects.filter(pk__in=keys).update(queued_until=Now() + QUEUED)
    return keys


def take(source: UUID, *, by: User | None = None, at_any_time: bool = False) -> Lease | None:
    """The lease of a source that is due, or ``at_any_time``; None where it is not, or its host has enough to do."""
    with transaction.atomic():
        found = Source.objects.filter(pk=source).first()
        if found is None:
            return None
        # One at a time for each host: who counts while another takes would count too few.
        _lock_host(found.host)
        free = Q(leased_until=None) | Q(leased_until__lt=Now())
        takable = Source.objects.select_for_update().filter(free if at_any_time else due(), pk=source).first()
        if takable is None or _busy(takable.host):
            Source.objects.filter(pk=source).update(queued_until=None)
            return None
        _close_interrupted(takable)
        token = uuid4()
        Source.objects.filter(pk=source).update(lease=token, leased_until=Now() + LENGTH, queued_until=None)
        asked_by = by or takable.wanted_by
        return Lease(takable, Fetch.objects.create(source=takable, lease=token, asked_by=asked_by))


def _lock_host(host: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('host'), hashtext(%s))", [host])


def _busy(host: str) -> bool:
    return Source.objects.filter(host=host, leased_until__gt=Now()).count() >= AT_ONCE_A_HOST


def _close_interrupted(source: Source) -> None:
    """What a worker had in hand when it died."""
    Fetch.objects.filter(source=source, outcome=Outcome.RUNNING).update(
        outcome=Outcome.INTERRUPTED,
        ended_at=Now(),
        sentence="The worker ended in the midst of it; it was done again.",
    )
