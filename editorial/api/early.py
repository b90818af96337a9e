"""The present's answers, given before the framework is asked: most requests are for what was just given or rendered."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from editorial.reading import AsOf, at_once, etag, last_public

# What an answer to one of these rests on is not said by the last public position alone.
_LATER = frozenset({"as_of", "cursor", "wait"})
_ACCEPTED = frozenset({"", "*/*", "application/*", "application/json"})


def early(view: Callable[..., Any]) -> Callable[..., Any]:
    """The view, asked only where the client does not have the present state, and nobody was given it before.

    Its ``ahead`` asks for what that rests on: whoever has to wait for something else may call it before.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return _at_once(request) or view(request, *args, **kwargs)

    answer.ahead = foresee  # type: ignore[attr-defined]
    return answer


def _at_once(request: HttpRequest) -> HttpResponse | None:
    present = foresee(request)
    return at_once(request, etag(present, request.build_absolute_uri())) if present else None


def foresee(request: HttpRequest) -> AsOf | None:
    """The last public position, where that decides what is answered; it is asked for once."""
    if not hasattr(request, "present"):
        rests = request.method in ("GET", "HEAD") and not _LATER & request.GET.keys() and _any_json(request)
        request.present = last_public() if rests else None  # type: ignore[attr-defined]
    return request.present  # type: ignore[attr-defined]


def _any_json(request: HttpRequest) -> bool:
    """Whether the client says that it takes what we have; what else it may have said, the framework looks at."""
    accepted = request.headers.get("Accept", "").lower()
    kinds = {part.partition(";")[0].strip() for part in accepted.split(",")}
    return bool(kinds & _ACCEPTED) and not any(kind.endswith("event-stream") for kind in kinds)
