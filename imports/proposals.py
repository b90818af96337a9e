"""What is proposed for an item: the actors that it names, categories, and how relevant it is, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from imports.matching.recognition import Names, current_names, relevance
from imports.matching.terms import terms
from imports.models import Keyword

MAX_ACTORS = 50


@dataclass(frozen=True, slots=True)
class Proposal:
    """Ids as texts. ``reasons``: sentences that say where the score comes from."""

    actors: tuple[str, ...]
    categories: tuple[str, ...]
    terms: tuple[str, ...]
    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Proposer:
    """What is known of actors and keywords, read once for many items."""

    names: Names
    keywords: tuple[tuple[str, int, str], ...]

    @classmethod
    def current(cls) -> Self:
        rows = Keyword.objects.values_list("word", "points", "category")
        return cls(
            current_names(), tuple((word, points, str(category or "")) for word, points, category in rows)
        )

    def propose(self, told: Mapping[str, Any]) -> Proposal:
        title, text = told["title"], told["text"]
        found = self.names.find(f"{title}\n{text}")
        weighed = relevance(found, self.keywords, title, text)
        actors = tuple(dict.fromkeys(str(name.id) for name in found))[:MAX_ACTORS]
        return Proposal(
            actors, weighed.categories, tuple(sorted(set(terms(title, text)))), weighed.score, weighed.reasons
        )
