"""One check of an address at a time, one address of a host at a time, with pauses: by the database’s clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from imports.archive import citations
from imports.leases import Lost
from imports.models import Address

# Longer than a check may take.
LENGTH = timedelta(seconds=150)
# At once across all workers, so that sources are fetched on time.
AT_ONCE = 2
# Between two checks of one host.
PAUSE = timedelta(seconds=10)
# What a worker had in hand when it died, or what ended in a fault of ours, comes again after this.
AGAIN = timedelta(minutes=10)
LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class Lease:
    address: Address
    token: UUID

    def hold(self) -> Address:
        """The row, locked until the transaction ends. Raises Lost."""
        found = Address.objects.select_for_update().filter(pk=self.address.pk, lease=self.token).first()
        if found is None:
            raise Lost
        return found


def take() -> Lease | None:
    """The next address that is due and whose host is free; those that nothing public cites are put aside."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            # One at a time: who looks for a free host while another takes it would take it too.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('imports'), hashtext('archive'))")
        if Address.objects.filter(leased_until__gt=Now()).count() >= AT_ONCE:
            return None
        while rows := list(_due()[:LOOKED_AT]):
            cited = citations.of([row.address for row in rows])
            idle = [row.pk for row in rows if row.address not in cited]
            Address.objects.filter(pk__in=idle).update(due_at=None)
            for row in rows:
                if row.address in cited:
                    return _leased(row)
    return None


def _due() -> QuerySet[Address]:
    busy = Q(leased_until__gt=Now()) | Q(checked_at__gt=Now() - PAUSE)
    host = Address.objects.filter(busy, host=OuterRef("host"))
    return Address.objects.filter(~Exists(host), due_at__lte=Now()).order_by("due_at", "pk")


def _leased(row: Address) -> Lease:
    token = uuid4()
    Address.objects.filter(pk=row.pk).update(lease=token, leased_until=Now() + LENGTH, due_at=Now() + AGAIN)
    return Lease(row, token)
