"""JSON Feed, 1.0 and 1.1, whose fields may hold anything."""

from __future__ import annotations

import json
from typing import Any

from imports.parsing.charset import decoded
from imports.parsing.item import build, web_address
from imports.parsing.listing import AT_ONCE, Found, listed
from imports.parsing.markup import plain
from outbound.sandbox import Unreadable


def read(content: bytes, *, address: str = "", content_type: str = "", start: int = 0) -> dict[str, Any]:
    """A ``Listing``, as ``feed.read`` gives it. Raises Unreadable."""
    return read_text(decoded(content, content_type), address=address, start=start)


def loaded(text: str) -> Any:
    """The value of a JSON text, whose numbers stay as they are written. Raises Unreadable."""
    try:
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except RecursionError as error:
        raise Unreadable("The JSON is nested deeper than any document is; it is not read.") from error
    except ValueError as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise Unreadable(f"The JSON is broken{where}; nothing of it can be read.") from error


def is_feed(value: Any) -> bool:
    """Whether a JSON value says that it is a feed."""
    says_so = "jsonfeed.org/version/" in _text(value, "version")
    return says_so and isinstance(value.get("items"), list)


def read_text(text: str, *, address: str, start: int) -> dict[str, Any]:
    """Likewise, of a text."""
    feed = loaded(text)
    if not is_feed(feed):
        raise Unreadable("This is JSON but no JSON Feed; as a table it may be read for a series.")
    itself = web_address(_text(feed, "feed_url"), address)
    base = itself or address
    items = feed["items"]
    return listed(
        [_found(item, base) for item in items[start : start + AT_ONCE]],
        title=_text(feed, "title"),
        language=_text(feed, "language"),
        site=web_address(_text(feed, "home_page_url"), base),
        address=itself,
        start=start,
        end=min(start + AT_ONCE, len(items)),
        total=len(items),
    )


def _found(value: Any, base: str) -> Found:
    value = value if isinstance(value, dict) else {}
    link, published = _text(value, "url") or _text(value, "external_url"), _text(value, "date_published")
    html = _text(value, "content_html")
    item = build(
        guid=_text(value, "id"),
        address=link,
        base=base,
        title=_text(value, "title"),
        text=plain(html) if html else _text(value, "content_text") or _text(value, "summary"),
        author=", ".join(filter(None, (_text(author, "name") for author in _authors(value)))),
        published=published,
        updated=_text(value, "date_modified"),
        language=_text(value, "language"),
        categories=(tag for tag in _list(value, "tags") if isinstance(tag, str)),
        enclosures=((_text(file, "url"), _text(file, "mime_type")) for file in _list(value, "attachments")),
    )
    return Found(item, published, link)


def _authors(value: dict[str, Any]) -> list[Any]:
    """Those of version 1.1, or the one of 1.0."""
    return _list(value, "authors") or [value.get("author")]


def _text(value: Any, key: str) -> str:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


def _list(value: dict[str, Any], key: str) -> list[Any]:
    found = value.get(key)
    return found if isinstance(found, list) else []
