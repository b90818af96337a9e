"""The public history: one row for each position that changed what readers see."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Kind(models.TextChoices):
    PUBLISHED = "published"
    REVISED = "revised"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    REINSTATED = "reinstated"
    RENAMED = "renamed"
    MERGED = "merged"
    UNMERGED = "unmerged"
    ERASED = "erased"


MERGING = (Kind.MERGED, Kind.UNMERGED)
# What may take text away, also where it stood before.
HIDING = (Kind.WITHDRAWN, Kind.ERASED)
# What changes how the past is shown: its text, or its address.
UNSETTLING = (*HIDING, Kind.RENAMED)


class Change(models.Model):
    """``position`` is a public position; ``fields`` names what differs from the edition before."""

    position = models.BigIntegerField(primary_key=True)
    moment = models.DateTimeField()
    type = models.CharField(max_length=20)
    document = models.UUIDField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    edition = models.IntegerField()
    minor = models.BooleanField()
    note = models.TextField()
    fields = ArrayField(models.CharField(max_length=50))

    class Meta:
        indexes = [
            models.Index(fields=["document", "position"]),
            models.Index(fields=["moment", "position"]),
            models.Index(
                fields=["position"], name="change_unsettling", condition=models.Q(kind__in=UNSETTLING)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.document} {self.kind} at {self.position}"
