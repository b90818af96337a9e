"""Addresses that published documents cite, what was found at each, and what editors should look at.

Operational rows, not content: nothing of them is in the log, and nothing is rebuilt from it.
"""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class Standing(models.TextChoices):
    """How it was with an address at its last check. A failing one is not yet taken for dead."""

    NEW = "new", "Not looked at yet"
    KEPT = "kept", "Kept"
    CHANGED = "changed", "Changed"
    MOVED = "moved", "Moved"
    FAILING = "failing", "Failing"
    DEAD = "dead", "Dead"
    REFUSED = "refused", "Not fetched"


class Address(models.Model):
    """An address as it is cited. ``key`` is the digest of its text, which may be too long for an index.

    ``state`` stands ``since`` then, and ``why`` says why in a sentence. ``due_at`` is empty while nothing public cites
    it. ``lease`` names the check that is under way, until ``leased_until`` by the database's clock. ``checks`` counts
    checks that found something, ``failures`` those that failed since. ``moved_to``: where it leads for good, or empty.
    ``digest`` is of the text that was last seen, which may differ a little from the last snapshot's.
    """

    key = models.CharField(max_length=64, unique=True, editable=False)
    address = models.TextField(editable=False)
    host = models.CharField(max_length=260, editable=False)
    state = models.CharField(max_length=7, choices=Standing.choices, default=Standing.NEW)
    since = models.DateTimeField(db_default=Now())
    why = models.TextField(blank=True, default="")
    due_at = models.DateTimeField(null=True, db_default=Now())
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    checks = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    moved_to = models.TextField(blank=True, default="")
    digest = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="address_due"),
            models.Index(fields=["host", "checked_at"], name="address_host"),
        ]

    def __str__(self) -> str:
        return self.address

    @staticmethod
    def key_of(address: str) -> str:
        return hashlib.sha256(address.encode()).hexdigest()


class Snapshot(models.Model):
    """What an address gave at a moment. ``digest``: of the text, or of the bytes where there is no text.

    ``file``: the WARC, relative to ARCHIVE_ROOT, named by the digest of its ``size`` bytes. ``final_address``: after
    redirects.
    """

    address = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="snapshots")
    taken_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField()
    final_address = models.TextField()
    content_type = models.CharField(max_length=200, blank=True, default="")
    digest = models.CharField(max_length=64)
    text = models.TextField(blank=True, default="")
    file = models.CharField(max_length=100)
    size = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["address", "-id"], name="snapshot_address")]

    def __str__(self) -> str:
        return f"{self.final_address} at {self.taken_at:%Y-%m-%d %H:%M} UTC"


class Trouble(models.TextChoices):
    DEAD = "dead", "Dead"
    MOVED = "moved", "Moved"
    CHANGED = "changed", "Changed"


class Finding(models.Model):
    """A task for editors: a source that died, moved or changed. ``before`` and ``after`` are what it said then and now.

    Resolved by nobody: by itself.
    """

    address = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="findings")
    kind = models.CharField(max_length=7, choices=Trouble.choices)
    found_at = models.DateTimeField()
    sentence = models.TextField()
    before = models.ForeignKey(Snapshot, null=True, on_delete=models.PROTECT, related_name="+")
    after = models.ForeignKey(Snapshot, null=True, on_delete=models.PROTECT, related_name="+")
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField(blank=True, default="")

    class Meta:
        verbose_name = "source to look at"
        verbose_name_plural = "sources to look at"
        ordering = [F("resolved_at").desc(nulls_first=True), "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["address", "kind"], condition=Q(resolved_at=None), name="one_open_finding"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.address_id}"
