"""Periodic work of the whole: the heartbeat, and the audit that follows the log."""

from __future__ import annotations

from celery import shared_task
from django.db.models.functions import Now

from aichina.models import Heartbeat
from ledger import subscriptions, verify
from ledger.log import Recorded

AUDIT = "audit"


@shared_task(name="aichina.heartbeat")  # type: ignore[untyped-decorator]
def heartbeat() -> None:
    """Say that a message went from beat through the broker to a worker."""
    Heartbeat.objects.update_or_create(id=1, defaults={"beaten_at": Now()})


@shared_task(name="aichina.audit")  # type: ignore[untyped-decorator]
def audit() -> int:
    """Verify what was appended since the last audit. A fault is parked, and /readyz shows it."""
    return subscriptions.advance(AUDIT, _verify, batch=1_000)


def _verify(event: Recorded) -> None:
    if faults := verify.verify_at(event.position):
        raise AssertionError(" ".join(map(str, faults)))
