"""Reading the log."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connections

_COLUMNS = "e.position, e.stream, e.version, e.type, e.recorded_at, e.actor, d.text"
_JOIN = "ledger_event e JOIN ledger_event_data d ON d.position = e.position"


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as it stands in the log. ``version`` counts in its stream from 1; ``recorded_at`` is aware."""

    position: int
    stream: UUID
    version: int
    type: str
    recorded_at: datetime
    actor: UUID
    data: Mapping[str, Any]
    metadata: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Head:
    position: int
    recorded_at: datetime
    digest: bytes


def head(using: str = "default") -> Head | None:
    """The last event's position, moment and digest; None where the log is empty."""
    rows = _rows(
        using, "SELECT position, recorded_at, digest FROM ledger_event ORDER BY position DESC LIMIT 1", []
    )
    return Head(rows[0][0], rows[0][1], bytes(rows[0][2])) if rows else None


def position_at(moment: datetime, using: str = "default") -> int:
    """The highest position recorded at this moment or before; 0 if there is none."""
    sql = "SELECT position FROM ledger_event WHERE recorded_at <= %s ORDER BY recorded_at DESC, position DESC LIMIT 1"
    rows = _rows(using, sql, [moment])
    return int(rows[0][0]) if rows else 0


def stream(stream_id: UUID, after_version: int = 0, using: str = "default") -> list[Recorded]:
    """A stream's events in order."""
    sql = f"SELECT {_COLUMNS} FROM {_JOIN} WHERE e.stream = %s AND e.version > %s ORDER BY e.version"
    return [_recorded(row) for row in _rows(using, sql, [stream_id, after_version])]


def read(
    after: int = 0, upto: int | None = None, batch: int = 2_000, using: str = "default"
) -> Iterator[Recorded]:
    """The whole log in order, from the position behind ``after`` to ``upto``, fetched ``batch`` by batch."""
    sql = f"SELECT {_COLUMNS} FROM {_JOIN} WHERE e.position > %s AND e.position <= %s ORDER BY e.position LIMIT %s"
    end = 2**62 if upto is None else upto
    while rows := _rows(using, sql, [after, end, batch]):
        yield from map(_recorded, rows)
        after = rows[-1][0]


def _rows(using: str, sql: str, parameters: list[Any]) -> list[Any]:
    with connections[using].cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


class Unreadable(ValueError):
    """The text of an event is none that an append could have written."""

    def __init__(self, position: int) -> None:
        super().__init__(f"the text of position {position} cannot be read")
        self.position = position


def _recorded(row: tuple[Any, ...]) -> Recorded:
    position, stream_id, version, type_name, moment, actor, text = row
    try:
        parts = json.loads(text)
        data, metadata = parts["data"], parts["metadata"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Unreadable(position) from error
    return Recorded(position, stream_id, version, type_name, moment, actor, data, metadata)
