"""What changed, for programs: after a cursor, in order, once."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
)
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from editorial import encodings
from editorial.api import TEXT, public_document
from editorial.api.cursor import cursor_at, position_at
from editorial.api.description import LINE, THEN, some
from editorial.api.lists import links
from editorial.api.problems import BadParameters, problem
from editorial.api.selection import nearest
from editorial.api.shapes import responses
from editorial.api.views import PublicView, limit_of
from editorial.models.change import Kind
from editorial.reading import AsOf, last_public
from syndication.changes import ENTRIES_ALONE, Wanted, page
from syndication.streaming import Stream, Walk, event
from syndication.types import VIEWS
from syndication.waiting import Full, room

MAX_WAIT = 60  # seconds
NO_CURSOR = "This is no cursor of the changes; leave it out to begin at the beginning."


class ChangedSerializer(serializers.Serializer):
    """A document, with slug and title as they were just after the change; ``url`` is that of its JSON now."""

    id = serializers.UUIDField()
    slug = serializers.CharField()
    title = serializers.CharField()
    url = serializers.URLField()


class ChangeSerializer(serializers.Serializer):
    """What became public. ``fields`` names what differs from the edition before, ``note`` says why.

    ``into``: the id of the document that one was merged into. ``minor``: the text was changed, the matter was not.
    """

    cursor = serializers.CharField()
    position = serializers.IntegerField()
    moment = serializers.DateTimeField()
    type = serializers.ChoiceField(choices=sorted(VIEWS))
    kind = serializers.ChoiceField(choices=Kind.choices)
    document = ChangedSerializer()
    edition = serializers.IntegerField()
    minor = serializers.BooleanField()
    note = serializers.CharField()
    fields = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]
    into = serializers.UUIDField(allow_null=True)


class ChangesSerializer(serializers.Serializer):
    """``cursor``: what to send as ``after`` next time, whether or not anything was found."""

    results = ChangeSerializer(many=True)
    cursor = serializers.CharField()
    has_more = serializers.BooleanField()


_PARAMETERS = [
    OpenApiParameter(
        "after", {**TEXT, "pattern": "^[A-Za-z0-9_-]+$"},
        description="The cursor of the last change that you have; without it, from the beginning.",
    ),
    OpenApiParameter(
        "limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}, description="How many at most."
    ),
    OpenApiParameter(
        "wait",
        {"type": "integer", "minimum": 0, "maximum": MAX_WAIT, "default": 0},
        description="Seconds to wait for a change, where there is none; then the answer is empty.",
    ),
    OpenApiParameter("type", {"type": "string", "enum": sorted(VIEWS)}, description="Of documents of this type alone."),
    OpenApiParameter(
        "category", TEXT,
        description="A category’s id or slug: of entries that are in it, or leave it; and of its merges.",
    ),
]  # fmt: skip


_STREAM = "text/event-stream"
# Nobody may keep what depends on the moment at which it was asked for.
_UNKEPT = {"Cache-Control": "no-store"}
_ANSWERS = {
    **responses(ChangesSerializer),
    200: OpenApiResponse(
        ChangesSerializer,
        description="Where `Accept` begins with `text/event-stream`: server-sent events. Each change is an event "
        "`change`, its `id` the cursor, its `data` the change as JSON. An event `cursor` says that all up to its `id` "
        "was passed over by `type` or `category`. The header `Last-Event-ID` takes the place of `after`; `limit` and "
        "`wait` say nothing there.",
    ),
    (200, _STREAM): {"type": "string"},
}
# The change that made the edition which the description shows elsewhere.
CHANGE = {
    **THEN,
    "type": "entry",
    "kind": "corrected",
    "document": {
        "id": "6f1d5c2e-3a57-4d0e-9a39-0b6a3c1f9d11",
        "slug": "rules-on-labelling",
        "title": "Rules on labelling what models make are published",
        "url": "https://tracker.example/api/v1/entries/6f1d5c2e-3a57-4d0e-9a39-0b6a3c1f9d11/",
    },
    "minor": False,
    **{name: LINE[name] for name in ("edition", "note", "fields")},
    "into": None,
}
_EXAMPLES = [
    some({"results": [CHANGE], "cursor": THEN["cursor"], "has_more": False}),
    some(event("change", str(THEN["cursor"]), json.dumps(CHANGE)), media=_STREAM),
]


@extend_schema_view(
    get=extend_schema(
        operation_id="changes_list", parameters=_PARAMETERS, responses=_ANSWERS, examples=_EXAMPLES
    )
)
class Changes(PublicView):
    """What became public after a cursor, oldest first, gap-free; at once, when there is something, or as a stream."""

    KNOWN = tuple(parameter.name for parameter in _PARAMETERS if parameter.location == "query")

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """A stream is written by itself, and not by a renderer."""
        return super().perform_content_negotiation(request, force=force or streamed(request))

    def get(self, request: Request) -> HttpResponseBase:
        present = self.present
        after, limit, wait, wanted = self.read(
            request, self.KNOWN, lambda given: after_of(given, present, request), limit_of, wait_of,
            lambda given: wanted_of(given, present),
        )  # fmt: skip
        try:
            if streamed(request):
                return stream(request, Walk(request, after, wanted))
            if wait and request.method == "GET":
                return awaited(request, after, present.position, wanted, limit, wait)
        except Full:
            return crowded()
        return self.answer(
            request, present, lambda: linked(request, page(request, after, present.position, wanted, limit))
        )


def streamed(request: Request) -> bool:
    """Whether the client wants a stream, as browsers’ EventSource says it."""
    likings = encodings.likings(request.headers.get("Accept", "").lower())
    stream = likings.get(_STREAM, 0.0)
    # Of what is liked alike, the one that is named first.
    return (
        stream > 0
        and next(name for name, liking in likings.items() if liking == max(likings.values())) == _STREAM
    )


def stream(request: Request, walk: Walk) -> HttpResponseBase:
    """Events as they come; of a HEAD, what comes before them. Raises Full."""
    events = () if request.method == "HEAD" else Stream(walk)
    headers = {**_UNKEPT, "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(events, content_type=_STREAM, headers=headers)


def awaited(request: Request, after: int, upto: int, wanted: Wanted, limit: int, wait: int) -> HttpResponse:
    """What is there already, or else what comes within so many seconds. Raises Full."""
    found = page(request, after, upto, wanted, limit)
    if not found["results"]:
        found = _next_page(request, upto, wanted, limit, wait)
    return linked(request, found, **_UNKEPT)


def linked(request: Request, found: dict[str, Any], **headers: str) -> HttpResponse:
    """A page of changes, with its links as RFC 8288 has them: `next`, where there is more at once."""
    following = urlencode({**request.query_params.dict(), "after": found["cursor"]})
    address = request.build_absolute_uri(f"{request.path}?{following}") if found["has_more"] else None
    return Response(found, headers={"Link": links(request, address, None), **headers})


def crowded() -> HttpResponse:
    """As many wait as may."""
    response = problem(503, "Too many are waiting for changes just now; ask without waiting, or come again.")
    response["Retry-After"] = "5"
    return response


def _next_page(request: Request, after: int, wanted: Wanted, limit: int, wait: int) -> dict[str, Any]:
    """The first page that is not empty, or an empty one when the time is over. Raises Full."""
    until = time.monotonic() + wait
    room.enter()
    try:
        while room.wait(request, after, until - time.monotonic()):
            upto = last_public().position
            found = page(request, after, upto, wanted, limit)
            if found["results"]:
                return found
            after = upto
        return {"results": [], "cursor": cursor_at(after), "has_more": False}
    finally:
        room.leave()


def after_of(given: Mapping[str, str], present: AsOf, request: Request) -> int:
    """The position that a client has seen all up to; of a stream, what it saw last. Raises BadParameters."""
    seen = request.headers.get("Last-Event-ID") if streamed(request) else None
    name, cursor = ("Last-Event-ID", seen) if seen else ("after", given.get("after"))
    if cursor is None:
        return 0
    try:
        position = position_at(cursor)
    except ValueError as error:
        raise BadParameters({name: NO_CURSOR}) from error
    if position > present.position:
        raise BadParameters({name: "This cursor is ahead of all changes: it comes from another tracker."})
    return position


def wait_of(given: Mapping[str, str]) -> int:
    """Seconds to wait for a change, 0 for none. Raises BadParameters."""
    text = given.get("wait", "0")
    if not (text.isascii() and text.isdigit() and len(text) <= 2 and int(text) <= MAX_WAIT):
        raise BadParameters({"wait": f"Write a whole number of seconds, from 0 to {MAX_WAIT}."})
    return int(text)


def wanted_of(given: Mapping[str, str], present: AsOf) -> Wanted:
    """Raises BadParameters: who waits for what there is not would wait for ever."""
    type_name = given.get("type", "entry")
    if type_name not in VIEWS:
        names = sorted(VIEWS)
        raise BadParameters({"type": f"Choose one of {', '.join(names)}.{nearest(type_name, names)}"})
    if "category" in given and type_name != "entry":
        raise BadParameters({"category": ENTRIES_ALONE})
    return Wanted(given.get("type"), _category(given.get("category"), present))


def _category(key: str | None, present: AsOf) -> frozenset[UUID] | None:
    """Every id that means the category now. Raises BadParameters."""
    if key is None:
        return None
    try:
        return frozenset(present.redirects.all_of(public_document("category", key)))
    except ValueError as error:
        raise BadParameters({"category": str(error)}) from error
