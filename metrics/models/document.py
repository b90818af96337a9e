from __future__ import annotations

from typing import ClassVar

from editorial.models import Document
from metrics.models.content import SeriesContent
from metrics.models.edition import Series


class SeriesDocument(SeriesContent, Document):
    """A data series as editors work on it."""

    TYPE: ClassVar[str] = "series"
    NOUN: ClassVar[str] = "series"
    EDITION: ClassVar[type[Series]] = Series

    class Meta(Document.Meta):
        verbose_name = "series"
        verbose_name_plural = "series"
