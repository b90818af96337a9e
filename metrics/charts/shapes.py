"""What a chart is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal


class Undrawable(ValueError):
    """There is no honest drawing of these values: the table stands alone. The message tells readers why."""


@dataclass(frozen=True, slots=True)
class Point:
    """A value and its period: as it is written (“2022-08~”), as it is shown to readers, and its first and last day.

    ``value`` is None where it is known to be missing. ``provisional``: it looks so, whatever the reason.
    """

    period: str
    shown: str
    earliest: date
    latest: date
    value: Decimal | None
    status: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One series."""

    title: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """``title`` says what is seen, ``source`` is the whole source line. The lines of a share are percentages."""

    kind: Literal["line", "bar", "share"]
    title: str
    unit: str
    source: str
    lines: tuple[Line, ...]
