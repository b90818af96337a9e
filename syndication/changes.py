"""The public history as programs follow it: oldest first, gap-free, each change with its document as it was then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from editorial.api.cursor import cursor_at
from editorial.api.shapes import rfc3339
from editorial.models.change import MERGING, Change, Kind
from editorial.models.redirect import Redirect
from syndication.types import ROUTES, VIEWS
from timeline.models.edition import Entry

ENTRIES_ALONE = "A category is one of entries: choose the type entry, or none."


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which changes a subscriber wants; None: all. ``categories``: every id that means the one asked for."""

    type: str | None = None
    categories: frozenset[UUID] | None = None

    def narrow(self, changes: QuerySet[Change]) -> QuerySet[Change]:
        if self.type is not None:
            changes = changes.filter(type=self.type)
        if self.categories is None:
            return changes
        # What is in the category, and what left it: whoever copies a category has to know of both.
        filed = Entry._default_manager.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=OuterRef("position")),
            document=OuterRef("document"),
            position__lte=OuterRef("position"),
            categories__overlap=sorted(self.categories),
        )
        entries = Q(Exists(filed), type="entry")
        others = [*_merges(self.categories), *_erasures()]
        return changes.filter(entries | Q(position__in=others) if others else entries)


def _merges(categories: frozenset[UUID]) -> QuerySet[Change, int]:
    """Where one of the categories became another, or no longer was: entries come in and leave by that alone."""
    about = Change._default_manager.filter(kind__in=MERGING, document__in=_ever_joined(categories))
    return about.values_list("position", flat=True)


def _erasures() -> QuerySet[Change, int]:
    """Of entries whose categories were erased: nobody can say which they were, and whoever has a copy is to know."""
    erased = Change._default_manager.filter(type="entry", kind=Kind.ERASED, fields__contains=["categories"])
    return erased.values_list("position", flat=True)


def _ever_joined(categories: frozenset[UUID]) -> set[UUID]:
    """Those that were ever merged into one of these, and those of these that were merged into another."""
    merges = list(Redirect._default_manager.filter(type="category").values_list("document", "target"))
    joined: set[UUID] = set()
    while found := {lost for lost, target in merges if {lost, target} & (categories | joined)} - joined:
        joined |= found
    return joined


def between(after: int, upto: int, wanted: Wanted, limit: int) -> list[Change]:
    """The first ``limit`` changes behind one public position, up to another."""
    changes = Change._default_manager.filter(position__gt=after, position__lte=upto)
    return list(wanted.narrow(changes).order_by("position")[:limit])


def shown(changes: Sequence[Change], absolute: Callable[[str], str]) -> list[dict[str, Any]]:
    """The changes as JSON values, in a fixed number of queries. ``absolute``: a path as an address."""
    named = _named(changes)
    into = _into(changes)
    return [
        {
            "cursor": cursor_at(change.position),
            "position": change.position,
            "moment": rfc3339(change.moment),
            "type": change.type,
            "kind": change.kind,
            "document": {
                "id": str(change.document),
                "slug": named[change.position][0],
                "title": named[change.position][1],
                "url": absolute(reverse(ROUTES[change.type], kwargs={"key": str(change.document)})),
            },
            "edition": change.edition,
            "minor": change.minor,
            "note": change.note,
            "fields": change.fields,
            "into": into.get(change.position),
        }
        for change in changes
    ]


def page(request: HttpRequest, after: int, upto: int, wanted: Wanted, limit: int) -> dict[str, Any]:
    """{results, cursor, has_more}, of what lies behind one position, up to another."""
    found = between(after, upto, wanted, limit + 1)
    more, found = len(found) > limit, found[:limit]

    # Behind the last page lies nothing up to the position: what others changed need not be looked at again.
    end = found[-1].position if more else upto
    return {"results": shown(found, request.build_absolute_uri), "cursor": cursor_at(end), "has_more": more}


def _named(changes: Iterable[Change]) -> dict[int, tuple[str, str]]:
    """By position, slug and title as they were just after the change; of what was merged, as they were before."""
    by_type: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        by_type[change.type].append(change)
    found: dict[int, tuple[str, str]] = {}
    for type_name, some in by_type.items():
        found |= _editions(VIEWS[type_name].MODEL, some)
    return found


def _editions(model: type[Any], changes: Sequence[Change]) -> dict[int, tuple[str, str]]:
    """One query: each change joined with the edition that begins with it, or was there, or ended with it."""
    editions = model._default_manager.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=OuterRef("position")),
        document=OuterRef("document"),
        position__lte=OuterRef("position"),
    ).order_by("-position")
    positions = [change.position for change in changes]
    rows = (
        Change._default_manager.filter(position__in=positions)
        .annotate(slug=editions.values("slug")[:1], title=editions.values("title")[:1])
        .values_list("position", "slug", "title")
    )
    return {position: (slug, title) for position, slug, title in rows}


def _into(changes: Iterable[Change]) -> dict[int, str]:
    """By the position of a merge, the id of what stands for the document from then on."""
    merges = [change.position for change in changes if change.kind == Kind.MERGED]
    if not merges:
        return {}
    rows = Redirect._default_manager.filter(position__in=merges).values_list("position", "target")
    return {position: str(target) for position, target in rows}
