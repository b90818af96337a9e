from __future__ import annotations

from editorial.models.edition import Edition
from timeline.models.content import EntryContent, entry_indexes


class Entry(EntryContent, Edition):
    """An edition of an entry."""

    class Meta(Edition.Meta):
        indexes = [*Edition.Meta.indexes, *entry_indexes()]
