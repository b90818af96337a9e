"""The drawing of charts that are not drawn, by a worker that follows the log, or by a command."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import structlog
from django.db import connection, transaction

from editorial.models.change import Change
from editorial.models.redirect import Redirect
from editorial.reading import AsOf
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
    with transaction.atomic():
        # One at a time: who reads what is wanted while another draws would throw away what that one drew.
        _lock(document)
        return _redraw(document)


def _redraw(document: UUID) -> int:
    wanted = {charts.digest(chart): chart for chart in _every_chart(document)}
    mine = Drawing.objects.filter(document=document)
    mine.exclude(digest__in=wanted).delete()
    missing = wanted.keys() - set(mine.values_list("digest", flat=True))
    for digest in missing:
        Drawing.objects.bulk_create([_drawing(document, digest, wanted[digest])], ignore_conflicts=True)
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
    shown = {document, *beside, *_merges(beside, "document", "target")}
    positions = Change.objects.filter(type="series", document__in=shown).order_by("position")
    for position, moment in positions.values_list("position", "moment"):
        valid = [row for row in editions if row.valid_from <= position < (row.valid_to or position + 1)]
        yield from charts_at(valid, AsOf(position, moment, last=position)).values()


def affected(document: UUID) -> set[UUID]:
    """The series whose charts show this one, or showed it, under any id that ever meant it."""
    ids = [document, *_merges({document}, "target", "document")]
    beside = Series._default_manager.filter(beside__overlap=ids)
    return {document, *beside.values_list("document", flat=True).distinct()}


def _merges(ids: set[UUID], given: str, wanted: str) -> set[UUID]:
    """From these ids along all merges there ever were, from losers to winners or back."""
    found: set[UUID] = set()
    while ids:
        rows = Redirect._default_manager.filter(**{f"{given}__in": ids})
        ids = {*rows.values_list(wanted, flat=True)} - found
        found |= ids
    return found


def redraw_all() -> int:
    """Every chart of every series that is not drawn. Returns how many were."""
    documents = Series._default_manager.values_list("document", flat=True).order_by("document").distinct()
    return sum(redraw(document) for document in documents)
