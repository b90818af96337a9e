"""Periodic work of syndication. A task carries an id at most; what must happen is a row that the next one finds."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from syndication.packages import work
from syndication.webhooks import delivering, leases


@shared_task(name="syndication.sweep_packages")  # type: ignore[untyped-decorator]
def sweep_packages() -> bool:
    """See to the packages, and have those made that wait: whoever makes them takes minutes, and has a queue for it."""
    waits = work.sweep()
    if waits:
        make_packages.apply_async(expires=60)
    return waits


@shared_task(name="syndication.make_packages")  # type: ignore[untyped-decorator]
def make_packages() -> int:
    """Make the packages that wait."""
    return work.make_waiting()


@shared_task(name="syndication.due")  # type: ignore[untyped-decorator]
def due() -> int:
    """Send a message for each webhook that is due; what a broker loses is due again in a minute."""
    keys = leases.claim_due()
    for key in keys:
        deliver.apply_async([str(key)], expires=3600)
    return len(keys)


# Acknowledged at once: a thread cannot be ended when the broker goes, and what it acknowledged to nobody would end the
# worker. The message is a nudge, and none is missed.
@shared_task(name="syndication.deliver", acks_late=False)  # type: ignore[untyped-decorator]
def deliver(webhook: str) -> None:
    """Send what is due to one subscriber. Where there is more, the others come first."""
    if delivering.deliver(UUID(webhook)):
        deliver.apply_async([webhook], expires=3600)
