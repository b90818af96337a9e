"""What was merged into what, at a position: references are resolved by it when they are read, through one hop."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from editorial.lately import Lately
from editorial.models.change import MERGING
from editorial.models.edition import Edition, EditionQuerySet

_VALID = "SELECT document, target, position FROM editorial_redirect WHERE validity @> %s::bigint"


@dataclass(frozen=True, slots=True)
class Redirects:
    """Of all types at once, since no two documents have one id: a page that names three types asks once.

    ``winners``: for each document that was merged at the position, the one that stands for it, with chains flattened.
    ``merges``: for each of them the position of its merge.
    """

    winners: Mapping[UUID, UUID]
    merges: Mapping[UUID, int]

    @classmethod
    def at(cls, position: int) -> Redirects:
        """Those that are valid at the position: one indexed query."""
        with connection.cursor() as cursor:
            cursor.execute(_VALID, [position])
            rows = cursor.fetchall()
        targets = {document: target for document, target, _ in rows}
        winners = {document: _end(document, targets) for document in targets}
        return cls(winners, {document: merge for document, _, merge in rows})

    @classmethod
    def lately(cls, lately: Lately) -> Redirects:
        """Those of the present: as they were known, where nothing was merged or unmerged since."""
        global _known
        redirects, position, epoch = _known
        since = lately.since(position, epoch)
        if since is None or any(seen.kind in MERGING for seen in since):
            redirects = cls.at(lately.position)
        _known = redirects, lately.position, lately.epoch
        return redirects

    def winner(self, document: UUID) -> UUID:
        """Who stands for the document; itself, where it was not merged."""
        return self.winners.get(document, document)

    def all_of(self, document: UUID) -> set[UUID]:
        """Every id that means the same as this one: the winner’s, and those of all that was merged into it."""
        winner = self.winner(document)
        return {winner, *(lost for lost, end in self.winners.items() if end == winner)}

    def named(self, field: str, name: str, document: UUID) -> Q:
        """Rows whose list ``field`` has an item that names the document, under any of its ids, as ``name``."""
        found = Q()
        for key in sorted(self.all_of(document)):
            found |= Q(**{f"{field}__contains": [{name: str(key)}]})
        return found

    def lost(self, model: type[Edition], into: Collection[UUID] | None = None) -> EditionQuerySet:
        """The editions that ended with a merge, into these documents or into any: they hold the losing names."""
        merges = {d: merge for d, merge in self.merges.items() if into is None or self.winners[d] in into}
        ended: EditionQuerySet = model._default_manager.filter(
            document__in=list(merges), valid_to__in=list(merges.values())
        )
        return ended

    def found(
        self, rows: EditionQuerySet, narrow: Callable[[EditionQuerySet], EditionQuerySet]
    ) -> EditionQuerySet:
        """Those of the rows that ``narrow`` leaves, and those for whose losing names it leaves something.

        A withdrawal that hides the winner's other names hides these too.
        """
        found, lost = narrow(rows), narrow(self.lost(rows.model))
        winners = {self.winner(document) for document in lost.values_list("document", flat=True)}
        return found | rows.filter(document__in=winners, hidden=False) if winners else found

    def search(self, rows: EditionQuerySet, text: str) -> EditionQuerySet:
        """Those of the rows that hold all words of the text, or stand for something that holds them."""
        return self.found(rows, lambda editions: editions.search(text))


# Those of a position that was the last one then, in an epoch of what this process remembers.
_known: tuple[Redirects, int, object] = Redirects({}, {}), 0, None


def _end(document: UUID, targets: Mapping[UUID, Any]) -> UUID:
    """The end of a chain. There is one: only what is public and not merged can be merged into."""
    while document in targets:
        document = targets[document]
    return document
