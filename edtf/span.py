"""One stretch of the calendar: a day, a month, a quarter, a season or a year, and how sure one is of it."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, date
from enum import StrEnum
from typing import Literal

APPROXIMATE: Literal["~"] = "~"
UNCERTAIN: Literal["?"] = "?"
Qualifier = Literal["", "~", "?"]

# EDTF leaves open which months a season has. These are the meteorological seasons of the northern half.
SPRING, SUMMER, AUTUMN, WINTER = SEASONS = (21, 22, 23, 24)
QUARTERS = (33, 34, 35, 36)
MONTHS = range(1, 13)
_FIRST_MONTH = dict(zip(SEASONS + QUARTERS, (3, 6, 9, 12, 1, 4, 7, 10), strict=True))


class InvalidDate(ValueError):
    """What was written is no date. Its text is a sentence for whoever wrote it, with a good example."""


class Precision(StrEnum):
    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    SEASON = "season"
    YEAR = "year"
    INTERVAL = "interval"


_LENGTH_IN_MONTHS = {Precision.MONTH: 1, Precision.QUARTER: 3, Precision.SEASON: 3, Precision.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Span:
    """``part`` is a month (1–12), a season (21–24) or a quarter (33–36) of the year, in EDTF's numbers.

    Spring is March to May, summer June to August, autumn September to November, and winter December to
    February of the *next* year. Raises InvalidDate for what is not in the calendar of the years 0001 to 9999.
    """

    year: int
    part: int | None = None
    day: int | None = None
    qualifier: Qualifier = ""

    def __post_init__(self) -> None:
        fault = next(_faults(self), None)
        if fault is not None:
            raise InvalidDate(fault)

    def __str__(self) -> str:
        parts = [f"{number:02}" for number in (self.part, self.day) if number is not None]
        return "-".join([f"{self.year:04}", *parts]) + self.qualifier

    @property
    def precision(self) -> Precision:
        if self.part is None:
            return Precision.YEAR
        if self.part in SEASONS:
            return Precision.SEASON
        if self.part in QUARTERS:
            return Precision.QUARTER
        return Precision.MONTH if self.day is None else Precision.DAY

    @property
    def earliest(self) -> date:
        """The first day. No qualifier moves it, nor ``latest``: nobody said how far off a guess may be."""
        return date(self.year, _first_month(self.part), self.day or 1)

    @property
    def latest(self) -> date:
        """The last day, itself included."""
        if self.day is not None:
            return self.earliest
        months = self.year * 12 + _first_month(self.part) - 1 + _LENGTH_IN_MONTHS[self.precision] - 1
        year, month = months // 12, months % 12 + 1
        return date(year, month, monthrange(year, month)[1])


def _first_month(part: int | None) -> int:
    return 1 if part is None else _FIRST_MONTH.get(part, part)


def _faults(span: Span) -> Iterator[str]:
    """Why this is not in the calendar. A later reason may rest on the absence of an earlier one."""
    if not 1 <= span.year <= MAXYEAR:
        yield "Years go from 0001 to 9999, such as 2024."
    if span.part is not None and span.part not in MONTHS and span.part not in _FIRST_MONTH:
        yield (
            f"“{span}” names no month; months are 01 to 12, seasons 21 to 24 and quarters 33 to 36, "
            f"such as {span.year:04}-03."
        )
    if (span.year, span.part) == (MAXYEAR, WINTER):
        yield "A winter ends in the next year, and 9999 is the last; write an earlier one, such as 2024-24."
    if span.day is not None:
        yield from _faults_of_day(span, span.day)


def _faults_of_day(span: Span, day: int) -> Iterator[str]:
    if span.part not in MONTHS:
        yield f"“{span}” is a day without a month; write both, such as {span.year:04}-03-10."
        return
    last = Span(span.year, span.part).latest
    if not 1 <= day <= last.day:
        yield f"“{span}” is not in the calendar; that month has {last.day} days, the last being {last}."
