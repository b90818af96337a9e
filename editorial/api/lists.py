"""Lists of any type, over editions alone, as of a public position, a page at a time."""

from __future__ import annotations

import hashlib
from collections import namedtuple
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, cast
from urllib.parse import urlencode

from django.db import connection
from django.db.models import F, Field, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.api.cursor import NO_CURSOR, Cursor, behind, reader, text_of
from editorial.api.filters import EditionFilters
from editorial.api.problems import BadParameters
from editorial.api.selection import PARAMETERS, nearest
from editorial.api.shapes import PAGING, moment
from editorial.api.views import EditionsView, limit_of
from editorial.counting import count
from editorial.models.edition import EditionQuerySet
from editorial.reading import AsOf, resolve

# So many rows are sorted sooner than they are met by walking through all.
FEW = 1_000
# A row and what the page says of it, in the order of the rows.
Shown = Callable[[list[Any]], list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Walk:
    """How somebody goes through a list: in which order, how many at a time, and where the page begins."""

    ordering: str
    limit: int
    cursor: Cursor | None

    @property
    def backwards(self) -> bool:
        return self.cursor is not None and self.cursor.backwards


class PagedView(EditionsView):
    """Abstract: {results, next, previous, count, as_of}. ``ORDERINGS``: public name → column.

    ``COLUMNS``: those that its results need besides what is shown of an edition anywhere.
    """

    ORDERINGS: ClassVar[dict[str, str]]
    DEFAULT_ORDERING: ClassVar[str]
    COLUMNS: ClassVar[tuple[str, ...]] = ()

    def cursor(self, given: Mapping[str, str]) -> Cursor | None:
        if "cursor" not in given:
            return None
        try:
            return Cursor.decode(given["cursor"])
        except (ValueError, TypeError) as error:
            raise BadParameters({"cursor": NO_CURSOR}) from error

    def began(self, walk: Walk, as_of: AsOf) -> AsOf:
        """A walk through the pages stays where it began, also one through a day that is not over."""
        if walk.cursor is None:
            return as_of
        if walk.cursor.of != self.of():
            raise BadParameters({"cursor": "This cursor belongs to another list, or to other filters."})
        if walk.cursor.ordering != walk.ordering:
            raise BadParameters({"cursor": "This cursor belongs to another ordering."})
        if walk.cursor.position > as_of.position:
            raise BadParameters({"cursor": NO_CURSOR})
        return resolve(str(walk.cursor.position))

    def subject(self) -> str:
        """What the list is of."""
        return self.request.path

    def of(self) -> str:
        """Which list this is, in eight letters: what it is of, and its filters."""
        query = self.request.query_params
        filters = sorted((name, query[name]) for name in query if name not in (*PAGING, *PARAMETERS))
        asked = f"{self.subject()}?{urlencode(filters)}"
        return hashlib.sha256(asked.encode()).hexdigest()[:8]

    def page(
        self, request: Request, rows: list[Any], as_of: AsOf, walk: Walk, shown: Shown, count: int
    ) -> HttpResponse:
        """A page of ``count`` rows in all, with its links in the body, and as RFC 8288 has them.

        ``rows``: lean, in the order of the walk, and one more where there are more.
        """
        more, found = len(rows) > walk.limit, rows[: walk.limit]
        if walk.backwards:
            found.reverse()
        has_next, has_previous = (True, more) if walk.backwards else (more, bool(walk.cursor))
        link = self.linker(request, as_of, walk.ordering)
        following = link(found[-1], backwards=False) if found and has_next else None
        previous = link(found[0], backwards=True) if found and has_previous else None
        body = {
            "results": shown(found),
            "next": following,
            "previous": previous,
            "count": count,
            "as_of": moment(as_of),
        }
        headers = {"Link": links(request, following, previous), "Surrogate-Key": self.TYPE}
        return Response(body, headers=headers)

    def rows(self, rows: EditionQuerySet, walk: Walk, *, few: bool = False) -> QuerySet[Any, Any]:
        """The rows of the page, lean, in the order of the walk, and one more where there are more behind them.

        The database would walk through its order until it has found enough, and look into the text of all on the way.
        Where they are few, finding and sorting them is quicker: an expression keeps it from the index.
        """
        column = self.column(walk.ordering)
        downwards = walk.ordering.startswith("-") != walk.backwards
        by = Coalesce(column, column) if few else F(column)
        # What has no date, since that was erased, heads no list.
        missing: dict[str, Any] = {"nulls_first": True} if walk.backwards else {"nulls_last": True}
        rows = rows.order_by(
            by.desc(**missing) if downwards else by.asc(**missing), f"{'-' if downwards else ''}document"
        )
        if walk.cursor:
            value = self.value(column, walk.cursor)
            rows = rows.filter(behind(column, value, walk.cursor, downwards=downwards))
        return rows.lean(column, *self.COLUMNS)[: walk.limit + 1]

    def column(self, ordering: str) -> str:
        return self.ORDERINGS[ordering.removeprefix("-")]

    def value(self, column: str, cursor: Cursor) -> Any:
        try:
            return cursor.value_in(self.field(column))
        except ValueError as error:
            raise BadParameters({"cursor": NO_CURSOR}) from error

    def field(self, column: str) -> Field[Any, Any]:
        return cast("Field[Any, Any]", self.MODEL._meta.get_field(column))

    def linker(self, request: Request, as_of: AsOf, ordering: str) -> Callable[..., str]:
        column = self.column(ordering)

        def link(row: Any, *, backwards: bool) -> str:
            value = text_of(getattr(row, column))
            cursor = Cursor(self.of(), ordering, as_of.position, value, str(row.document), backwards).encode()
            query = {**request.query_params.dict(), "cursor": cursor}
            return request.build_absolute_uri(f"{request.path}?{urlencode(query)}")

        return link


class ListView(PagedView):
    """A list of what was public."""

    FILTERS: ClassVar[type[EditionFilters]]

    def get(self, request: Request) -> HttpResponse:
        known = (*self.FILTERS.base_filters, *PAGING, *PARAMETERS)
        readers = (limit_of, self.cursor, self.ordering, self.as_of, self.filters, self.selection)
        try:
            limit, cursor, ordering, as_of, filters, selection = self.read(request, known, *readers)
        except BadParameters as bad:
            filters = self.FILTERS(request.query_params, queryset=self.MODEL._default_manager.none())
            raise BadParameters({**filters.naming_nothing(self.present), **bad.errors}) from bad
        walk = Walk(ordering, limit, cursor)
        as_of = self.began(walk, as_of)

        def shown(rows: list[Any]) -> list[dict[str, Any]]:
            return self.show(rows, request, as_of, selection)

        everything: EditionQuerySet = self.MODEL._default_manager.all()

        def render() -> HttpResponse:
            narrowed = filters.narrow(everything, as_of) if filters else everything
            number = count(narrowed, as_of)
            if not filters and not cursor and as_of.present:
                rows = self.beginning(as_of, walk)
            else:
                live = narrowed.live(as_of.position)
                rows = list(self.rows(live, walk, few=bool(filters) and number <= FEW))
            return self.page(request, rows, as_of, walk, shown, number)

        return self.answer(request, as_of, render)

    def beginning(self, as_of: AsOf, walk: Walk) -> list[Any]:
        """The rows of the first page of the whole list, of the present: asked for most, and so in the shortest way."""
        question, row = _beginning(cast("Any", type(self)), walk.ordering, walk.limit)
        read = reader(self.field(self.column(walk.ordering)))
        found = connection.rows(question, as_of.position)  # type: ignore[attr-defined]
        return [
            row(int(position), document, version, None if value is None else read(value))
            for position, document, version, value in found
        ]

    def ordering(self, given: Mapping[str, str]) -> str:
        ordering = given.get("ordering", self.DEFAULT_ORDERING)
        if ordering.removeprefix("-") not in self.ORDERINGS:
            names = [sign + name for name in self.ORDERINGS for sign in ("", "-")]
            raise BadParameters({"ordering": f"Choose one of {', '.join(names)}.{nearest(ordering, names)}"})
        return ordering

    def filters(self, given: Mapping[str, str]) -> EditionFilters | None:
        return self.FILTERS.of(given, self.MODEL._default_manager.none())


@lru_cache(maxsize=200)
def _beginning(view: Any, ordering: str, limit: int) -> tuple[str, Any]:
    """The question, written once, since that takes longer than answering it; and what holds a row."""
    rows = view().rows(view.MODEL._default_manager.live(0), Walk(ordering, limit, None))
    question, values = rows.query.sql_with_params()
    names = (f"${number}" for number in range(1, len(values) + 1))
    columns = ("position", "document", "version", view().column(ordering))
    return question % tuple(names), namedtuple("Row", columns)


def links(request: Request, following: str | None, previous: str | None) -> str:
    """The header of RFC 8288: this page, those beside it, and what describes it."""
    openapi = request.build_absolute_uri(reverse("openapi"))
    named = {
        "self": request.build_absolute_uri(),
        "next": following,
        "prev": previous,
        "describedby": openapi,
    }
    return ", ".join(f'<{address}>; rel="{name}"' for name, address in named.items() if address)
