"""The present's answers, given before the framework is asked: most requests are for what was just given or rendered."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from editorial.reading import at_once, etag, last_public

# What an answer to one of these rests on is not said by the last public position alone.
_LATER = frozenset({"as_of", "cursor", "wait"})
_ACCEPTED = frozenset({"", "*/*", "application/*", "application/json"})


def early(view: Callable[..., Any]) -> Callable[..., Any]:
    """The view, asked only where the client does not have the present state, and nobody was given it before."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return _at_once(request) or view(request, *args, **kwargs)

    return answer


def _at_once(request: HttpRequest) -> HttpResponse | None:
    if request.method not in ("GET", "HEAD") or _LATER & request.GET.keys() or not _any_json(request):
        return None
    present = request.present = last_public()  # type: ignore[attr-defined]
    return at_once(request, etag(present, request.build_absolute_uri()))


def _any_json(request: HttpRequest) -> bool:
    """Whether the client says that it takes what we have; what else it may have said, the framework looks at."""
    accepted = request.headers.get("Accept", "").lower()
    kinds = {part.partition(";")[0].strip() for part in accepted.split(",")}
    return bool(kinds & _ACCEPTED) and not any(kind.endswith("event-stream") for kind in kinds)
