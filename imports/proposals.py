"""What is proposed for an item: the actors that it names, categories, and how relevant it is, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from imports.matching.recognition import Names, categories, public_names, relevance
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
        keywords = tuple((word, points, str(category or "")) for word, points, category in rows)
        return cls(public_names(), keywords)

    def propose(self, told: Mapping[str, Any]) -> Proposal:
        """For an item as imports.parsing gives it."""
        title, text = told["title"], told["text"]
        found = self.names.find(f"{title}\n{text}")
        score, reasons = relevance(found, self.keywords, title, text)
        return Proposal(
            actors=tuple(dict.fromkeys(name.id for name in found))[:MAX_ACTORS],
            categories=tuple(categories(self.keywords, title, text)),
            terms=tuple(terms(title, text)),
            score=score,
            reasons=tuple(reasons),
        )
