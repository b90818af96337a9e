"""One delivery a webhook at a time, across all workers: by a lease in the database, by the database's clock.

A worker that dies leaves its lease behind; when that is over, the webhook is due as if nothing had been.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from editorial.reading import last_public
from syndication.models import State, Webhook

SLOW = 2_000  # milliseconds
# Who failed or was slow the last time. They share half of a worker's threads, so that the others never wait for them.
TROUBLED = Q(failures__gt=0) | Q(last_ms__gt=SLOW)
TROUBLED_AT_ONCE = 8
MOST_AT_ONCE = 200


class Lost(Exception):
    """The lease is somebody else's by now, or the webhook is to be left alone: what is in hand is dropped."""


@dataclass(frozen=True, slots=True)
class Lease:
    webhook: UUID
    token: UUID

    def renew(self) -> Webhook:
        """The webhook as it stands, with its lease from now on. Raises Lost where it is not to be sent anything."""
        mine = Webhook.objects.filter(pk=self.webhook, lease=self.token)
        if not mine.filter(state=State.ACTIVE).update(leased_until=Now() + length()):
            raise Lost
        found = mine.first()
        if found is None:
            raise Lost
        return found

    def hold(self) -> Webhook:
        """The webhook as it stands, its row locked until the transaction ends. Raises Lost."""
        found = Webhook.objects.select_for_update().filter(pk=self.webhook, lease=self.token).first()
        if found is None:
            raise Lost
        return found

    def end(self) -> None:
        Webhook.objects.filter(pk=self.webhook, lease=self.token).update(lease=None, leased_until=None)


def length() -> timedelta:
    """Longer than any one delivery may take; it is renewed before each."""
    return timedelta(seconds=settings.WEBHOOK_LEASE_SECONDS)


def due() -> Q:
    """Active webhooks that something became public behind, and whose time has come; leased ones are left alone."""
    free = Q(leased_until=None) | Q(leased_until__lt=Now())
    return free & Q(state=State.ACTIVE, next_at__lte=Now(), cursor__lt=last_public().position)


def claim_due() -> list[UUID]:
    """Ids of due webhooks that no message is under way for; from now on there is one for each."""
    with transaction.atomic():
        # One at a time: who counts while another claims would count too few.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('webhooks'), 0)")
        waited_for = Q(leased_until__gt=Now()) | Q(queued_until__gt=Now())
        room = max(0, TROUBLED_AT_ONCE - Webhook.objects.filter(TROUBLED, waited_for).count())
        unqueued = Q(queued_until=None) | Q(queued_until__lt=Now())
        found = Webhook.objects.filter(due() & unqueued).order_by("next_at").values_list("pk", flat=True)
        keys = [*found.exclude(TROUBLED)[:MOST_AT_ONCE], *found.filter(TROUBLED)[:room]]
        until = Now() + timedelta(seconds=settings.WEBHOOK_QUEUED_SECONDS)
        Webhook.objects.filter(pk__in=keys).update(queued_until=until)
    return keys


def take(webhook: UUID) -> Lease | None:
    """The lease of a webhook that is due; None where it is not."""
    with transaction.atomic():
        found = Webhook.objects.select_for_update().filter(due(), pk=webhook).first()
        if found is None:
            Webhook.objects.filter(pk=webhook).update(queued_until=None)
            return None
        token = uuid4()
        Webhook.objects.filter(pk=webhook).update(
            lease=token, leased_until=Now() + length(), queued_until=None
        )
    return Lease(webhook, token)
