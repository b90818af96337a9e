"""The timeline and its entries, as of any public position. Over editions alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from editorial.markdown import render as markdown
from editorial.models.edition import NO_EDITION
from editorial.models.slug import Slug
from editorial.reading import AsOf, BadMoment, conditional, etag, resolve
from pages.models.edition import Category
from timeline.models.edition import Entry
from website.forms import PERIOD, Choice

PAGE = 50
View = Callable[..., HttpResponse]


def as_of_page(view: Callable[..., HttpResponse]) -> View:
    """Resolve ?as_of= once, say so where it names nothing, and answer 304 where nothing changed."""

    @require_safe
    def page(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            as_of = resolve(request.GET.get("as_of") or None)  # a form sends what was left empty too
        except BadMoment as error:
            return _bad(request, {"as_of": [str(error)]})
        validator = etag(
            as_of.position, f"{request.path}?{urlencode(sorted(request.GET.lists()), doseq=True)}"
        )
        return conditional(request, validator, lambda: view(request, as_of, **kwargs))

    return page


def _bad(request: HttpRequest, errors: dict[str, Any]) -> HttpResponse:
    return render(request, "website/bad_request.html", {"errors": errors}, status=400)


@as_of_page
def timeline(request: HttpRequest, as_of: AsOf, *, front: bool = False) -> HttpResponse:
    """All entries by year, filtered. The front page begins with what the tracker is."""
    categories = list(Category._default_manager.live(as_of.position).order_by("order", "title"))
    form = Choice(request.GET, categories=categories)
    if not form.is_valid():
        return _bad(request, form.errors)
    chosen = form.cleaned_data
    rows = Entry._default_manager.live(as_of.position)
    oldest_first = chosen["order"] == "oldest"
    rows = form.filter(rows).order_by(
        *(("earliest", "document") if oldest_first else ("-earliest", "-document"))
    )
    page = Paginator(rows, PAGE).get_page(chosen["page"] or 1)
    context = {
        "as_of": as_of,
        "form": form,
        "page": page,
        "front": front,
        "labels": {category.document: category.title for category in categories},
        "query": _query(request, without="page", as_of=as_of),
        "period": PERIOD,
    }
    return render(request, "website/timeline.html", context)


def _query(request: HttpRequest, *, without: str, as_of: AsOf) -> str:
    """The query for the next page, which stays at the position of this one."""
    query = {name: value for name, value in request.GET.items() if name != without and value}
    return urlencode({**query, "as_of": query.get("as_of") or as_of.position})


@as_of_page
def entry(request: HttpRequest, as_of: AsOf, *, slug: str) -> HttpResponse:
    """One entry: its text, sources and editions; 410 with the notice where it is withdrawn."""
    address = Slug.objects.filter(type="entry", slug=slug, public=True).first()
    row: Any = (
        address and Entry._default_manager.as_of(as_of.position).filter(document=address.document).first()
    )
    if not row:
        raise Http404
    if not as_of.past and row.slug != slug:
        return HttpResponsePermanentRedirect(f"/timeline/{row.slug}/")
    context = {"as_of": as_of, "entry": row, "body": markdown(row.body), **_around(row, as_of)}
    return render(request, "website/entry.html", context, status=410 if row.withdrawn else 200)


def _around(row: Entry, as_of: AsOf) -> dict[str, Any]:
    """What stands around an entry, and was public at the position."""
    editions = Entry._default_manager.filter(document=row.document, position__lte=as_of.position)
    live = Entry._default_manager.live(as_of.position)
    categories = Category._default_manager.live(as_of.position)
    return {
        "editions": list(editions.exclude(significance__in=NO_EDITION).order_by("-position")),
        "related": list(live.filter(document__in=row.related).order_by("-earliest")),
        "categories": list(categories.filter(document__in=row.categories).order_by("order")),
    }
