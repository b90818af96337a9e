"""Document: the working copy that editors see. No door out may import it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.apps import apps
from django.db import models

from editorial.models.edition import Edition
from editorial.workflow import Stage, Standing

# What editors call them; no document is absent.
STAGES = [
    (Stage.DRAFT.value, "draft"),
    (Stage.IN_REVIEW.value, "in review"),
    (Stage.APPROVED.value, "approved"),
    (Stage.SCHEDULED.value, "scheduled"),
    (Stage.SETTLED.value, "no open draft"),
    (Stage.DISCARDED.value, "discarded"),
]


class Document(models.Model):
    """Abstract. ``id`` is the document's stream; ``state`` is the workflow's State, as ``to_data`` gives it.

    A concrete Document names its TYPE (a word in events and addresses), its NOUN in sentences, and its EDITION.
    """

    TYPE: ClassVar[str]
    NOUN: ClassVar[str]
    EDITION: ClassVar[type[Edition]]

    id = models.UUIDField(primary_key=True, editable=False)
    version = models.IntegerField(editable=False)
    position = models.BigIntegerField(editable=False)
    content_version = models.IntegerField(editable=False)
    slug = models.CharField(max_length=100, editable=False)
    stage = models.CharField(max_length=12, choices=STAGES, editable=False)
    standing = models.CharField(max_length=12, choices=[(s, s) for s in Standing], editable=False)
    scheduled_at = models.DateTimeField(null=True, editable=False)
    drafted_by = models.UUIDField(editable=False)
    drafted_at = models.DateTimeField(editable=False)
    changed_at = models.DateTimeField(editable=False)
    assignee = models.UUIDField(null=True, editable=False)
    unreviewed_emergency = models.BooleanField(editable=False)
    open_comments = models.IntegerField(editable=False)
    search_text = models.TextField(editable=False)
    state = models.JSONField(editable=False)

    class Meta:
        abstract = True
        indexes = [
            models.Index(fields=["stage", "changed_at"], name="%(class)s_stage"),
            models.Index(
                fields=["scheduled_at"],
                name="%(class)s_due",
                condition=models.Q(stage=Stage.SCHEDULED),
            ),
        ]


def document_models() -> dict[str, type[Any]]:
    """Every concrete Document by its type."""
    found = [model for model in apps.get_models() if issubclass(model, Document)]
    return {model.TYPE: model for model in sorted(found, key=lambda model: model.TYPE)}


def document_model(type_name: str) -> type[Any]:
    """The Document of a type. Raises LookupError."""
    try:
        return document_models()[type_name]
    except KeyError:
        raise LookupError(f"There is no type “{type_name}”.") from None
