"""What an entry says: its fields, what a publication needs, and the columns computed from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

import edtf
from editorial.models.content import Content
from editorial.models.fields import ItemsField, items_index
from editorial.sources import Fault, Item, Source, reference_faults
from editorial.workflow import Refusal
from edtf.fields import EDTFField


class Kind(models.TextChoices):
    MILESTONE = "milestone", "Milestone"
    UPDATE = "update", "Update"
    PUBLICATION = "publication", "Publication"


class DateKind(models.TextChoices):
    HAPPENED = "happened", "Happened"
    ANNOUNCED = "announced", "Announced"
    IN_EFFECT = "in_effect", "In effect"
    REPORTED = "reported", "Reported"


class ActorRole(models.TextChoices):
    ACTED = "acted", "Acted"
    AFFECTED = "affected", "Affected"
    REGULATED = "regulated", "Regulated"
    MENTIONED = "mentioned", "Mentioned"


@dataclass(frozen=True, slots=True)
class ActorReference(Item):
    """An actor's document by its id, and what the actor did in the entry."""

    NORMALISED: ClassVar[Mapping[str, Callable[[str], str]]] = {"id": str.lower}

    id: str = field(default="", metadata={"refers": True})
    role: str = field(default=ActorRole.MENTIONED.value, metadata={"choices": ActorRole.choices})

    def faults(self) -> Iterator[Fault]:
        yield from reference_faults("id", self.id, "Choose an actor.")
        if self.role not in ActorRole.values:
            yield "role", f"A role is one of {', '.join(ActorRole.values)}."


REFINED = frozenset({"date", "basis"})


class EntryContent(Content):
    """``date`` is EDTF; ``earliest`` and ``latest`` are the days it may lie between."""

    FIELDS: ClassVar[tuple[str, ...]] = (
        "kind", "title", "summary", "body", "date", "date_kind", "basis", "categories", "actors", "sources", "related",
    )  # fmt: skip
    KEPT: ClassVar[tuple[str, ...]] = ("kind", "title", "date", "date_kind", "categories")
    REFERS: ClassVar[dict[str, str]] = {"categories": "category", "actors": "actor", "related": "entry"}

    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.UPDATE, blank=True)
    summary = models.TextField(max_length=2_000, blank=True, default="")
    body = models.TextField(
        max_length=100_000,
        blank=True,
        default="",
        help_text="Markdown: **bold**, [a link](https://…), lists.",
    )
    date = EDTFField(null=True, blank=True, default=None)
    date_kind = models.CharField(
        "what the date is of", max_length=10, choices=DateKind.choices, default=DateKind.HAPPENED, blank=True
    )
    basis = models.TextField(
        "basis of the date",
        max_length=2_000,
        blank=True,
        default="",
        help_text="What the date rests on, and whether it is uncertain.",
    )
    categories = ArrayField(models.UUIDField(), default=list, blank=True, size=30)
    actors = ItemsField(ActorReference)
    sources = ItemsField(Source)
    related = ArrayField(
        models.UUIDField(), verbose_name="related entries", default=list, blank=True, size=50
    )
    earliest = models.DateField(null=True, editable=False)
    latest = models.DateField(null=True, editable=False)

    class Meta:
        abstract = True

    @classmethod
    def problems(cls, content: Mapping[str, Any]) -> Iterator[Refusal]:
        needed = {"title": "A title", "summary": "A summary", "date": "A date", "categories": "A category"}
        for name, what in needed.items():
            if not content.get(name):
                yield Refusal(f"{what} is missing.", name, "input")
        yield from _source_problems(content)

    @classmethod
    def refines(cls, content: Mapping[str, Any], published: Mapping[str, Any]) -> bool:
        """A date made more precise, with what it now rests on."""
        now, before = content.get("date", ""), published.get("date", "")
        changed = {name for name in cls.FIELDS if content.get(name) != published.get(name)}
        return bool(now and before and changed <= REFINED) and edtf.parse(now).refines(edtf.parse(before))

    @classmethod
    def columns(cls, content: Mapping[str, Any]) -> dict[str, Any]:
        date = edtf.parse(content["date"]) if content.get("date") else None
        values = super().columns(content)
        return values | {
            "date": date,
            "earliest": date.earliest if date else None,
            "latest": date.latest if date else None,
            "categories": [UUID(key) for key in values["categories"]],
            "related": [UUID(key) for key in values["related"]],
            "actors": [ActorReference.from_data(item) for item in values["actors"]],
            "sources": [Source.from_data(item) for item in values["sources"]],
        }

    @classmethod
    def searched_text(cls, content: Mapping[str, Any]) -> str:
        sources = content.get("sources") or []
        named = [source.get(name, "") for source in sources for name in ("publisher", "title")]
        texts = [content.get(name, "") for name in ("title", "summary", "body", "basis")]
        return "\n".join([*texts, *named])


def _source_problems(content: Mapping[str, Any]) -> Iterator[Refusal]:
    """A publication of our own needs no source; any other entry needs one with publisher and language."""
    sources = content.get("sources") or []
    complete = [source for source in sources if source.get("publisher") and source.get("language")]
    if not complete and not (content.get("kind") == Kind.PUBLICATION and not sources):
        yield Refusal("A source with publisher and language is missing.", "sources", "input")


def entry_indexes() -> list[models.Index]:
    """Indexes for what people filter by, and for the timeline’s order."""
    newest = (models.F("earliest").desc(nulls_last=True), models.F("document").desc())
    return [
        models.Index(fields=["earliest", "document"], name="entry_earliest"),
        models.Index(*newest, name="entry_newest"),
        GinIndex(fields=["categories"], name="entry_categories"),
        items_index("actors", "entry_actors"),
        items_index("sources", "entry_sources"),
    ]
