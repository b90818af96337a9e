"""Recompute the whole log from every stored column and from the texts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connections

from ledger.canonical import NotStorable, canonical
from ledger.store import commitment

GENESIS = bytes(32)
# The lowest that a column can hold is below the first position, and above this.
BEFORE_ALL, AFTER_ALL = -(2**63), 2**63 - 1
_BATCH = 5_000
_SQL = """
    SELECT coalesce(e.position, d.position), e.position, e.stream, e.version, e.type,
           to_char(e.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), e.actor,
           e.commitment, e.leaf, e.digest, d.text, d.salt
    FROM (SELECT * FROM ledger_event
          WHERE position > %(after)s AND position <= %(upto)s ORDER BY position LIMIT %(batch)s) e
    FULL JOIN (SELECT * FROM ledger_event_data
               WHERE position > %(after)s AND position <= %(upto)s ORDER BY position LIMIT %(batch)s) d
    USING (position)
    ORDER BY 1 LIMIT %(batch)s
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and at which position."""

    position: int
    text: str

    def __str__(self) -> str:
        return f"Position {self.position}: {self.text}"


@dataclass(frozen=True, slots=True)
class Row:
    """A position of both tables; a side that is missing is None."""

    at: int
    position: int | None
    stream: UUID
    version: int
    type: str
    recorded_at: str | None  # as the leaf has it, since not all that a column can hold is a moment for Python
    actor: UUID
    commitment: bytes
    leaf: bytes
    digest: bytes
    text: str | None
    salt: bytes | None


@dataclass(slots=True)
class _Walk:
    """What is carried from one position to the next."""

    position: int = 0
    digest: bytes = GENESIS
    moment: str = ""
    versions: dict[UUID, int] = field(default_factory=dict)
    erased: dict[int, tuple[str, int]] = field(default_factory=dict)
    open_commitments: dict[int, bytes] = field(default_factory=dict)
    expected: bool = False


def verify(using: str = "default", expect: tuple[int, bytes] | None = None) -> list[Fault]:
    """Every fault of the log, in order. ``expect``: a position and its digest, as an outside copy has them."""
    walk = _Walk()
    faults = [fault for row in _rows(using) for fault in _check(row, walk, expect)]
    faults += _unanswered(walk)
    if expect and not walk.expected:
        faults.append(
            Fault(walk.position + 1, f"the log ends at {walk.position}, before the expected {expect[0]}.")
        )
    return sorted(faults, key=lambda fault: fault.position)


def _rows(using: str, after: int = BEFORE_ALL, upto: int = AFTER_ALL) -> Iterator[Row]:
    while True:
        with connections[using].cursor() as cursor:
            cursor.execute(_SQL, {"after": after, "upto": upto, "batch": _BATCH})
            rows = cursor.fetchall()
        yield from (Row(*map(_plain, row)) for row in rows)
        if not rows:
            return
        after = rows[-1][0]


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _check(row: Row, walk: _Walk, expect: tuple[int, bytes] | None) -> Iterator[Fault]:
    if row.position is None:
        yield Fault(row.at, "there is a text, and no event.")
        return
    if row.position < 1:
        yield Fault(row.at, "the log begins at position 1.")
        return
    if row.position != walk.position + 1:
        yield Fault(walk.position + 1, f"the next position is {row.position}: events are missing.")
    yield from _check_order(row, walk)
    yield from _check_digests(row, walk)
    yield from _check_text(row, walk)
    if expect and expect[0] == row.position:
        walk.expected = True
        if expect[1] != row.digest:
            yield Fault(row.position, f"the digest is {row.digest.hex()}, and {expect[1].hex()} is expected.")
    walk.position, walk.digest, walk.moment = row.position, row.digest, row.recorded_at or ""
    walk.versions[row.stream] = row.version


def _check_order(row: Row, walk: _Walk) -> Iterator[Fault]:
    before = walk.versions.get(row.stream, 0)
    if row.version != before + 1:
        yield Fault(row.at, f"stream {row.stream} goes from version {before} to {row.version}.")
    if (row.recorded_at or "") < walk.moment:
        yield Fault(row.at, "its moment is earlier than that of the position before.")


def _check_digests(row: Row, walk: _Walk) -> Iterator[Fault]:
    if row.leaf != leaf(row):
        yield Fault(row.at, "the leaf is not that of the header: a column was changed.")
    if row.digest != hashlib.sha256(walk.digest + row.leaf).digest():
        yield Fault(row.at, "the digest does not follow from the one before.")


def leaf(row: Row) -> bytes:
    """SHA-256(0x00 || header): what sql/append.sql computes."""
    header = [
        row.position,
        str(row.stream),
        row.version,
        row.type,
        row.recorded_at,
        str(row.actor),
        row.commitment.hex(),
    ]
    return hashlib.sha256(b"\x00" + json.dumps(header, separators=(",", ":")).encode()).digest()


def _check_text(row: Row, walk: _Walk) -> Iterator[Fault]:
    if row.text is None or row.salt is None:
        yield Fault(row.at, "its text is missing.")
        return
    if fault := _malformed(row.text):
        yield Fault(row.at, fault)
    elif row.type == "erased":
        yield from _note_erasures(row, walk)
    actual = commitment(row.salt, row.text)
    if actual != row.commitment:
        # Right only if a later event says that this text was erased.
        walk.open_commitments[row.at] = actual


def _malformed(text: str) -> str | None:
    try:
        parts = json.loads(text)
        if canonical(parts) == text and set(parts) == {"data", "metadata"}:
            return None
    except (ValueError, NotStorable, RecursionError, TypeError):
        pass
    return "its text is not in canonical form."


def _note_erasures(row: Row, walk: _Walk) -> Iterator[Fault]:
    try:
        named = _redacted(row.text or "")
        walk.erased |= {at: (new, row.at) for at, new in named.items() if at < row.at}
    except (KeyError, TypeError, ValueError):
        yield Fault(row.at, "it says that texts were erased, and not which.")


def _redacted(text: str) -> dict[int, str]:
    """What an `erased` event names: by position, the new commitment. Raises KeyError, TypeError or ValueError."""
    return {item["position"]: item["commitment"] for item in json.loads(text)["data"]["redacted"]}


def _unanswered(walk: _Walk) -> Iterator[Fault]:
    """Texts that are neither what their header committed to, nor what the last erasure put in their place."""
    for position, actual in walk.open_commitments.items():
        if position not in walk.erased:
            yield Fault(position, "the text or its salt was changed, and no event says so.")
        elif walk.erased[position][0] != actual.hex():
            yield Fault(
                position,
                f"the text is not the one that its erasure, position {walk.erased[position][1]}, left.",
            )
    for position, (_, by) in walk.erased.items():
        if position not in walk.open_commitments:
            yield Fault(position, f"the text that position {by} erased is still there.")


def verify_at(position: int, using: str = "default") -> list[Fault]:
    """The faults of one event, and whether the one before it is there; what was erased since counts as whole."""
    rows = {row.at: row for row in _rows(using, position - 2, position)}
    row, before = rows[position], rows.get(position - 1)
    walk = _Walk(versions={row.stream: row.version - 1})
    if before and before.position is not None and before.text is not None:
        walk.position, walk.digest, walk.moment = before.at, before.digest, before.recorded_at or ""
    elif position > 1:
        return [Fault(position - 1, "the event or its text is missing.")]
    faults = list(_check(row, walk, None))
    actual = walk.open_commitments.get(position)
    if actual and not _erased(row, actual, using):
        faults.append(Fault(position, "the text or its salt was changed, and no event says so."))
    return faults


def _erased(row: Row, actual: bytes, using: str) -> bool:
    """Whether an `erased` event of the row's stream put the text there."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT d.text FROM ledger_event e JOIN ledger_event_data d USING (position) "
            "WHERE e.stream = %s AND e.type = 'erased'",
            [row.stream],
        )
        texts = [text for (text,) in cursor.fetchall()]
    for text in texts:
        with suppress(KeyError, TypeError, ValueError):  # its own position tells
            if _redacted(text).get(row.at) == actual.hex():
                return True
    return False
