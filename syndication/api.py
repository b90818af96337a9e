"""What changed, for programs: after a cursor, in order, once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from editorial.api import TEXT, document_of
from editorial.api.cursor import cursor_at, position_at
from editorial.api.problems import BadParameters
from editorial.api.shapes import responses
from editorial.api.views import PublicView, limit_of
from editorial.models.change import Kind
from editorial.reading import AsOf, last_public
from syndication.changes import Wanted, between, shown
from syndication.types import ROUTES, VIEWS

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
    OpenApiParameter("type", {"type": "string", "enum": sorted(VIEWS)}, description="Of documents of this type alone."),
    OpenApiParameter(
        "category", TEXT, description="A category’s id or slug: of entries that are in it, and that leave it."
    ),
]  # fmt: skip


@extend_schema_view(
    get=extend_schema(
        operation_id="changes_list", parameters=_PARAMETERS, responses=responses(ChangesSerializer)
    )
)
class Changes(PublicView):
    """What became public after a cursor, oldest first, gap-free."""

    KNOWN = tuple(parameter.name for parameter in _PARAMETERS)

    def get(self, request: Request) -> HttpResponse:
        present = last_public()
        after, limit, wanted = self.read(
            request,
            self.KNOWN,
            lambda given: after_of(given, present),
            limit_of,
            lambda given: wanted_of(given, present),
        )
        return self.answer(
            request, present, lambda: Response(page(request, after, present.position, wanted, limit))
        )


def page(request: Request, after: int, upto: int, wanted: Wanted, limit: int) -> dict[str, Any]:
    """{results, cursor, has_more}, of what lies behind one position, up to another."""
    found = between(after, upto, wanted, limit + 1)
    more, found = len(found) > limit, found[:limit]

    def address(type_name: str, document: UUID) -> str:
        return str(request.build_absolute_uri(reverse(ROUTES[type_name], kwargs={"key": str(document)})))

    # Behind the last page lies nothing up to the position: what others changed need not be looked at again.
    end = found[-1].position if more else upto
    return {"results": shown(found, address), "cursor": cursor_at(end), "has_more": more}


def after_of(given: Mapping[str, str], present: AsOf) -> int:
    """The position that a client has seen all up to. Raises BadParameters."""
    if "after" not in given:
        return 0
    try:
        position = position_at(given["after"])
    except ValueError as error:
        raise BadParameters({"after": NO_CURSOR}) from error
    if position > present.position:
        raise BadParameters({"after": "This cursor is ahead of all changes: it comes from another tracker."})
    return position


def wanted_of(given: Mapping[str, str], present: AsOf) -> Wanted:
    """Raises BadParameters."""
    if given.get("type", "entry") not in VIEWS:
        raise BadParameters({"type": f"Choose one of {', '.join(sorted(VIEWS))}."})
    return Wanted(given.get("type"), _category(given.get("category"), present))


def _category(key: str | None, present: AsOf) -> frozenset[UUID] | None:
    """Every id that means the category now; no id, where nothing does."""
    if key is None:
        return None
    document = document_of("category", key)
    return frozenset(present.redirects.all_of(document) if document else ())
