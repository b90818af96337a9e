"""What readers of feeds and lists give: items, in parts that a bounded process can carry, and what was amiss."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, TypedDict

from imports.parsing.item import MAX_TITLE, Item, is_empty, line
from imports.parsing.language import settled, tag

MAX_ITEMS = 60_000
# What a broken feed, the slowest, gets through in half of the time that a process has.
AT_ONCE = 5_000
_SAMPLE, _SAMPLE_TEXT = 20, 300
_NOTHING = "It has neither a title, a text, an address nor an identity."


class Refusal(TypedDict):
    """``number``: the item's place in the source, from 1. ``why``: a sentence."""

    number: int
    why: str


class Listing(TypedDict):
    """What a feed (``kind``: feed) or a page's list of links (list) holds.

    ``site``: the page that it belongs to. ``address``: the one that it gives itself. ``notes``: sentences; what
    concerns the whole is said with its first part alone.
    ``total``: how many items there are; ``next``: the ``start`` that reads on, or 0 at the end.
    """

    kind: str
    title: str
    language: str
    site: str
    address: str
    items: list[Item]
    refused: list[Refusal]
    notes: list[str]
    total: int
    next: int


class Found(NamedTuple):
    """An item, and as the source writes them its date and its link, which may be no date and no link."""

    item: Item
    date: str = ""
    link: str = ""


def listed(
    found: Sequence[Found],
    *,
    kind: str = "feed",
    title: str = "",
    language: str = "",
    site: str = "",
    address: str = "",
    notes: Sequence[str] = (),
    refused: Sequence[Refusal] = (),
    start: int = 0,
    end: int,
    total: int,
) -> dict[str, Any]:
    """The ``Listing``, whose items have a language each. ``found``: those from number ``start`` to ``end``.

    Both are numbers in a source of ``total`` items; a broken one may give fewer than its marks promise.
    """
    found = found[: max(0, MAX_ITEMS - start)]
    items = [one.item for one in found]
    texts = (f"{item['title']} {item['text'][:_SAMPLE_TEXT]}" for item in items[:_SAMPLE])
    declared, language = tag(language), settled(language, " ".join(texts))
    for item in items:
        if item["language"] in ("", declared):
            item["language"] = language
    empty = [Refusal(number=start + n, why=_NOTHING) for n, item in enumerate(items, 1) if is_empty(item)]
    return dict(
        Listing(
            kind=kind,
            title=line(title, MAX_TITLE),
            language=language,
            site=site,
            address=address,
            items=[item for item in items if not is_empty(item)],
            refused=[*refused, *empty],
            notes=[*([] if start else [*notes, *_bounded(total)]), *_unread(found)],
            total=total,
            next=end if end < min(total, MAX_ITEMS) else 0,
        )
    )


def _bounded(total: int) -> Iterator[str]:
    if total > MAX_ITEMS:
        yield f"There are {total:,} items; no more than the first {MAX_ITEMS:,} are read."


def _unread(found: Sequence[Found]) -> Iterator[str]:
    yield from _counted(
        found, lambda one: "" if one.item["published"] else one.date, "date that cannot be read"
    )
    yield from _counted(
        found, lambda one: "" if one.item["address"] else one.link, "link that is no web address"
    )


def _counted(found: Sequence[Found], amiss: Callable[[Found], str], what: str) -> Iterator[str]:
    texts = [text for one in found if (text := line(amiss(one), 60))]
    if texts:
        items = "1 item has" if len(texts) == 1 else f"{len(texts):,} items have"
        yield f"{items} a {what}; the first is “{texts[0]}”."
