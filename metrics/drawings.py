"""Which chart belongs to a vintage, and the drawing of it, if there is one.

A chart shows a series and those beside it as they stood at one position. A worker draws it (metrics/draw.py), never a
request: a page looks for the drawing of what it shows, and does without one that is not there yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from editorial.reading import AsOf
from metrics import charts
from metrics.figures import looks_provisional
from metrics.models.drawing import Drawing
from metrics.models.edition import Series, observations
from metrics.observations import Observation

MAX_NAMED = 3
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
    return [row, *(one for one in beside.values() if one.unit == row.unit and one.document != row.document)]


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
    """Whose figures they are, in a few words; that a source is wanted, where one is."""
    named = [source.publisher for row, _ in drawn for source in row.sources]
    if not named:
        named = [
            item.publisher
            for _, items in drawn
            for item in items
            if item.publisher and not item.source_wanted
        ]
    names = [*dict.fromkeys(named)]
    more = " and others" if len(names) > MAX_NAMED else ""
    said = [f"Source: {', '.join(names[:MAX_NAMED])}{more}"] if names else []
    wanting = [item.when.shown for _, items in drawn for item in items if item.source_wanted and item.value]
    if any(row.source_wanted for row, _ in drawn) and not names:
        said.append("Source wanted")
    elif wanting:
        said.append(
            f"source wanted for {', '.join(dict.fromkeys(wanting[:MAX_NAMED]))}{'…' if wanting[MAX_NAMED:] else ''}"
        )
    return "; ".join(said)


def drawn(rows: Sequence[Series], as_of: AsOf) -> dict[UUID, Drawing | None]:
    """The drawings of these editions as of a position, by series; None for what is not drawn yet: four queries.

    A series without a figure has no chart, and is not in it.
    """
    wanted = {document: charts.digest(chart) for document, chart in charts_at(rows, as_of).items()}
    rows_found = Drawing.objects.filter(document__in=wanted, digest__in=wanted.values())
    found = {(drawing.document, drawing.digest): drawing for drawing in rows_found}
    return {document: found.get((document, digest)) for document, digest in wanted.items()}
