"""Layers of a Vega-Lite specification.

Marks of data stand in the scales of their values; all else in pixels from the plot's upper left corner. Text is data
of its layer, never an expression or a field's name, so that Vega has nothing to interpret in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from metrics.charts.palette import FAINT, INK, LINE, PAPER, SOFT

TEXT, TITLE = 17, 22  # on a telephone of 360 pixels a drawing 600 wide stands at 55 percent: then 9 and 12
_SLIM = 0.45
SAMPLE, BOX = 36, 26  # the widths of a legend's samples, of lines and of boxes
Layer = dict[str, Any]
Row = dict[str, Any]


def layer(mark: Row, rows: Iterable[Row], **encoding: Any) -> Layer:
    return {"data": {"values": list(rows)}, "mark": {"tooltip": False, **mark}, "encoding": encoding}


def pixel(field: str) -> Row:
    return {"field": field, "type": "quantitative", "scale": None, "axis": None}


def scaled(field: str, first: float, last: float) -> Row:
    scale = {"domain": [first, last], "nice": False, "zero": False}
    return {"field": field, "type": "quantitative", "scale": scale, "axis": None}


def moment(field: str, first: float, last: float) -> Row:
    """A time scale in UTC; rows have milliseconds, which no time zone of the machine touches."""
    scale = {"type": "utc", "domain": [first, last], "nice": False}
    return {"field": field, "type": "temporal", "scale": scale, "axis": None}


def text(
    rows: Iterable[Row], align: str = "left", colour: str = INK, size: int = TEXT, bold: bool = False
) -> Layer:
    """``rows``: x, y of the base line, text."""
    mark = {
        "type": "text", "align": align, "baseline": "alphabetic", "color": colour, "fontSize": size,
        "fontWeight": 700 if bold else 400,
    }  # fmt: skip
    return layer(mark, rows, x=pixel("x"), y=pixel("y"), text={"field": "text", "type": "nominal"})


def rules(rows: Iterable[Row], colour: str = LINE, thickness: float = 1, dash: Iterable[int] = ()) -> Layer:
    """``rows``: x, y, x2, y2 in pixels."""
    mark = {"type": "rule", "color": colour, "strokeWidth": thickness, "strokeDash": list(dash)}
    return layer(mark, rows, x=pixel("x"), y=pixel("y"), x2={"field": "x2"}, y2={"field": "y2"})


def dots(
    rows: Iterable[Row],
    shape: str,
    fill: str,
    stroke: str,
    x: Row | None = None,
    y: Row | None = None,
    size: int = 80,
) -> Layer:
    """``rows``: x, y."""
    mark = {
        "type": "point", "shape": shape, "filled": False, "fill": fill, "stroke": stroke, "strokeWidth": 2,
        "size": size, "opacity": 1,
    }  # fmt: skip
    return layer(mark, rows, x=x or pixel("x"), y=y or pixel("y"))


def boxes(
    rows: Iterable[Row], fill: str, stroke: str | None = None, opacity: float = 1, dash: Iterable[int] = (),
    x: Row | None = None, y: Row | None = None,
) -> Layer:  # fmt: skip
    """``rows``: x, y, x2, y2."""
    mark = {"type": "rect", "fill": fill, "fillOpacity": opacity, "stroke": stroke, "strokeDash": list(dash)}
    mark["strokeWidth"] = 1.5 if stroke else 0
    return layer(mark, rows, x=x or pixel("x"), y=y or pixel("y"), x2={"field": "x2"}, y2={"field": "y2"})


def faint(
    rows: list[Row], ink: str, x: Row | None = None, y: Row | None = None, *, slim: bool = False
) -> list[Layer]:
    """Provisional columns or parts: light, with a dashed outline; on paper, lest the grid shines through.

    ``slim``: too narrow for an outline, which would make them darker than what is certain.
    """
    return [
        boxes(rows, PAPER, x=x, y=y),
        boxes(rows, ink, None if slim else ink, _SLIM if slim else FAINT, (4, 3), x, y),
    ]


def axis(labels: list[tuple[float, tuple[str, ...]]], top: float) -> Layer:
    """The words below an axis, each in the middle of its x: (x, lines)."""
    rows = [
        {"x": x, "y": top + place * (TEXT + 4), "text": line}
        for x, lines in labels
        for place, line in enumerate(lines)
    ]
    return text(rows, "center", SOFT)
