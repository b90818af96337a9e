"""What the API gives: the serializers that types share, and the refusals of every address."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import cached_property
from http import HTTPStatus
from operator import attrgetter
from typing import Any, ClassVar
from uuid import UUID

from django.urls import reverse
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema_field
from rest_framework import serializers

from editorial.api.cursor import cursor_at
from editorial.api.problems import PROBLEM
from editorial.models.edition import Edition, Significance
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
    """Another document, as it stood at the position of the answer, or the one that it was merged into.

    Where `include` names it, it has all the fields besides that its own address gives of it, but for `as_of`.
    """

    id = serializers.UUIDField()
    slug = serializers.CharField()
    title = serializers.CharField()


# The columns that a line reads, besides those of which row it is.
LINE = ("moment", "number", "significance", "note", "notice", "policy", "changed", "withdrawn", "hidden")


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
    # The fields that rest on more than the edition, each made by a method, and the columns of content that they read.
    AROUND: ClassVar[frozenset[str]] = frozenset({"url", "merged", "editions"})
    READS: ClassVar[tuple[str, ...]] = ()

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
        return f"{self.context['root']}{self.PAGES}{row.slug}/"

    @extend_schema_field(ReferenceSerializer(many=True))
    def get_merged(self, row: Any) -> list[dict[str, str]]:
        """What it stands for besides itself, as that was when it was merged; hidden with its other names."""
        found: list[dict[str, str]] = [] if row.hidden else self.context["merged"].get(row.document, [])
        return found

    @extend_schema_field(LineSerializer(many=True))
    def get_editions(self, row: Any) -> Any:
        """Its editions up to the position, newest first; there with `include=editions` alone."""
        return LineSerializer(self.context["editions"][row.document], many=True, context=self.context).data


class SentSerializer(serializers.Serializer):
    """Abstract: the body of a request; a field that it does not name is refused."""


class FaultSerializer(serializers.Serializer):
    """``parameter`` names what is wrong: a parameter, a header, or a field of the body; “body” is all of it."""

    parameter = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer):
    """RFC 9457. ``errors``: on a bad request, what is wrong with which parameter."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = FaultSerializer(many=True, required=False)  # type: ignore[assignment]


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


def refusal(status: HTTPStatus, description: str, detail: str, **more: Any) -> dict[Any, OpenApiResponse]:
    """What the description says of a refusal, with an example."""
    shown = _problem(description, title=status.phrase, status=int(status), detail=detail, **more)
    return {(int(status), PROBLEM): shown}


_MISGIVEN = "There is no such parameter. Do you mean “limit”?"
PROBLEMS = {
    **refusal(
        HTTPStatus.BAD_REQUEST, "Something is wrong with the parameters that `errors` names.", f"limits: {_MISGIVEN}",
        errors=[{"parameter": "limits", "detail": _MISGIVEN}],
    ),
    **refusal(HTTPStatus.UNAUTHORIZED, "The key that was sent is none.", "This key is unknown, or was revoked."),
    **refusal(
        HTTPStatus.METHOD_NOT_ALLOWED, "The address has no such method: `Allow` names those that it has.",
        "This cannot be done at this address.",
    ),
    **refusal(
        HTTPStatus.NOT_ACCEPTABLE, "`Accept` leaves out what there is.",
        "Could not satisfy the request Accept header.",
    ),
    **refusal(
        HTTPStatus.TOO_MANY_REQUESTS, "You asked too often: come again after `Retry-After`.",
        "You asked too often; come again in 7 seconds.",
    ),
    **refusal(
        HTTPStatus.SERVICE_UNAVAILABLE, "We cannot answer just now: come again after `Retry-After`.",
        "The tracker is busy; come again in a moment.",
    ),
}  # fmt: skip
NOT_FOUND = refusal(
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


def history(model: type[Edition], documents: Collection[UUID], position: int) -> dict[UUID, list[Any]]:
    """The editions of these documents up to a position, and their withdrawals, newest first: one query."""
    found: dict[UUID, list[Any]] = {document: [] for document in documents}
    if not documents:
        return found
    rows = model._default_manager.filter(document__in=documents, position__lte=position, begins=True)
    for row in rows.lean(*LINE).order_by("-position"):
        found[row.document].append(row)
    return found


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
