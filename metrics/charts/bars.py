"""Columns for each period, those of several series beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from metrics.charts.marks import TEXT, Layer, axis, boxes, dots, faint, scaled, text
from metrics.charts.palette import PAPER, colour, shape
from metrics.charts.plot import EDGE, HEIGHT, Plot, Values
from metrics.charts.scales import domain, multiple
from metrics.charts.shapes import Chart, Point
from metrics.charts.words import brief, number, width

MOST_LABELS = 12
_WIDEST = 110


@dataclass(frozen=True, slots=True)
class _Column:
    """``x``, ``x2``: in periods, the first of which is 0 wide from −0.5 to 0.5."""

    point: Point
    value: Decimal
    line: int
    x: float
    x2: float


def plot(chart: Chart) -> Plot:
    periods = _periods(chart)
    values = [point.value for line in chart.lines for point in line.points if point.value is not None]
    ticks = domain(values, zero=True)
    scale, labels = _labels(chart, values, ticks, len(periods))
    left = scale.left
    plot = Plot([], left, EDGE, HEIGHT, 0, scale.multiple)
    pitch = plot.width / len(periods)
    columns = _columns(chart, periods, pitch)
    across = scaled("x", -0.5, len(periods) - 0.5)
    layers = [*scale.layers(plot.width)]
    for place in range(len(chart.lines)):
        layers += _bars(
            [column for column in columns if column.line == place], scale, across, pitch, len(chart.lines) > 1
        )
    layers.append(_numbers(columns, labels, scale, pitch))
    words = [((place + 0.5) * pitch, brief(point)) for place, point in enumerate(periods)]
    shown = _within(_thinned(words, pitch), plot.width + EDGE)
    lowest = max(scale.y(value) for value in values)
    # Where a column below zero ends at the plot's bottom, its number stands there.
    down = TEXT + 4 if labels and min(values) < 0 and lowest > HEIGHT - TEXT - 4 else 0
    layers.append(axis(shown, HEIGHT + down + TEXT + 8))
    below = down + 14 + (TEXT + 4) * max(len(lines) for _, lines in shown)
    return Plot(layers, left, EDGE, HEIGHT, below, scale.multiple)


def _periods(chart: Chart) -> list[Point]:
    """Each period once, in the order of time."""
    points = {point.period: point for line in chart.lines for point in line.points}
    return sorted(points.values(), key=lambda point: (point.earliest, point.latest, point.period))


def _columns(chart: Chart, periods: list[Point], pitch: float) -> list[_Column]:
    places = {point.period: place for place, point in enumerate(periods)}
    whole = min(0.74, _WIDEST * len(chart.lines) / pitch) if pitch > 3 else 1
    each = whole / len(chart.lines)
    return [
        _Column(point, point.value, line, start, start + each * (0.94 if len(chart.lines) > 1 else 1))
        for line, series in enumerate(chart.lines)
        for point in series.points
        if point.value is not None
        for start in (places[point.period] - whole / 2 + line * each,)
    ]


def _bars(
    columns: list[_Column], scale: Values, across: dict[str, Any], pitch: float, several: bool
) -> list[Layer]:
    """The columns of one series: full ones, then provisional ones, light and dashed."""
    if not columns:
        return []
    ink = colour(columns[0].line)
    layers: list[Layer] = []
    for unsure in (False, True):
        some = [c for c in columns if c.point.provisional is unsure]
        if not some:
            continue
        rows = [{"x": c.x, "x2": c.x2, "y": float(c.value), "y2": 0} for c in some]
        y, slim = scale.encoding, (some[0].x2 - some[0].x) * pitch < 5
        layers += faint(rows, ink, across, y, slim=slim) if unsure else [boxes(rows, ink, x=across, y=y)]
        if several:
            layers.append(_feet(some, scale, pitch, ink if unsure else PAPER))
    return layers


def _feet(columns: list[_Column], scale: Values, pitch: float, ink: str) -> Layer:
    """The series' shape at the foot of each column that has room for it."""
    base = scale.y(Decimal(0))
    rows = [
        {"x": ((c.x + c.x2) / 2 + 0.5) * pitch, "y": base + (-10 if c.value > 0 else 10)}
        for c in columns
        if (c.x2 - c.x) * pitch >= 11 and abs(scale.y(c.value) - base) >= 20
    ]
    return dots(rows, shape(columns[0].line), ink, ink, size=25)


def _numbers(columns: list[_Column], labels: dict[Decimal, str], scale: Values, pitch: float) -> Layer:
    rows = [
        {
            "x": ((c.x + c.x2) / 2 + 0.5) * pitch,
            "y": scale.y(c.value) + (-7 if c.value >= 0 else TEXT + 4),
            "text": labels[c.value],
        }
        for c in columns
        if c.value in labels
    ]
    return text(rows, "center")


def _labels(
    chart: Chart, values: list[Decimal], ticks: list[Decimal], periods: int
) -> tuple[Values, dict[Decimal, str]]:
    """The axis, and what stands above the columns: exact where that has room, else three digits of a larger unit."""
    usual = multiple(ticks)
    for power, digits in (
        [(usual, None), (usual, 3), (usual + 3, 3), (usual + 6, 3)] if len(values) <= MOST_LABELS else []
    ):
        scale = Values(ticks, power)
        labels = {value: number(value, power, digits) for value in values}
        room = (Plot([], scale.left, EDGE, HEIGHT, 0).width / periods) / len(chart.lines)
        if max(width(label, TEXT) for label in labels.values()) <= room * (
            1 if len(chart.lines) == 1 else 0.9
        ):
            return scale, labels
    return Values(ticks, usual), {}


def _thinned(words: list[tuple[float, tuple[str, ...]]], pitch: float) -> list[tuple[float, tuple[str, ...]]]:
    """Every nth, so that they do not touch; the last one always."""
    widest = max(width(line, TEXT) for _, lines in words for line in lines) + 4
    step = 1 if widest <= pitch else -(-widest * 1.5 // pitch)  # the last one may be moved by half its width
    return [word for place, word in enumerate(reversed(words)) if place % step == 0][::-1]


def _within(words: list[tuple[float, tuple[str, ...]]], right: float) -> list[tuple[float, tuple[str, ...]]]:
    """The words moved left where they would leave the drawing."""
    return [(min(x, right - max(width(line, TEXT) for line in lines) / 2), lines) for x, lines in words]
