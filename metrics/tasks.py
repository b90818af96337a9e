"""Charts are drawn by a worker that follows the log: whatever changed what readers see of a series is drawn anew."""

from __future__ import annotations

from celery import shared_task

from editorial.models.change import Change
from ledger import subscriptions
from ledger.log import Recorded
from metrics.draw import redraw, redraw_all
from metrics.models.edition import affected

CHARTS = "charts"


@shared_task(name="metrics.draw")  # type: ignore[untyped-decorator]
def draw() -> int:
    """Draw what was published since the last time."""
    return subscriptions.advance(CHARTS, _redraw, batch=1_000)


def _redraw(event: Recorded) -> None:
    if Change.objects.filter(position=event.position, type="series").exists():
        for document in sorted(affected(event.stream)):
            redraw(document)


@shared_task(name="metrics.sweep")  # type: ignore[untyped-decorator]
def sweep() -> int:
    """Draw what should have been drawn and was not, whatever the reason was."""
    return redraw_all()
