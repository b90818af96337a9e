"""What pages and categories say. A category's key is its slug, its label the title."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator
from django.db import models

from editorial.models.content import Content
from editorial.models.fields import ItemsField
from editorial.sources import Fault, Item, reference_faults
from editorial.workflow import Refusal


class PageContent(Content):
    FIELDS: ClassVar[tuple[str, ...]] = ("title", "text")

    text = models.TextField(max_length=100_000, blank=True, default="", help_text="Markdown.")

    class Meta:
        abstract = True

    @classmethod
    def problems(cls, content: Mapping[str, Any]) -> Iterator[Refusal]:
        yield from super().problems(content)
        if not content.get("text"):
            yield Refusal("A text is missing.", "text", "input")

    @classmethod
    def searched_text(cls, content: Mapping[str, Any]) -> str:
        return f"{content.get('title', '')}\n{content.get('text', '')}"


class CategoryContent(Content):
    FIELDS: ClassVar[tuple[str, ...]] = ("title", "order", "text")
    KEPT: ClassVar[tuple[str, ...]] = ("title", "order")

    order = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(1000)])
    text = models.TextField(max_length=10_000, blank=True, default="", help_text="Markdown.")

    class Meta:
        abstract = True

    @classmethod
    def searched_text(cls, content: Mapping[str, Any]) -> str:
        return f"{content.get('title', '')}\n{content.get('text', '')}"


@dataclass(frozen=True, slots=True)
class Chosen(Item):
    """A document that the front page shows, by its id."""

    NORMALISED: ClassVar[Mapping[str, Callable[[str], str]]] = {"id": str.lower}

    id: str = field(default="", metadata={"refers": True})

    def faults(self) -> Iterator[Fault]:
        yield from reference_faults("id", self.id, "Choose one.")


class FrontContent(Content):
    """What the front page shows, in which order. Where no milestones are chosen, it shows all."""

    FIELDS: ClassVar[tuple[str, ...]] = ("title", "text", "figures", "charts", "milestones", "updates")
    REFERS: ClassVar[dict[str, str]] = {"figures": "series", "charts": "series", "milestones": "entry"}

    text = models.TextField(
        max_length=10_000,
        blank=True,
        default="",
        help_text="Markdown; it stands above the dashboard’s figures.",
    )
    figures = ItemsField(Chosen)
    charts = ItemsField(Chosen)
    milestones = ItemsField(Chosen)
    updates = models.PositiveSmallIntegerField(
        "how many updates",
        default=0,
        validators=[MaxValueValidator(1000)],
        help_text="The latest; 0 shows all.",
    )

    class Meta:
        abstract = True

    @classmethod
    def problems(cls, content: Mapping[str, Any]) -> Iterator[Refusal]:
        yield from super().problems(content)
        for name in cls.REFERS:
            ids = [item["id"] for item in content.get(name) or []]
            if len(set(ids)) < len(ids):
                yield Refusal(f"One of the {name} stands twice.", name, "input")

    @classmethod
    def columns(cls, content: Mapping[str, Any]) -> dict[str, Any]:
        values = super().columns(content)
        chosen = {name: [Chosen.from_data(item) for item in values[name]] for name in cls.REFERS}
        return {**values, **chosen}
