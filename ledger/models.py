"""The event log and the cursors of its subscribers. Nothing here is written through the ORM but subscriptions."""

from __future__ import annotations

from django.db import models


class Event(models.Model):
    """The header of an event. ``commitment``, ``leaf`` and ``digest``: see sql/append.sql."""

    position = models.BigIntegerField(primary_key=True)
    stream = models.UUIDField()
    version = models.IntegerField()
    type = models.TextField()
    recorded_at = models.DateTimeField()
    actor = models.UUIDField()
    commitment = models.BinaryField()
    leaf = models.BinaryField()
    digest = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stream", "version"], name="ledger_event_stream_version"),
            models.CheckConstraint(
                condition=models.Q(type__regex=r"^[a-z][a-z0-9_]{0,49}$"), name="ledger_event_type"
            ),
        ]
        indexes = [models.Index(fields=["recorded_at", "position"], name="ledger_event_recorded_at")]

    def __str__(self) -> str:
        return f"{self.position} {self.type}"


class EventData(models.Model):
    """The canonical text of an event's data and metadata, by position, and the salt of its commitment.

    No foreign key to the header: it would halve the speed of batches, and the append function writes both.
    """

    position = models.BigIntegerField(primary_key=True)
    text = models.TextField()
    salt = models.BinaryField()

    class Meta:
        db_table = "ledger_event_data"

    def __str__(self) -> str:
        return f"data of {self.position}"


class Subscription(models.Model):
    """How far a subscriber has come. ``failures``: attempts at the event after ``position``."""

    name = models.CharField(primary_key=True, max_length=50)
    position = models.BigIntegerField(default=0)
    failures = models.IntegerField(default=0)
    last_error = models.TextField(default="")
    retry_at = models.DateTimeField(null=True)
    advanced_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.name} at {self.position}"


class ParkedEvent(models.Model):
    """An event that a subscriber could not take, put aside so that others pass."""

    subscription = models.CharField(max_length=50)
    position = models.BigIntegerField()
    error = models.TextField()
    attempts = models.IntegerField()
    parked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription", "position"], name="ledger_parked_once")
        ]

    def __str__(self) -> str:
        return f"{self.subscription}: {self.position}"
