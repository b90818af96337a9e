"""What the API's description says of addresses and their parameters, beyond what the serializers say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    extend_schema,
    extend_schema_view,
    inline_serializer,
)
from rest_framework import serializers

from editorial.api.shapes import (
    AS_OF,
    DEFAULT_LIMIT,
    GONE,
    MAX_LIMIT,
    MOVED,
    NOT_FOUND,
    TEXT,
    AsOfSerializer,
    LineSerializer,
    responses,
)

Parameters = Mapping[str, tuple[dict[str, Any], str]]
Describe = Callable[[Any], Any]
# Some of what an address gives, as `fields` has it.
Example = Mapping[str, Any]
THEN = {"position": 7, "moment": "2026-03-31T12:00:00+00:00", "cursor": "AAAAAAAH"}
LINE = {
    "edition": 2,
    "position": 7,
    "moment": "2026-03-31T12:00:00+00:00",
    "significance": "correction",
    "note": "It was 1 March, not 1 May.",
    "policy": "four_eyes",
    "fields": ["date"],
    "text_hidden": False,
    "url": "https://tracker.example/api/v1/entries/6f1d5c2e-3a57-4d0e-9a39-0b6a3c1f9d11/editions/2/",
    "differences": [{"field": "date", "before": "2026-05-01", "after": "2026-03-01"}],
}
KEY = OpenApiParameter("key", str, OpenApiParameter.PATH, description="The document’s id or slug.")
NUMBER = OpenApiParameter(
    "number",
    {"type": "integer", "minimum": 1},
    OpenApiParameter.PATH,
    description="Which edition: the first is 1.",
)
LIMIT = OpenApiParameter(
    "limit", {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
    description="How many on a page.",
)  # fmt: skip
CURSOR = OpenApiParameter(
    "cursor", {**TEXT, "pattern": "^[A-Za-z0-9_-]+$"},
    description="Where a page begins: follow `next` and `previous`.",
)  # fmt: skip


def _envelope(name: str, item: type[serializers.Serializer]) -> Any:
    """What the schema says of a list of these items."""
    return inline_serializer(
        name,
        {
            "results": item(many=True),
            "next": serializers.URLField(allow_null=True),
            "previous": serializers.URLField(allow_null=True),
            "count": serializers.IntegerField(),
            "as_of": AsOfSerializer(),
        },
    )


class DifferenceSerializer(serializers.Serializer):
    """A field in which an edition differs from the one before, as its JSON stands in both."""

    field = serializers.CharField()
    before = serializers.JSONField()
    after = serializers.JSONField()


class ListedEditionSerializer(LineSerializer):
    differences = DifferenceSerializer(many=True)


EDITIONS = _envelope("EditionList", ListedEditionSerializer)


class WhatIsAskedFor(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """With `fields`, nothing but the id is there without fail."""

    target_class = "editorial.api.shapes.EditionSerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> Any:
        schema = auto_schema._map_basic_serializer(self.target, direction)
        return {**schema, "required": [name for name in schema["required"] if name in ("as_of", "id")]}


class WhatIsSent(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Nothing but its fields."""

    target_class = "editorial.api.shapes.SentSerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> Any:
        return {**auto_schema._map_basic_serializer(self.target, direction), "additionalProperties": False}


def some(value: Any, *, status: int = 200, media: str = "application/json") -> OpenApiExample:
    """An example of an answer."""
    return OpenApiExample(
        "Some of it", value, response_only=True, status_codes=[str(status)], media_type=media
    )


def sent(value: Mapping[str, Any]) -> OpenApiExample:
    """An example of what a request brings."""
    return OpenApiExample("A request", value, request_only=True, media_type="application/json")


def listed(name: str, filters: Parameters, example: Example) -> Describe:
    """A list, as the view itself has it. ``filters``: (schema, description) by parameter."""
    given = [OpenApiParameter(key, schema, description=text) for key, (schema, text) in filters.items()]

    def describe(view: Any) -> Any:
        item = view.SERIALIZER
        shown = _envelope(f"{item.__name__.removesuffix('Serializer')}List", item)
        ways = [_ordering(view.ORDERINGS, view.DEFAULT_ORDERING), LIMIT, CURSOR, AS_OF, *_selecting(view)]
        return _described(view, f"{name}_list", [*given, *ways], responses(shown), some(_in_list(example)))

    return describe


def detailed(operation: str, shown: Any, example: Example) -> Describe:
    """One document."""
    answers = {**responses(shown), **MOVED, **NOT_FOUND, **GONE}
    return lambda view: _described(
        view, operation, [KEY, AS_OF, *_selecting(view)], answers, some(_alone(example))
    )


def tabled(operation: str, media: str, example: str) -> Describe:
    """One document as a table."""
    answers = {**responses({(200, media): {"type": "string"}}), **MOVED, **NOT_FOUND, **GONE}
    return lambda view: _described(view, operation, [KEY, AS_OF], answers, some(example, media=media))


def editions(name: str) -> Describe:
    """The editions of one document. ``name``: of its list."""
    answers = {**responses(EDITIONS), **MOVED, **NOT_FOUND}
    return lambda view: _described(
        view, f"{name}_editions_list", [KEY, LIMIT, CURSOR, AS_OF], answers, some(_in_list(LINE))
    )


def edition(name: str, shown: Any, example: Example) -> Describe:
    """One edition of one document. ``name``: of its list."""
    answers = {**responses(shown), **MOVED, **NOT_FOUND, **GONE}
    return lambda view: _described(
        view, f"{name}_editions_retrieve", [KEY, NUMBER, *_selecting(view)], answers, some(_alone(example))
    )


def _described(
    view: Any,
    name: str,
    parameters: list[OpenApiParameter],
    answers: Mapping[Any, Any],
    example: OpenApiExample,
) -> Any:
    get = extend_schema(operation_id=name, parameters=parameters, responses=dict(answers), examples=[example])
    return extend_schema_view(get=get)(view)


def _in_list(item: Example) -> Example:
    return {"results": [item], "next": None, "previous": None, "count": 1, "as_of": THEN}


def _alone(item: Example) -> Example:
    return {**item, "as_of": THEN}


def _ordering(orderings: Iterable[str], default: str) -> OpenApiParameter:
    ways = [sign + name for name in orderings for sign in ("", "-")]
    return OpenApiParameter(
        "ordering", {"type": "string", "enum": ways, "default": default},
        description="What to sort by; with - before it from the last to the first.",
    )  # fmt: skip


def _selecting(view: Any) -> list[OpenApiParameter]:
    """``fields`` and ``include``, with the names that the view has."""
    return [
        _names("fields", view.SERIALIZER._declared_fields, "What to give of each, besides its `id`; else all."),
        _names(
            "include", view.INCLUDES,
            "What else to give, or to give whole where else a reference stands; it is there whatever `fields` says.",
        ),
    ]  # fmt: skip


def _names(parameter: str, known: Iterable[str], text: str) -> OpenApiParameter:
    schema = {"type": "array", "items": {"type": "string", "enum": [*known]}, "minItems": 1}
    return OpenApiParameter(
        parameter, schema, description=f"{text} With commas between.", style="form", explode=False
    )


def headers(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A hook of drf-spectacular: the headers that are sent and answered everywhere; and that a key may be sent."""
    result["components"]["headers"] = {
        name: {"schema": {"type": kind}, "description": text} for name, (kind, text) in _HEADERS.items()
    }
    for operations in result["paths"].values():
        for operation in operations.values():
            if operation.get("security", [{}]) == [{}]:
                operation["security"] = [{}, {"key": []}]
            if "text/event-stream" in operation["responses"].get("200", {}).get("content", {}):
                operation["parameters"].append(_LAST_SEEN)
            for status, answer in operation["responses"].items():
                named = (*_BY_STATUS.get(status, _COUNTED), *_validated(status, operation))
                known = {name: {"$ref": f"#/components/headers/{name}"} for name in named}
                answer["headers"] = {**known, **answer.get("headers", {})}
    return result


def _validated(status: str, operation: Mapping[str, Any]) -> tuple[str, ...]:
    """What stands on what can be unchanged; lists of it have pages."""
    if status != "200" or "304" not in operation["responses"]:
        return ()
    return ("ETag", "Link") if operation["operationId"].endswith("_list") else ("ETag",)


_HEADERS = {
    "Allow": ("string", "The methods that the address has."),
    "ETag": ("string", "Send it as If-None-Match, and get a 304 while nothing has changed."),
    "Link": ("string", "self, next, prev and describedby (RFC 8288)."),
    "Location": ("string", "The address that it has now."),
    "RateLimit": ("string", "How many requests are left (r), and in how many seconds that begins anew (t)."),
    "RateLimit-Policy": ("string", "How many requests (q) there are in how many seconds (w)."),
    "Retry-After": ("integer", "Seconds after which to come again."),
    "WWW-Authenticate": ("string", "How a key is sent."),
}
_COUNTED = ("RateLimit", "RateLimit-Policy")
_BY_STATUS = {
    "304": ("ETag", *_COUNTED),
    "308": ("Location", *_COUNTED),
    "401": ("WWW-Authenticate", *_COUNTED),
    "405": ("Allow",),  # which is refused before it is counted
    "429": ("Retry-After", *_COUNTED),
    "503": ("Retry-After", *_COUNTED),
}
_LAST_SEEN = {
    "in": "header",
    "name": "Last-Event-ID",
    "schema": {"type": "string"},
    "description": "Of a stream: the cursor of the last event that you have, in place of `after`.",
}
