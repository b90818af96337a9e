"""Documents as items of a feed: the latest that changed or were withdrawn, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Coalesce, Length
from django.template.loader import render_to_string
from django.urls import reverse

from actors.models.edition import Actor
from editorial.api import references
from editorial.markdown import render
from editorial.reading import AsOf
from metrics import charts
from metrics.drawings import Shown, charts_at
from metrics.models.drawing import Drawing
from metrics.models.edition import Series
from pages.models.edition import Category, Page
from syndication.feeds.formats import Chart, Item
from timeline.models.edition import Entry

MAX_ITEMS = 50
MAX_PERIODS = 5  # of a series, the newest; the file has all
ERASED = "Erased"


@dataclass(frozen=True, slots=True)
class Around:
    """What items need besides their editions. ``absolute``: a path as an address."""

    absolute: Callable[[str], str]
    labels: dict[UUID, dict[str, Any]]
    charts: dict[UUID, charts.Chart]
    lengths: dict[UUID, int]


@dataclass(frozen=True, slots=True)
class Told:
    """What an item says: a text that leads, Markdown, and what it is filed under."""

    lead: str
    markdown: str
    categories: list[str]
    chart: Shown | None = field(default=None)


def latest(wanted: Iterable[QuerySet]) -> list[Any]:
    """Those of the editions that changed or were withdrawn last, the last one first: one query each."""
    found = [
        row
        for rows in wanted
        for row in rows.annotate(told_at=Coalesce("withdrawn_at", "updated_at"))
        .defer("search_text", "search")
        .order_by("-told_at", "-document")[:MAX_ITEMS]
    ]
    return sorted(found, key=lambda row: (row.told_at, row.document), reverse=True)[:MAX_ITEMS]


def items_of(rows: Sequence[Any], as_of: AsOf, absolute: Callable[[str], str]) -> list[Item]:
    """Each edition as ``latest`` found it, as an item."""
    filed = {key for row in rows if isinstance(row, Entry) for key in row.categories}
    drawn = charts_at([row for row in rows if isinstance(row, Series)], as_of)
    around = Around(absolute, references(Category, filed, as_of), drawn, _lengths(drawn))
    return [_item(row, around) for row in rows]


def _item(row: Any, around: Around) -> Item:
    link = around.absolute(address_of(_NAMES[type(row)], row.slug))
    told = _TOLD[type(row)](row, around)
    context = {"row": row, "told": told, "body": render(told.markdown, link), "periods": MAX_PERIODS}
    title = row.title or ERASED
    length = around.lengths.get(row.document)
    drawing = around.absolute(reverse("website:chart-png", kwargs={"slug": row.slug})) if length else ""
    return Item(
        id=f"urn:uuid:{row.document}",
        title=f"Withdrawn: {title}" if row.withdrawn else title,
        link=link,
        summary=row.notice if row.withdrawn else told.lead,
        html=render_to_string("syndication/feed_item.html", context),
        published=row.first_published_at,
        updated=row.told_at,
        categories=tuple(told.categories),
        chart=Chart(drawing, length) if length else None,
    )


def address_of(type_name: str, slug: str) -> str:
    """The path of a document’s page."""
    if type_name == "front":
        return reverse("website:front")
    if type_name == "category":
        return f"{reverse('website:timeline')}?{urlencode({'category': slug})}"
    return reverse(f"website:{type_name}", kwargs={"slug": slug})


def _lengths(drawn: dict[UUID, charts.Chart]) -> dict[UUID, int]:
    """How many bytes the PNG of each chart has; not of those that are not drawn, or that nobody can draw."""
    wanted = {(document, charts.digest(chart)) for document, chart in drawn.items()}
    rows = Drawing.objects.filter(
        document__in=drawn, digest__in=[digest for _, digest in wanted]
    ).values_list("document", "digest", Length("png"))
    return {document: length for document, digest, length in rows if (document, digest) in wanted}


def _entry(row: Entry, around: Around) -> Told:
    filed = {around.labels[key]["title"] or ERASED: None for key in row.categories if key in around.labels}
    return Told(row.summary, row.body, [str(row.get_kind_display()), *filed])


def _actor(row: Actor, around: Around) -> Told:
    names = (row.name_zh, row.pinyin, *row.aliases)
    kind = str(row.get_kind_display())
    return Told(" · ".join(filter(None, [kind, *names])) if not row.hidden else "", row.text, [kind])


def _series(row: Series, around: Around) -> Told:
    chart = around.charts.get(row.document)
    return Told(row.definition, row.text, ["Series"], Shown(chart, None) if chart else None)


def _page(row: Page, around: Around) -> Told:
    return Told("", row.text, ["Page"])


_NAMES: dict[type[Any], str] = {Entry: "entry", Actor: "actor", Series: "series", Page: "page"}
_TOLD: dict[type[Any], Callable[[Any, Around], Told]] = {
    Entry: _entry, Actor: _actor, Series: _series, Page: _page,
}  # fmt: skip
