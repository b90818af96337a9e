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
Example = Mapping[str, Any] | None
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


def listed(name: str, filters: Parameters, example: Example = None) -> Describe:
    """A list, as the view itself has it. ``filters``: (schema, description) by parameter."""
    given = [OpenApiParameter(key, schema, description=text) for key, (schema, text) in filters.items()]

    def describe(view: Any) -> Any:
        item = view.SERIALIZER
        shown = _envelope(f"{item.__name__.removesuffix('Serializer')}List", item)
        ways = [_ordering(view.ORDERINGS, view.DEFAULT_ORDERING), LIMIT, CURSOR, AS_OF, *_selecting(view)]
        return _described(view, f"{name}_list", [*given, *ways], responses(shown), _in_list(example))

    return describe


def detailed(
    operation: str, shown: Any, example: Example = None, *, media: str = "application/json"
) -> Describe:
    """One document."""
    answers = {**responses({(200, media): shown}), **MOVED, **NOT_FOUND, **GONE}

    def describe(view: Any) -> Any:
        parameters = [AS_OF, *(_selecting(view) if "fields" in view.KNOWN else [])]
        return _described(view, operation, parameters, answers, _alone(example))

    return describe


def editions(name: str) -> Describe:
    """The editions of one document. ``name``: of its list."""
    answers = {**responses(EDITIONS), **MOVED, **NOT_FOUND}
    return lambda view: _described(
        view, f"{name}_editions_list", [LIMIT, CURSOR, AS_OF], answers, _in_list(LINE)
    )


def edition(name: str, shown: Any, example: Example = None) -> Describe:
    """One edition of one document. ``name``: of its list."""
    number = OpenApiParameter("number", {"type": "integer", "minimum": 1}, OpenApiParameter.PATH)
    answers = {**responses(shown), **MOVED, **NOT_FOUND, **GONE}

    def describe(view: Any) -> Any:
        return _described(
            view, f"{name}_editions_retrieve", [number, *_selecting(view)], answers, _alone(example)
        )

    return describe


def _described(
    view: Any,
    name: str,
    parameters: list[OpenApiParameter],
    answers: Mapping[Any, Any],
    example: Example,
) -> Any:
    shown = (
        [OpenApiExample("Some of it", example, response_only=True, status_codes=["200"])] if example else []
    )
    get = extend_schema(operation_id=name, parameters=parameters, responses=dict(answers), examples=shown)
    return extend_schema_view(get=get)(view)


def _in_list(item: Example) -> Example:
    return item and {"results": [item], "next": None, "previous": None, "count": 1, "as_of": THEN}


def _alone(item: Example) -> Example:
    return item and {**item, "as_of": THEN}


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
    """A hook of drf-spectacular: the headers that answers have, by their status; and that a key may be sent."""
    for operations in result["paths"].values():
        for operation in operations.values():
            if operation.get("security", [{}]) == [{}]:
                operation["security"] = [{}, {"key": []}]
            for status, answer in operation["responses"].items():
                known = _HEADERS.get(status, {})
                if known:
                    answer["headers"] = {name: _header(*of) for name, of in known.items()}
    return result


def _header(kind: str, text: str) -> dict[str, Any]:
    return {"schema": {"type": kind}, "description": text}


_ETAG = ("string", "Send it as If-None-Match, and get a 304 while nothing has changed.")
_AFTER = ("integer", "Seconds after which to come again.")
_HEADERS = {
    "200": {"ETag": _ETAG, "Link": ("string", "Of lists: self, next, prev and describedby (RFC 8288).")},
    "304": {"ETag": _ETAG},
    "308": {"Location": ("string", "The address that it has now.")},
    "429": {"Retry-After": _AFTER},
    "503": {"Retry-After": _AFTER},
}
