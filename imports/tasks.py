"""Periodic work of imports. A task carries an id alone; what must happen is a row that the next one finds."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from imports import fetching, leases, triage


@shared_task(name="imports.due")  # type: ignore[untyped-decorator]
def due() -> int:
    """Send a message for each source that is due; what a broker loses is due again in a minute."""
    keys = leases.claim_due()
    for key in keys:
        fetch.delay(str(key))
    return len(keys)


@shared_task(name="imports.fetch")  # type: ignore[untyped-decorator]
def fetch(source: str) -> None:
    """Fetch the source if it is due still."""
    fetching.fetch(UUID(source))


@shared_task(name="imports.settle")  # type: ignore[untyped-decorator]
def settle() -> int:
    """Mend what a crash left between the log and the inbox, and bring back what has rested long enough."""
    return triage.settle_all() + triage.wake()


@shared_task(name="imports.tidy")  # type: ignore[untyped-decorator]
def tidy() -> int:
    """Forget the fetches of long ago."""
    return fetching.forget_old_fetches()
