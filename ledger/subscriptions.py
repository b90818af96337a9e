"""Subscribers outside of the database: each has a stored cursor, and gets every event at least once, in order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import connections, transaction
from django.db.models import F
from django.db.models.functions import Now

from ledger import log
from ledger.log import Recorded
from ledger.models import ParkedEvent, Subscription

ATTEMPTS = 5
FIRST_DELAY = timedelta(seconds=10)
MAX_ERROR = 1_000

Deliver = Callable[[Recorded], None]


def advance(
    name: str, deliver: Deliver, *, batch: int = 100, attempts: int = ATTEMPTS, using: str = "default"
) -> int:
    """Deliver what lies behind the cursor, up to ``batch`` events. Returns how many were delivered.

    The cursor moves after each delivery, so that a crash repeats one event and loses none. One worker at a time: the
    row's lock is held while an event is delivered. What fails is tried again later, and parked after ``attempts``.
    """
    Subscription.objects.using(using).bulk_create([Subscription(name=name)], ignore_conflicts=True)
    delivered = 0
    while delivered < batch and _one(name, deliver, attempts, using):
        delivered += 1
    return delivered


def _one(name: str, deliver: Deliver, attempts: int, using: str) -> bool:
    with transaction.atomic(using=using):
        subscription = (
            Subscription.objects.using(using).select_for_update(skip_locked=True).filter(name=name)
            .exclude(retry_at__gt=Now()).first()
        )  # fmt: skip
        if subscription is None:
            return False
        position = subscription.position
        try:
            event = next(log.read(subscription.position, batch=1, using=using), None)
            if event is None:
                return False
            position = event.position
            # Within: a fault in the database must not take the note of it along.
            with transaction.atomic(using=using):
                deliver(event)
        except Exception as error:  # noqa: BLE001 - a subscriber's fault must not stop the others
            at = error.position if isinstance(error, log.Unreadable) else position
            _failed(subscription, at, error, attempts, using)
            return False
        _move(subscription, position)
        return True


def _move(subscription: Subscription, position: int) -> None:
    subscription.position, subscription.failures = position, 0
    subscription.last_error, subscription.retry_at = "", None
    subscription.save()


def _failed(subscription: Subscription, position: int, error: Exception, attempts: int, using: str) -> None:
    text = f"{type(error).__name__}: {error}".replace("\x00", "")[:MAX_ERROR]
    failures = subscription.failures + 1
    if failures >= attempts:
        ParkedEvent.objects.using(using).get_or_create(
            subscription=subscription.name,
            position=position,
            defaults={"error": text, "attempts": failures},
        )
        _move(subscription, position)
        return
    subscription.failures, subscription.last_error = failures, text
    subscription.retry_at = Now() + FIRST_DELAY * 2 ** (failures - 1)
    subscription.save()


def retry_parked(name: str, deliver: Deliver, *, using: str = "default") -> int:
    """Deliver parked events once more; what succeeds is parked no longer. Returns how many did."""
    done = 0
    for parked in ParkedEvent.objects.using(using).filter(subscription=name).order_by("position"):
        event = next(log.read(parked.position - 1, upto=parked.position, using=using))
        try:
            with transaction.atomic(using=using):
                deliver(event)
        except Exception as error:  # noqa: BLE001 - likewise
            text = f"{type(error).__name__}: {error}".replace("\x00", "")[:MAX_ERROR]
            ParkedEvent.objects.using(using).filter(pk=parked.pk).update(
                error=text, attempts=F("attempts") + 1
            )
        else:
            parked.delete()
            done += 1
    return done


def lag(using: str = "default") -> dict[str, int]:
    """How many events each subscriber is behind the head."""
    head = log.head(using)
    end = head.position if head else 0
    rows = Subscription.objects.using(using).values_list("name", "position")
    return {name: end - position for name, position in rows}


def parked(using: str = "default") -> int:
    """How many events are parked."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_parkedevent")
        row = cursor.fetchone()
    return int(row[0])
