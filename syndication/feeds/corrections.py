"""What was corrected and withdrawn, each change an item."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid5

from django.template.loader import render_to_string

from editorial.models.change import Change, Kind
from editorial.reading import AsOf
from syndication.changes import shown
from syndication.feeds.formats import Item
from syndication.feeds.items import ERASED, MAX_ITEMS, address_of


def corrections(as_of: AsOf, absolute: Callable[[str], str]) -> list[Item]:
    """The last ones, the last one first, with the names of that time."""
    changes = Change._default_manager.filter(
        position__lte=as_of.position, kind__in=(Kind.CORRECTED, Kind.WITHDRAWN)
    )
    found = list(changes.order_by("-position")[:MAX_ITEMS])
    told = (row["document"] for row in shown(found, absolute))
    return [
        _item(change, document["slug"], document["title"] or ERASED, absolute)
        for change, document in zip(found, told, strict=True)
    ]


def _item(change: Change, slug: str, title: str, absolute: Callable[[str], str]) -> Item:
    withdrawn = change.kind == Kind.WITHDRAWN
    context = {"withdrawn": withdrawn, "moment": change.moment, "note": change.note, "fields": change.fields}
    return Item(
        id=uuid5(change.document, str(change.position)).urn,
        title=f"{'Withdrawn' if withdrawn else 'Correction'}: {title}",
        link=absolute(address_of(change.type, slug)),
        summary=change.note,
        html=render_to_string("syndication/feed_correction.html", context),
        published=change.moment,
        updated=change.moment,
        categories=(change.type, change.kind),
    )
