"""The drawing of charts that are not drawn, by a worker that follows the log, or by a command."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import structlog

from editorial.models.change import Change
from metrics import charts
from metrics.charts.drawing import draw
from metrics.drawings import charts_at
from metrics.models.drawing import Drawing
from metrics.models.edition import Series

logger = structlog.get_logger(__name__)


def redraw(document: UUID) -> int:
    """Draw each chart of a series, of the present and of the past, that is not drawn; forget all others.

    Returns how many were drawn.
    """
    wanted = {charts.digest(chart): chart for chart in _every_chart(document)}
    mine = Drawing.objects.filter(document=document)
    mine.exclude(digest__in=wanted).delete()
    missing = wanted.keys() - set(mine.values_list("digest", flat=True))
    for digest in missing:
        Drawing.objects.bulk_create([_drawing(document, digest, wanted[digest])], ignore_conflicts=True)
    return len(missing)


def _drawing(document: UUID, digest: str, chart: charts.Chart) -> Drawing:
    """What there is no honest drawing of is an empty one, so that nobody waits for it."""
    try:
        made = draw(chart)
    except charts.Undrawable as error:
        logger.warning("chart_not_drawn", document=str(document), reason=str(error))
        return Drawing(document=document, digest=digest, svg="", png=b"")
    return Drawing(document=document, digest=digest, svg=made.svg, png=made.png)


def _every_chart(document: UUID) -> Iterator[charts.Chart]:
    """The chart at each public position that may have changed it: the series’ own, and those of the ones beside it."""
    editions = list(Series._default_manager.filter(document=document, withdrawn=False, hidden=False))
    series = {document, *(key for row in editions for key in row.beside)}
    positions = Change.objects.filter(type="series", document__in=series).order_by("position")
    for position in positions.values_list("position", flat=True):
        valid = [row for row in editions if row.valid_from <= position < (row.valid_to or position + 1)]
        yield from charts_at(valid, position).values()


def affected(document: UUID) -> set[UUID]:
    """The series whose charts show this one."""
    beside = Series._default_manager.filter(beside__contains=[document])
    return {document, *beside.values_list("document", flat=True).distinct()}
