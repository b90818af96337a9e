"""What people and programs do with webhooks. A delivery that is under way meanwhile overrules none of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Now

from editorial.api.cursor import position_at
from editorial.api.shapes import rfc3339
from editorial.models.change import Change
from editorial.reading import last_public
from ledger import clock
from syndication.models import Key, State, Webhook
from syndication.webhooks.posting import QUICK, Tried, post
from syndication.webhooks.signing import Unmakeable, new_seed, secret_of, told

MOST = 10  # of one key
# For so long the former secret signs as well.
ROTATION = timedelta(days=1)
WHERE = "Write a cursor of the changes, “beginning” or “now”."


class TooMany(Exception):
    """The key has as many webhooks as it may."""


def with_lag(webhooks: QuerySet[Webhook]) -> QuerySet[Webhook]:
    """Each with how many changes, wanted or not, lie behind its cursor: ``lag``."""
    behind = Change.objects.filter(position__gt=OuterRef("cursor")).order_by().annotate(all=Value(1))
    count = behind.values("all").annotate(count=Count("*")).values("count")
    return webhooks.annotate(lag=Coalesce(Subquery(count), 0))


def subscribe(values: dict[str, Any], *, cursor: int, key: Key | None = None) -> tuple[Webhook, str]:
    """A new webhook, and its secret, which is shown once. ``values``: name, address, type, category. Raises TooMany."""
    with transaction.atomic():
        # One at a time for each key: who counts while another subscribes would count too few.
        if key and not Key.objects.select_for_update().filter(pk=key.pk, revoked_at=None).exists():
            raise TooMany
        if key and Webhook.objects.filter(key=key).count() >= MOST:
            raise TooMany
        webhook = Webhook.objects.create(**values, cursor=cursor, key=key, seed=new_seed())
    return webhook, told(webhook.seed)


def change(webhooks: QuerySet[Webhook], values: dict[str, Any]) -> None:
    """Set name, address, type or category. What became of deliveries to one address says nothing of another."""
    with transaction.atomic():
        if "address" in values:
            moved = webhooks.exclude(address=values["address"])
            moved.update(failures=0, failing_since=None, next_at=Now())
        webhooks.update(**values)


def rotate(key: UUID) -> str:
    """A new secret, which is shown once; the one before signs too for a day, and what was before that no longer."""
    with transaction.atomic():
        webhook = Webhook.objects.select_for_update().get(pk=key)
        try:
            secret_of(webhook.seed)
            webhook.former, webhook.former_until = webhook.seed, clock.now() + ROTATION
        except Unmakeable:
            webhook.former, webhook.former_until = "", None
        webhook.seed = new_seed()
        webhook.save(update_fields=["seed", "former", "former_until"])
    return told(webhook.seed)


def replay(webhooks: QuerySet[Webhook], position: int) -> int:
    """Send, from now on, what became public behind the position. How many are there."""
    return webhooks.update(cursor=position, next_at=Now())


def pause(webhooks: QuerySet[Webhook], why: str) -> int:
    """Send nothing until they are resumed. How many there were to pause."""
    found = webhooks.filter(state__in=(State.ACTIVE, State.PARKED))
    return found.update(state=State.PAUSED, since=Now(), why=why[:300])


def resume(webhooks: QuerySet[Webhook]) -> int:
    """Go on where they stopped; not those of a key that is revoked. How many there were to resume."""
    found = webhooks.exclude(state=State.ACTIVE).filter(Q(key=None) | Q(key__revoked_at=None))
    return found.update(
        state=State.ACTIVE, since=Now(), why="", failures=0, failing_since=None, next_at=Now()
    )


def ping(webhook: Webhook) -> Tried:
    """Send a signed message of type “ping”, now, whatever state the webhook is in."""
    about = {"webhook": str(webhook.pk), "name": webhook.name}
    message = {"type": "ping", "timestamp": rfc3339(clock.now()), "data": about}
    return post(webhook, str(uuid4()), message, QUICK)


def position_of(text: str) -> int:
    """The position that a cursor names, or “beginning” or “now”. Raises ValueError with a sentence."""
    last = last_public().position
    if text in ("beginning", "now"):
        return 0 if text == "beginning" else last
    try:
        position = position_at(text)
    except ValueError as error:
        raise ValueError(WHERE) from error
    if position > last:
        raise ValueError("This cursor is ahead of all changes: it comes from another tracker.")
    return position
