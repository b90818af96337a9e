"""Deliveries to one subscriber: one change after the other, each once the one before it was taken."""

from __future__ import annotations

import random
import time
from uuid import UUID, uuid5

import structlog
from django.conf import settings
from django.db import Error, transaction

from editorial.models.change import Change
from editorial.reading import last_public
from ledger import clock
from syndication.changes import Wanted, between, shown
from syndication.models import State, Webhook
from syndication.webhooks import schedule
from syndication.webhooks.leases import SLOW, TROUBLED, Lease, Lost, take
from syndication.webhooks.posting import PATIENT, QUICK, Tried, post

# One task sends no more than this, and then lets others have the thread.
BATCH, BATCH_SECONDS = 20, 5.0
GONE = "The subscriber answered 410: it wants nothing any more."

logger = structlog.get_logger(__name__)


def deliver(webhook: UUID) -> bool:
    """Send what is due, as much as one turn may. Whether there is more to send at once."""
    lease = take(webhook)
    if lease is None:
        return False
    until = time.monotonic() + BATCH_SECONDS
    try:
        for _ in range(BATCH):
            if not _next(lease):
                return False
            if time.monotonic() > until:
                break
        # Those in trouble share few threads, and wait until they are claimed for them.
        return not Webhook.objects.filter(TROUBLED, pk=webhook).exists()
    except Lost:
        logger.info("delivery_left", webhook=str(webhook))
        return False
    finally:
        lease.end()


def _next(lease: Lease) -> bool:
    """Send one change. Whether the next may follow at once. Raises Lost."""
    webhook = lease.renew()
    upto = last_public().position
    found = between(webhook.cursor, upto, wanted_by(webhook), 1)
    if not found:
        # What others changed need not be looked at again; a person may have set the cursor elsewhere meanwhile.
        Webhook.objects.filter(pk=webhook.pk, cursor=webhook.cursor).update(cursor=upto)
        return False
    return _settle(lease, webhook, found[0].position, _tried(webhook, found[0]))


def wanted_by(webhook: Webhook) -> Wanted:
    """What it wants, by every id that its category has now."""
    if webhook.category is None:
        return Wanted(webhook.type or None)
    named = last_public().redirects.all_of(webhook.category)
    return Wanted(webhook.type or None, frozenset(named))


def absolute(path: str) -> str:
    """A path of the tracker as an address, where nobody asks from whose host it could be known."""
    return f"{settings.SITE_URL}{path}"


def _tried(webhook: Webhook, change: Change) -> Tried:
    try:
        (told,) = shown([change], absolute)
        message = {"type": "change", "timestamp": told["moment"], "data": told}
        troubled = webhook.failures > 0 or (webhook.last_ms or 0) > SLOW
        # The same for the same change, however often it is sent: by this, subscribers know it again.
        name = str(uuid5(webhook.pk, str(change.position)))
        return post(webhook, name, message, PATIENT if troubled else QUICK)
    except Error:
        raise
    except Exception as error:
        # Else it would be tried for ever without anybody knowing.
        logger.exception("delivery_failed", webhook=str(webhook.pk), position=change.position)
        return Tried(None, f"The tracker itself failed on this ({type(error).__name__}); its log says more.")


def _settle(lease: Lease, sent: Webhook, position: int, tried: Tried) -> bool:
    """Keep what came of it, and plan the next. Whether that may follow at once. Raises Lost."""
    with transaction.atomic():
        webhook = lease.hold()
        webhook.last_at = clock.now()
        webhook.last_status, webhook.last_sentence = tried.status, tried.sentence
        webhook.last_answer, webhook.last_ms = tried.answer, tried.ms
        # A person who set the cursor or the address elsewhere meanwhile is not overruled.
        if (webhook.cursor, webhook.address) == (sent.cursor, sent.address):
            _plan(webhook, position, tried)
        webhook.save()
    return tried.delivered


def _plan(webhook: Webhook, position: int, tried: Tried) -> None:
    if tried.delivered:
        webhook.cursor, webhook.failures, webhook.failing_since = position, 0, None
        return
    now = clock.now()
    webhook.failures += 1
    webhook.failing_since = webhook.failing_since or now
    jitter = random.random()  # noqa: S311 - so that deliveries spread, no secret
    webhook.next_at = now + schedule.wait_after(webhook.failures, asked=tried.asked, jitter=jitter)
    if webhook.state != State.ACTIVE:
        return
    if tried.gone:
        webhook.state, webhook.since, webhook.why = State.ENDED, now, GONE
    elif tried.hopeless or schedule.given_up(webhook.failing_since, now):
        webhook.state, webhook.since, webhook.why = State.PARKED, now, _why(webhook, tried)
        logger.warning("webhook_parked", webhook=str(webhook.pk), why=tried.sentence)


def _why(webhook: Webhook, tried: Tried) -> str:
    if tried.hopeless:
        return tried.sentence
    return f"It failed {webhook.failures} times in three days. The last time: {tried.sentence}"[:300]
