"""The API of the front page: its text, and what it shows in which order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from editorial.api import (
    Asked,
    AsOfSerializer,
    DetailView,
    EditionFilters,
    EditionSerializer,
    EditionsList,
    ListView,
    OneEdition,
    ReferenceSerializer,
    detailed,
    edition,
    editions,
    listed,
    referred,
)
from editorial.api.views import EditionsView
from editorial.markdown import render
from editorial.models.edition import Edition
from metrics.api import OneSeries
from pages.models.edition import Front
from timeline.api import OneEntry

CHOICES: dict[str, type[EditionsView]] = {"figures": OneSeries, "charts": OneSeries, "milestones": OneEntry}


class FrontFilters(EditionFilters):
    """There is one; nothing narrows it."""


class FrontSerializer(EditionSerializer):
    """The front page as JSON. ``text`` is Markdown; ``milestones`` is empty where all are shown, ``updates`` 0."""

    AROUND = EditionSerializer.AROUND | CHOICES.keys()
    READS = (*CHOICES,)

    title = serializers.CharField()
    text = serializers.CharField()
    text_html = serializers.SerializerMethodField()
    figures = serializers.SerializerMethodField()
    charts = serializers.SerializerMethodField()
    milestones = serializers.SerializerMethodField()
    updates = serializers.IntegerField()

    def get_url(self, row: Front) -> str:
        return f"{self.context['root']}/"

    def get_text_html(self, row: Front) -> str:
        return render(row.text)

    @extend_schema_field(ReferenceSerializer(many=True))
    def get_figures(self, row: Front) -> list[dict[str, str]]:
        return self._chosen(row, "figures")

    @extend_schema_field(ReferenceSerializer(many=True))
    def get_charts(self, row: Front) -> list[dict[str, str]]:
        return self._chosen(row, "charts")

    @extend_schema_field(ReferenceSerializer(many=True))
    def get_milestones(self, row: Front) -> list[dict[str, str]]:
        return self._chosen(row, "milestones")

    def _chosen(self, row: Front, name: str) -> list[dict[str, str]]:
        """Those that are public, each once, also where two of them have become one."""
        named = self.context[name]
        found = (named.get(UUID(chosen.id)) for chosen in getattr(row, name))
        return list({reference["id"]: reference for reference in found if reference}.values())


class FrontShown:
    """How both views show it."""

    MODEL: ClassVar[type[Edition]] = Front
    TYPE: ClassVar[str] = "front"
    SERIALIZER: ClassVar[type[EditionSerializer]] = FrontSerializer

    def around(self, editions: list[Front], asked: Asked) -> dict[str, Any]:
        return referred(asked, **{name: (view, _chosen(editions, name)) for name, view in CHOICES.items()})


def _chosen(editions: list[Front], name: str) -> Iterator[UUID]:
    return (UUID(chosen.id) for row in editions for chosen in getattr(row, name))


class FrontWithMomentSerializer(FrontSerializer):
    as_of = AsOfSerializer()


_EXAMPLE = {
    "id": "e6fa04b3-8d97-4c6e-afbb-4b5c6d7e8f90",
    "slug": "front",
    "url": "https://tracker.example/",
    "title": "Front page",
    "figures": [
        {
            "id": "b2c7d1e0-5a64-4f3b-9c88-1e2d3f4a5b6c",
            "slug": "industrial-robots-installed",
            "title": "Industrial robots installed",
        }
    ],
    "milestones": [],
    "updates": 6,
}


@listed("front", {}, _EXAMPLE)
class Fronts(FrontShown, ListView):
    """The front page's choice: one, once it is published."""

    FILTERS = FrontFilters
    ORDERINGS = {"title": "title", "updated_at": "updated_at"}
    DEFAULT_ORDERING = "title"


@detailed("front_retrieve", FrontWithMomentSerializer, _EXAMPLE)
class OneFront(FrontShown, DetailView):
    """The front page's choice, by id or slug."""


@editions("front")
class FrontEditions(FrontShown, EditionsList):
    """The editions of the front page, newest first, each with what differs from the one before."""


@edition("front", FrontWithMomentSerializer, _EXAMPLE)
class FrontEdition(FrontShown, OneEdition):
    """One edition of the front page, as of the position at which it began, for as long as it may be shown."""
