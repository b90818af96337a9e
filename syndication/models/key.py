"""Keys of programs: they raise limits and own webhooks; to read, nobody needs one."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models.functions import Now


class Key(models.Model):
    """``digest``: the SHA-256 of the key, which itself is kept nowhere; ``prefix``: what of it may be shown.

    ``holder``: whom to ask. ``last_used_at`` is exact to a minute. A key is revoked, never deleted: ``why``.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=100, help_text="What it is for, as in “Dashboard of the trade desk”.")
    holder = models.CharField(
        max_length=200, help_text="Whom to ask: a person or an organisation, an address."
    )
    prefix = models.CharField(max_length=8, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.UUIDField(editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    why = models.CharField("why it is revoked", max_length=200, blank=True, default="")

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.name} (aic_{self.prefix}…)"
