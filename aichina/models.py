"""The heartbeat: a row that moves only when beat, broker and worker all do their part."""

from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """One row, key 1. ``beaten_at`` is the database's clock when the worker took beat's message."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    beaten_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"heartbeat at {self.beaten_at}"
