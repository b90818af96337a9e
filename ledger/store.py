"""Writing the log. Only dispatch and the command `erase` may import this."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connections
from psycopg import Cursor

from ledger.canonical import NotStorable, canonical
from ledger.log import Recorded

_CONFLICT = "LG409"
_APPEND = "SELECT first_position, moment FROM ledger_append(%s, %s, %s, %b, %b, %b)"


@dataclass(frozen=True, slots=True)
class NewEvent:
    type: str
    data: Mapping[str, Any]
    metadata: Mapping[str, Any] = field(default_factory=dict)


class VersionConflict(Exception):
    """The stream has moved: its version is ``actual``."""

    def __init__(self, stream: UUID, expected: int, actual: int) -> None:
        super().__init__(f"stream {stream} is at version {actual}, not {expected}")
        self.stream, self.expected, self.actual = stream, expected, actual


def lock(using: str) -> None:
    """Hold all appends back until this transaction ends."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7236837, 1)")


def append(
    using: str, *, stream: UUID, expected_version: int, actor: UUID, events: Sequence[NewEvent]
) -> list[Recorded]:
    """Append to a stream inside the caller's transaction, which must be READ COMMITTED.

    Raises NotStorable, naming the field; VersionConflict, after which the transaction can only be rolled back.
    """
    texts = [_text(event.data, event.metadata) for event in events]
    salts = [secrets.token_bytes(32) for _ in events]
    types = [event.type for event in events]
    position, moment = _append(using, stream, expected_version, actor, types, texts, salts)
    return [
        Recorded(
            position + n,
            stream,
            expected_version + n + 1,
            event.type,
            moment,
            actor,
            event.data,
            event.metadata,
        )
        for n, event in enumerate(events)
    ]


def erase_data(
    using: str,
    *,
    stream: UUID,
    expected_version: int,
    actor: UUID,
    data: Mapping[str, Any],
    metadata: Mapping[str, Any],
    replacements: Mapping[int, Mapping[str, Any]],
) -> Recorded:
    """Replace the texts of some positions, and append the `erased` event that says so, to this stream.

    ``replacements``: by position, what stands in place of {"data", "metadata"}. ``using`` is the owner's connection.
    """
    new = {position: (canonical(value), secrets.token_bytes(32)) for position, value in replacements.items()}
    redacted = [
        {"position": position, "commitment": commitment(salt, text).hex()}
        for position, (text, salt) in sorted(new.items())
    ]
    event = NewEvent("erased", {**data, "redacted": redacted}, metadata)
    (recorded,) = append(using, stream=stream, expected_version=expected_version, actor=actor, events=[event])
    with connections[using].cursor() as cursor:
        cursor.executemany(
            "UPDATE ledger_event_data SET text = %s, salt = %s WHERE position = %s",
            [(text, salt, position) for position, (text, salt) in new.items()],
        )
    return recorded


def commitment(salt: bytes, text: str) -> bytes:
    """What the header keeps of an event's text."""
    return hashlib.sha256(salt + text.encode()).digest()


def _text(data: Mapping[str, Any], metadata: Mapping[str, Any]) -> str:
    try:
        return canonical({"data": data, "metadata": metadata})
    except NotStorable:
        canonical(data)  # names the fault by its field's own path
        raise


def _append(using: str, stream: UUID, expected: int, actor: UUID, *arrays: list[Any]) -> tuple[int, Any]:
    connection = connections[using]
    if not connection.in_atomic_block:
        raise RuntimeError("append to the log inside a transaction")
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    try:
        # The driver's own cursor sends the arrays beside the statement; Django's would write them into its text.
        with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
            cursor.execute(_APPEND, [stream, expected, actor, *arrays])
            row: tuple[int, Any] = cursor.fetchone()  # type: ignore[assignment]
            return row
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) == _CONFLICT:
            actual = int(error.__cause__.diag.message_primary)  # type: ignore[union-attr]
            raise VersionConflict(stream, expected, actual) from error
        raise
