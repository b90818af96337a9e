"""Issuing, revoking and recognising keys."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import DatabaseError, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.http import HttpRequest

from syndication.models import Key, State, Webhook

_KEY = re.compile(r"aic_([a-z0-9]{8})_[A-Za-z0-9_-]{43}", re.ASCII)
_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
_EXACT_TO = timedelta(minutes=1)
logger = structlog.get_logger(__name__)


class BadKey(Exception):
    """What was sent as a key is none, is unknown, or is revoked; the sentence says which way to go."""


def issue(name: str, holder: str, by: UUID) -> tuple[Key, str]:
    """A new key, and its text, which is shown once and kept nowhere."""
    prefix = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    text = f"aic_{prefix}_{secrets.token_urlsafe(32)}"
    key = Key.objects.create(name=name, holder=holder, prefix=prefix, digest=_digest(text), created_by=by)
    return key, text


def revoke(key: Key, why: str) -> None:
    """From the next request on it opens nothing, and nothing more is sent to its webhooks."""
    with transaction.atomic():
        Key.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=Now(), why=why)
        ended = {"state": State.ENDED, "since": Now(), "why": "Its key was revoked."}
        Webhook.objects.filter(key=key).exclude(state=State.ENDED).update(**ended)
    key.refresh_from_db()


def key_of(request: HttpRequest) -> Key | None:
    """The key that a request brings; None where it brings none. Raises BadKey."""
    given = request.headers.get("Authorization")
    if given is None:
        return None
    scheme, _, text = given.partition(" ")
    match = _KEY.fullmatch(text.strip())
    if scheme.lower() != "bearer" or not match:
        raise BadKey(
            "Send a key as “Authorization: Bearer aic_…”, or no such header: to read, none is needed."
        )
    key = Key.objects.filter(prefix=match[1], revoked_at=None).annotate(asked_at=Now()).first()
    if key is None or not hmac.compare_digest(key.digest, _digest(match[0])):
        raise BadKey("This key is not known here, or was revoked.")
    if key.last_used_at is None or key.asked_at - key.last_used_at > _EXACT_TO:
        _note_use(key)
    return key


def _note_use(key: Key) -> None:
    """At most once a minute, however many ask at once; who reads is let in where nothing can be written."""
    due = Q(last_used_at=None) | Q(last_used_at__lt=Now() - _EXACT_TO)
    try:
        with transaction.atomic():
            Key.objects.filter(due, pk=key.pk).update(last_used_at=Now())
    except DatabaseError as error:
        logger.warning("key_use_not_noted", prefix=key.prefix, error=type(error).__name__)


def _digest(text: str) -> str:
    # The key is random throughout: a slow hash would guard nothing.
    return hashlib.sha256(text.encode()).hexdigest()
