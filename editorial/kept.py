"""Rendered answers, kept in the cache under their validators.

A validator comes from the database and moves with what is public, so that the cache can lose an answer and never bring
an old one back: what was withdrawn or erased is asked for by nobody any more, and is gone within the hour.
"""

from __future__ import annotations

from collections.abc import Callable

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

SECONDS = 3600
LONGEST = 1_000_000  # bytes


def name_of(request: HttpRequest, validator: str) -> str:
    """What an answer is kept under. Some hold addresses of the host that was asked."""
    return f"answer:{request.scheme}:{request.get_host()}:{validator}"


def find(name: str) -> HttpResponse | None:
    """The answer of this name, if it is still there."""
    found = cache.get(name)
    if found is None:
        return None
    headers, body = found
    return HttpResponse(body, headers=headers)


def once(name: str, count: Callable[[], int]) -> int:
    """A number that the name stands for: as it was counted, or counted now."""
    found = cache.get(name)
    if found is None:
        found = count()
        cache.set(name, found, SECONDS)
    return int(found)


def keep(name: str, response: HttpResponse) -> None:
    """Keep a whole public answer, with the headers that it has by now."""
    if not response.cookies and len(response.content) <= LONGEST:
        cache.set(name, (dict(response.headers), response.content), SECONDS)
