"""What may be taken on of what stands at an address, each as an option that opens the form filled in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from django.http import QueryDict

from imports.models import Form, Source
from imports.subscribing import FORMS, Found

# What the form is filled in with, as its address says it.
FILLED = ("address", "form", "selector", "path", "name", "language", "publisher")


@dataclass(frozen=True)
class Option:
    """``query`` opens the form. ``examples``: what the source would bring."""

    label: str
    detail: str
    query: str
    examples: tuple[str, ...] = ()


def options(found: Found) -> list[Option]:
    """The best first: the feeds that a page names, what stands there itself, lists of links, the page as one item."""
    return [*_feeds(found), *_itself(found), *_lists(found)]


def _feeds(found: Found) -> Iterator[Option]:
    for feed in found.feeds:
        name = feed.get("title") or found.title
        yield Option(f"The feed “{name or feed['address']}”", feed["address"], _query(
            address=feed["address"], form=Form.FEED, name=name, language=found.language, publisher=found.title,
        ))  # fmt: skip


def _itself(found: Found) -> Iterator[Option]:
    form = FORMS.get(found.kind)
    if form not in (Form.FEED, Form.TABLE):
        return
    label = "This feed" if form == Form.FEED else "This table, for a series"
    named = f"{label}: “{found.title}”" if found.title else label
    headings = tuple(found.headings)
    query = _query(headings, address=found.address, form=form, name=found.title, language=found.language)
    yield Option(named, found.address, query, tuple(f"Column: {heading}" for heading in headings))


def _lists(found: Found) -> Iterator[Option]:
    if FORMS.get(found.kind) != Form.LIST:
        return
    page = partial(_query, address=found.address, name=found.title, language=found.language)
    for suggested in found.selectors:
        selector = suggested["selector"]
        query = page(form=Form.LIST, selector=selector)
        yield Option(
            f"A list of {suggested['count']} links on the page", selector, query, (suggested["example"],)
        )
    yield Option("The page itself, as a single item", found.address, page(form=Form.PAGE))


def _query(headings: Iterable[str] = (), **values: str) -> str:
    said = [(name, str(value)) for name, value in values.items() if value]
    return urlencode([*said, *(("heading", heading) for heading in headings)])


def filled_in(query: QueryDict) -> Source:
    """The source that the form opens with; nothing of it is trusted before the form is checked."""
    values = {name: query[name][:2_000] for name in FILLED if query.get(name)}
    return Source(**values)
