"""What pages and categories say. A category's key is its slug, its label the title."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator
from django.db import models

from editorial.models.content import Content
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
