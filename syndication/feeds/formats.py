"""One feed in three forms: Atom (RFC 4287), RSS 2.0, JSON Feed 1.1."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.encoding import iri_to_uri
from django.utils.feedgenerator import Atom1Feed, Enclosure, Rss201rev2Feed, rfc3339_date
from django.utils.html import escape

PUBLISHER = "AI in China tracker"
LANGUAGE = "en"
GENERATOR = "aichina"
MEDIA = {
    "atom.xml": "application/atom+xml",
    "rss.xml": "application/rss+xml",
    "feed.json": "application/feed+json",
}
# What XML 1.0 has no way to write, also not escaped.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Chart:
    """A PNG file; ``length`` in bytes."""

    address: str
    length: int


@dataclass(frozen=True, slots=True)
class Item:
    """``summary`` is text, ``html`` is safe; texts lose what XML cannot write."""

    id: str
    title: str
    link: str
    summary: str
    html: str
    published: datetime
    updated: datetime
    categories: tuple[str, ...]
    chart: Chart | None = None

    def __post_init__(self) -> None:
        for name in ("title", "summary", "html"):
            object.__setattr__(self, name, writable(getattr(self, name)))
        object.__setattr__(self, "categories", tuple(map(writable, self.categories)))


@dataclass(frozen=True, slots=True)
class Feed:
    """``home``: the page that it belongs to. ``addresses``: of each of its forms."""

    id: str
    title: str
    description: str
    home: str
    addresses: Mapping[str, str]
    updated: datetime
    items: list[Item]


def writable(text: str) -> str:
    return _UNWRITABLE.sub("", text)


def written(feed: Feed, form: str) -> bytes:
    """The feed in one of its forms, in UTF-8."""
    if form == "feed.json":
        return json.dumps(_json(feed), ensure_ascii=False).encode()
    kind = Atom if form == "atom.xml" else RSS
    xml = kind(
        title=writable(feed.title),
        link=feed.home,
        description=writable(feed.description),
        language=LANGUAGE,
        author_name=PUBLISHER,
        subtitle=writable(feed.description),
        feed_copyright=f"{settings.CONTENT_LICENCE} {settings.CONTENT_LICENCE_URL}".strip() or None,
        feed_guid=feed.id,
        updated=feed.updated,
        links=[
            {"rel": "self" if name == form else "alternate", "type": MEDIA[name], "href": iri_to_uri(address)}
            for name, address in feed.addresses.items()
        ],
    )
    for item in feed.items:
        xml.add_item(
            title=item.title,
            link=item.link,
            # Both forms read it as HTML.
            description=escape(item.summary) or None,  # type: ignore[arg-type]
            author_name=PUBLISHER,
            pubdate=item.published,
            updateddate=item.updated,
            unique_id=item.id,
            unique_id_is_permalink=False,
            categories=item.categories,
            enclosures=[Enclosure(item.chart.address, str(item.chart.length), "image/png")]
            if item.chart
            else [],
            html=item.html,
        )
    return xml.writeString("utf-8").encode()


class Atom(Atom1Feed):
    """Django’s, with whole contents, types of links, and who generated it."""

    def latest_post_date(self) -> datetime:
        return self.feed["updated"]

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        handler.addQuickElement("generator", GENERATOR)
        for link in self.feed["links"]:
            handler.addQuickElement("link", "", link)

    def add_item_elements(self, handler: Any, item: Any) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["html"], {"type": "html"})


class RSS(Rss201rev2Feed):
    """Django’s, with whole contents, the day of the last change, and who generated it."""

    def latest_post_date(self) -> datetime:
        return self.feed["updated"]

    def rss_attributes(self) -> dict[str, str]:
        return {**super().rss_attributes(), "xmlns:content": "http://purl.org/rss/1.0/modules/content/"}

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        handler.addQuickElement("generator", GENERATOR)
        for link in self.feed["links"]:
            handler.addQuickElement("atom:link", "", link)

    def add_item_elements(self, handler: Any, item: Any) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("atom:updated", rfc3339_date(item["updateddate"]))
        handler.addQuickElement("content:encoded", item["html"])


def _json(feed: Feed) -> dict[str, Any]:
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": writable(feed.title),
        "description": writable(feed.description),
        "home_page_url": feed.home,
        "feed_url": feed.addresses["feed.json"],
        "language": LANGUAGE,
        "authors": [{"name": PUBLISHER}],
        "items": [_json_item(item) for item in feed.items],
    }


def _json_item(item: Item) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": item.id,
        "url": item.link,
        "title": item.title,
        "content_html": item.html,
        "date_published": rfc3339_date(item.published),
        "date_modified": rfc3339_date(item.updated),
        "authors": [{"name": PUBLISHER}],
        "language": LANGUAGE,
        "tags": list(item.categories),
    }
    if item.summary:
        shown["summary"] = item.summary
    if item.chart:
        chart = {"url": item.chart.address, "mime_type": "image/png", "size_in_bytes": item.chart.length}
        shown["attachments"] = [chart]
    return shown
