"""Lines over time: broken where a value is missing, dashed and hollow where it is provisional."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from statistics import median_low
from typing import Any, NamedTuple

from metrics.charts.labels import free_place
from metrics.charts.marks import TEXT, Layer, axis, dots, layer, moment, rules, text
from metrics.charts.palette import PAPER, SOFT, colour, shape
from metrics.charts.plot import EDGE, HEIGHT, Plot, Values
from metrics.charts.scales import DAY, days, domain, instant, multiple
from metrics.charts.shapes import Chart, Line, Point
from metrics.charts.words import brief, number, width

INSET = 12  # pixels from the plot's edge to the first and the last point
MOST_POINTS = 60  # more are not drawn each: the line alone, and a shape here and there
MOST_LABELS = 12
_LABEL = 44
_CROWDED = 1.4  # labels stand above and below a line, so that they may be wider together than it


class Known(NamedTuple):
    """A point with its value."""

    point: Point
    value: Decimal


Run = list[Known]


@dataclass(frozen=True, slots=True)
class _Time:
    """The axis of time, so many pixels wide."""

    first: date
    last: date
    wide: float

    @property
    def _span(self) -> float:
        return max(instant(self.last) - instant(self.first), DAY) * self.wide / (self.wide - 2 * INSET)

    @property
    def _begin(self) -> float:
        return (instant(self.first) + instant(self.last) - self._span) / 2

    @property
    def encoding(self) -> dict[str, Any]:
        return moment("x", self._begin, self._begin + self._span)

    def x(self, day: date) -> float:
        return round((instant(day) - self._begin) / self._span * self.wide, 2)


def plot(chart: Chart) -> Plot:
    runs = [list(_runs(line)) for line in chart.lines]
    known = [one for line in runs for run in line for one in run]
    ticks = domain([one.value for one in known], zero=False)
    scale = Values(ticks, multiple(ticks))
    ends = [(place, line[-1][-1]) for place, line in enumerate(runs) if line]
    names = {
        one.value: number(one.value, scale.multiple, 4 if len(known) > MOST_LABELS else None) for one in known
    }
    right = EDGE + math.ceil(max(width(names[one.value], TEXT) for _, one in ends))
    when = [one.point.earliest for one in known]
    time = _Time(min(when), max(when), Plot([], scale.left, right, 0, 0).width)
    layers = scale.layers(time.wide)
    for place, line in enumerate(runs):
        layers += _line(line, place, scale, time, len(known), len(runs))
    layers += _ends(ends, names, scale, time)
    if len(runs) == 1:
        layers.append(_numbers(known, runs[0], names, scale, time))
    marks = _marks(known, time)
    feet = [{"x": x, "x2": x, "y": HEIGHT, "y2": HEIGHT + 6} for x, _ in marks]
    layers += [
        rules([{"x": 0, "x2": time.wide, "y": HEIGHT, "y2": HEIGHT}, *feet], SOFT),
        axis(marks, HEIGHT + TEXT + 8),
    ]
    below = 14 + (TEXT + 4) * max(len(lines) for _, lines in marks)
    return Plot(layers, scale.left, right, HEIGHT, below, scale.multiple)


def _runs(line: Line) -> Iterator[Run]:
    """The stretches of known values that follow each other without a gap."""
    run: Run = []
    step = _step(line)
    for point in line.points:
        if run and (point.value is None or (step and _steps(run[-1].point, point) > step)):
            yield run
            run = []
        if point.value is not None:
            run.append(Known(point, point.value))
    if run:
        yield run


def _step(line: Line) -> int:
    """How far apart a regular series' points are, in its periods: 1, or 0 where it is irregular.

    A series of years, quarters or months most of which follow each other has a gap where one is not even listed.
    """
    if (
        len({_months(point) for point in line.points}) != 1
        or not _months(line.points[0])
        or len(line.points) < 3
    ):
        return 0
    return int(median_low([_steps(one, other) for one, other in pairwise(line.points)]) == 1)


def _months(point: Point) -> int:
    """How many months the period has: 12, 3 or 1, else 0."""
    first, last = point.earliest, point.latest
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    return months if months in (12, 3, 1) and first.day == 1 and last.day >= 28 else 0


def _steps(one: Point, other: Point) -> int:
    first, second = one.earliest, other.earliest
    return ((second.year - first.year) * 12 + second.month - first.month) // (_months(one) or 1)


def _line(runs: list[Run], place: int, scale: Values, time: _Time, points: int, lines: int) -> list[Layer]:
    """A series: its line's pieces, full and dashed, then its points."""
    ink = colour(place)
    layers = []
    for dashed in (False, True):
        rows = [row for run in runs for row in _pieces(run, dashed)]
        if rows:
            numbered = [row | {"piece": f"{row['piece']}"} for row in rows]
            mark = {"type": "line", "color": ink, "strokeWidth": 2.5 if points <= MOST_POINTS else 1.75,
                    "strokeDash": [5, 4] if dashed else [], "strokeJoin": "round"}  # fmt: skip
            layers.append(
                layer(
                    mark,
                    numbered,
                    x=time.encoding,
                    y=scale.encoding,
                    detail={"field": "piece", "type": "nominal"},
                )
            )
    for hollow in (False, True):
        some = [one for one in _seen(runs, points, lines) if one.point.provisional is hollow]
        if some:
            at = [{"x": instant(one.point.earliest), "y": float(one.value)} for one in some]
            layers.append(
                dots(at, shape(place), PAPER if hollow else ink, ink, time.encoding, scale.encoding)
            )
    return layers


def _pieces(run: Run, dashed: bool) -> Iterator[dict[str, Any]]:
    """The ends of the run's segments that are dashed, or not: those that lead to a provisional point are.

    Segments that touch are one piece, so that dashes go on over their joint.
    """
    piece, going = f"{run[0].point.earliest}", False
    for one, other in pairwise(run):
        if other.point.provisional is not dashed:
            going = False
            continue
        if not going:
            piece, going = f"{one.point.earliest} {one.point.period}", True
            yield {"x": instant(one.point.earliest), "y": float(one.value), "piece": piece}
        yield {"x": instant(other.point.earliest), "y": float(other.value), "piece": piece}


def _seen(runs: list[Run], points: int, lines: int) -> list[Known]:
    """The points that are drawn: all; of very many, lone ones, the last, and of several lines a few."""
    whole = [one for run in runs for one in run]
    if points <= MOST_POINTS:
        return whole
    alone = [run[0] for run in runs if len(run) == 1]
    unsure = [one for one in whole if one.point.provisional]
    every = len(whole) // 7 or 1
    few = whole[every // 2 :: every] if lines > 1 else []
    return list(dict.fromkeys([*alone, *few, *(unsure if len(unsure) <= MOST_POINTS else []), whole[-1]]))


def _ends(
    ends: list[tuple[int, Known]], names: dict[Decimal, str], scale: Values, time: _Time
) -> list[Layer]:
    """The last value of each line at its right, in its colour; pushed apart where they would touch."""
    layers, free = [], -math.inf
    for place, one in sorted(ends, key=lambda end: scale.y(end[1].value)):
        y = max(scale.y(one.value) + 6, free)
        free = y + TEXT + 1
        x = time.x(one.point.earliest) + 11
        layers.append(text([{"x": x, "y": y, "text": names[one.value]}], colour=colour(place)))
    return layers


def _numbers(known: Run, runs: list[Run], names: dict[Decimal, str], scale: Values, time: _Time) -> Layer:
    """The values at a single line's few points, if each finds a free place; the last one has its own."""
    widest = max(width(names[one.value], TEXT) for one in known)
    if len(known) > MOST_LABELS or len(known) * widest > time.wide * _CROWDED:
        return text([])
    at = {one: (time.x(one.point.earliest), scale.y(one.value)) for one in known}
    last = known[-1]
    taken = [(at[last][0] + 6, at[last][1] - 9, time.wide + 99, at[last][1] + 9)]
    taken += [(x - 6, y - 6, x + 6, y + 6) for x, y in at.values()]
    segments = [(at[one], at[other]) for run in runs for one, other in pairwise(run)]
    rows = []
    for one in known[:-1]:
        box = free_place(
            at[one], width(names[one.value], TEXT), taken, segments, (0, -16, time.wide, HEIGHT - 2)
        )
        if box is None:
            return text([])
        taken.append(box)
        rows.append({"x": (box[0] + box[2]) / 2, "y": box[3] - 2, "text": names[one.value]})
    return text(rows, "center")


def _marks(known: Run, time: _Time) -> list[tuple[float, tuple[str, ...]]]:
    """The words below the axis: the points' own periods where each has room, else round dates."""
    periods = {one.point.earliest: brief(one.point) for one in known}
    own = [(time.x(day), words) for day, words in sorted(periods.items())]
    if len(own) <= MOST_LABELS and all(_apart(one, other) for one, other in pairwise(own)):
        return own
    return [(time.x(day), words) for day, words in days(time.first, time.last, time.wide, _LABEL)]


def _apart(one: tuple[float, tuple[str, ...]], other: tuple[float, tuple[str, ...]]) -> bool:
    room = other[0] - one[0] - 6
    return (
        max(width(line, TEXT) for line in one[1]) / 2 + max(width(line, TEXT) for line in other[1]) / 2
        <= room
    )
