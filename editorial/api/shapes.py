"""What the API gives: the serializers that types share, and what the schema says of lists, parameters and refusals."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
    extend_schema_view,
    inline_serializer,
)
from rest_framework import serializers

from editorial.api.cursor import cursor_at
from editorial.api.problems import PROBLEM
from editorial.models.edition import Edition, EditionQuerySet
from editorial.reading import AsOf

DEFAULT_LIMIT, MAX_LIMIT = 20, 100
TEXT = {"type": "string", "minLength": 1}
AS_OF = OpenApiParameter(
    "as_of", TEXT, description="A public position, a day, or a moment with its zone (RFC 3339)."
)
PAGING = ("ordering", "limit", "cursor", "as_of")


def paging(orderings: Iterable[str], default: str) -> list[OpenApiParameter]:
    """What the schema says of a list's own parameters."""
    ways = [sign + name for name in orderings for sign in ("", "-")]
    return [
        OpenApiParameter(
            "ordering", {"type": "string", "enum": ways, "default": default},
            description="What to sort by; with - before it from the last to the first.",
        ),
        OpenApiParameter(
            "limit", {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
            description="How many on a page.",
        ),
        OpenApiParameter(
            "cursor", {**TEXT, "pattern": "^[A-Za-z0-9_-]+$"},
            description="Where a page begins: follow `next` and `previous`.",
        ),
        AS_OF,
    ]  # fmt: skip


class AsOfSerializer(serializers.Serializer):
    """The public position of an answer, and its moment; position 0 and null before anything was public."""

    position = serializers.IntegerField()
    moment = serializers.DateTimeField(allow_null=True)
    cursor = serializers.CharField(help_text="Where `changes/?after=` goes on from this state.")


class SourceSerializer(serializers.Serializer):
    publisher = serializers.CharField(required=False)
    title = serializers.CharField(required=False)
    language = serializers.CharField(required=False)
    date = serializers.CharField(required=False, help_text="EDTF")
    url = serializers.URLField(required=False)
    archived = serializers.URLField(required=False)


class ReferenceSerializer(serializers.Serializer):
    """Another document, as it stood at the position of the answer, or the one that it was merged into."""

    id = serializers.UUIDField()
    slug = serializers.CharField()
    title = serializers.CharField()


class EditionSerializer(serializers.Serializer):
    """What every type's JSON has besides its content; a type's serializer puts its content between."""

    id = serializers.UUIDField(source="document")
    slug = serializers.CharField()
    url = serializers.SerializerMethodField()
    edition = serializers.IntegerField(source="number")
    significance = serializers.CharField()
    note = serializers.CharField()
    policy = serializers.CharField()
    first_published_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    text_hidden = serializers.BooleanField(source="hidden")
    notice = serializers.CharField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    erased = serializers.ListField(child=serializers.CharField())
    merged = serializers.SerializerMethodField()

    # Where readers see documents of the type; their slugs follow.
    PAGES: ClassVar[str]

    def get_url(self, row: Any) -> str:
        return str(self.context["request"].build_absolute_uri(f"{self.PAGES}{row.slug}/"))

    @extend_schema_field(ReferenceSerializer(many=True))
    def get_merged(self, row: Any) -> list[dict[str, str]]:
        """What it stands for besides itself, as that was when it was merged; hidden with its other names."""
        found: list[dict[str, str]] = [] if row.hidden else self.context["merged"].get(row.document, [])
        return found


class ProblemSerializer(serializers.Serializer):
    """RFC 9457. ``errors``: on a bad request, what is wrong with which parameter."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = serializers.ListField(  # type: ignore[assignment]
        child=serializers.DictField(child=serializers.CharField()), required=False
    )


class GoneSerializer(ProblemSerializer):
    """What was withdrawn: its title, dates and notice."""

    id = serializers.UUIDField()
    slug = serializers.CharField()
    document_title = serializers.CharField()
    notice = serializers.CharField()
    withdrawn_at = serializers.DateTimeField()


def envelope(name: str, item: type[serializers.Serializer]) -> Any:
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


Parameters = Mapping[str, tuple[dict[str, Any], str]]


def listed(name: str, filters: Parameters) -> Callable[[Any], Any]:
    """What the schema says of a list, as the view itself has it. ``filters``: (schema, description) by parameter."""
    given = [OpenApiParameter(key, schema, description=text) for key, (schema, text) in filters.items()]

    def describe(view: Any) -> Any:
        item = view.SERIALIZER
        shown = envelope(f"{item.__name__.removesuffix('Serializer')}List", item)
        ways = paging(view.ORDERINGS, view.DEFAULT_ORDERING)
        get = extend_schema(
            operation_id=f"{name}_list", parameters=[*given, *ways], responses=responses(shown)
        )
        return extend_schema_view(get=get)(view)

    return describe


def responses(shown: Any) -> dict[Any, Any]:
    """What the schema says of an address: what it shows, and the problems that it may answer with."""
    unchanged = OpenApiResponse(description="You have this state already.")
    return {200: shown, 304: unchanged, (400, PROBLEM): ProblemSerializer, (503, PROBLEM): ProblemSerializer}


def detail_responses(shown: Any) -> dict[Any, Any]:
    """Likewise for one document."""
    moved = OpenApiResponse(description="The address moved: see Location.")
    return {**responses(shown), 308: moved, (404, PROBLEM): ProblemSerializer, (410, PROBLEM): GoneSerializer}


def references(model: type[Edition], wanted: Collection[UUID], as_of: AsOf) -> dict[UUID, dict[str, str]]:
    """Those of the wanted documents that were public at the position: id, slug and title by the id that is wanted.

    What was merged into another is shown as that one, in one query for all.
    """
    winners = {key: as_of.redirects.winner(key) for key in wanted}
    live = model._default_manager.live(as_of.position).filter(document__in={*winners.values()})
    found = {UUID(row["id"]): row for row in _references(live)}
    return {key: found[winner] for key, winner in winners.items() if winner in found}


def merged(model: type[Edition], winners: Collection[UUID], as_of: AsOf) -> dict[UUID, list[dict[str, str]]]:
    """What was merged into these, in that order: id, slug and title by the winner's id; no query where nothing was."""
    found: dict[UUID, list[dict[str, str]]] = {}
    for row in _references(as_of.redirects.lost(model, winners).order_by("valid_to")):
        found.setdefault(as_of.redirects.winner(UUID(row["id"])), []).append(row)
    return found


def _references(editions: EditionQuerySet) -> list[dict[str, str]]:
    rows = editions.values_list("document", "slug", "title")
    return [{"id": str(document), "slug": slug, "title": title} for document, slug, title in rows]


def moment(as_of: AsOf) -> dict[str, Any]:
    """The position of an answer, its moment, and the cursor from which changes follow."""
    return {
        "position": as_of.position,
        "moment": rfc3339(as_of.moment) if as_of.moment else None,
        "cursor": cursor_at(as_of.position),
    }


def rfc3339(moment: datetime) -> str:
    """As serializers write it."""
    return str(serializers.DateTimeField().to_representation(moment))
