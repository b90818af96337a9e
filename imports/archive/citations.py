"""Which addresses published documents cite now, and which documents rest on each."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q

from editorial.models import document_models
from editorial.reading import last_public


class Citation(NamedTuple):
    """A published document that cites an address; ``type`` and ``title`` as the public reads them now."""

    type: str
    document: UUID
    title: str
    slug: str


def everywhere() -> dict[str, list[Citation]]:
    """By address, everything that cites it: one query a type."""
    return _gathered(Q(), None)


def of(addresses: Collection[str]) -> dict[str, list[Citation]]:
    """By address, what cites it, for those of these that anything cites: one query a type."""
    if not addresses:
        return {}
    named = Q()
    for address in sorted(addresses):
        named |= Q(sources__contains=[{"url": address}])
    return _gathered(named, set(addresses))


def by(document: UUID) -> set[str]:
    """The addresses that a document cites."""
    return set(_gathered(Q(document=document), None))


def _gathered(narrow: Q, wanted: set[str] | None) -> dict[str, list[Citation]]:
    found: dict[str, list[Citation]] = {}
    for citation, addresses in _live(narrow):
        for address in dict.fromkeys(addresses):
            if wanted is None or address in wanted:
                found.setdefault(address, []).append(citation)
    return found


def _live(narrow: Q) -> Iterator[tuple[Citation, list[str]]]:
    position = last_public().position
    for type_name, edition in _citing().items():
        rows = edition._default_manager.live(position).filter(narrow).order_by("title", "document")
        for document, title, slug, sources in rows.values_list("document", "title", "slug", "sources"):
            yield Citation(type_name, document, title, slug), [s.url for s in sources if s.url]


def _citing() -> dict[str, Any]:
    """The editions of every type that has sources."""
    editions = {name: model.EDITION for name, model in document_models().items()}
    return {name: e for name, e in editions.items() if "sources" in {f.name for f in e._meta.get_fields()}}
