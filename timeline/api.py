"""The entries' API: filters and the JSON of an entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

import django_filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

import edtf
from actors.api import OneActor
from editorial.api import (
    TEXT,
    Asked,
    AsOfSerializer,
    DetailView,
    EditionFilters,
    EditionSerializer,
    EditionsList,
    ListView,
    OneEdition,
    ReferenceSerializer,
    SourceSerializer,
    detailed,
    edition,
    editions,
    listed,
    referred,
)
from editorial.api.problems import BadParameters
from editorial.markdown import render
from editorial.models.edition import Edition, EditionQuerySet
from editorial.search import MAX_QUERY
from editorial.sources import language_tag
from edtf.fields import EDTFFormField
from pages.api import OneCategory
from timeline.models.content import ActorRole, Kind
from timeline.models.edition import Entry


class EDTFFilter(django_filters.Filter):  # type: ignore[misc]
    """A date as precise as the client knows it."""

    field_class = EDTFFormField


class EntryFilters(EditionFilters):
    """``date_from`` and ``date_to``: entries whose date may lie in the range."""

    kind = django_filters.ChoiceFilter(choices=Kind.choices)
    category = django_filters.CharFilter(method="by_category")
    actor = django_filters.UUIDFilter(method="by_actor")
    language = django_filters.CharFilter(method="by_language", max_length=35)
    date_from = EDTFFilter(method="from_date")
    date_to = EDTFFilter(method="to_date")
    q = django_filters.CharFilter(method="by_text", max_length=MAX_QUERY)

    def by_category(self, rows: EditionQuerySet, name: str, key: str) -> EditionQuerySet:
        document = self.shown(name, OneCategory, key)
        if document is None:
            return rows.none()
        return rows.filter(categories__overlap=sorted(self.as_of.redirects.all_of(document)))

    def by_actor(self, rows: EditionQuerySet, name: str, actor: UUID) -> EditionQuerySet:
        document = self.shown(name, OneActor, str(actor))
        if document is None:
            return rows.none()
        return rows.filter(self.as_of.redirects.named("actors", "id", document))

    def by_language(self, rows: EditionQuerySet, name: str, language: str) -> EditionQuerySet:
        return rows.filter(sources__contains=[{"language": language_tag(language)}])

    def from_date(self, rows: EditionQuerySet, name: str, date: edtf.Date) -> EditionQuerySet:
        return rows.filter(latest__gte=date.earliest)

    def to_date(self, rows: EditionQuerySet, name: str, date: edtf.Date) -> EditionQuerySet:
        """Raises BadParameters where nothing lies between: a fuzzy date would be found for overlapping both ends."""
        begin = self.form.cleaned_data.get("date_from")  # if it is a date
        if begin and begin.earliest > date.latest:
            raise BadParameters({name: f"{date} ends before {begin}, which is given as date_from."})
        return rows.filter(earliest__lte=date.latest)


class EntryActorSerializer(ReferenceSerializer):
    role = serializers.ChoiceField(choices=ActorRole.choices)


class EntrySerializer(EditionSerializer):
    """An entry as JSON. ``body`` is Markdown; ``date`` is EDTF, ``date_shown`` as people write it."""

    PAGES = "/timeline/"
    AROUND = EditionSerializer.AROUND | {"categories", "actors", "related"}
    READS = ("categories", "actors", "related")

    kind = serializers.ChoiceField(choices=Kind.choices)
    title = serializers.CharField()
    summary = serializers.CharField()
    body = serializers.CharField()
    body_html = serializers.SerializerMethodField()
    date = serializers.CharField(allow_null=True)
    date_shown = serializers.CharField(source="date.shown", allow_null=True)
    earliest = serializers.DateField(allow_null=True)
    latest = serializers.DateField(allow_null=True)
    date_kind = serializers.CharField()
    basis = serializers.CharField()
    categories = serializers.SerializerMethodField()
    actors = serializers.SerializerMethodField()
    sources = serializers.SerializerMethodField()
    related = serializers.SerializerMethodField()

    def get_body_html(self, row: Entry) -> str:
        return render(row.body)

    @extend_schema_field(ReferenceSerializer(many=True))
    def get_categories(self, row: Entry) -> list[dict[str, Any]]:
        return _shown(row.categories, self.context["categories"])

    @extend_schema_field(EntryActorSerializer(many=True))
    def get_actors(self, row: Entry) -> list[dict[str, Any]]:
        """Those whose profile is public, each once with its role, also where two of them have become one."""
        known = ((actor.role, self.context["actors"].get(UUID(actor.id))) for actor in row.actors)
        shown = {(named["id"], role): {**named, "role": role} for role, named in known if named}
        return list(shown.values())

    @extend_schema_field(SourceSerializer(many=True))
    def get_sources(self, row: Entry) -> list[dict[str, str]]:
        return [source.data() for source in row.sources]

    @extend_schema_field(ReferenceSerializer(many=True))
    def get_related(self, row: Entry) -> list[dict[str, Any]]:
        others = _shown(row.related, self.context["related"])
        return [other for other in others if other["id"] != str(row.document)]


def _shown(ids: list[UUID], named: dict[UUID, dict[str, Any]]) -> list[dict[str, Any]]:
    """Each once, also where two of them have become one."""
    return list({named[key]["id"]: named[key] for key in ids if key in named}.values())


class EntryShown:
    """How both views show entries."""

    MODEL: ClassVar[type[Edition]] = Entry
    TYPE: ClassVar[str] = "entry"
    SERIALIZER: ClassVar[type[EditionSerializer]] = EntrySerializer

    INCLUDES: ClassVar[Mapping[str, str]] = {
        name: name for name in ("actors", "categories", "editions", "related", "sources")
    }

    def around(self, editions: list[Entry], asked: Asked) -> dict[str, Any]:
        return referred(
            asked,
            categories=(OneCategory, (key for row in editions for key in row.categories)),
            actors=(OneActor, (UUID(actor.id) for row in editions for actor in row.actors)),
            related=(OneEntry, (key for row in editions for key in row.related)),
        )


class EntryWithMomentSerializer(EntrySerializer):
    as_of = AsOfSerializer()


_EDTF = {**TEXT, "examples": ["2024", "2024-03", "2024-03-10"]}
_FILTERS: dict[str, tuple[dict[str, Any], str]] = {
    "kind": ({"type": "string", "enum": Kind.values}, "What it is."),
    "category": (TEXT, "A category’s id or slug."),
    "actor": (
        {"type": "string", "format": "uuid"},
        "The id of an actor that it names, or of one that is merged with it.",
    ),
    "language": ({**TEXT, "maxLength": 35}, "The language of one of its sources, as in zh."),
    "date_from": (_EDTF, "It may have happened on this EDTF date or later."),
    "date_to": (_EDTF, "It may have happened on this EDTF date or earlier."),
    "q": ({**TEXT, "maxLength": MAX_QUERY}, "All of these words, in any order; Chinese too."),
}


_EXAMPLE = {
    "id": "6f1d5c2e-3a57-4d0e-9a39-0b6a3c1f9d11",
    "slug": "rules-on-labelling",
    "title": "Rules on labelling what models make are published",
    "date": "2026-03-01",
    "date_shown": "1 March 2026",
    "actors": [
        {"id": "0f4a9c1b-7e35-4b0c-8a52-6d1f2e3c4b5a", "slug": "cac", "title": "A regulator", "role": "acted"}
    ],
    "sources": [{"publisher": "A gazette", "language": "zh", "url": "https://gazette.example/1"}],
}


@listed("entries", _FILTERS, _EXAMPLE)
class Entries(EntryShown, ListView):
    """Entries, newest first."""

    FILTERS = EntryFilters
    ORDERINGS = {"date": "earliest", "updated_at": "updated_at", "title": "title"}
    DEFAULT_ORDERING = "-date"


@detailed("entries_retrieve", EntryWithMomentSerializer, _EXAMPLE)
class OneEntry(EntryShown, DetailView):
    """One entry, by id or slug."""


@editions("entries")
class EntryEditions(EntryShown, EditionsList):
    """The editions of one entry, newest first, each with what differs from the one before."""


@edition("entries", EntryWithMomentSerializer, _EXAMPLE)
class EntryEdition(EntryShown, OneEdition):
    """One edition of an entry, as of the position at which it began, for as long as it may be shown."""
