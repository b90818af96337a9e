"""The addresses of the feeds: the tracker’s, those of a kind, a category, an actor, a choice, and of corrections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID, uuid5

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from rest_framework.request import Request

from actors.models.edition import Actor
from editorial.api import DetailView, Selection
from editorial.api.views import PublicView, is_uuid
from editorial.models.edition import Edition
from editorial.reading import AsOf, last_public
from metrics.drawings import LAST_DRAWN
from metrics.models.edition import Series
from pages.models.edition import Category, Page
from syndication.feeds.corrections import corrections
from syndication.feeds.formats import MEDIA, PUBLISHER, Feed, Item, written
from syndication.feeds.items import ERASED, MAX_ITEMS, address_of, items_of, latest
from timeline.api import Entries
from timeline.models.edition import Entry

# The ids of feeds are made from it, and from no address: they stay when the tracker moves (RFC 4287, 4.2.6).
FEEDS = UUID("f4b1a3c2-6a0e-4f5d-9d2b-7c1e08a5d936")
# Of a feed of a tracker in which nothing was ever public.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
EVERYTHING: tuple[type[Edition], ...] = (Entry, Actor, Series, Page)
# By the name in the address: which editions, and the page that shows the same.
KINDS: dict[str, tuple[type[Edition], dict[str, str], str]] = {
    "milestones": (Entry, {"kind": "milestone"}, "/timeline/?kind=milestone"),
    "updates": (Entry, {"kind": "update"}, "/timeline/?kind=update"),
    "publications": (Entry, {"kind": "publication"}, "/timeline/?kind=publication"),
    "actors": (Actor, {}, "/actors/"),
    "series": (Series, {}, "/series/"),
    "pages": (Page, {}, "/"),
}
# What the page of the timeline knows as well; it knows categories by their slugs alone.
ON_THE_PAGE = ("kind", "category", "date_from", "date_to", "q")


@dataclass(frozen=True, slots=True)
class Subject:
    """What a feed is of. ``key`` names it for good, whatever becomes of its address."""

    key: str
    title: str
    home: str


class FeedView(PublicView):
    """Abstract: a feed in the form that the address names, whatever the client accepts."""

    schema = None  # its forms are described by their own standards

    @classmethod
    def as_view(cls, **given: Any) -> Any:
        """Without what answers early: a feed rests on drawings too, which move no position."""
        return super(PublicView, cls).as_view(**given)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        return super().perform_content_negotiation(request, force=True)

    def feed(self, request: Request, as_of: AsOf, subject: Subject, items: list[Item]) -> HttpResponse:
        form = self.kwargs["form"]
        path = request.path.removesuffix(form)
        query = f"?{urlencode(sorted(request.query_params.items()))}" if request.query_params else ""
        addresses = {name: request.build_absolute_uri(f"{path}{name}{query}") for name in MEDIA}
        moments = [item.updated for item in items]
        feed = Feed(
            id=uuid5(FEEDS, subject.key).urn,
            title=f"{PUBLISHER}: {subject.title}" if subject.title else PUBLISHER,
            description=f"The {MAX_ITEMS} that changed or were withdrawn last.",
            home=request.build_absolute_uri(subject.home),
            addresses=addresses,
            updated=max(moments) if moments else as_of.moment or NEVER,
            items=items,
        )
        response = HttpResponse(written(feed, form), content_type=f"{MEDIA[form]}; charset=utf-8")
        response["Link"] = f'<{addresses[form]}>; rel="self"'
        return response

    def of_editions(self, request: Request, as_of: AsOf, subject: Subject, *rows: QuerySet) -> HttpResponse:
        items = items_of(latest(rows), as_of, request.build_absolute_uri)
        return self.feed(request, as_of, subject, items)


class TrackerFeed(FeedView):
    """All that changed, or what is of one kind."""

    def get(self, request: Request, form: str, kind: str = "") -> HttpResponse:
        self.read(request, ())
        as_of = last_public(LAST_DRAWN)
        if kind:
            model, narrowed, home = KINDS[kind]
            wanted: list[QuerySet] = [model._default_manager.as_of(as_of.position).filter(**narrowed)]
        else:
            wanted, home = [model._default_manager.as_of(as_of.position) for model in EVERYTHING], "/"
        subject = Subject(kind, kind, home)
        return self.answer(request, as_of, lambda: self.of_editions(request, as_of, subject, *wanted))


class CorrectionsFeed(FeedView):
    """What was corrected and withdrawn, alone."""

    def get(self, request: Request, form: str) -> HttpResponse:
        self.read(request, ())
        as_of = last_public(LAST_DRAWN)
        subject = Subject("corrections", "corrections and withdrawals", "/")

        def render() -> HttpResponse:
            return self.feed(request, as_of, subject, corrections(as_of, request.build_absolute_uri))

        return self.answer(request, as_of, render)


class TimelineFeed(FeedView, Entries):
    """Entries, narrowed as the timeline is."""

    def get(self, request: Request, form: str) -> HttpResponse:  # type: ignore[override]
        filters, given = self.read(request, tuple(self.FILTERS.base_filters), self.filters, _sorted)
        as_of = last_public(LAST_DRAWN)
        chosen = ", ".join(f"{name}={value}" for name, value in given.items())
        shown = {name: given[name] for name in ON_THE_PAGE if name in given and not is_uuid(given[name])}
        query = urlencode(shown)
        home = f"{reverse('website:timeline')}{query and f'?{query}'}"
        subject = Subject(
            f"timeline?{urlencode(given)}", f"timeline, {chosen}" if chosen else "timeline", home
        )

        def render() -> HttpResponse:
            rows = Entry._default_manager.as_of(as_of.position)
            return self.of_editions(request, as_of, subject, filters.narrow(rows, as_of) if filters else rows)

        return self.answer(request, as_of, render)


def _sorted(given: Mapping[str, str]) -> dict[str, str]:
    return dict(sorted(given.items()))


class DocumentFeed(FeedView, DetailView):
    """Abstract: what belongs to one document; 404, 308 and 410 as its own address has them."""

    def get(self, request: Request, key: str, form: str) -> HttpResponse:  # type: ignore[override]
        self.read(request, ())
        as_of = last_public(LAST_DRAWN)
        return self.answer(request, as_of, lambda: self.found(request, key, as_of, Selection()))

    def one(self, row: Any, request: Request, as_of: AsOf, selection: Selection) -> HttpResponse:
        subject = Subject(f"{self.TYPE}/{row.document}", row.title or ERASED, address_of(self.TYPE, row.slug))
        return self.of_editions(request, as_of, subject, *self.belonging(row, as_of))

    def belonging(self, row: Any, as_of: AsOf) -> list[QuerySet]:
        """The editions that its feed tells of."""
        raise NotImplementedError


class CategoryFeed(DocumentFeed):
    """The entries that are filed under a category."""

    MODEL: ClassVar[type[Edition]] = Category
    TYPE: ClassVar[str] = "category"

    def belonging(self, row: Category, as_of: AsOf) -> list[QuerySet]:
        filed = sorted(as_of.redirects.all_of(row.document))
        return [Entry._default_manager.as_of(as_of.position).filter(categories__overlap=filed)]


class ActorFeed(DocumentFeed):
    """The entries that name an actor, and its profile."""

    MODEL: ClassVar[type[Edition]] = Actor
    TYPE: ClassVar[str] = "actor"

    def belonging(self, row: Actor, as_of: AsOf) -> list[QuerySet]:
        named = as_of.redirects.named("actors", "id", row.document)
        return [
            Entry._default_manager.as_of(as_of.position).filter(named),
            Actor._default_manager.as_of(as_of.position).filter(document=row.document),
        ]
