"""A small timeline of entries: a strip of years with a mark for each entry. The list below it says the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

WIDTH, HEIGHT, MARGIN = 720, 56, 24


@dataclass(frozen=True, slots=True)
class Strip:
    """``marks``: (x, y, entry); ``years``: (x, year)."""

    width: int
    height: int
    marks: list[tuple[int, int, Any]]
    years: list[tuple[int, int]]


def strip(entries: list[Any]) -> Strip | None:
    """None where there is nothing to show. Entries of one day stand above each other."""
    dated = [entry for entry in entries if entry.earliest]
    if not dated:
        return None
    first, last = dated[-1].earliest.year, dated[0].earliest.year + 1
    begin, days = date(first, 1, 1), (date(last, 1, 1) - date(first, 1, 1)).days

    def x(day: date) -> int:
        return MARGIN + (day - begin).days * (WIDTH - 2 * MARGIN) // days

    step = -(-(last - first) // 12)  # a dozen years at most have room for their numbers
    years = [(x(date(year, 1, 1)), year) for year in range(first, last, step)]
    marks: list[tuple[int, int, Any]] = []
    for entry in dated:
        place = x(entry.earliest)
        above = sum(abs(other - place) < 9 for other, _, _ in marks)
        marks.append((place, 30 - 9 * (above % 3), entry))
    return Strip(WIDTH, HEIGHT, marks, years)
