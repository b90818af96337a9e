from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from editorial.models.edition import Edition
from editorial.models.fields import ItemsField
from editorial.models.redirect import Redirect
from editorial.sources import Source
from metrics.models.content import SeriesContent, observations_of
from metrics.models.drawing import Drawing
from metrics.observations import Observation, Status


class VintageObservation(models.Model):
    """An observation as one vintage has it; ``position`` is that of the vintage. ``value`` is exact, so a text."""

    pk = models.CompositePrimaryKey("position", "period")
    position = models.BigIntegerField()
    period = models.CharField(max_length=40)
    document = models.UUIDField()
    earliest = models.DateField()
    latest = models.DateField()
    value = models.CharField(max_length=50)
    status = models.CharField(max_length=11, choices=Status.choices)
    note = models.TextField()
    source_wanted = models.BooleanField()
    sources = ItemsField(Source)

    class Meta:
        indexes = [models.Index(fields=["document", "position"], name="observation_document")]

    def __str__(self) -> str:
        return f"{self.period}: {self.value}"

    @property
    def observation(self) -> Observation:
        """As editors write it."""
        source = self.sources[0].data() if self.sources else {}
        wanted = "yes" if self.source_wanted else ""
        own = {"period": self.period, "value": self.value, "status": self.status, "note": self.note}
        return Observation(**own, source_wanted=wanted, **source)


class Series(SeriesContent, Edition):
    """A vintage: an edition of a series. Its observations have rows of their own."""

    FIELDS: ClassVar[tuple[str, ...]] = tuple(name for name in SeriesContent.FIELDS if name != "observations")
    PART: ClassVar[type[models.Model] | None] = VintageObservation

    observations = None

    class Meta(Edition.Meta):
        indexes = [
            *Edition.Meta.indexes,
            models.Index(fields=["title", "document"], name="series_title"),
            GinIndex(fields=["beside"], name="series_beside"),
        ]

    @classmethod
    def forget(cls, document: UUID, using: str) -> None:
        """Its drawings, and those that show it beside another; the worker draws anew what may still be shown."""
        Drawing._base_manager.using(using).filter(document__in=affected(document)).delete()

    @classmethod
    def parts(cls, content: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        for item in observations_of(content):
            yield {
                "period": item.period,
                "earliest": item.when.earliest,
                "latest": item.when.latest,
                "value": item.value,
                "status": item.status,
                "note": item.note,
                "source_wanted": bool(item.source_wanted),
                "sources": [item.source] if item.source else [],
            }


def observations(vintages: Collection[int]) -> dict[int, list[Observation]]:
    """The observations of these vintages, by position, oldest first: one query."""
    found: dict[int, list[Observation]] = {position: [] for position in vintages}
    rows = VintageObservation.objects.filter(position__in=vintages)
    for row in rows.order_by("position", "earliest", "latest", "period"):
        found[row.position].append(row.observation)
    return found


def vintages(documents: Collection[UUID], position: int) -> dict[UUID, list[Series]]:
    """The editions of these series up to a position, newest first: one query."""
    found: dict[UUID, list[Series]] = {document: [] for document in documents}
    rows = Series._default_manager.filter(
        document__in=documents, position__lte=position, begins=True, withdrawn=False
    )
    for row in rows.order_by("-position"):
        found[row.document].append(row)
    return found


def affected(document: UUID) -> set[UUID]:
    """The series whose charts show this one, or showed it, under any id that ever meant it."""
    ids = [document, *merges({document}, "target", "document")]
    beside = Series._default_manager.filter(beside__overlap=ids)
    return {document, *beside.values_list("document", flat=True).distinct()}


def merges(ids: set[UUID], given: str, wanted: str) -> set[UUID]:
    """From these ids along all merges there ever were, from losers to winners or back."""
    found: set[UUID] = set()
    while ids:
        rows = Redirect._default_manager.filter(**{f"{given}__in": ids})
        ids = {*rows.values_list(wanted, flat=True)} - found
        found |= ids
    return found
