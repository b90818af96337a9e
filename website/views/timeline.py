"""The timeline and its entries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from actors.models.edition import Actor
from editorial.counting import count
from editorial.markdown import render as markdown
from editorial.models.slug import Slug
from editorial.reading import AsOf
from pages.models.edition import Category
from timeline.models.content import ActorRole
from timeline.models.edition import Entry
from website.forms import PERIOD, TimelineChoice
from website.views.page import as_of_page, bad_request, document_page, moved

PAGE = 50


@as_of_page
def timeline(request: HttpRequest, as_of: AsOf) -> HttpResponse:
    """All entries by year, filtered."""
    categories: list[Any] = list(
        Category._default_manager.live(as_of.position).order_by("order", "title", "document")
    )
    if renamed := _renamed(request.GET.get("category", ""), categories, as_of):
        return moved(f"{request.path}?{urlencode({**request.GET.dict(), 'category': renamed})}")
    form = TimelineChoice(request.GET, categories=categories)
    if not form.is_valid():
        return bad_request(request, form.errors)
    chosen = form.cleaned_data
    oldest_first = chosen["order"] == "oldest"
    date = F("earliest").asc(nulls_last=True) if oldest_first else F("earliest").desc(nulls_last=True)
    rows = form.filter(Entry._default_manager.all(), as_of)
    ordered = rows.live(as_of.position).order_by(date, "document" if oldest_first else "-document")
    page = _Pages(ordered, count(rows, as_of)).get_page(chosen["page"] or 1)
    context = {
        "as_of": as_of,
        "form": form,
        "page": page,
        "category": _text(chosen["category"], categories),
        "labels": category_labels(categories, as_of),
        "feed": _feed_query(request),
        "query": _query(request, without="page", as_of=as_of),
        "period": PERIOD,
    }
    return render(request, "website/timeline.html", context)


def _feed_query(request: HttpRequest) -> str:
    """The same choice as a feed knows it, in no order and of no past."""
    names = ("kind", "category", "date_from", "date_to", "q")
    query = {name: request.GET[name] for name in names if request.GET.get(name, "").strip()}
    return f"?{urlencode(query)}" if query else ""


class _Pages(Paginator):
    """Pages of so many rows."""

    count = 0

    def __init__(self, rows: QuerySet, count: int) -> None:
        super().__init__(rows, PAGE)
        self.count = count


def category_labels(categories: Iterable[Any], as_of: AsOf) -> dict[UUID, str]:
    """What each category is called, under every id that means it."""
    return {
        key: category.title for category in categories for key in as_of.redirects.all_of(category.document)
    }


def _renamed(slug: str, categories: list[Any], as_of: AsOf) -> str | None:
    """What a category that is no longer called so is called, or the one that it was merged into; None for no such."""
    if not slug or slug in {category.slug for category in categories}:
        return None
    document = Slug.document_of("category", slug)
    winner = as_of.redirects.winner(document) if document else None
    return next((category.slug for category in categories if category.document == winner), None)


def _text(slug: str, categories: list[Any]) -> str:
    """What is filed under the category that was chosen."""
    return next((markdown(category.text) for category in categories if category.slug == slug), "")


def _query(request: HttpRequest, *, without: str, as_of: AsOf) -> str:
    """The query for the next page, which stays at the position of this one."""
    query = {name: value for name, value in request.GET.items() if name != without and value}
    return urlencode({**query, "as_of": query.get("as_of") or as_of.position})


@as_of_page
def entry(request: HttpRequest, as_of: AsOf, *, slug: str) -> HttpResponse:
    """One entry: its text, actors, sources and editions."""

    def around(row: Any) -> dict[str, Any]:
        live = Entry._default_manager.live(as_of.position).exclude(document=row.document)
        categories = Category._default_manager.live(as_of.position)
        related, filed = (
            {as_of.redirects.winner(key) for key in keys} for keys in (row.related, row.categories)
        )
        return {
            "body": markdown(row.body),
            "actors": _actors(row, as_of),
            "related": list(live.filter(document__in=related).order_by("-earliest", "document")),
            "categories": list(categories.filter(document__in=filed).order_by("order", "title", "document")),
        }

    return document_page(request, as_of, Entry, "entry", slug, around)


def _actors(row: Entry, as_of: AsOf) -> list[tuple[str, Actor]]:
    """Those whose profile was public, each once with its role, in the entry's order."""
    named = {(as_of.redirects.winner(UUID(a.id)), a.role): None for a in row.actors}
    live = Actor._default_manager.live(as_of.position)
    known = {actor.document: actor for actor in live.filter(document__in=[key for key, _ in named])}
    return [(ActorRole(role).label.lower(), known[key]) for key, role in named if key in known]
