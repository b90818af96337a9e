"""Where the ticks of an axis stand, and what its numbers are divided by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from metrics.charts.words import month

EPOCH = date(1970, 1, 1)
DAY = 86_400_000
_STEPS, _GRACE = [Decimal(step) for step in ("1", "2", "2.5", "5", "10")], Decimal("1.1")


def instant(day: date) -> int:
    """Milliseconds since 1970 to the day's beginning in UTC, as a time scale has them."""
    return (day - EPOCH).days * DAY


def multiple(values: list[Decimal]) -> int:
    """The power of ten that keeps the axis' numbers short: 0 for values of every day."""
    largest = max(map(abs, values))
    if not largest:
        return 0
    size = largest.adjusted()
    if -4 <= size < 7:
        return 0
    return size // 3 * 3


def domain(values: list[Decimal], *, zero: bool) -> list[Decimal]:
    """Round numbers from below the least value to above the greatest, a step apart: ticks, about five."""
    least, most = min(values), max(values)
    spread, reach = most - least, max(abs(least), abs(most))
    # An axis that leaves out zero is for values that differ by little; by nothing at all, zero is the only scale.
    if zero or spread > (reach - spread) / 3 or spread <= reach.scaleb(-9):
        least, most = min(least, Decimal(0)), max(most, Decimal(0))
    if least == most:
        most = Decimal(1)
    step = _step((most - least) / 4)
    first, last = (
        (least / step).to_integral_value(ROUND_FLOOR),
        (most / step).to_integral_value(ROUND_CEILING),
    )
    return [step * place for place in range(int(first), int(last) + 1)]


def _step(rough: Decimal) -> Decimal:
    """The smallest of 1, 2, 2.5, 5, 10, … that is not below it, with a little grace."""
    power = Decimal(1).scaleb(rough.adjusted())
    return next(power * m for m in _STEPS if power * m * _GRACE >= rough)


def days(first: date, last: date, room: float, label: float) -> list[tuple[date, tuple[str, ...]]]:
    """Ticks of a time axis with their labels: years, months or days, as many as have room of ``label`` pixels each."""
    most = max(2, int(room / label))
    if (last - first).days < 70:
        return _days(first, last, most)
    span = (last.year - first.year) * 12 + last.month - first.month + 1
    step = next((s for s in (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 6000) if span / s <= most), 12_000)
    return _months(first, last, step)


def _days(first: date, last: date, most: int) -> list[tuple[date, tuple[str, ...]]]:
    step = next(s for s in (1, 2, 5, 7, 14, 28, 70) if (last - first).days / s <= most)
    ticks = [first + timedelta(n) for n in range(0, (last - first).days + 1, step)]
    return [(day, _lines(f"{day.day} {month(day)}", day, place == 0)) for place, day in enumerate(ticks)]


def _months(first: date, last: date, step: int) -> list[tuple[date, tuple[str, ...]]]:
    ticks = list(_starts(first, last, step))
    if step >= 12:
        return [(day, (str(day.year),)) for day in ticks]
    return [
        (day, _lines(month(day), day, place == 0 or ticks[place - 1].year != day.year))
        for place, day in enumerate(ticks)
    ]


def _starts(first: date, last: date, step: int) -> Iterator[date]:
    """The first days of each ``step``th month; of years, of those that the step divides."""
    number = -(-(first.year * 12 + first.month - (first.day == 1)) // step) * step
    while number // 12 <= last.year and (day := date(number // 12, number % 12 + 1, 1)) <= last:
        yield day
        number += step


def _lines(words: str, day: date, year: bool) -> tuple[str, ...]:
    return (words, str(day.year)) if year else (words,)
