"""Where a page of a list begins, in a text that clients pass back and that nobody can forge into a fault."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, DateField, DateTimeField, Field, PositiveSmallIntegerField, Q

NO_CURSOR = "This is no cursor of this list."
_BYTES = 6  # as many as base64 needs no padding for


def cursor_at(position: int) -> str:
    """A public position as programs pass it back: of letters, digits, - and _ alone."""
    return base64.urlsafe_b64encode(position.to_bytes(_BYTES)).decode()


def position_at(cursor: str) -> int:
    """The position of a cursor. Raises ValueError for anything that ``cursor_at`` did not give."""
    try:
        raw = base64.b64decode(cursor, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("no cursor") from error
    position = int.from_bytes(raw)
    if cursor_at(position if len(raw) == _BYTES else 0) != cursor:
        raise ValueError("no cursor")
    return position


def text_of(value: Any) -> str | None:
    """A column's value as a cursor holds it."""
    if value is None or isinstance(value, str):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)


def _small(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) < 2**15):
        raise ValueError("no cursor")
    return int(text)


def _position(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise ValueError("no cursor")
    return int(text)


PARSERS: dict[type[Field], Callable[[str], Any]] = {
    BigIntegerField: _position,
    DateField: date.fromisoformat,
    DateTimeField: datetime.fromisoformat,
    PositiveSmallIntegerField: _small,
}


def reader(field: Field) -> Callable[[str], Any]:
    """Reads a value of the column from its text. Raises ValueError."""
    return PARSERS.get(type(field), str)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins: behind this row of this ordering, at the position at which paging began.

    ``of``: the list and its filters, which no other may be gone through with it.
    """

    of: str
    ordering: str
    position: int
    value: str | None
    document: str
    backwards: bool

    def encode(self) -> str:
        parts = [self.of, self.ordering, self.position, self.value, self.document, self.backwards]
        return (
            base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode().rstrip("=")
        )

    @classmethod
    def decode(cls, text: str) -> Cursor:
        """Raises ValueError for anything that ``encode`` did not give."""
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            of, ordering, position, value, document, backwards = json.loads(raw.decode())
        except (binascii.Error, ValueError, TypeError, RecursionError) as error:
            raise ValueError("no cursor") from error
        cursor = cls(str(of), str(ordering), position, value, str(UUID(str(document))), backwards is True)
        if type(position) is not int or not 0 < position < 2**62 or cursor.encode() != text:
            raise ValueError("no cursor")
        return cursor

    def value_in(self, field: Field) -> Any:
        """The value as the column that is ordered by holds it. Raises ValueError."""
        if self.value is None:
            return None
        if not isinstance(self.value, str) or "\x00" in self.value:
            raise ValueError("no cursor")
        self.value.encode()  # lone surrogates are a ValueError
        value = reader(field)(self.value)
        if self.value not in (str(value), text_of(value)):
            raise ValueError("no cursor")
        if isinstance(value, datetime) and value.utcoffset() != timedelta(0):
            raise ValueError("no cursor")
        return value


def behind(column: str, value: Any, cursor: Cursor, *, downwards: bool) -> Q:
    """Rows behind the cursor. Missing values stand last in every list, so that who goes backwards meets them first."""
    way = "lt" if downwards else "gt"
    same, missing = Q(**{f"document__{way}": cursor.document}), Q(**{f"{column}__isnull": True})
    if value is None:
        return missing & same | ~missing if cursor.backwards else missing & same
    further = Q(**{f"{column}__{way}": value})
    return (further if cursor.backwards else further | missing) | Q(**{column: value}) & same
