"""The index of actors and their profiles."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from actors.models.content import SCHEME_LABELS, Kind
from actors.models.edition import Actor
from editorial.markdown import render as markdown
from editorial.reading import AsOf
from timeline.models.edition import Entry
from website.forms import ActorChoice
from website.graph import Link, graph
from website.strip import strip
from website.views.page import as_of_page, bad_request, document_page


@as_of_page
def index(request: HttpRequest, as_of: AsOf) -> HttpResponse:
    """All profiles by kind, found by any of their names."""
    live = Actor._default_manager.live(as_of.position)
    countries = live.exclude(country="").values_list("country", flat=True).distinct().order_by("country")
    form = ActorChoice(request.GET, countries=list(countries))
    if not form.is_valid():
        return bad_request(request, form.errors)
    order = {kind: place for place, kind in enumerate(Kind.values)}
    rows = sorted(
        form.filter(live, as_of), key=lambda row: (order[row.kind], row.title.casefold(), row.document)
    )
    kinds = [(Kind(kind).label, list(group)) for kind, group in groupby(rows, key=lambda row: row.kind)]
    context = {"as_of": as_of, "form": form, "kinds": kinds, "count": len(rows)}
    return render(request, "website/actors.html", context)


@as_of_page
def actor(request: HttpRequest, as_of: AsOf, *, slug: str) -> HttpResponse:
    """One profile: text, facts, relations, the entries that name it, editions."""

    def around(row: Any) -> dict[str, Any]:
        links = _links(row, as_of)
        named = as_of.redirects.named("actors", "id", row.document)
        entries = Entry._default_manager.live(as_of.position).filter(named)
        shown = list(entries.order_by(F("earliest").desc(nulls_last=True), "-document"))
        return {
            "text": markdown(row.text),
            "identifiers": [(dict(SCHEME_LABELS)[item.scheme], item.value) for item in row.identifiers],
            "links": links,
            "graph": graph(row.title or "Erased", links) if links else None,
            "entries": shown,
            "strip": strip(shown),
        }

    return document_page(request, as_of, Actor, "actor", slug, around)


def _links(row: Actor, as_of: AsOf) -> list[Link]:
    """Its relations to other public actors, and theirs to it; to what was merged into it, it has none."""
    redirects, own = as_of.redirects, as_of.redirects.all_of(row.document)
    live = Actor._default_manager.live(as_of.position).exclude(document=row.document)
    targets = [redirects.winner(UUID(relation.target)) for relation in row.relations]
    known = {other.document: other for other in live.filter(document__in=targets)}
    theirs = live.filter(redirects.named("relations", "target", row.document)).order_by("title", "document")
    # Two that became one are said to be related once.
    said = {
        (target, relation.type, relation.since, relation.until): relation
        for target, relation in zip(targets, row.relations, strict=True)
        if target in known
    }
    out = [Link(known[key[0]], relation.active, relation, outgoing=True) for key, relation in said.items()]
    return out + [
        Link(other, relation.passive, relation, outgoing=False)
        for other in theirs
        for relation in other.relations
        if UUID(relation.target) in own
    ]
