"""Slugs: unique in a type, and never given away once they were public."""

from __future__ import annotations

from uuid import UUID

from django.db import models


class Slug(models.Model):
    """``position`` is that of the event that took the slug; ``current``: the document stands under it now."""

    position = models.BigIntegerField(primary_key=True)
    type = models.CharField(max_length=20)
    slug = models.CharField(max_length=100)
    document = models.UUIDField()
    public = models.BooleanField()
    current = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["type", "slug"], name="slug_unique_in_type")]
        indexes = [models.Index(fields=["document"])]

    def __str__(self) -> str:
        return f"{self.type}/{self.slug}"

    @classmethod
    def document_of(cls, type_name: str, slug: str) -> UUID | None:
        """Whose public address this is or was."""
        return cls.documents_of(type_name, slug).first()

    @classmethod
    def documents_of(cls, type_name: str, slug: str) -> models.QuerySet[Slug, UUID]:
        """Likewise, as a question that others may hold: one document or none."""
        rows = cls._default_manager.filter(type=type_name, slug=slug, public=True)
        return (rows.none() if "\x00" in slug else rows).values_list("document", flat=True)
