"""The tracker page: overview, graphics dashboard, timeline, latest updates, actors, publications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from actors.models.content import Kind as ActorKind
from actors.models.edition import Actor
from editorial.markdown import render as markdown
from editorial.models.edition import Edition
from editorial.models.slug import Slug
from editorial.reading import AsOf
from metrics.drawings import drawn
from metrics.models.edition import Series, observations
from pages.models.edition import Category, Front, Page
from timeline.models.content import Kind
from timeline.models.edition import Entry
from website.views.page import bad_request, charted_page, unknown_parameters
from website.views.series import inline, shown_figure
from website.views.timeline import category_labels

OVERVIEW, FRONT = "overview", "front"
# How many series are drawn where nobody has chosen any.
UNCHOSEN = 3


@charted_page
def front(request: HttpRequest, as_of: AsOf) -> HttpResponse:
    """The tracker as a reader knows it, as the front page's choice has it."""
    if errors := unknown_parameters(request, ("as_of",)):
        return bad_request(request, errors)
    choice: Any = _named(Front, "front", FRONT, as_of)
    overview: Any = _named(Page, "page", OVERVIEW, as_of)
    context = {
        "as_of": as_of,
        "overview": {"page": overview, "text": markdown(overview.text)} if overview else None,
        "dashboard": _dashboard(choice, as_of),
        "milestones": _entries(Kind.MILESTONE, as_of, _ids(choice.milestones, as_of) if choice else []),
        "updates": _entries(Kind.UPDATE, as_of)[: (choice.updates or None) if choice else None],
        "publications": _entries(Kind.PUBLICATION, as_of),
        "kinds": _actors(as_of),
        "labels": category_labels(Category._default_manager.live(as_of.position), as_of),
    }
    return render(request, "website/front.html", context)


def _named(model: type[Edition], type_name: str, slug: str, as_of: AsOf) -> Edition | None:
    """The document of this address, if it was public and not hidden."""
    document = Slug.document_of(type_name, slug)
    live = model._default_manager.live(as_of.position).filter(hidden=False)
    return live.filter(document=as_of.redirects.winner(document)).first() if document else None


def _ids(chosen: Sequence[Any], as_of: AsOf) -> list[UUID]:
    """Of what was chosen, or of what it was merged into, each once."""
    return list(dict.fromkeys(as_of.redirects.winner(UUID(item.id)) for item in chosen))


@dataclass(frozen=True, slots=True)
class Dashboard:
    """``figures`` and ``drawn`` in the chosen order; ``drawn``: (series, its drawing for the page or None,
    what it shows)."""

    text: str
    figures: list[dict[str, Any]]
    drawn: list[tuple[Series, Any, Any]]


def _dashboard(choice: Any, as_of: AsOf) -> Dashboard:
    """The chosen series; all of them where nobody has chosen."""
    live = {row.document: row for row in Series._default_manager.live(as_of.position).filter(hidden=False)}
    every = [row.document for row in sorted(live.values(), key=lambda row: (row.title, row.document))]
    figures = _public(_ids(choice.figures, as_of) if choice else every, live)
    charted = _public(_ids(choice.charts, as_of) if choice else every[:UNCHOSEN], live)
    items = observations([row.position for row in figures])
    made = drawn(charted, as_of)
    return Dashboard(
        markdown(choice.text) if choice else "",
        [shown_figure(row, items[row.position]) for row in figures],
        [(row, inline(made.get(row.document), row), made.get(row.document)) for row in charted],
    )


def _public(chosen: Sequence[UUID], live: dict[UUID, Series]) -> list[Series]:
    return [live[key] for key in chosen if key in live]


def _entries(kind: Kind, as_of: AsOf, chosen: Sequence[UUID] = ()) -> list[Entry]:
    """Those of a kind, newest first; where some are chosen, and are to be seen, those in their order."""
    rows = Entry._default_manager.live(as_of.position).filter(kind=kind)
    if not chosen:
        return list(rows.order_by(F("earliest").desc(nulls_last=True), "-document"))
    found = {row.document: row for row in rows.filter(document__in=chosen)}
    return [found[key] for key in chosen if key in found] or _entries(kind, as_of)


def _actors(as_of: AsOf) -> list[tuple[str, list[Actor]]]:
    """All actors by kind."""
    order = {kind: place for place, kind in enumerate(ActorKind.values)}
    live = Actor._default_manager.live(as_of.position)
    rows = sorted(live, key=lambda row: (order[row.kind], row.title.casefold(), row.document))
    return [(ActorKind(kind).label, list(group)) for kind, group in groupby(rows, key=lambda row: row.kind)]
