"""How many editions a choice leaves at a position: counted whole once, and from then on by what changed since.

Counting takes as long as there are rows; what changed between two positions is little, whatever else there is.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from editorial.kept import AtHand
from editorial.models.change import HIDING, Kind
from editorial.models.edition import EditionQuerySet
from editorial.reading import AsOf, etag, settled

counts = AtHand(4_000_000)
# These leave as many documents as there were.
_LEAVING_AS_MANY = frozenset({Kind.REVISED, Kind.CORRECTED, Kind.RENAMED})


@dataclass(frozen=True, slots=True)
class Counted:
    """So many, when the last public position was this one, in an epoch of what this process remembers."""

    number: int
    position: int
    epoch: object


def count(rows: EditionQuerySet, as_of: AsOf) -> int:
    """How many of the rows were public at the position. ``rows``: of every position, narrowed as somebody chose."""
    try:
        name = _name(rows)
    except EmptyResultSet:
        return 0
    if not as_of.present:
        # In a database that was restored, another state may have this position.
        return _of_the_past((name, as_of.position, as_of.moment, etag(settled(), "")), rows, as_of)
    known: Counted | None = counts.find(name)
    number = _since(known, rows, as_of) if known else None
    if number is None:
        number = rows.live(as_of.position).count()
    _keep(name, Counted(number, as_of.position, as_of.lately.epoch))
    return number


def _of_the_past(name: Hashable, rows: EditionQuerySet, as_of: AsOf) -> int:
    found: int | None = counts.find(name)
    if found is None:
        found = rows.live(as_of.position).count()
        _keep(name, found)
    return found


def _keep(name: Hashable, found: Any) -> None:
    counts.keep(name, found, 400 + len(str(name)))


def _name(rows: EditionQuerySet) -> str:
    """The choice itself, in whichever words it was asked for. Raises EmptyResultSet where nothing can be left."""
    if not rows.query.where:
        return rows.model._meta.label
    question = rows.values("pk").query.sql_with_params()
    return str(connection.ops.compose_sql(*question))  # type: ignore[attr-defined]


def _since(known: Counted, rows: EditionQuerySet, as_of: AsOf) -> int | None:
    """What was counted, and what that changed since then adds to it; None where all has to be counted."""
    since = as_of.lately.since(known.position, known.epoch)
    # What hides may change rows of the past as well, so that what was counted of them no longer holds.
    if since is None or any(seen.kind in HIDING for seen in since):
        return None
    if not since or (not rows.query.where and all(seen.kind in _LEAVING_AS_MANY for seen in since)):
        return known.number
    changed = rows.filter(document__in={seen.document for seen in since}, withdrawn=False)
    spans = list(changed.values_list("valid_from", "valid_to"))
    then, now = (
        sum(start <= position and (end is None or position < end) for start, end in spans)
        for position in (known.position, as_of.position)
    )
    return known.number - then + now
