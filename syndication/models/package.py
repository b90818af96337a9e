"""Packages: everything public at a position as one file, made by a worker and kept for a while."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class State(models.TextChoices):
    WAITING = "waiting"
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"


class Package(models.Model):
    """One for each position. ``nightly_on``: the day whose nightly package it is; ``pinned`` ones stay.

    ``lease`` names who makes it, or made it, and its file; who is dead does not renew ``leased_until``. ``seen``: the
    last public position when the making began; what was hidden later may be in the file. ``done``, ``total``: rows.
    """

    position = models.BigIntegerField(primary_key=True)
    moment = models.DateTimeField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField(db_default=Now())
    nightly_on = models.DateField(null=True)
    pinned = models.BooleanField(default=False)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    seen = models.BigIntegerField(default=0)
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    bytes = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, default="")
    made_at = models.DateTimeField(null=True)
    sentence = models.TextField(default="")

    def __str__(self) -> str:
        return f"package {self.position}, {self.state}"

    @property
    def name(self) -> str:
        """As readers save it."""
        return f"aichina-{self.position}.zip"

    @property
    def path(self) -> Path:
        """Where its file is. Who makes it anew makes another file, so that nobody writes over what is read."""
        assert self.lease
        return settings.PACKAGES_ROOT / f"aichina-{self.position}-{self.lease.hex}.zip"
