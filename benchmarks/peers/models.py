"""An entry as a project without a log would keep it: one row, and a history made by a library."""

from __future__ import annotations

from uuid import uuid4

import reversion
from django.db import models
from simple_history.models import HistoricalRecords

from editorial.search import normalise
from timeline.models.content import EntryContent


class Article(EntryContent):
    """Abstract. The content's fields and computed columns, with slug, stage and search text as our rows have them."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    slug = models.CharField(max_length=100, blank=True)
    stage = models.CharField(max_length=12, default="draft")
    search_text = models.TextField(editable=False)

    class Meta:
        abstract = True

    def save(self, *args: object, **kwargs: object) -> None:
        self.earliest = self.date.earliest if self.date else None
        self.latest = self.date.latest if self.date else None
        self.search_text = normalise(f"{self.title}\n{self.summary}\n{self.body}\n{self.basis} {self.slug}")
        super().save(*args, **kwargs)


class SimpleArticle(Article):
    history = HistoricalRecords()


@reversion.register()
class RevertedArticle(Article):
    pass
