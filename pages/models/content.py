"""What a category says. Its key is its slug, its label the title."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator
from django.db import models

from editorial.models.content import Content


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
