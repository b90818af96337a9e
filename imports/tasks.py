"""Periodic work of imports. A task carries an id alone; what must happen is a row that the next one finds."""

from __future__ import annotations

from uuid import UUID

import structlog
from celery import shared_task
from django.conf import settings
from kombu.exceptions import OperationalError
from redis import RedisError

from imports import fetching, leases, triage
from imports.archive import following
from ledger import subscriptions

ARCHIVE = "archive"

logger = structlog.get_logger(__name__)


@shared_task(name="imports.due")  # type: ignore[untyped-decorator]
def due() -> int:
    """Send a message for each source that is due; what a broker loses is due again in a minute."""
    keys = leases.claim_due()
    for key in keys:
        fetch.apply_async([str(key)], expires=3600)
    return len(keys)


@shared_task(name="imports.fetch")  # type: ignore[untyped-decorator]
def fetch(source: str) -> None:
    """Fetch the source if it is due still."""
    fetching.fetch(UUID(source))


def nudge() -> None:
    """Have what is due fetched at once. Where the broker does not answer, the next `due` does the same."""
    try:
        due.apply_async(retry=False, expires=3600)
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("nudge_lost", error=str(error))


@shared_task(name="imports.settle")  # type: ignore[untyped-decorator]
def settle() -> int:
    """Mend what a crash left between the log and the inbox, and bring back what has rested long enough."""
    return triage.settle_all() + triage.wake()


@shared_task(name="imports.tidy")  # type: ignore[untyped-decorator]
def tidy() -> int:
    """Forget the fetches of long ago."""
    return fetching.forget_old_fetches()


@shared_task(name="imports.cite")  # type: ignore[untyped-decorator]
def cite() -> int:
    """Know the addresses of what was published since the last time."""
    return subscriptions.advance(ARCHIVE, following.cite, batch=1_000)


@shared_task(name="imports.cite_all")  # type: ignore[untyped-decorator]
def cite_all() -> int:
    """Know what should be known and is not, whatever the reason was."""
    return following.cite_all()


@shared_task(name="imports.archive")  # type: ignore[untyped-decorator]
def archive() -> int:
    """Check a few addresses that are due, where the tracker keeps its sources."""
    return following.follow() if settings.ARCHIVE_SOURCES else 0
