"""What an address leads to, and which feeds and lists of links a page offers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from imports.parsing import feed, jsonfeed, links, markup
from imports.parsing.charset import decoded
from imports.parsing.item import MAX_TITLE, line, web_address
from imports.parsing.language import settled
from outbound.sandbox import Unreadable

MAX_FEEDS = 20
MAX_SELECTORS = 5
_FEED_TYPES = re.compile(
    r"application/(rss|atom|rdf|feed)\+(xml|json)|application/json|(text|application)/xml"
)
_FEED_PATH = re.compile(
    r"(?:^|/)(?:feed|rss|atom|index|feeds?)/?$|\.(?:rss|atom|rdf)$|(?:rss|atom|feed)\d?\.(?:xml|json)$", re.I
)
_ROOT = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)")
_FEED_ROOTS = ("rss", "feed", "rdf", "channel")
# Of links that people follow, as against menus: their texts are sentences, and there are several.
# Lengths are in bytes of UTF-8, by which a sentence in Chinese is about as long as one in English.
_FEWEST_LINKS, _SHORTEST_TEXT, _SHORTEST_MEAN, _LONGEST_SCORED = 3, 8, 20, 60
_NAVIGATION = frozenset(("nav", "header", "footer", "aside", "form"))
_PLAIN_NAME = re.compile(r"[A-Za-z][\w-]{0,60}", re.ASCII)
_TELLING = frozenset(["article", "li", "h1", "h2", "h3", "h4"])
_MAX_LINKS, _CLIMB, _TRIED = 2_000, 4, 12


def read(content: bytes, *, address: str, content_type: str = "") -> dict[str, Any]:
    """``kind``, ``title``, ``language``, ``feeds`` and ``suggested_selectors``.

    The kind is feed, jsonfeed, page, table, opml or unknown. Of a page, ``feeds`` are its own mappings of ``address``,
    ``title`` and ``type``, and each suggested selector comes with the ``count`` of its links and the first's text as
    ``example``. Never raises Unreadable.
    """
    try:
        return {**_NOTHING, **_found(content, address, content_type)}
    except Unreadable:
        return {"kind": "unknown", **_NOTHING}


_NOTHING: dict[str, Any] = {"title": "", "language": "", "feeds": [], "suggested_selectors": []}


def _found(content: bytes, address: str, content_type: str) -> dict[str, Any]:
    if content.startswith(b"PK\x03\x04"):
        return {"kind": "table"}
    text = decoded(content, content_type).lstrip("\ufeff \t\r\n")
    if text[:1] in ("{", "["):
        value = jsonfeed.loaded(text)
        if not jsonfeed.is_feed(value):
            return {"kind": "table"}
        return {"kind": "jsonfeed", **_of_feed(content, address, content_type)}
    if text[:1] != "<":
        return {"kind": "table" if _is_table(text) else "unknown"}
    return _of_markup(content, text, address, content_type)


def _of_markup(content: bytes, text: str, address: str, content_type: str) -> dict[str, Any]:
    document, _ = markup.document(text)
    root = _ROOT.match(document)
    name = root[1].lower() if root else ""
    if name == "opml":
        return {"kind": "opml"}
    if name in _FEED_ROOTS:
        return {"kind": "feed", **_of_feed(content, address, content_type)}
    return {"kind": "page", **_of_page(markup.tree(text), address)}


def _of_feed(content: bytes, address: str, content_type: str) -> dict[str, Any]:
    found = feed.read(content, address=address, content_type=content_type)
    return {"title": found["title"], "language": found["language"]}


def _is_table(text: str) -> bool:
    """Whether the first lines have the same number of cells, and more than one."""
    lines = [line for line in text[:20_000].splitlines()[:5] if line.strip()]
    return "\0" not in text and len(lines) > 1 and any(
        lines[0].count(delimiter) and len({line.count(delimiter) for line in lines}) == 1 for delimiter in ",;\t|"
    )  # fmt: skip


def _of_page(tree: Any, address: str) -> dict[str, Any]:
    base = links.base(tree, address)
    title = next((line(markup.text_of(element), MAX_TITLE) for element in tree.iter("title")), "")
    feeds: dict[str, dict[str, str]] = {}
    for one in _feeds(tree, base):
        feeds.setdefault(one["address"], one)
    return {
        "title": title,
        "language": settled(tree.get("lang") or "", f"{title} {markup.text_of(tree)}"),
        "feeds": list(feeds.values())[:MAX_FEEDS],
        "suggested_selectors": _selectors(tree, base),
    }


def _feeds(tree: Any, base: str) -> Iterator[dict[str, str]]:
    """The feeds that the page declares, then those that its links look like."""
    for element in tree.iter("link"):
        kind = (element.get("type") or "").strip().lower()
        declared = {"alternate", "feed"} & set((element.get("rel") or "").lower().split())
        full = web_address(element.get("href") or "", base)
        if declared and full and _FEED_TYPES.fullmatch(kind):
            yield {"address": full, "title": line(element.get("title") or "", MAX_TITLE), "type": kind}
    for element in tree.iter("a"):
        full = web_address(element.get("href") or "", base)
        if full and _FEED_PATH.search(full.split("?")[0].split("#")[0].partition("://")[2].partition("/")[2]):
            yield {"address": full, "title": line(markup.text_of(element), MAX_TITLE), "type": ""}


def _selectors(tree: Any, base: str) -> list[dict[str, Any]]:
    """The selectors whose links look most like a list of articles, best first.

    Of those that find the same links, one that finds dates, too.
    """
    scores: dict[str, int] = {}
    for element in list(tree.iter("a"))[:_MAX_LINKS]:
        text = line(markup.text_of(element), _LONGEST_SCORED)
        if element.get("href") and len(text.encode()) >= _SHORTEST_TEXT and not _in_navigation(element):
            for selector in _names(element):
                scores[selector] = scores.get(selector, 0) + len(text.encode())
    found: dict[tuple[str, ...], tuple[int, dict[str, Any]]] = {}
    for selector in sorted(scores, key=lambda selector: -scores[selector])[:_TRIED]:
        items = [one.item for one in links.read_tree(tree, base, selector)[0]]
        titles = "".join(item["title"] for item in items)
        if len(items) < _FEWEST_LINKS or len(titles.encode()) < _SHORTEST_MEAN * len(items):
            continue
        key, dated = tuple(item["address"] for item in items), sum(bool(item["published"]) for item in items)
        if key not in found or dated > found[key][0]:
            found[key] = dated, {"selector": selector, "count": len(items), "example": items[0]["title"]}
    return [shown for _, shown in found.values()][:MAX_SELECTORS]


def _in_navigation(element: Any) -> bool:
    return any(above.tag in _NAVIGATION and not _in_article(above) for above in element.iterancestors())


def _in_article(element: Any) -> bool:
    return any(above.tag == "article" for above in element.iterancestors())


def _names(link: Any) -> Iterator[str]:
    """Selectors of the link's containers, and of the link itself, that may match its likes."""
    above = [link, *list(link.iterancestors())[:_CLIMB]]
    for element in above:
        if element.tag in ("body", "html", "main") or not isinstance(element.tag, str):
            continue
        classes = [name for name in (element.get("class") or "").split() if _PLAIN_NAME.fullmatch(name)][:2]
        yield from (f"{element.tag}.{name}" for name in classes)
        if element.tag in _TELLING:
            yield element.tag if element.tag != "li" else "li a"
