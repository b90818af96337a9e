"""The forms in which publications come out: RSS, Atom, JSON Feed, web pages, CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from email.utils import format_datetime
from html import escape
from xml.etree import ElementTree as ET

from aichina.local.demo.publications import Item, Publication, publications

INVENTED = {
    "en": "Invented for demonstration: nothing that stands here is news.",
    "zh": "本页内容为演示而编写。这里没有新闻。",
}
# What each publication's desk calls itself.
DESK = {"en": "The demonstration desk", "zh": "演示编辑部"}

Write = Callable[[Publication, Sequence[Item], str], bytes]


def address(item: Item, base: str) -> str:
    """Where an item's own page is."""
    return f"{base}/articles/{item.key}"


def identity(item: Item) -> str:
    """What names an item for good, wherever the server stands."""
    return f"tag:demo.invalid,2026:{item.key}"


def rss(encoding: str) -> Write:
    """RSS 2.0 in this encoding."""

    def write(publication: Publication, items: Sequence[Item], base: str) -> bytes:
        root = ET.Element("rss", {"version": "2.0"})
        channel = ET.SubElement(root, "channel")
        _children(channel, title=publication.name, link=f"{base}/", language=_tag(publication))
        _children(channel, description=INVENTED[publication.language])
        for item in items:
            entry = ET.SubElement(channel, "item")
            _children(entry, title=item.title, link=address(item, base), description=item.text)
            _children(entry, pubDate=format_datetime(item.published, usegmt=True))
            ET.SubElement(entry, "guid", {"isPermaLink": "false"}).text = identity(item)
        return bytes(ET.tostring(root, encoding=encoding, xml_declaration=True))

    return write


def atom(publication: Publication, items: Sequence[Item], base: str) -> bytes:
    """Atom 1.0 in UTF-8."""
    root = ET.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": _tag(publication)})
    newest = max(item.changed for item in items).isoformat()
    _children(root, title=publication.name, subtitle=INVENTED[publication.language])
    _children(root, id=f"tag:demo.invalid,2026:{publication.key}", updated=newest)
    _children(ET.SubElement(root, "author"), name=DESK[publication.language])
    ET.SubElement(root, "link", {"rel": "self", "href": base + publication.path})
    ET.SubElement(root, "link", {"href": f"{base}/"})
    for item in items:
        entry = ET.SubElement(root, "entry")
        _children(entry, title=item.title, id=identity(item), summary=item.text)
        _children(entry, published=item.published.isoformat(), updated=item.changed.isoformat())
        ET.SubElement(entry, "link", {"href": address(item, base)})
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def json_feed(publication: Publication, items: Sequence[Item], base: str) -> bytes:
    """JSON Feed 1.1."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": publication.name,
        "description": INVENTED[publication.language],
        "home_page_url": f"{base}/",
        "feed_url": base + publication.path,
        "language": publication.language,
        "authors": [{"name": DESK[publication.language]}],
        "items": [
            {
                "id": identity(item),
                "url": address(item, base),
                "title": item.title,
                "content_text": item.text,
                "date_published": item.published.isoformat(),
                "date_modified": item.changed.isoformat(),
            }
            for item in items
        ],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def link_list(publication: Publication, items: Sequence[Item], base: str) -> bytes:
    """A page whose list links to the items, beside links that lead elsewhere."""
    rows = "\n".join(
        f'<li><time datetime="{item.published.isoformat()}">{item.published:%Y-%m-%d}</time> '
        f'<a href="/articles/{item.key}">{escape(item.title)}</a></li>'
        for item in items
    )
    body = f'<nav><a href="{base}/">All publications</a></nav>\n<ul class="notices">\n{rows}\n</ul>'
    return _page(publication.language, publication.name, f"<h1>{escape(publication.name)}</h1>\n{body}")


def article(item: Item) -> bytes:
    """An item's own page."""
    publication = publications()[item.source]
    language = publication.language
    body = (
        f"<article>\n<h1>{escape(item.title)}</h1>\n<p>{escape(item.text)}</p>\n"
        f'<footer><span class="author">{DESK[language]}</span>, '
        f'<time datetime="{item.published.isoformat()}">{item.published:%Y-%m-%d %H:%M}</time></footer>\n'
        "</article>"
    )
    head = (
        f'<meta name="author" content="{DESK[language]}">\n'
        f'<meta property="article:published_time" content="{item.published.isoformat()}">\n'
        f'<meta property="og:site_name" content="{escape(publication.name)}">'
    )
    return _page(language, item.title, body, head)


def front() -> bytes:
    """The page that leads to all publications, and by which their feeds are discovered."""
    found = [one for one in publications().values() if one.key in FEED_TYPES]
    head = "\n".join(
        f'<link rel="alternate" type="{FEED_TYPES[one.key]}" title="{escape(one.name)}" href="{one.path}">'
        for one in found
    )
    rows = "\n".join(
        f'<li><a href="{one.path}">{escape(one.name)}</a></li>' for one in publications().values()
    )
    return _page("en", "Demonstration sources", f"<h1>Demonstration sources</h1>\n<ul>\n{rows}\n</ul>", head)


def table(rows: Sequence[dict[str, str]]) -> bytes:
    """CSV with a header."""
    text = io.StringIO()
    writer = csv.DictWriter(text, ["month", "index", "note"])
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


FEED_TYPES = {
    "pearl": "application/rss+xml",
    "spruce": "application/atom+xml",
    "rules": "application/rss+xml",
    "lantern": "application/feed+json",
}
WRITERS: dict[str, Write] = {
    "pearl": rss("utf-8"),
    "spruce": atom,
    "rules": rss("gb2312"),
    "lantern": json_feed,
    "harbour": link_list,
}


def _tag(publication: Publication) -> str:
    return {"zh": "zh-CN"}.get(publication.language, publication.language)


def _children(parent: ET.Element, **texts: str) -> None:
    for name, text in texts.items():
        ET.SubElement(parent, name).text = text


def _page(language: str, title: str, body: str, head: str = "") -> bytes:
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(title)}</title>\n{head}\n</head>\n<body>\n{body}\n"
        f"<footer><p>{INVENTED[language]}</p></footer>\n</body>\n</html>\n"
    ).encode()
