"""Webhooks: where changes are sent, and how far each subscriber has come. Operational rows: nothing is in the log."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models.functions import Now

from syndication.models.key import Key


class State(models.TextChoices):
    """Active ones alone are sent anything."""

    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    PARKED = "parked", "Parked"
    ENDED = "ended", "Ended"


class Webhook(models.Model):
    """A subscriber. ``cursor``: the public position up to which it has everything that it wants.

    ``type`` and ``category`` narrow what is sent; the latter is a category's id. ``key``: whose it is; none: the
    staff's. ``seed``: what its secret is made from (webhooks/signing.py), ``former`` likewise of the secret before,
    which signs too until ``former_until``. ``failures`` are in a row, since ``failing_since``; ``next_at``: nothing is
    sent before. ``last_status`` is null where nobody answered; ``last_sentence`` says what came of it, ``last_answer``
    begins what was answered, ``last_ms`` is how long it took. ``lease``: of the worker that sends just now;
    ``queued_until``: until then a message to a worker is under way.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=100, help_text="What it is for, as in “Search index of the library”.")
    address = models.CharField(max_length=2000, help_text="Where changes are sent: https://…")
    type = models.CharField(max_length=20, blank=True, default="")
    category = models.UUIDField(null=True, blank=True)
    key = models.ForeignKey(Key, models.PROTECT, null=True, editable=False, related_name="webhooks")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    seed = models.CharField(max_length=100, editable=False)
    former = models.CharField(max_length=100, blank=True, default="", editable=False)
    former_until = models.DateTimeField(null=True, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE, editable=False)
    since = models.DateTimeField(db_default=Now(), editable=False)
    why = models.CharField(max_length=300, blank=True, default="", editable=False)
    cursor = models.BigIntegerField(editable=False)
    failures = models.IntegerField(default=0, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    next_at = models.DateTimeField(db_default=Now(), editable=False)
    last_at = models.DateTimeField(null=True, editable=False)
    last_status = models.IntegerField(null=True, editable=False)
    last_sentence = models.CharField(max_length=300, blank=True, default="", editable=False)
    last_answer = models.TextField(blank=True, default="", editable=False)
    last_ms = models.IntegerField(null=True, editable=False)
    lease = models.UUIDField(null=True, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)
    queued_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("-created_at",)
        indexes = [models.Index(fields=["state", "next_at"])]

    def __str__(self) -> str:
        return self.name
