"""Shares of a whole: a bar of a hundred percent for each period, divided by the series.

What the series leave is "Other". Should they exceed the whole by more than rounding does, they are no shares of one
whole, and any bar of them would be untrue: then there is no drawing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from metrics.charts.marks import TEXT, Layer, axis, boxes, dots, faint, pixel, rules, scaled, text
from metrics.charts.palette import INK, LINE, PAPER, SOFT, colour, shape
from metrics.charts.plot import EDGE, Plot
from metrics.charts.shapes import Chart, Point, Undrawable
from metrics.charts.words import brief, cut, number, width

WHOLE = Decimal(100)
_ROUNDED = Decimal("0.5")  # of a percent, the most by which rounding raises a series
_HIGHEST = 480
_WIDEST = 150
_SLIM = 12  # pixels of height, below which an outline would be all that is seen


class _Part(NamedTuple):
    """A series' part of a bar: where it begins, and how much it is."""

    line: int
    point: Point
    start: Decimal
    value: Decimal


class _Bar(NamedTuple):
    point: Point
    parts: list[_Part]
    total: Decimal
    whole: bool


def plot(chart: Chart) -> Plot:
    bars = [bar for bar in _bars(chart) if bar.parts]
    names = [_name(bar.point) for bar in bars]
    left = EDGE + 10 + math.ceil(max(width(name, TEXT) for name in names))
    pitch = min(64, max(5, _HIGHEST // len(bars)))
    plot = Plot([], left, EDGE + 16, pitch * len(bars), 14 + TEXT + 4)
    most = max(WHOLE, *(bar.total for bar in bars))
    across = scaled("x", 0, float(most))
    layers = _grid(plot, most)
    for place in range(len(chart.lines)):
        layers += _parts(
            [(n, part) for n, bar in enumerate(bars) for part in bar.parts if part.line == place],
            pitch,
            across,
        )
    left_over = [(n, bar) for n, bar in enumerate(bars) if bar.total < WHOLE]
    if left_over:
        rows = [{"x": float(bar.total), "x2": 100, **_heights(n, pitch)} for n, bar in left_over]
        layers.append(rest(rows, across, slim=pitch < _SLIM))
    layers += _words(bars, plot, pitch, most)
    every = -(-(TEXT + 6) // pitch)
    layers.append(text([
        {"x": -10, "y": (n + 0.5) * pitch + 6, "text": name} for n, name in enumerate(names) if n % every == 0
    ], "right", SOFT))  # fmt: skip
    named = ("Other" if all(bar.whole for bar in bars) else "Other or not known") if left_over else ""
    return Plot(layers, plot.left, plot.right, plot.height, plot.below, rest=named)


def rest(rows: list[dict[str, Any]], across: dict[str, Any] | None = None, *, slim: bool = False) -> Layer:
    """The remainder: as faint as a grid line, and so outlined."""
    return boxes(rows, LINE, None if slim else SOFT, 0.5, x=across or pixel("x"))


def _name(point: Point) -> str:
    name = " ".join(brief(point)).replace("– ", "–")
    return name if width(name, TEXT) <= _WIDEST else cut(name, _WIDEST, TEXT)


def _bars(chart: Chart) -> Iterator[_Bar]:
    """Periods with the parts of those series that are known in them."""
    periods = {point.period: point for line in chart.lines for point in line.points}
    rows = [{point.period: point for point in line.points} for line in chart.lines]
    for period, named in sorted(
        periods.items(), key=lambda item: (item[1].earliest, item[1].latest, item[0])
    ):
        parts: list[_Part] = []
        total = Decimal(0)
        for place, row in enumerate(rows):
            point = row.get(period)
            if point is not None and point.value is not None:
                if point.value < 0:
                    raise Undrawable(f"A share is below zero in {named.shown}.")
                parts.append(_Part(place, point, total, point.value))
                total += point.value
        if total > WHOLE + _ROUNDED * len(parts):
            raise Undrawable(f"The shares of {named.shown} together exceed 100 percent.")
        yield _Bar(named, parts, total, len(parts) == len(rows))


def _grid(plot: Plot, most: Decimal) -> list[Layer]:
    quarters = [(float(plot.width * share / most), f"{share}%") for share in (0, 25, 50, 75, 100)]
    lines = [{"x": x, "x2": x, "y": 0, "y2": plot.height + 6} for x, _ in quarters]
    return [rules(lines), axis([(x, (words,)) for x, words in quarters], plot.height + TEXT + 8)]


def _heights(place: int, pitch: float) -> dict[str, float]:
    gap = min(8, pitch * 0.13)
    return {"y": place * pitch + gap, "y2": (place + 1) * pitch - gap}


def _parts(parts: list[tuple[int, _Part]], pitch: float, across: dict[str, Any]) -> list[Layer]:
    """One series' parts, with an edge of paper between neighbours; provisional ones light and dashed."""
    layers: list[Layer] = []
    for unsure in (False, True):
        some = [(n, part) for n, part in parts if part.point.provisional is unsure]
        if some:
            ink = colour(some[0][1].line)
            rows = [
                {"x": float(p.start), "x2": float(p.start + p.value), **_heights(n, pitch)} for n, p in some
            ]
            layers += faint(rows, ink, across) if unsure else _full(rows, ink, across)
    return layers


def _full(rows: list[dict[str, Any]], ink: str, across: dict[str, Any]) -> list[Layer]:
    """Parts that are certain; those of less than a percent without the edge, which would cover them."""
    slim, wide = ([row for row in rows if (row["x2"] - row["x"] >= 1) is much] for much in (False, True))
    return [boxes(wide, ink, PAPER, x=across), boxes(slim, ink, x=across)]


def _words(bars: list[_Bar], plot: Plot, pitch: float, most: Decimal) -> list[Layer]:
    """In each part that has room its series' shape and its percentage; in a small one the shape alone."""
    layers: list[Layer] = []
    for n, bar in enumerate(bars if pitch > TEXT + 8 else []):
        y = (n + 0.5) * pitch
        for part in bar.parts:
            room, middle = (
                float(plot.width * amount / most) for amount in (part.value, part.start + part.value / 2)
            )
            layers += _word(part, room, middle, y)
        over = WHOLE - bar.total
        words = f"{number(over)}%"
        room = float(plot.width * over / most)
        if over > 0 and width(words, TEXT) + 8 < room:
            middle = float(plot.width * (bar.total + over / 2) / most)
            layers.append(text([{"x": middle, "y": y + 6, "text": words}], "center"))
    return layers


def _word(part: _Part, room: float, middle: float, y: float) -> list[Layer]:
    unsure = part.point.provisional
    words = f"{number(part.value, 0, 3)}%"
    wide = width(words, TEXT)
    ink = colour(part.line) if unsure else PAPER
    full = wide + 22 + 8 <= room
    mark = dots([{"x": middle - (wide / 2 + 3 if full else 0), "y": y}], shape(part.line), ink, ink, size=50)
    if not full:
        return [mark] if room > 14 else []
    return [
        mark,
        text([{"x": middle - wide / 2 + 11, "y": y + 6, "text": words}], colour=INK if unsure else PAPER),
    ]
