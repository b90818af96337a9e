"""What this process rendered before: answers under their validators.

A validator comes from the database and moves with what is public, so that what is kept can be lost and can never bring
an old state back: what was withdrawn or erased is asked for by nobody any more, and is gone within the hour.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable
from contextlib import suppress
from typing import Any

from cachetools import TTLCache
from django.http import HttpResponse

SECONDS = 3600
LONGEST = 1_000_000  # bytes
AROUND = 4_000  # bytes that an answer takes besides its text, headers and name


class AtHand:
    """Values by their names, so many bytes of them at most: what was not asked for longest goes first."""

    def __init__(self, most: int) -> None:
        self._kept: TTLCache[Hashable, tuple[Any, int]] = TTLCache(
            most, SECONDS, getsizeof=lambda kept: kept[1]
        )
        self._lock = threading.Lock()

    def find(self, name: Hashable) -> Any:
        """The value, or None."""
        with self._lock:
            found = self._kept.get(name)
        return found and found[0]

    def keep(self, name: Hashable, value: Any, size: int) -> None:
        """``size``: of the value, in bytes; what is larger than all that may be kept is not."""
        with self._lock, suppress(ValueError):
            self._kept[name] = value, size

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()


# By the validator in the encoding in which they went out: headers and body.
answers = AtHand(32_000_000)


class Kept(HttpResponse):
    """An answer as it went out before: nothing need be done to it any more."""


def find(name: str) -> Kept | None:
    """The answer of this name, if it is still there."""
    found = answers.find(name)
    if found is None:
        return None
    headers, body = found
    return Kept(body, headers=headers)


def keep(name: str, response: HttpResponse) -> None:
    """Keep a whole public answer, with the headers that it has by now."""
    headers, body = dict(response.headers), response.content
    if not response.cookies and len(body) <= LONGEST:
        size = len(name) + len(body) + sum(len(key) + len(text) for key, text in headers.items())
        answers.keep(name, (headers, body), size + AROUND)
