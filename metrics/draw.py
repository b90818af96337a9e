"""The drawing of charts that are not drawn, by a worker that follows the log, or by a command."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import structlog
from django.db import connection, transaction

from editorial.models.change import Change
from editorial.reading import AsOf
from metrics import charts
from metrics.charts.drawing import draw
from metrics.drawings import charts_at
from metrics.models.drawing import Drawing
from metrics.models.edition import Series, merges

logger = structlog.get_logger(__name__)


def redraw(document: UUID) -> int:
    """Draw each chart of a series, of the present and of the past, that is not drawn; forget all others.

    Returns how many were drawn.
    """
    with transaction.atomic():
        # One at a time: who reads what is wanted while another draws would throw away what that one drew.
        _lock(document)
        return _redraw(document)


def _redraw(document: UUID) -> int:
    wanted = {charts.digest(chart): chart for chart in _every_chart(document)}
    mine = Drawing.objects.filter(document=document)
    mine.exclude(digest__in=wanted).delete()
    missing = wanted.keys() - set(mine.values_list("digest", flat=True))
    Drawing.objects.bulk_create([_drawing(document, digest, wanted[digest]) for digest in missing])
    return len(missing)


def _lock(document: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('chart'), hashtext(%s))", [str(document)])


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
    beside = {key for row in editions for key in row.beside}
    shown = {document, *beside, *merges(beside, "document", "target")}
    positions = Change.objects.filter(type="series", document__in=shown).order_by("position")
    for position, moment in positions.values_list("position", "moment"):
        valid = [row for row in editions if row.valid_from <= position < (row.valid_to or position + 1)]
        yield from charts_at(valid, AsOf(position, moment, last=position)).values()


def redraw_all() -> int:
    """Every chart of every series that is not drawn. Returns how many were."""
    documents = Series._default_manager.values_list("document", flat=True).order_by("document").distinct()
    return sum(redraw(document) for document in documents)
