"""The timeline and its entries."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from actors.models.edition import Actor
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
    if renamed := _renamed(request.GET.get("category", ""), categories):
        return moved(f"{request.path}?{urlencode({**request.GET.dict(), 'category': renamed})}")
    form = TimelineChoice(request.GET, categories=categories)
    if not form.is_valid():
        return bad_request(request, form.errors)
    chosen = form.cleaned_data
    rows = Entry._default_manager.live(as_of.position)
    oldest_first = chosen["order"] == "oldest"
    date = F("earliest").asc(nulls_last=True) if oldest_first else F("earliest").desc(nulls_last=True)
    rows = form.filter(rows).order_by(date, "document" if oldest_first else "-document")
    page = Paginator(rows, PAGE).get_page(chosen["page"] or 1)
    context = {
        "as_of": as_of,
        "form": form,
        "page": page,
        "category": _text(chosen["category"], categories),
        "labels": {category.document: category.title for category in categories},
        "query": _query(request, without="page", as_of=as_of),
        "period": PERIOD,
    }
    return render(request, "website/timeline.html", context)


def _renamed(slug: str, categories: list[Any]) -> str | None:
    """What a category that is no longer called so is called; None where the slug is not a former one."""
    if not slug or slug in {category.slug for category in categories}:
        return None
    document = Slug.document_of("category", slug)
    return next((category.slug for category in categories if category.document == document), None)


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
        live = Entry._default_manager.live(as_of.position)
        categories = Category._default_manager.live(as_of.position)
        return {
            "body": markdown(row.body),
            "actors": _actors(row, as_of),
            "related": list(live.filter(document__in=row.related).order_by("-earliest", "document")),
            "categories": list(
                categories.filter(document__in=row.categories).order_by("order", "title", "document")
            ),
        }

    return document_page(request, as_of, Entry, "entry", slug, around)


def _actors(row: Entry, as_of: AsOf) -> list[tuple[str, Actor]]:
    """Those whose profile was public, each with its role, in the entry's order."""
    live = Actor._default_manager.live(as_of.position)
    known = {actor.document: actor for actor in live.filter(document__in=[UUID(a.id) for a in row.actors])}
    found = ((ActorRole(a.role).label.lower(), known.get(UUID(a.id))) for a in row.actors)
    return [(role, actor) for role, actor in found if actor]
