"""An observation: what a series was in one period, as exactly as it was published. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models

import edtf
from editorial.models.fields import ItemsField
from editorial.sources import Fault, Source, date_faults

MAX_NOTE = 1_000
# Thirteen years of days. More would hold whoever else saves for seconds, since all are rows of one transaction.
MOST = 5_000
_PLAIN = re.compile(r"-?(0|[1-9][0-9]{0,29})(\.[0-9]{1,15})?", re.ASCII)
_MINUS_ZERO = re.compile(r"-(?=0(\.0*)?$)")
_THOUSANDS = re.compile(r"([+-]?[1-9][0-9]{0,2})((?:,[0-9]{3})+)(\.[0-9]+)?", re.ASCII)
# Spaces between thousands, of all kinds.
_SPACED = re.compile(r"(?<=[0-9])[\s\u00a0\u2009\u202f](?=[0-9]{3}(?![0-9]))")
_QUARTER = re.compile(r"([0-9]{4})[- ]?Q([1-4])([~?]?)", re.ASCII | re.IGNORECASE)
# How tables say that there is no figure.
_MISSING = frozenset({"-", "–", "—", "..", "…", "n/a", "na", "nan"})


class Status(models.TextChoices):
    FINAL = "final", "Final"
    PROVISIONAL = "provisional", "Provisional"
    ESTIMATE = "estimate", "Estimate"
    FORECAST = "forecast", "Forecast"


def plain_number(text: str) -> str:
    """A number in its one spelling: 12,800 is 12800, +5 is 5; nothing for what tables write where none is known."""
    number = _SPACED.sub("", text.replace("\N{MINUS SIGN}", "-"))
    if number.lower() in _MISSING:
        return ""
    if _THOUSANDS.fullmatch(number):
        number = number.replace(",", "")
    return _MINUS_ZERO.sub("", number.removeprefix("+"))


def plain_period(text: str) -> str:
    """A period in EDTF: 2024Q1 is 2024-33."""
    quarter = _QUARTER.fullmatch(text)
    if not quarter:
        return text
    year, number, doubt = quarter.groups()
    return f"{year}-{32 + int(number)}{doubt}"


@dataclass(frozen=True, slots=True)
class Observation(Source):
    """``period`` is EDTF, ``value`` a decimal as it was published, or nothing where it is missing.

    The source's fields are empty where it is the series' own; ``source_wanted`` is “yes” where the figure has none.
    """

    NORMALISED: ClassVar[Mapping[str, Callable[[str], str]]] = {
        **Source.NORMALISED,
        "period": plain_period,
        "value": plain_number,
        "status": str.lower,
        "source_wanted": lambda text: "" if text.lower() == "no" else text.lower(),
    }

    period: str = ""
    value: str = ""
    status: str = field(default=Status.FINAL.value)
    note: str = ""
    source_wanted: str = ""

    def faults(self) -> Iterator[Fault]:
        yield from Source.faults(self)
        if not self.period:
            yield "period", "A period is missing."
        yield from date_faults("period", self.period)
        if self.value and not _PLAIN.fullmatch(self.value):
            yield "value", f"“{self.value[:40]}” is no number; write it as in 12800, 12,800 or 0.5."
        if self.status not in Status.values:
            yield "status", f"A status is one of {', '.join(Status.values)}."
        if len(self.note) > MAX_NOTE:
            yield "note", f"At most {MAX_NOTE:,} characters."
        if self.source_wanted not in ("", "yes"):
            yield "source_wanted", "Write yes where a source is wanted, else nothing."

    def data(self) -> dict[str, str]:
        """JSON values; a final figure does not say so."""
        values = {known.name: getattr(self, known.name) for known in fields(self)}
        return {name: v for name, v in values.items() if v and (name, v) != ("status", Status.FINAL)}

    @property
    def number(self) -> Decimal | None:
        """The value, exact; None where it is missing."""
        return Decimal(self.value) if self.value else None

    @property
    def when(self) -> edtf.Date:
        return edtf.parse(self.period)

    @property
    def source(self) -> Source | None:
        """Its own source; None where it has none."""
        own = {known.name: getattr(self, known.name) for known in fields(Source)}
        return Source(**own) if self.publisher else None


# As tables have them, in this order.
COLUMNS = (
    "period", "value", "status", "note", "source_wanted", "publisher", "title", "language", "date", "url", "archived",
)  # fmt: skip
NEEDED = ("period", "value")


class ObservationsField(ItemsField):
    """A series' observations, in the order of time, each period once."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Observation, most=MOST, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {key: value for key, value in kwargs.items() if key not in ("item", "most")}

    def clean(self, value: Any, model_instance: models.Model | None) -> list[Any]:
        items: list[Any] = super().clean(value, model_instance)
        if again := list(repeated(enumerate(items, start=1))):
            raise ValidationError(
                [
                    f"{n}. period: {item.period} stands twice, first as number {first}."
                    for n, item, first in again
                ]
            )
        return in_order(items)


def in_order(observations: Iterable[Observation]) -> list[Observation]:
    """Oldest first."""
    return sorted(observations, key=lambda item: item.when.sort_key)


def repeated(numbered: Iterable[tuple[int, Observation]]) -> Iterator[tuple[int, Observation, int]]:
    """Each whose period stood before, whatever doubt is written at it: its number, itself, the first one's number."""
    first: dict[tuple[date, date], int] = {}
    for number, item in numbered:
        span = (item.when.earliest, item.when.latest)
        if first.setdefault(span, number) != number:
            yield number, item, first[span]
