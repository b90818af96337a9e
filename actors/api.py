"""The actors' API: filters and the JSON of a profile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.core.validators import RegexValidator
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from actors.models.content import SCHEMES, Kind
from actors.models.edition import Actor
from actors.relations import RelationType
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
from editorial.markdown import render
from editorial.models.edition import Edition, EditionQuerySet
from editorial.search import MAX_QUERY

TWO_LETTERS = RegexValidator(r"\A[A-Za-z]{2}\Z", "Write the two letters of ISO 3166, as in CN.")


class ActorFilters(EditionFilters):
    """``q`` finds an actor by any of its names, in any script."""

    kind = django_filters.ChoiceFilter(choices=Kind.choices)
    country = django_filters.CharFilter(method="by_country", validators=[TWO_LETTERS])
    identifier = django_filters.CharFilter(method="by_identifier", max_length=100)
    related_to = django_filters.UUIDFilter(method="by_relation")
    q = django_filters.CharFilter(method="by_text", max_length=MAX_QUERY)

    def by_country(self, rows: EditionQuerySet, name: str, country: str) -> EditionQuerySet:
        return rows.filter(country=country.upper())

    def by_identifier(self, rows: EditionQuerySet, name: str, value: str) -> EditionQuerySet:
        wanted = [{"value": value}]
        return self.as_of.redirects.found(rows, lambda some: some.filter(identifiers__contains=wanted))

    def by_relation(self, rows: EditionQuerySet, name: str, actor: UUID) -> EditionQuerySet:
        redirects = self.as_of.redirects
        if self.shown(name, OneActor, str(actor)) is None:
            return rows.none()
        named = rows.filter(redirects.named("relations", "target", actor))
        return named.exclude(document=redirects.winner(actor))


class IdentifierSerializer(serializers.Serializer):
    scheme = serializers.ChoiceField(choices=list(SCHEMES))
    value = serializers.CharField()


class RelationSerializer(serializers.Serializer):
    """A relation of the actor to another one whose profile is public; ``since`` and ``until`` are EDTF."""

    type = serializers.ChoiceField(choices=RelationType.choices)
    actor = ReferenceSerializer()
    since = serializers.CharField()
    until = serializers.CharField()
    note = serializers.CharField()
    sources = SourceSerializer(many=True)


class ActorSerializer(EditionSerializer):
    """A profile as JSON. ``title`` is the name in English, ``text`` Markdown; ``founded`` and ``ended`` are EDTF."""

    PAGES = "/actors/"
    AROUND = EditionSerializer.AROUND | {"relations"}
    READS = ("relations",)

    kind = serializers.ChoiceField(choices=Kind.choices)
    title = serializers.CharField()
    name_zh = serializers.CharField()
    pinyin = serializers.CharField()
    aliases = serializers.ListField(child=serializers.CharField())
    country = serializers.CharField()
    seat = serializers.CharField()
    founded = serializers.CharField(allow_null=True)
    ended = serializers.CharField(allow_null=True)
    text = serializers.CharField()
    text_html = serializers.SerializerMethodField()
    basis = serializers.CharField()
    web = serializers.CharField()
    identifiers = serializers.SerializerMethodField()
    relations = serializers.SerializerMethodField()
    sources = serializers.SerializerMethodField()
    source_wanted = serializers.BooleanField()

    def get_text_html(self, row: Actor) -> str:
        return render(row.text)

    @extend_schema_field(IdentifierSerializer(many=True))
    def get_identifiers(self, row: Actor) -> list[dict[str, str]]:
        return [identifier.data() for identifier in row.identifiers]

    @extend_schema_field(RelationSerializer(many=True))
    def get_relations(self, row: Actor) -> list[dict[str, Any]]:
        named = self.context["relations"]
        return [
            {
                "type": relation.type,
                "actor": other,
                "since": relation.since,
                "until": relation.until,
                "note": relation.note,
                "sources": [relation.source()] if relation.publisher else [],
            }
            for relation in row.relations
            # A relation to what was merged into this very actor is one to itself.
            if (other := named.get(UUID(relation.target))) and other["id"] != str(row.document)
        ]

    @extend_schema_field(SourceSerializer(many=True))
    def get_sources(self, row: Actor) -> list[dict[str, str]]:
        return [source.data() for source in row.sources]


class ActorShown:
    """How both views show profiles."""

    MODEL: ClassVar[type[Edition]] = Actor
    TYPE: ClassVar[str] = "actor"
    SERIALIZER: ClassVar[type[EditionSerializer]] = ActorSerializer

    INCLUDES: ClassVar[Mapping[str, str]] = {
        "actors": "relations",
        "editions": "editions",
        "sources": "sources",
    }

    def around(self, editions: list[Actor], asked: Asked) -> dict[str, Any]:
        others = (UUID(relation.target) for row in editions for relation in row.relations)
        return referred(asked, relations=(OneActor, others))


class ActorWithMomentSerializer(ActorSerializer):
    as_of = AsOfSerializer()


_FILTERS: dict[str, tuple[dict[str, Any], str]] = {
    "kind": ({"type": "string", "enum": Kind.values}, "What it is."),
    "country": (
        {"type": "string", "pattern": "^[A-Za-z]{2}$"},
        "Its country’s two letters (ISO 3166), as in CN.",
    ),
    "identifier": ({**TEXT, "maxLength": 100}, "By which others know it, as in Q160120."),
    "related_to": (
        {"type": "string", "format": "uuid"},
        "The id of an actor that it says it is related to, or of one that is merged with it.",
    ),
    "q": ({**TEXT, "maxLength": MAX_QUERY}, "All of these words; any of its names in any script."),
}


_EXAMPLE = {
    "id": "0f4a9c1b-7e35-4b0c-8a52-6d1f2e3c4b5a",
    "slug": "a-laboratory",
    "kind": "company",
    "title": "A laboratory",
    "aliases": ["The lab"],
    "country": "CN",
    "founded": "2019",
    "text": "It makes models.",
}


@listed("actors", _FILTERS, _EXAMPLE)
class Actors(ActorShown, ListView):
    """Profiles, by name."""

    FILTERS = ActorFilters
    ORDERINGS = {"title": "title", "updated_at": "updated_at"}
    DEFAULT_ORDERING = "title"


@detailed("actors_retrieve", ActorWithMomentSerializer, _EXAMPLE)
class OneActor(ActorShown, DetailView):
    """One profile, by id or slug."""


@editions("actors")
class ActorEditions(ActorShown, EditionsList):
    """The editions of one profile, newest first, each with what differs from the one before."""


@edition("actors", ActorWithMomentSerializer, _EXAMPLE)
class ActorEdition(ActorShown, OneEdition):
    """One edition of a profile, as of the position at which it began, for as long as it may be shown."""
