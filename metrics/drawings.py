"""Which chart belongs to a vintage, and the drawing of it, if there is one.

A chart shows a series and those beside it as they stood at one position. A worker draws it (metrics/draw.py), never a
request: a page looks for the drawing of what it shows, and does without one that is not there yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from editorial.reading import AsOf
from metrics import charts
from metrics.figures import looks_provisional, plain_unit, thousands
from metrics.models.drawing import Drawing
from metrics.models.edition import Series, observations
from metrics.observations import Observation, Status

MAX_NAMED = 3
# Of a chart's table; the files have all.
MAX_ROWS = 500
# Moves when a drawing is made: part of the validator of every page that shows one.
LAST_DRAWN = Drawing.objects.order_by("-drawn_at").values("drawn_at")[:1]


def charts_at(rows: Sequence[Series], as_of: AsOf) -> dict[UUID, charts.Chart]:
    """The charts of these editions as of a position, by series, in three queries. Hidden ones have none."""
    shown = [row for row in rows if not row.hidden and not row.withdrawn]
    beside = {as_of.redirects.winner(key) for row in shown for key in row.beside}
    live = Series._default_manager.live(as_of.position).filter(document__in=beside, hidden=False)
    others = {key: row for row in live for key in as_of.redirects.all_of(row.document)}
    found = observations({row.position for row in (*shown, *others.values())})
    made = {
        row.document: _chart([(one, found[one.position]) for one in _together(row, others)]) for row in shown
    }
    return {document: chart for document, chart in made.items() if chart.lines}


def _together(row: Series, others: Mapping[UUID, Series]) -> list[Series]:
    """The series and those that are drawn with it: public ones of the same unit."""
    beside = {others[key].document: others[key] for key in row.beside if key in others}
    return [
        row,
        *(
            one
            for one in beside.values()
            if plain_unit(one.unit) == plain_unit(row.unit) and one.document != row.document
        ),
    ]


def _chart(drawn: list[tuple[Series, list[Observation]]]) -> charts.Chart:
    row = drawn[0][0]
    titles = "; ".join(one.title for one, _ in drawn)
    return charts.Chart(
        kind=row.chart,  # type: ignore[arg-type]
        title=row.chart_title or titles,
        unit=row.unit,
        source=source_line(drawn),
        lines=tuple(_line(one, items) for one, items in drawn if any(item.value for item in items)),
    )


def _line(row: Series, items: Iterable[Observation]) -> charts.Line:
    published = row.moment.date()
    return charts.Line(
        row.short_title or row.title,
        tuple(_point(item, looks_provisional(item, published)) for item in items),
    )


def _point(item: Observation, provisional: bool) -> charts.Point:
    day = item.when
    return charts.Point(
        item.period, day.shown, day.earliest, day.latest, item.number, item.status, provisional
    )


def source_line(drawn: Sequence[tuple[Series, Sequence[Observation]]]) -> str:
    """Whose figures they are, in a few words; of which ones a source is wanted. Each series for itself."""
    if len(drawn) == 1:
        named, wanted = _sources(*drawn[0])
        return "; ".join(filter(None, (named and f"Source: {named}", wanted))) or "Source wanted"
    said = ((row.short_title or row.title, *_sources(row, items)) for row, items in drawn)
    return "Sources: " + "; ".join(f"{title}: {', '.join(filter(None, both))}" for title, *both in said)


def _sources(row: Series, items: Sequence[Observation]) -> tuple[str, str]:
    """Publishers, and what a source is wanted for; one of the two may be empty."""
    named = [source.publisher for source in row.sources]
    if not named:
        named = [item.publisher for item in items if item.publisher and not item.source_wanted]
    names = [*dict.fromkeys(named)]
    more = " and others" if len(names) > MAX_NAMED else ""
    wanting = [item.when.shown for item in items if item.source_wanted and item.value]
    wanted = "source wanted" if not names else ""
    if names and wanting:
        wanted = f"source wanted for {', '.join(wanting[:MAX_NAMED])}{'…' if wanting[MAX_NAMED:] else ''}"
    return ", ".join(names[:MAX_NAMED]) + more, wanted


@dataclass(frozen=True, slots=True)
class Shown:
    """A chart, and its drawing if there is one."""

    chart: charts.Chart
    drawing: Drawing | None

    @property
    def titles(self) -> list[str]:
        """What the columns of its table are called."""
        return [line.title for line in self.chart.lines]

    @property
    def rows(self) -> list[tuple[str, list[str]]]:
        """What it shows as a table: each period with a value of each line, the last one first."""
        periods = {(p.earliest, p.latest): p.shown for line in self.chart.lines for p in line.points}
        lines = [{(p.earliest, p.latest): p for p in line.points} for line in self.chart.lines]
        newest = sorted(periods, reverse=True)[:MAX_ROWS]
        return [(periods[key], [_cell(line.get(key)) for line in lines]) for key in newest]


def _cell(point: charts.Point | None) -> str:
    if point is None or point.value is None:
        return "–"
    said = point.status if point.status != Status.FINAL else "period not over" if point.provisional else ""
    return f"{thousands(point.value)}{f' ({said})' if said else ''}"


def drawn(rows: Sequence[Series], as_of: AsOf) -> dict[UUID, Shown]:
    """The charts of these editions as of a position, by series, with those drawings that there are: four queries.

    A series without a figure has no chart, and is not in it.
    """
    made = charts_at(rows, as_of)
    wanted = {document: charts.digest(chart) for document, chart in made.items()}
    rows_found = Drawing.objects.filter(document__in=wanted, digest__in=wanted.values())
    found = {(drawing.document, drawing.digest): drawing for drawing in rows_found}
    return {
        document: Shown(chart, found.get((document, wanted[document]))) for document, chart in made.items()
    }
