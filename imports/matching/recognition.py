"""Actors that a text names, by any name in any script; keywords; and what makes a text relevant, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from actors.models.edition import Actor
from editorial.reading import last_public
from imports.matching.lookup import Lookup

ACTOR_POINTS = 2
_LISTED = 5

# Its word, its points, the id of the category it proposes or "".
Keyword = tuple[str, int, str]
# An actor's id and all its names.
Row = tuple[str, Iterable[str]]


@dataclass(frozen=True, slots=True)
class Found:
    """An actor named at ``text[start:end]``, as it is written there."""

    id: str
    name: str
    start: int
    end: int


class Names:
    """Finds the actors of these rows. What two actors are called by is found for both.

    ``called``: by an actor's id all its names.
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        self.called = {key: sorted({name.strip() for name in names} - {""}) for key, names in rows}
        self._ids: dict[str, list[str]] = {}
        for key, names in self.called.items():
            for name in names:
                self._ids.setdefault(name, []).append(key)
        self._lookup = Lookup(self._ids)

    def find(self, text: str) -> list[Found]:
        """Every place where an actor is named, from the text's beginning; of names that overlap the longest."""
        found: dict[Found, None] = {}
        for stand in self._lookup.find(text):
            for key in self._ids[stand.word]:
                found[Found(key, stand.written, stand.start, stand.end)] = None
        return list(found)


def public_names() -> Names:
    """The names of all public actors; read anew when something was published. One query, else two."""
    return _names(last_public().position)


@lru_cache(maxsize=1)
def _names(position: int) -> Names:
    rows = Actor.objects.live(position).values_list("document", "title", "name_zh", "pinyin", "aliases")
    return Names((str(key), [title, zh, pinyin, *aliases]) for key, title, zh, pinyin, aliases in rows)


def relevance(
    found: Iterable[Found], keywords: Sequence[Keyword], title: str, text: str
) -> tuple[int, list[str]]:
    """Points, and what they are for: each actor once, each keyword once, and twice as much in the title."""
    names: dict[str, str] = {}
    for item in found:
        names.setdefault(item.id, item.name)
    score = ACTOR_POINTS * len(names)
    reasons = [_named(list(names.values()))] if names else []
    in_title, anywhere = _standing(keywords, title), _standing(keywords, f"{title}\n{text}")
    for word, points, _ in keywords:
        if word in in_title:
            score += 2 * points
            reasons.append(f"keyword {word} in the title")
        elif word in anywhere:
            score += points
            reasons.append(f"keyword {word}")
    return score, reasons


def categories(keywords: Sequence[Keyword], title: str, text: str) -> list[str]:
    """The ids of the categories whose keywords stand in the title or the text."""
    standing = _standing(keywords, f"{title}\n{text}")
    return list(dict.fromkeys(category for word, _, category in keywords if category and word in standing))


def _named(names: list[str]) -> str:
    listed = ", ".join(names[:_LISTED]) + ("…" if len(names) > _LISTED else "")
    return f"names {len(names)} actor{'s' if len(names) > 1 else ''}: {listed}"


def _standing(keywords: Sequence[Keyword], text: str) -> set[str]:
    return {stand.word for stand in _lookup(tuple(word for word, _, _ in keywords)).find(text)}


@lru_cache(maxsize=4)
def _lookup(words: tuple[str, ...]) -> Lookup:
    return Lookup(words)
