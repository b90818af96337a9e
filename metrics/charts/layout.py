"""A chart as a Vega-Lite specification: title, unit and legend above the plot, the source below it.

All is placed here to the pixel, so that a drawing is 600 wide whatever it says, and equal wherever it is drawn.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from metrics.charts import bars, lines, shares
from metrics.charts.marks import BOX, SAMPLE, TEXT, TITLE, Layer, boxes, dots, faint, rules, text
from metrics.charts.palette import PAPER, SOFT, colour, shape
from metrics.charts.plot import EDGE, WIDTH, Plot
from metrics.charts.shapes import Chart, Line, Point, Undrawable
from metrics.charts.words import clean, multiplied, width, wrap

FONT = '"Tracker Sans", "Tracker Han", sans-serif'
LEADING = TEXT + 6
GAP = 22  # between the words and the plot: the highest value's label stands in it
_PLOTS = {"line": lines.plot, "bar": bars.plot, "share": shares.plot}
_LARGEST = 300  # powers of ten that a drawing's numbers bear


def spec(chart: Chart) -> dict[str, Any]:
    """The drawing's specification, with all its data in it. `Undrawable` where there is no honest one."""
    chart = _ordered(chart)
    plot = _PLOTS[chart.kind](chart)
    head = _head(chart, plot)
    foot = _foot(chart, plot)
    return {
        "description": clean(chart.title),
        "width": plot.width,
        "height": plot.height,
        "padding": {"left": plot.left, "right": plot.right, "top": head.space, "bottom": foot.space},
        "autosize": {"type": "none"},
        "background": None,
        "config": {"font": FONT, "view": {"stroke": None, "fill": None}},
        "layer": [*plot.layers, *head.layers, *foot.layers],
    }


def _ordered(chart: Chart) -> Chart:
    """Its points in the order of time; those without any line."""
    values = [point.value for line in chart.lines for point in line.points if point.value is not None]
    if not values:
        raise Undrawable("No value is known.")
    if not all(
        value.is_finite() and abs(value.adjusted()) < _LARGEST for value in values if value or value.is_nan()
    ):
        raise Undrawable("A value is too large or too small to be drawn.")
    return replace(
        chart, lines=tuple(Line(line.title, tuple(sorted(line.points, key=_when))) for line in chart.lines)
    )


def _when(point: Point) -> tuple[Any, ...]:
    return point.earliest, point.latest, point.period


@dataclass(frozen=True, slots=True)
class _Words:
    layers: list[Layer]
    space: int


def _head(chart: Chart, plot: Plot) -> _Words:
    """Title, unit and legend, from the drawing's top down. Its y are below zero: the plot begins there."""
    room = WIDTH - 2 * EDGE
    title = wrap(chart.title, room, TITLE, 4, bold=True)
    unit = wrap(multiplied(chart.unit, plot.multiple), room, TEXT, 2)
    items = _placed(_items(chart, plot), room, _sampled(chart))
    rows = items[-1].row + 1 if items else 0
    space = (
        EDGE
        + len(title) * (TITLE + 6)
        + len(unit) * LEADING
        + rows * (LEADING + 2)
        + (8 if rows else 0)
        + GAP
    )
    left, y = EDGE - plot.left, EDGE - space + TITLE
    layers = [text(_stack(title, left, y, TITLE + 6), size=TITLE, bold=True)]
    y += len(title) * (TITLE + 6) - 4
    layers.append(text(_stack(unit, left, y, LEADING), colour=SOFT))
    y += len(unit) * LEADING + 10
    for item in items:
        layers += _sample(chart.kind, item, left + item.x, y + item.row * (LEADING + 2) - 6)
    beside = left + _sampled(chart)
    words = [{"x": beside + item.x, "y": y + item.row * (LEADING + 2), "text": item.words} for item in items]
    return _Words([*layers, text(words)], space)


def _foot(chart: Chart, plot: Plot) -> _Words:
    source = wrap(chart.source, WIDTH - 2 * EDGE, TEXT, 6)
    top = plot.height + plot.below
    layers = [text(_stack(source, EDGE - plot.left, top + TEXT + 6, LEADING), colour=SOFT)]
    return _Words(layers, math.ceil(plot.below + len(source) * LEADING + EDGE))


def _stack(words: list[str], x: float, y: float, leading: int) -> list[dict[str, Any]]:
    return [{"x": x, "y": y + place * leading, "text": line} for place, line in enumerate(words)]


@dataclass(frozen=True, slots=True)
class _Item:
    """A legend's word and its sample: of the series at this place, or of the rest or of what is provisional."""

    words: str
    place: int | None = None
    rest: bool = False
    x: float = 0
    row: int = 0


def _items(chart: Chart, plot: Plot) -> list[_Item]:
    """A single series needs no name: the chart's title is its."""
    shown = [(place, line) for place, line in enumerate(chart.lines) if len(chart.lines) > 1 or plot.rest]
    items = [
        _Item(" ".join(wrap(line.title, WIDTH - 2 * EDGE - _sampled(chart), TEXT, 1)), place)
        for place, line in shown
    ]
    if plot.rest:
        items.append(_Item(plot.rest, rest=True))
    looks = [
        point
        for line in chart.lines
        for point in line.points
        if point.provisional and point.value is not None
    ]
    if looks:
        forecast = any(point.status == "forecast" for point in looks)
        items.append(_Item("provisional, estimated or forecast" if forecast else "provisional or estimated"))
    return items


def _sampled(chart: Chart) -> int:
    """The room of a legend's sample: a piece of line, or a box."""
    return (SAMPLE if chart.kind == "line" else BOX) + 8


def _placed(items: list[_Item], room: float, sample: int) -> list[_Item]:
    """The items beside each other while there is room, then in a further row."""
    placed, x, row = [], 0.0, 0
    for item in items:
        wide = sample + width(item.words, TEXT)
        if x and x + wide > room:
            x, row = 0, row + 1
        placed.append(replace(item, x=x, row=row))
        x += wide + 20
    return placed


def _sample(kind: str, item: _Item, x: float, y: float) -> list[Layer]:
    ink = SOFT if item.place is None else colour(item.place)
    mark = shape(item.place or 0)
    if kind == "line":
        dash = (5, 4) if item.place is None else ()
        line = rules([{"x": x, "y": y, "x2": x + SAMPLE, "y2": y}], ink, 2.5, dash)
        return [line, dots([{"x": x + SAMPLE / 2, "y": y}], mark, PAPER if item.place is None else ink, ink)]
    box = [{"x": x, "y": y - 9, "x2": x + BOX, "y2": y + 9}]
    if item.rest:
        return [shares.rest(box)]
    if item.place is None:
        return faint(box, ink)
    return [boxes(box, ink), dots([{"x": x + BOX / 2, "y": y}], mark, PAPER, PAPER, size=40)]
