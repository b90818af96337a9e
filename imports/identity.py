"""Which item that a source tells today is which one that it told before.

The identity of an item is its GUID; where that was lost, changed or is shared, its address; else its title and text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from imports.addresses import beyond_host, normalised
from imports.wording import alike, reworded

__all__ = [
    "Keys",
    "Known",
    "Told",
    "keys",
    "match",
    "normalised",
    "reworded",
    "same",
    "shared",
    "text_digest",
]

# Characters: of a text that nobody writes twice; of title and text that two sources print alike; of a headline.
OWN_TEXT = 80
PRINTED_TEXT = 60
HEADLINE = 20


@dataclass(frozen=True, slots=True)
class Told:
    """An item as a parser gave it; each is empty where the source does not say it."""

    guid: str
    address: str
    title: str
    text: str
    published: str


@dataclass(frozen=True, slots=True)
class Keys:
    """Digests of 32 hex digits, empty where the item has no such thing.

    ``place``: the address without its host, with the title. ``content``: title and text.
    """

    guid: str
    address: str
    place: str
    content: str


@dataclass(frozen=True, slots=True)
class Known:
    """An item as it was stored. ``published`` is compared with what is told, so both must be written alike."""

    id: int
    keys: Keys
    title: str
    address: str
    text_digest: str
    published: str


def keys(told: Told) -> Keys:
    """The keys by which the item is found again."""
    address, guid = normalised(told.address), told.guid.strip()
    title, text = _squeezed(told.title), _squeezed(told.text)
    beyond = beyond_host(address)
    return Keys(
        guid=_digest(guid) if guid else "",
        address=_digest(address) if address else "",
        place=_digest(beyond, title) if beyond.startswith("/") else "",
        content=_digest(title, text) if title or text else "",
    )


def text_digest(text: str) -> str:
    """The digest of a text alone, whatever its spaces and case; empty for none."""
    squeezed = _squeezed(text)
    return _digest(squeezed) if squeezed else ""


def shared(told: Told) -> tuple[str, ...]:
    """The keys by each of which items of *different* sources are one candidate; none where nothing is specific enough.

    Its address, or a GUID that nobody else gives; and what was printed word for word on the same day.
    """
    own, found = keys(told), []
    guid = told.guid.strip()
    if beyond_host(normalised(told.address)).partition("#")[0]:
        found.append(own.address)
    elif guid.lower().startswith(("tag:", "urn:")) or beyond_host(normalised(guid)).startswith("/"):
        found.append(own.guid)
    if len(_squeezed(f"{told.title} {told.text}")) >= PRINTED_TEXT:
        found.append(_digest(own.content, told.published[:10]))
    return tuple(found)


def same(told: Sequence[Told]) -> list[int]:
    """The indexes of items that repeat an earlier one of the batch in all keys: to be dropped."""
    seen: set[Keys] = set()
    repeated = []
    for index, own in enumerate(map(keys, told)):
        if own in seen:
            repeated.append(index)
        seen.add(own)
    return repeated


def match(told: Sequence[Told], known: Sequence[Known]) -> list[int | None]:
    """For each told item the id of the known one of the same source that it is, or None for a new one.

    No id is given twice: of exact repetitions the first gets it. ``known``: every stored item of the source that shares
    any key with the batch.
    """
    now, before = [_row_told(item) for item in told], [_row_known(item) for item in known]
    found = _identical(now, before)
    taken = set(found.values())
    contents = {row.content for row in now}
    for fields, rule in _ROUNDS:
        if len(found) == len(now) or len(taken) == len(before):
            break
        there = _alone(before, fields)
        for key, index in _alone(now, fields).items():
            other = there.get(key)
            if other is None or index in found or other in taken:
                continue
            retold = now[index].content != before[other].content in contents
            if rule(_Pair(told[index], known[other], now[index], before[other], retold)):
                found[index] = other
                taken.add(other)
    return [known[found[index]].id if index in found else None for index in range(len(told))]


class _Row(NamedTuple):
    """What told and known items are compared by; each empty where there is none."""

    guid: str
    address: str
    place: str
    content: str
    title: str
    text: str
    published: str


def _row_told(item: Told) -> _Row:
    return _row(keys(item), item.title, text_digest(item.text), item.published)


def _row_known(item: Known) -> _Row:
    return _row(item.keys, item.title, item.text_digest, item.published)


def _row(own: Keys, title: str, text: str, published: str) -> _Row:
    return _Row(own.guid, own.address, own.place, own.content, _squeezed(title), text, published.strip())


def _identical(now: Iterable[_Row], before: Iterable[_Row]) -> dict[int, int]:
    """By the index of a told item that of the known one which has all of its keys."""
    stored: dict[tuple[str, ...], int] = {}
    for index, row in enumerate(before):
        stored.setdefault(row[:4], index)
    return {index: stored.pop(row[:4]) for index, row in enumerate(now) if row[:4] in stored}


def _alone(rows: Sequence[_Row], fields: str) -> dict[tuple[str, ...], int]:
    """By their values of these fields, all of them there, the indexes of the rows that share them with no other.

    Counted over all rows, matched or not: a page to which many items link tells nothing of the last one that is left.
    """
    indexes: dict[tuple[str, ...], int] = {}
    several = set()
    columns = [map(attrgetter(field), rows) for field in fields.split()]
    for index, key in enumerate(zip(*columns, strict=True)):
        if "" in key:
            continue
        if key in indexes:
            several.add(key)
        indexes[key] = index
    for key in several:
        del indexes[key]
    return indexes


class _Pair(NamedTuple):
    """A told and a known item that may be one. ``retold``: another told item is what the known one was."""

    told: Told
    known: Known
    now: _Row
    before: _Row
    retold: bool

    def agree(self, field: str) -> bool:
        return getattr(self.now, field) == getattr(self.before, field) != ""

    def contradict(self, field: str) -> bool:
        return "" != getattr(self.now, field) != getattr(self.before, field) != ""

    def alike(self) -> bool:
        return self.agree("title") or alike(self.told.title, self.known.title)


def _always(_: _Pair) -> bool:
    return True


def _by_guid_and_more(pair: _Pair) -> bool:
    """GUIDs may number a list, and move on with it; addresses, where there are any, were asked before."""
    return not pair.retold or pair.agree("address") or pair.contradict("address")


def _by_guid(pair: _Pair) -> bool:
    """Two items that share a GUID and differ are two."""
    if not _by_guid_and_more(pair):
        return False
    if pair.agree("text") or pair.alike():
        return True
    if pair.agree("address"):
        # An address that merely repeats the GUID says nothing more.
        repeats = normalised(pair.told.guid) == normalised(pair.told.address)
        return not repeats or not pair.contradict("published")
    if pair.contradict("address"):
        beyond = beyond_host(normalised(pair.told.address))
        return beyond != "" and beyond == beyond_host(normalised(pair.known.address))
    return not pair.contradict("published")


def _by_address_and_title(pair: _Pair) -> bool:
    """A GUID that changed may be one of those that change at each fetch; with another date and text it is not."""
    return not all(pair.contradict(field) for field in ("guid", "published", "text"))


def _by_address_and_date(pair: _Pair) -> bool:
    return not pair.contradict("guid") or pair.alike()


def _by_address(pair: _Pair) -> bool:
    """An address alone, of more than a site's front page."""
    if not beyond_host(normalised(pair.told.address)):
        return False
    if pair.agree("text"):
        return True
    if pair.contradict("guid"):
        return pair.alike() and not pair.contradict("published")
    return pair.alike() or not pair.contradict("published")


def _by_place(pair: _Pair) -> bool:
    """The site moved to another host, and its GUIDs with it."""
    if pair.agree("text") or pair.agree("published"):
        return True
    return pair.now.title != "" and not pair.contradict("published")


def _by_content(pair: _Pair) -> bool:
    """The same title and text, where GUID or address changed: once more, or moved?"""
    if not pair.contradict("guid") and not pair.contradict("address"):
        return True
    if pair.contradict("published"):
        return False
    if len(_squeezed(pair.told.text)) >= OWN_TEXT:
        return True
    telling = len(_squeezed(pair.told.title)) + len(_squeezed(pair.told.text)) >= HEADLINE
    return not pair.contradict("address") and (telling or pair.agree("published"))


# From what says most to what says least. Each joins those that alone have these things in common.
_ROUNDS: tuple[tuple[str, Callable[[_Pair], bool]], ...] = (
    ("guid content", _always),
    ("address content", _always),
    ("address title", _by_address_and_title),
    ("address published", _by_address_and_date),
    ("guid title", _by_guid_and_more),
    ("guid published", _by_guid_and_more),
    ("guid", _by_guid),
    ("address", _by_address),
    ("place published", _by_place),
    ("place", _by_place),
    ("content published", _by_content),
    ("content", _by_content),
)


def _squeezed(text: str) -> str:
    return " ".join(text.split()).casefold()


def _digest(*parts: str) -> str:
    # No part holds a line's end: they were squeezed, or are one address.
    text = "\n".join(parts)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
