"""Feeds: RSS of every kind and Atom through feedparser, JSON Feed by a reader of our own."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import feedparser

from imports.parsing import jsonfeed, markup
from imports.parsing.charset import decoded
from imports.parsing.item import build, line, web_address
from imports.parsing.listing import AT_ONCE, Found, listed
from outbound.sandbox import Unreadable

_TEXTS = ("text/plain", "text/html", "application/xhtml+xml")
_ENTITIES = "The feed declares entities of its own; they were left out."


def read(content: bytes, *, address: str = "", content_type: str = "", start: int = 0) -> dict[str, Any]:
    """A ``Listing`` of the feed's items from number ``start`` on, counted from 0, and no more than ``AT_ONCE``.

    ``address``: where the bytes came from. ``content_type``: the header of that name. Raises Unreadable.
    """
    text = decoded(content, content_type).lstrip("\ufeff \t\r\n")
    if text.startswith("{"):
        return jsonfeed.read_text(text, address=address, start=start)
    document, declared = markup.document(text)
    if document[1:5].lower() == "html":
        raise Unreadable(
            "This is a web page and no feed; look for the address of its feed, or read its list of links."
        )
    document, read_to, total = markup.part(document, start, AT_ONCE)
    parsed = _parsed(document)
    atom = parsed.version.startswith("atom")
    about = parsed.feed
    links = _links(about)
    itself = web_address(next((href for rel, href, _ in links if rel == "self"), ""), address)
    site = web_address(_text(about, "link"), itself or address)
    return listed(
        [_found(entry, itself or address or site, atom) for entry in parsed.entries],
        title=_said(about, "title", atom),
        language=_text(about, "language"),
        site=site,
        address=itself,
        notes=[*([_ENTITIES] if declared else []), *_fault(parsed)],
        start=start,
        end=read_to,
        total=total,
    )


def _parsed(document: str) -> Any:
    try:
        found = feedparser.parse(
            io.BytesIO(document.encode()),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except MemoryError:
        raise
    except Exception as error:
        raise Unreadable("The feed is so broken that nothing of it can be read.") from error
    if not (found.version or found.entries):
        raise Unreadable("There is no feed at this address: neither RSS, Atom nor JSON Feed was found.")
    return found


def _fault(parsed: Any) -> Iterator[str]:
    error = parsed.get("bozo_exception") if parsed.bozo else None
    if error is not None:
        why = line(error.getMessage() if hasattr(error, "getMessage") else str(error), 100)
        yield f"The feed is not well-formed ({why}); what could be read of it was read."


def _found(entry: Any, base: str, atom: bool) -> Found:
    guid, link = _text(entry, "id"), _text(entry, "link")
    published = _text(entry, "published") or _text(entry, "created")
    updated = _text(entry, "updated")
    if not published and not atom:
        # Dublin Core has one date, and feedparser takes it for the one of a change.
        published, updated = updated, ""
    content = _content(entry)
    item = build(
        guid=guid,
        address=link,
        base=base,
        title=_said(entry, "title", atom),
        text=_reduced(content, atom) if content else _said(entry, "summary", atom),
        author=_author(entry),
        published=published,
        updated=updated,
        language=_text(entry, "language") or _text(content or _detail(entry, "title"), "language"),
        categories=(_text(tag, "label") or _text(tag, "term") for tag in _list(entry, "tags")),
        enclosures=((href, kind) for rel, href, kind in _links(entry) if rel == "enclosure"),
    )
    return Found(item, published, "" if link == guid else link)


def _author(entry: Any) -> str:
    names = (_text(author, "name") for author in _list(entry, "authors"))
    return ", ".join(dict.fromkeys(filter(None, names))) or _text(entry, "author")


def _content(entry: Any) -> Any:
    """The longest of what is given as an item's content, where it is text."""
    texts = [found for found in _list(entry, "content") if _text(found, "type") in _TEXTS]
    return max(texts, key=lambda found: len(_text(found, "value")), default=None)


def _said(context: Any, key: str, atom: bool) -> str:
    return _reduced({**_detail(context, key), "value": _text(context, key)}, atom)


def _reduced(detail: Any, atom: bool) -> str:
    """Plain text. What Atom calls text is text; RSS never says what it is, and is read as HTML."""
    value = _text(detail, "value")
    return value if atom and _text(detail, "type") == "text/plain" else markup.plain(value)


# feedparser's own access finds a key under other keys, too, and is slow.


def _text(context: Any, key: str) -> str:
    value = dict.get(context, key)
    return value if isinstance(value, str) else ""


def _list(context: Any, key: str) -> list[Any]:
    value = dict.get(context, key)
    return [found for found in value if isinstance(found, dict)] if isinstance(value, list) else []


def _detail(context: Any, key: str) -> dict[str, Any]:
    value = dict.get(context, f"{key}_detail")
    return value if isinstance(value, dict) else {}


def _links(context: Any) -> list[tuple[str, str, str]]:
    """(relation, address, type) of each."""
    found = _list(context, "links")
    return [(_text(link, "rel"), _text(link, "href"), _text(link, "type")) for link in found]
