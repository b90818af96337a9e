"""The API of series: their observations as of a position, their vintages, and the observations as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

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
    Selection,
    SourceSerializer,
    detailed,
    edition,
    editions,
    listed,
    referred,
    tabled,
)
from editorial.markdown import render
from editorial.models.edition import Edition
from editorial.reading import AsOf
from editorial.search import MAX_QUERY
from metrics.models.content import ChartKind, Frequency
from metrics.models.edition import Series, observations, vintages
from metrics.observations import COLUMNS, Status
from metrics.tables import write_text


class SeriesFilters(EditionFilters):
    geography = django_filters.CharFilter(max_length=100)
    frequency = django_filters.ChoiceFilter(choices=Frequency.choices)
    unit = django_filters.CharFilter(max_length=60)
    q = django_filters.CharFilter(method="by_text", max_length=MAX_QUERY)


class ObservationSerializer(serializers.Serializer):
    """``period`` is EDTF; ``value`` a decimal as it was published, exact, and so a text; null where it is missing.

    ``sources`` is empty where the source is the series' own; with `include=sources` the series' stand there then.
    """

    period = serializers.CharField()
    period_shown = serializers.CharField(source="when.shown")
    earliest = serializers.DateField(source="when.earliest")
    latest = serializers.DateField(source="when.latest")
    value = serializers.SerializerMethodField()
    status = serializers.ChoiceField(choices=Status.choices)
    note = serializers.CharField()
    source_wanted = serializers.SerializerMethodField()
    sources = serializers.SerializerMethodField()

    @extend_schema_field({"type": ["string", "null"], "pattern": r"^-?[0-9]+(\.[0-9]+)?$"})
    def get_value(self, item: Any) -> str | None:
        return item.value or None

    def get_source_wanted(self, item: Any) -> bool:
        return bool(item.source_wanted)

    @extend_schema_field(SourceSerializer(many=True))
    def get_sources(self, item: Any) -> list[dict[str, str]]:
        if item.source or item.source_wanted:
            return [item.source.data()] if item.source else []
        others: list[dict[str, str]] = self.context.get("sources", [])
        return others


class VintageSerializer(serializers.Serializer):
    """An edition of the series: ``?as_of=`` its position shows what stood then."""

    edition = serializers.IntegerField(source="number")
    position = serializers.IntegerField()
    moment = serializers.DateTimeField()
    significance = serializers.CharField()
    note = serializers.CharField()
    text_hidden = serializers.BooleanField(source="hidden")


class SeriesSerializer(EditionSerializer):
    """A series as JSON, with its observations and its vintages up to the position, newest first."""

    PAGES = "/series/"
    AROUND = EditionSerializer.AROUND | {"beside", "observations", "vintages"}
    READS = ("beside", "sources")

    title = serializers.CharField()
    short_title = serializers.CharField()
    unit = serializers.CharField()
    definition = serializers.CharField()
    text = serializers.CharField()
    text_html = serializers.SerializerMethodField()
    geography = serializers.CharField()
    frequency = serializers.ChoiceField(choices=Frequency.choices)
    chart = serializers.ChoiceField(choices=ChartKind.choices)
    chart_title = serializers.CharField()
    beside = serializers.SerializerMethodField()
    licence = serializers.CharField()
    next_update = serializers.CharField(allow_null=True)
    sources = serializers.SerializerMethodField()
    source_wanted = serializers.BooleanField()
    observations = serializers.SerializerMethodField()
    vintages = serializers.SerializerMethodField()

    def get_text_html(self, row: Series) -> str:
        return render(row.text)

    @extend_schema_field(ReferenceSerializer(many=True))
    def get_beside(self, row: Series) -> list[dict[str, str]]:
        named = self.context["beside"]
        found = {named[key]["id"]: named[key] for key in row.beside if key in named}
        return [reference for key, reference in found.items() if key != str(row.document)]

    @extend_schema_field(SourceSerializer(many=True))
    def get_sources(self, row: Series) -> list[dict[str, str]]:
        return [source.data() for source in row.sources]

    @extend_schema_field(ObservationSerializer(many=True))
    def get_observations(self, row: Series) -> Any:
        others = {"sources": self.get_sources(row)} if self.context["sourced"] else {}
        return ObservationSerializer(
            self.context["observations"][row.position], many=True, context=others
        ).data

    @extend_schema_field(VintageSerializer(many=True))
    def get_vintages(self, row: Series) -> Any:
        return VintageSerializer(self.context["vintages"][row.document], many=True).data


class SeriesShown:
    """How all views show series."""

    MODEL: ClassVar[type[Edition]] = Series
    TYPE: ClassVar[str] = "series"
    SERIALIZER: ClassVar[type[EditionSerializer]] = SeriesSerializer

    INCLUDES: ClassVar[Mapping[str, str]] = {"editions": "editions", "sources": "sources"}

    def around(self, editions: list[Series], asked: Asked) -> dict[str, Any]:
        wants = asked.selection.wants
        documents = asked.selection.only("vintages", (row.document for row in editions))
        return {
            **referred(asked, beside=(OneSeries, (key for row in editions for key in row.beside))),
            "observations": observations([row.position for row in editions if wants("observations")]),
            "vintages": vintages(documents, asked.as_of.position),
            "sourced": "sources" in asked.selection.include,
        }


class SeriesWithMomentSerializer(SeriesSerializer):
    as_of = AsOfSerializer()


_FILTERS: dict[str, tuple[dict[str, Any], str]] = {
    "geography": ({**TEXT, "maxLength": 100}, "What it is of, as in CN."),
    "frequency": ({"type": "string", "enum": Frequency.values}, "How often it comes."),
    "unit": ({**TEXT, "maxLength": 60}, "What one of it is, as in percent."),
    "q": ({**TEXT, "maxLength": MAX_QUERY}, "All of these words, in any order; Chinese too."),
}


_EXAMPLE = {
    "id": "b2c7d1e0-5a64-4f3b-9c88-1e2d3f4a5b6c",
    "slug": "industrial-robots-installed",
    "title": "Industrial robots installed",
    "unit": "units",
    "observations": [
        {
            "period": "2024",
            "period_shown": "2024",
            "earliest": "2024-01-01",
            "latest": "2024-12-31",
            "value": "295000",
            "status": "final",
            "note": "",
            "source_wanted": False,
            "sources": [],
        }
    ],
}


@listed("series", _FILTERS, _EXAMPLE)
class SeriesList(SeriesShown, ListView):
    """Series, by title."""

    FILTERS = SeriesFilters
    ORDERINGS = {"title": "title", "updated_at": "updated_at"}
    DEFAULT_ORDERING = "title"


@detailed("series_retrieve", SeriesWithMomentSerializer, _EXAMPLE)
class OneSeries(SeriesShown, DetailView):
    """One series, by id or slug."""


@editions("series")
class SeriesEditions(SeriesShown, EditionsList):
    """The editions of one series, newest first, each with what differs from the one before.

    Of its observations, a difference has those alone that are in one of the two and not in the other.
    """

    def content(
        self, rows: list[Series], request: Request, as_of: AsOf, selection: Selection
    ) -> list[dict[str, Any]]:
        """Observations are compared before they are made JSON: there may be many, and few that differ."""
        whole = observations([row.position for row in rows])
        shown = super().content(rows, request, as_of, selection)
        return [{**body, "observations": whole[row.position]} for row, body in zip(rows, shown, strict=True)]

    def difference(self, name: str, before: Any, after: Any) -> dict[str, Any]:
        if name != "observations":
            return super().difference(name, before, after)
        earlier, later = {*before}, {*after}
        sides = (
            [item for item in before if item not in later],
            [item for item in after if item not in earlier],
        )
        return super().difference(name, *(ObservationSerializer(items, many=True).data for items in sides))


@edition("series", SeriesWithMomentSerializer, _EXAMPLE)
class SeriesEdition(SeriesShown, OneEdition):
    """One edition of a series, as of the position at which it began, for as long as it may be shown."""


_CSV = "text/csv"
_TABLE = write_text(COLUMNS, [{"period": "2024", "value": "295000", "status": "final"}])


@tabled("series_observations_csv", _CSV, _TABLE)
class ObservationsTable(SeriesShown, DetailView):
    """The observations of one series as CSV (RFC 4180, UTF-8), a header first; texts are never formulas."""

    KNOWN = ("as_of",)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """There is one representation, whatever a client says that it accepts."""
        return super().perform_content_negotiation(request, force=True)

    def one(self, row: Series, request: Request, as_of: AsOf, selection: Selection) -> HttpResponse:
        if row.hidden:
            return self.gone(row)
        response = HttpResponse(table(row), content_type=f"{_CSV}; charset=utf-8; header=present")
        response["Content-Disposition"] = f'attachment; filename="{row.slug}.csv"'
        return response


def table(row: Series) -> str:
    """A vintage's observations as CSV, each with its status."""
    shown = observations([row.position])[row.position]
    return write_text(COLUMNS, [{**item.data(), "status": item.status} for item in shown])
