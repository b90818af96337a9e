"""What the API gives: the serializers that types share, and the refusals of every address."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from http import HTTPStatus
from operator import attrgetter
from typing import Any, ClassVar
from uuid import UUID

from django.db import connection
from django.urls import reverse
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema_field
from rest_framework import serializers

from editorial.api.cursor import cursor_at
from editorial.api.problems import PROBLEM
from editorial.lately import Mirror
from editorial.models.edition import Edition, EditionQuerySet, Significance
from editorial.reading import AsOf

DEFAULT_LIMIT, MAX_LIMIT = 20, 100
# In UTF-8, without NUL, and something but space.
TEXT = {
    "type": "string",
    "minLength": 1,
    "pattern": r"^[^\u0000\ufffd]*[^\s\u0000\ufffd][^\u0000\ufffd]*$",
}
AS_OF = OpenApiParameter(
    "as_of", TEXT, description="A public position, a day, or a moment with its zone (RFC 3339)."
)
PAGING = ("ordering", "limit", "cursor", "as_of")


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


# The columns that a line reads, besides those of which row it is.
LINE = ("number", "moment", "significance", "note", "notice", "policy", "changed", "withdrawn")


class LineSerializer(serializers.Serializer):
    """An edition in the story of its document, or the withdrawal that ended it, whose number it has, and no ``url``.

    ``fields`` names what differs from the edition before, ``note`` says why; of a withdrawal, it is the notice.
    """

    edition = serializers.IntegerField(source="number")
    position = serializers.IntegerField()
    moment = serializers.DateTimeField()
    significance = serializers.ChoiceField(choices=Significance.choices)
    note = serializers.SerializerMethodField()
    policy = serializers.CharField()
    fields = serializers.ListField(  # type: ignore[assignment]
        child=serializers.CharField(), source="changed"
    )
    text_hidden = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    def get_note(self, row: Any) -> str:
        return str(row.notice if row.withdrawn else row.note)

    def get_text_hidden(self, row: Any) -> bool:
        """Whether a withdrawal took the edition’s text away; its address answers 410."""
        return bool(row.hidden and not row.withdrawn)

    @extend_schema_field({"type": ["string", "null"], "format": "uri"})
    def get_url(self, row: Any) -> str | None:
        if row.withdrawn:
            return None
        key = {"key": str(row.document), "number": row.number}
        path = reverse(f"{self.context['type']}-edition", kwargs=key)
        return str(self.context["request"].build_absolute_uri(path))


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
    editions = serializers.SerializerMethodField()

    # Where readers see documents of the type; their slugs follow.
    PAGES: ClassVar[str]
    # The fields that rest on more than the edition, each made by a method.
    AROUND: ClassVar[frozenset[str]] = frozenset({"url", "merged", "editions"})

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """As the framework does it, without looking for each row how each field is read."""
        return {name: value(instance) for name, value in self._values}

    @cached_property
    def _values(self) -> list[tuple[str, Callable[[Any], Any]]]:
        return [(name, self._value(field)) for name, field in self.fields.items()]

    def _value(self, field: Any) -> Callable[[Any], Any]:
        """How to read a row's value of the field; what lies behind nothing is nothing."""
        if isinstance(field, serializers.SerializerMethodField):
            own: Callable[[Any], Any] = getattr(self, str(field.method_name))
            return own
        read, show = attrgetter(field.source), field.to_representation
        inner = "." in field.source

        def value(row: Any) -> Any:
            found = None if inner and getattr(row, field.source_attrs[0]) is None else read(row)
            return None if found is None else show(found)

        return value

    def get_url(self, row: Any) -> str:
        return str(self.context["request"].build_absolute_uri(f"{self.PAGES}{row.slug}/"))

    @extend_schema_field(ReferenceSerializer(many=True))
    def get_merged(self, row: Any) -> list[dict[str, str]]:
        """What it stands for besides itself, as that was when it was merged; hidden with its other names."""
        found: list[dict[str, str]] = [] if row.hidden else self.context["merged"].get(row.document, [])
        return found

    @extend_schema_field(LineSerializer(many=True))
    def get_editions(self, row: Any) -> Any:
        """Its editions up to the position, newest first; there with `include=editions` alone."""
        return LineSerializer(self.context["editions"][row.document], many=True, context=self.context).data


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


def responses(shown: Any) -> dict[Any, Any]:
    """What the schema says of an address: what it shows, and the problems that it may answer with.

    ``shown``: a shape, or a mapping of such by status and media type.
    """
    given = shown if isinstance(shown, Mapping) else {200: shown}
    return {**given, 304: OpenApiResponse(description="You have this state already."), **PROBLEMS}


def _problem(description: str, **example: Any) -> OpenApiResponse:
    body = {"type": "about:blank", **example}
    return OpenApiResponse(
        ProblemSerializer, description, examples=[OpenApiExample(str(example["title"]), body)]
    )


def _refusal(status: HTTPStatus, description: str, detail: str, **more: Any) -> dict[Any, OpenApiResponse]:
    shown = _problem(description, title=status.phrase, status=int(status), detail=detail, **more)
    return {(int(status), PROBLEM): shown}


_MISGIVEN = "There is no such parameter. Do you mean “limit”?"
PROBLEMS = {
    **_refusal(
        HTTPStatus.BAD_REQUEST, "Something is wrong with the parameters that `errors` names.", f"limits: {_MISGIVEN}",
        errors=[{"parameter": "limits", "detail": _MISGIVEN}],
    ),
    **_refusal(HTTPStatus.UNAUTHORIZED, "The key that was sent is none.", "This key is unknown, or was revoked."),
    **_refusal(
        HTTPStatus.TOO_MANY_REQUESTS, "You asked too often: come again after `Retry-After`.",
        "You asked too often; come again in 7 seconds.",
    ),
    **_refusal(
        HTTPStatus.SERVICE_UNAVAILABLE, "We cannot answer just now: come again after `Retry-After`.",
        "The tracker is busy; come again in a moment.",
    ),
}  # fmt: skip
NOT_FOUND = _refusal(
    HTTPStatus.NOT_FOUND, "There is nothing at this address.", "There is nothing at this address."
)
MOVED = {308: OpenApiResponse(description="The address moved: see Location.")}
_GONE = {
    "type": "about:blank",
    "title": "Gone",
    "status": 410,
    "detail": "This was withdrawn.",
    "id": "6f1d5c2e-3a57-4d0e-9a39-0b6a3c1f9d11",
    "slug": "a-forged-decree",
    "document_title": "A decree on model exports",
    "notice": "It rested on a forged document.",
    "withdrawn_at": "2026-05-04T09:30:00+00:00",
}
GONE = {
    (410, PROBLEM): OpenApiResponse(
        GoneSerializer, "It was withdrawn: the notice says why.", examples=[OpenApiExample("Gone", _GONE)]
    )
}


Reference = dict[str, str]
_NAMES = """
    SELECT {number}, document, slug, title FROM {table}
    WHERE document = ANY(%s) AND validity @> %s::bigint AND NOT withdrawn
"""


def references(model: type[Edition], wanted: Collection[UUID], as_of: AsOf) -> dict[UUID, Reference]:
    """Those of the wanted documents that were public at the position: id, slug and title by the id that is wanted.

    What was merged into another is shown as that one.
    """
    [found] = all_references([(model, wanted)], as_of)
    return found


def all_references(
    wanted: Sequence[tuple[type[Edition], Collection[UUID]]], as_of: AsOf
) -> list[dict[UUID, Reference]]:
    """The references of each pair, in one query at most for all."""
    winners = [{key: as_of.redirects.winner(key) for key in keys} for _, keys in wanted]
    named = _known_names(
        [(model, {*keys.values()}) for (model, _), keys in zip(wanted, winners, strict=True)], as_of
    )
    return [
        {key: reference for key, winner in keys.items() if (reference := named.get((model, winner)))}
        for (model, _), keys in zip(wanted, winners, strict=True)
    ]


# By document: its model, and the reference to it, or None where it is not public.
names = Mirror(20_000)
Names = dict[tuple[type[Edition], UUID], Reference | None]


def _known_names(wanted: Sequence[tuple[type[Edition], Collection[UUID]]], as_of: AsOf) -> Names:
    """What these are called at the position; of the present, what is known is not asked for again."""
    documents = [document for _, keys in wanted for document in keys]
    if not documents:
        return {}
    known = names.find(as_of.lately, documents) if as_of.present else {}
    found: Names = {(model, document): reference for document, (model, reference) in known.items()}
    missing = [(model, [key for key in keys if (model, key) not in found]) for model, keys in wanted]
    asked = _asked_names([(model, keys) for model, keys in missing if keys], as_of)
    if as_of.present:
        names.keep(as_of.lately, {document: (model, asked[model, document]) for model, document in asked})
    return found | asked


def _asked_names(wanted: Sequence[tuple[type[Edition], Collection[UUID]]], as_of: AsOf) -> Names:
    """One query, written by hand: nearly every answer asks it."""
    found: Names = {(model, key): None for model, keys in wanted for key in keys}
    if found:
        parts = [_NAMES.format(number=n, table=model._meta.db_table) for n, (model, _) in enumerate(wanted)]
        values = [value for _, keys in wanted for value in ([*keys], as_of.position)]
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), values)
            for number, *row in cursor.fetchall():
                found[wanted[number][0], row[0]] = _named(*row)
    return found


def merged(model: type[Edition], winners: Collection[UUID], as_of: AsOf) -> dict[UUID, list[dict[str, str]]]:
    """What was merged into these, in that order: id, slug and title by the winner's id; no query where nothing was."""
    found: dict[UUID, list[dict[str, str]]] = {}
    if not winners or not as_of.redirects.winners:
        return found
    for row in _references(as_of.redirects.lost(model, winners).order_by("valid_to")):
        found.setdefault(as_of.redirects.winner(UUID(row["id"])), []).append(row)
    return found


def history(model: type[Edition], documents: Collection[UUID], position: int) -> dict[UUID, list[Any]]:
    """The editions of these documents up to a position, and their withdrawals, newest first: one query."""
    found: dict[UUID, list[Any]] = {document: [] for document in documents}
    if not documents:
        return found
    rows = model._default_manager.filter(document__in=documents, position__lte=position, begins=True)
    for row in rows.lean(*LINE).order_by("-position"):
        found[row.document].append(row)
    return found


def _references(editions: EditionQuerySet) -> list[dict[str, str]]:
    return [_named(*row) for row in editions.values_list("document", "slug", "title")]


def _named(document: UUID, slug: str, title: str) -> dict[str, str]:
    return {"id": str(document), "slug": slug, "title": title}


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
