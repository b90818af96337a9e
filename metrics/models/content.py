"""What a series says: what it counts, how it is drawn, and its observations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models

import edtf
from editorial.models.content import Content, source_problems
from editorial.models.fields import ItemsField
from editorial.sources import Source
from editorial.workflow import Refusal
from edtf.fields import EDTFField
from metrics.observations import Observation, ObservationsField

MAX_DRAWN = 6


class Frequency(models.TextChoices):
    ANNUAL = "annual", "Annual"
    QUARTERLY = "quarterly", "Quarterly"
    MONTHLY = "monthly", "Monthly"
    WEEKLY = "weekly", "Weekly"
    DAILY = "daily", "Daily"
    IRREGULAR = "irregular", "Irregular"


class ChartKind(models.TextChoices):
    LINE = "line", "Line"
    BAR = "bar", "Bars"
    SHARE = "share", "Shares of a whole"


# How precise the periods of a series are; a week is named by its first day.
PRECISIONS: dict[str, edtf.Precision] = {
    Frequency.ANNUAL: edtf.Precision.YEAR,
    Frequency.QUARTERLY: edtf.Precision.QUARTER,
    Frequency.MONTHLY: edtf.Precision.MONTH,
    Frequency.WEEKLY: edtf.Precision.DAY,
    Frequency.DAILY: edtf.Precision.DAY,
}


class SeriesContent(Content):
    """``title`` says what is counted; ``beside`` names series of the same unit that are drawn in the same chart."""

    FIELDS: ClassVar[tuple[str, ...]] = (
        "title", "short_title", "unit", "definition", "text", "geography", "frequency", "chart", "chart_title",
        "beside", "licence", "next_update", "sources", "source_wanted", "observations",
    )  # fmt: skip
    # Of a choice, nothing is no value: what is not kept would be said to be another.
    KEPT: ClassVar[tuple[str, ...]] = ("title", "unit", "frequency", "chart")
    LABEL: ClassVar[tuple[str, ...]] = ("title", "unit")
    REFERS: ClassVar[dict[str, str]] = {"beside": "series"}

    short_title = models.CharField(
        max_length=60, blank=True, default="", help_text="What it is called beside others in a chart."
    )
    unit = models.CharField(
        max_length=60, blank=True, default="", help_text="What one of it is: units, percent, CNY billion."
    )
    definition = models.TextField(
        max_length=5_000, blank=True, default="", help_text="What is counted, by whom, and what is not."
    )
    text = models.TextField(max_length=20_000, blank=True, default="", help_text="Markdown.")
    geography = models.CharField(max_length=100, blank=True, default="", help_text="CN, or a name.")
    frequency = models.CharField(
        max_length=10, choices=Frequency.choices, default=Frequency.ANNUAL, blank=True
    )
    chart = models.CharField(max_length=5, choices=ChartKind.choices, default=ChartKind.LINE, blank=True)
    chart_title = models.CharField(
        max_length=200, blank=True, default="", help_text="What the chart shows; if empty, the series’ title."
    )
    beside = ArrayField(
        models.UUIDField(), verbose_name="drawn together with", default=list, blank=True, size=MAX_DRAWN - 1,
        help_text="Series of the same unit; others are left out of the chart.",
    )  # fmt: skip
    licence = models.CharField(
        max_length=500, blank=True, default="", help_text="Under which the source gives it."
    )
    next_update = EDTFField("next expected update", null=True, blank=True, default=None)
    sources = ItemsField(Source)
    source_wanted = models.BooleanField(
        default=False, blank=True, help_text="It has no source yet; readers see that one is wanted."
    )
    observations = ObservationsField()

    class Meta:
        abstract = True

    @classmethod
    def problems(cls, content: Mapping[str, Any]) -> Iterator[Refusal]:
        for name, what in {"title": "A title", "unit": "A unit", "definition": "A definition"}.items():
            if not content.get(name):
                yield Refusal(f"{what} is missing.", name, "input")
        if not any(item.get("value") for item in content.get("observations") or []):
            yield Refusal("An observation with a value is missing.", "observations", "input")
        yield from source_problems(content)
        yield from _period_problems(content)

    @classmethod
    def columns(cls, content: Mapping[str, Any]) -> dict[str, Any]:
        values = super().columns(content)
        date = values["next_update"]
        made = {
            **values,
            "next_update": edtf.parse(date) if date else None,
            "beside": [UUID(key) for key in values["beside"]],
            "sources": [Source.from_data(item) for item in values["sources"]],
        }
        if "observations" in cls.FIELDS:
            made["observations"] = observations_of(content)
        return {name: made[name] for name in cls.FIELDS}

    @classmethod
    def searched_text(cls, content: Mapping[str, Any]) -> str:
        texts = [
            content.get(name) or ""
            for name in ("title", "short_title", "unit", "definition", "text", "geography")
        ]
        notes = [item.get("note", "") for item in content.get("observations") or []]
        named = [source.get("publisher", "") for source in content.get("sources") or []]
        return "\n".join([*texts, *notes, *named])


def observations_of(content: Mapping[str, Any]) -> list[Observation]:
    """A content's observations, oldest first."""
    return [Observation.from_data(item) for item in content.get("observations") or []]


def _period_problems(content: Mapping[str, Any]) -> Iterator[Refusal]:
    """Periods that are not of the series' frequency, the first few of them."""
    precision = PRECISIONS.get(content.get("frequency", ""))
    if precision is None:
        return
    periods = (str(item.get("period", "")) for item in content.get("observations") or [])
    wrong = [period for period in periods if period and edtf.parse(period).precision is not precision]
    if wrong:
        named = ", ".join(wrong[:5]) + ("…" if len(wrong) > 5 else "")
        text = (
            f"The series is {content['frequency']}, so each period is a {precision}; these are not: {named}."
        )
        yield Refusal(text, "observations", "input")
