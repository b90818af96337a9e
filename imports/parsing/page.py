"""One web page as one item: its title, author, date and text, without what stands around them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from typing import Any

from trafilatura import bare_extraction

from imports.parsing import markup
from imports.parsing.charset import decoded
from imports.parsing.dates import LATEST, when
from imports.parsing.item import MAX_TITLE, Item, build, is_empty, line, web_address
from imports.parsing.language import settled
from imports.parsing.links import base
from outbound.sandbox import Unreadable

# Nothing is guessed of the text, and the clock is not asked.
_DATES = {"original_date": True, "extensive_search": False, "max_date": f"{LATEST}-12-31"}
_SEPARATED = re.compile(r"\s*[-_|·–—»/]")
_SHORTEST = 4
_PUBLISHED = (
    "article:published_time", "datepublished", "og:published_time", "pubdate", "publishdate", "dc.date", "date",
)  # fmt: skip
# Of elements that show the date to people, by their class or identity; the label before it is no part.
_SHOWN, _LABEL = re.compile(r"time|date|pub", re.IGNORECASE), re.compile(r"^\D{1,20}")
_LONGEST_SHOWN, _MOST_INSIDE = 60, 4
_IN_DATA = re.compile(r'"datePublished"\s*:\s*("[^"]{4,60}")')


def read(content: bytes, *, address: str, content_type: str = "") -> dict[str, Any]:
    """``kind``: page, ``title``, ``language`` and the one item in ``items``. Raises Unreadable."""
    tree = markup.tree(decoded(content, content_type))
    item = _item(tree, address)
    if is_empty({**item, "guid": "", "address": ""}):
        raise Unreadable("There is neither a title nor a text on this page; it may be drawn by a script.")
    return {"kind": "page", "title": item["title"], "language": item["language"], "items": [item]}


def _item(tree: Any, address: str) -> Item:
    # Before the library has taken the tree apart.
    published, titles = next(_published(tree), ""), _titles(tree)
    canonical = next((link.get("href") for link in tree.iter("link") if link.get("rel") == "canonical"), "")
    site = base(tree, address)
    try:
        found = bare_extraction(tree, url=address or None, with_metadata=True, date_extraction_params=_DATES)
    except MemoryError:
        raise
    except Exception as error:
        raise Unreadable("The page is so broken that no text can be found on it.") from error
    text = "\n\n".join((_said(found, "text")).split("\n"))
    title = _without_site(_said(found, "title") or next(iter(titles), ""), titles)
    return build(
        guid=web_address(canonical or "", site),
        address=address,
        title=title,
        text=text,
        author=_said(found, "author").replace("; ", ", "),
        published=published or _said(found, "date"),
        language=settled(tree.get("lang") or "", f"{title} {text}"),
    )


def _said(found: Any, name: str) -> str:
    value = getattr(found, name, None)
    return value if isinstance(value, str) else ""


def _titles(tree: Any) -> list[str]:
    texts = (line(markup.text_of(element), MAX_TITLE) for element in tree.iter("h1", "h2", "title"))
    return [text for text in texts if len(text) >= _SHORTEST]


def _without_site(title: str, titles: list[str]) -> str:
    """The title without the name of the site, where the page itself has a heading without."""
    title = line(title, MAX_TITLE)
    return next(
        (text for text in titles if title.startswith(text) and _SEPARATED.match(title[len(text) :])), title
    )


def _published(tree: Any) -> Iterator[str]:
    """The dates that can be read: those that the page gives for machines, then for people."""
    said = {
        (
            element.get("property") or element.get("name") or element.get("itemprop") or ""
        ).lower(): element.get("content")
        for element in tree.iter("meta")
    }
    texts = [said.get(name) for name in _PUBLISHED]
    for quoted in _in_data(tree):
        with suppress(ValueError):
            texts.append(json.loads(quoted))
    times = [time for time in tree.iter("time") if time.get("datetime")]
    marked = [
        time
        for time in times
        if "datepublished" in (time.get("itemprop") or "").lower() or "pubdate" in time.attrib
    ]
    texts += [time.get("datetime") for time in marked or (times if len(times) == 1 else [])]
    yield from (text for text in chain(texts, _shown(tree)) if text and when(text))


def _shown(tree: Any) -> Iterator[str]:
    """What is marked as a date below the first heading."""
    below = False
    for element in tree.iter():
        below = below or element.tag == "h1"
        if (
            below
            and len(element) <= _MOST_INSIDE
            and _SHOWN.search(f"{element.get('class')} {element.get('id')}")
        ):
            text = line(markup.text_of(element), _LONGEST_SHOWN)
            yield text if when(text) else _LABEL.sub("", text)


def _in_data(tree: Any) -> Iterator[str]:
    for script in tree.iter("script"):
        if script.get("type") == "application/ld+json" and (found := _IN_DATA.search(script.text or "")):
            yield found[1]
