"""Everything that was public at a position, a few hundred documents at a time, as the API shows it.

What was public then stays as it was, so that each piece may be read by itself, and nobody holds a transaction for
minutes. What is hidden meanwhile is seen by the position at which that happens: see queue.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urljoin

from django.conf import settings
from rest_framework.request import Request

from editorial.models.change import Change
from editorial.reading import AsOf
from syndication.changes import Wanted, between, shown
from syndication.types import VIEWS

AT_ONCE = 200
# A series comes with thousands of observations.
SERIES_AT_ONCE = 10
# In which order: by what, and by the id where that is the same.
ORDER = {
    "entry": "earliest",
    "actor": "title",
    "series": "title",
    "page": "title",
    "category": "order",
    "front": "title",
}
NAMES = {
    "entry": "entries", "actor": "actors", "series": "series",
    "page": "pages", "category": "categories", "front": "front",
}  # fmt: skip

Piece = tuple[str, list[dict[str, Any]]]


class Site:
    """Addresses as a request makes them, where nobody asks."""

    def build_absolute_uri(self, path: str) -> str:
        return urljoin(f"{settings.SITE_URL}/", path)


@dataclass
class Public:
    """``keys``: by type the positions of the editions that were public, in order."""

    as_of: AsOf
    keys: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, column in ORDER.items():
            live = VIEWS[name].MODEL._default_manager.live(self.as_of.position)
            self.keys[name] = list(live.order_by(column, "document").values_list("pk", flat=True))

    def total(self) -> int:
        """How many rows there are: documents and changes."""
        changes = Change.objects.filter(position__lte=self.as_of.position)
        return changes.count() + sum(map(len, self.keys.values()))

    def pieces(self) -> Iterator[Piece]:
        """(name, rows), in a fixed number of queries for each piece."""
        for type_name in ORDER:
            yield from self._documents(type_name)
        yield from self._changes()

    def _documents(self, type_name: str) -> Iterator[Piece]:
        view, keys = VIEWS[type_name](), self.keys[type_name]
        size = SERIES_AT_ONCE if type_name == "series" else AT_ONCE
        for start in range(0, len(keys), size):
            rows = view.MODEL._default_manager.filter(position__in=keys[start : start + size]).lean()
            found = {row.position: row for row in rows}
            editions = [found[key] for key in keys[start : start + size]]
            yield NAMES[type_name], view.show(editions, cast("Request", Site()), self.as_of)

    def _changes(self) -> Iterator[Piece]:
        after = 0
        while changes := between(after, self.as_of.position, Wanted(), AT_ONCE):
            yield "changes", shown(changes, Site().build_absolute_uri)
            after = changes[-1].position
