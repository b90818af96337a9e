from __future__ import annotations

from typing import ClassVar

from editorial.models import Document
from timeline.models.content import EntryContent
from timeline.models.edition import Entry


class EntryDocument(EntryContent, Document):
    """An entry as editors work on it."""

    TYPE: ClassVar[str] = "entry"
    NOUN: ClassVar[str] = "entry"
    EDITION: ClassVar[type[Entry]] = Entry

    class Meta(Document.Meta):
        verbose_name = "entry"
        verbose_name_plural = "entries"
