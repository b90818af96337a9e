"""What a server says of when to come again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def retry_after(headers: Mapping[str, str], now: datetime) -> float:
    """For how many seconds the server wants to be left alone; 0 where it does not say (RFC 9110, 10.2.3).

    ``headers`` by their names in small letters.
    """
    wait = headers.get("retry-after", "").strip()
    if is_number(wait):
        return float(wait)
    return max((_moment(wait, now) - now).total_seconds(), 0.0) if wait else 0.0


def is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _moment(text: str, otherwise: datetime) -> datetime:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return otherwise
    return found if found.tzinfo else found.replace(tzinfo=UTC)
