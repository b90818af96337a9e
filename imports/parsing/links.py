"""A web page's list of links, which a CSS selector points at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urldefrag

from cssselect import SelectorError
from lxml import etree

from imports.parsing import markup
from imports.parsing.charset import decoded
from imports.parsing.item import MAX_TITLE, build, line, web_address
from imports.parsing.listing import Found, Refusal, listed
from outbound.sandbox import Unreadable

MAX_LINKS = 5_000
MAX_SELECTOR = 500
# Of a container's links, before one with a text is found.
_TRIED = 20
_HEADINGS = "self::h1 or self::h2 or self::h3 or self::h4 or self::h5 or self::h6"
# Best first; what the selector matches may be the link, hold it, or stand in it.
_LINKS = tuple(
    etree.XPath(path)
    for path in (
        "self::a",
        f".//*[{_HEADINGS}]//a[@href] | .//a[@href][.//*[{_HEADINGS}]]",
        ".//a[@href]",
        "ancestor::a[@href][1]",
    )
)
_HEADING = etree.XPath(f".//*[{_HEADINGS}]")
_TIME = etree.XPath(".//time[@datetime]")


def read(content: bytes, *, address: str, selector: str, content_type: str = "") -> dict[str, Any]:
    """A ``Listing`` (kind: list) of the links that the selector matches, each once, in the page's order.

    ``address``: where the page came from. Raises Unreadable, also for a selector that is none.
    """
    tree = markup.tree(decoded(content, content_type))
    found, refused, notes = read_tree(tree, base(tree, address), selector)
    title = next((markup.text_of(element) for element in tree.iter("title")), "")
    return listed(
        found,
        kind="list",
        title=title,
        language=tree.get("lang") or "",
        site=web_address(address),
        notes=notes,
        refused=refused,
        end=len(found),
        total=len(found),
    )


def base(tree: Any, address: str) -> str:
    """What the page's addresses are relative to."""
    said = next((element.get("href") or "" for element in tree.iter("base")), "")
    return web_address(said, address) or address


def read_tree(tree: Any, base: str, selector: str) -> tuple[list[Found], list[Refusal], list[str]]:
    """The links, the refusals, and notes. Raises Unreadable."""
    matches = _matches(tree, selector)
    links: dict[str, Found] = {}
    refused, twice = [], 0
    for number, match in enumerate(matches[:MAX_LINKS], start=1):
        link = _link(match)
        why = _amiss(link, base)
        if link is None or why:
            refused.append(Refusal(number=number, why=why))
            continue
        found = _found(match, link, base)
        # A headline whose address was forgotten is news all the same.
        key = found.item["address"] or found.item["title"]
        twice += key in links
        links.setdefault(key, found)
    return list(links.values()), refused, list(_notes(len(matches), twice, selector))


def _matches(tree: Any, selector: str) -> list[Any]:
    if len(selector) > MAX_SELECTOR:
        raise Unreadable(f"The selector is longer than {MAX_SELECTOR} characters; write a shorter one.")
    try:
        matches: list[Any] = tree.cssselect(selector)
    except (SelectorError, etree.XPathError, RecursionError, ValueError) as error:
        shown = line(selector, 60)
        raise Unreadable(
            f"The selector “{shown}” is none that CSS knows ({line(str(error), 100)})."
        ) from error
    return matches


def _link(match: Any) -> Any:
    """The element of the link that is meant, if any: one with a text rather than one without."""
    first = None
    for path in _LINKS:
        for link in path(match)[:_TRIED]:
            if _title(link):
                return link
            first = link if first is None else first
    return first


def _title(link: Any) -> str:
    heading = next(iter(_HEADING(link)), link)
    return line(markup.text_of(heading), MAX_TITLE)


def _amiss(link: Any, base: str) -> str:
    """The sentence on what is wrong with the link; empty where nothing is."""
    if link is None:
        return "There is no link in it."
    href = (link.get("href") or "").strip()
    if not href:
        return "" if _title(link) else "The link leads nowhere, and says nothing."
    full = web_address(href, base)
    if not full:
        return f"The link “{_title(link)}” leads to no web address, but to “{line(href, 60)}”."
    if "#" in full and urldefrag(full).url == urldefrag(base).url:
        return f"The link “{_title(link)}” leads to a place on the same page."
    return ""


def _found(match: Any, link: Any, base: str) -> Found:
    date = next((time.get("datetime") for time in [*_TIME(match), *match.iter("time")]), "") or ""
    href = link.get("href") or ""
    return Found(build(address=href, base=base, title=_title(link), published=date), date, href)


def _notes(matches: int, twice: int, selector: str) -> Iterator[str]:
    if not matches:
        yield f"The selector “{line(selector, 60)}” matches nothing on this page."
    if matches > MAX_LINKS:
        yield f"The selector matches {matches:,} times; no more than the first {MAX_LINKS:,} are read."
    if twice:
        yield f"{twice:,} links stand on the page more than once; each address is kept once."
