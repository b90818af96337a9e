"""What changed lately, as far as this process has seen it: what did not change need not be asked for again.

One indexed question for each new position, whatever there is; then counts, names and redirects of an earlier position
hold as far as nothing that they rest on is among the changes since.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

# So many changes are remembered, and what rests on them is asked for anew after so long: nothing wrong stays for ever.
MOST = 500
SECONDS = 3600
_CHANGES = """
    SELECT position, moment, kind, document FROM editorial_change
    WHERE position BETWEEN $1 AND $2 ORDER BY position LIMIT $3
"""


class Seen(NamedTuple):
    position: int
    moment: datetime
    kind: str
    document: UUID


@dataclass(frozen=True, eq=False)
class Lately:
    """The changes up to a position, oldest first, without a gap. ``epoch``: another one where the memory began anew."""

    changes: tuple[Seen, ...] = ()
    epoch: object = field(default_factory=object)
    began: float = field(default_factory=time.monotonic)

    @property
    def position(self) -> int:
        return self.changes[-1].position if self.changes else 0

    def since(self, position: int, epoch: object) -> tuple[Seen, ...] | None:
        """What changed after a position that was the last one then; None where that is not remembered, or not yet."""
        if epoch is not self.epoch or not self.changes:
            return None
        if not self.changes[0].position <= position <= self.position:
            return None
        return tuple(seen for seen in self.changes if seen.position > position)

    def ends(self, position: int, moment: datetime | None) -> bool:
        return self.changes[-1][:2] == (position, moment) if self.changes else position == 0

    def before(self, position: int) -> Lately:
        """Without what came after the position."""
        return Lately(
            tuple(seen for seen in self.changes if seen.position <= position), self.epoch, self.began
        )

    def grown(self, position: int) -> Lately:
        """With what came since, up to the position; a new one, where that is too much, or where these are no more."""
        if self.changes and self.position < position:
            began, *after = _between(self.position, position) or [None]
            # A database that was restored and went another way knows no such moment.
            if began and began[:2] == self.changes[-1][:2] and len(after) < MOST:
                return Lately((*self.changes, *after)[-MOST:], self.epoch, self.began)
        return Lately(_between(position, position))


class _Memory:
    """This process's: whichever thread saw something last."""

    def __init__(self) -> None:
        self.lately = Lately()

    def upto(self, position: int, moment: datetime | None) -> Lately:
        """The changes up to what is, or a moment ago was, the last public position."""
        known = self.lately
        if time.monotonic() - known.began > SECONDS:
            known = Lately()
        found = known.before(position) if known.position > position else known
        if not found.ends(position, moment):
            self.lately = found = known.grown(position)
        return found


class Mirror:
    """Values of documents as they are at the last position that somebody asked at; what changed is forgotten."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, threading.Lock()
        self._values: dict[UUID, Any] = {}
        self._lately = Lately()

    def find(self, lately: Lately, documents: Iterable[UUID]) -> dict[UUID, Any]:
        """The values that are known; none, for who is behind."""
        with self._lock:
            self._catch_up(lately)
            if not self._stands(lately):
                return {}
            return {document: self._values[document] for document in documents if document in self._values}

    def keep(self, lately: Lately, values: Mapping[UUID, Any]) -> None:
        """What was found at this position, unless others have gone on."""
        with self._lock:
            if self._stands(lately):
                if len(self._values) > self._most:
                    self._values.clear()
                self._values.update(values)

    def clear(self) -> None:
        with self._lock:
            self._values.clear()

    def _stands(self, lately: Lately) -> bool:
        return lately.position == self._lately.position and lately.epoch is self._lately.epoch

    def _catch_up(self, lately: Lately) -> None:
        if lately.epoch is self._lately.epoch and lately.position <= self._lately.position:
            return
        since = lately.since(self._lately.position, self._lately.epoch)
        if since is None:
            self._values.clear()
        else:
            for seen in since:
                self._values.pop(seen.document, None)
        self._lately = lately


def _between(first: int, last: int) -> tuple[Seen, ...]:
    rows = connection.rows(_CHANGES, first, last, MOST + 1)  # type: ignore[attr-defined]
    return tuple(
        Seen(int(position), datetime.fromisoformat(moment), kind, UUID(document))
        for position, moment, kind, document in rows
    )


memory = _Memory()
