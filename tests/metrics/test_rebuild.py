"""What was projected of a series, its observations above all, follows from the log alone."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connections

from editorial import rebuild
from editorial.models.projected import projecting
from metrics.draw import redraw
from metrics.models import Drawing, VintageObservation
from tests.editorial_steps import OBSERVATIONS, publish_series


def sound() -> bool:
    return all((found.missing, found.extra) == (0, 0) for found in rebuild.check())


def test_every_step_of_a_series_can_be_rebuilt(committed_db: str) -> None:
    doc = publish_series("robots")
    assert sound()
    doc.correct("Counted anew.", observations=OBSERVATIONS[:1])
    assert VintageObservation.objects.count() == 3
    assert sound()
    doc.rename("installed-robots")
    assert sound()
    doc.withdraw("It was made up.", hide_past=True)
    assert not VintageObservation.objects.exists()
    assert sound()
    doc.reinstate()
    assert VintageObservation.objects.count() == 1
    assert sound()
    redraw(doc.id)
    call_command("erase", "series", str(doc.id), field=["observations"], ground="The law demands it.")
    assert not VintageObservation.objects.exists()
    assert not Drawing.objects.exists()
    assert sound()


def test_a_rebuild_mends_observations_that_were_spoilt(committed_db: str) -> None:
    publish_series("robots")
    with connections["owner"].cursor() as cursor, projecting("owner"):
        cursor.execute("SELECT set_config('editorial.projecting', 'on', false)")
        cursor.execute("UPDATE metrics_vintageobservation SET value = '1' WHERE period = '2024'")
        cursor.execute("DELETE FROM metrics_vintageobservation WHERE period = '2023'")
    assert not sound()
    mended = {found.table: (found.missing, found.extra) for found in rebuild.rebuild()}
    assert mended["metrics_vintageobservation"] == (2, 1)
    assert sorted(VintageObservation.objects.values_list("value", flat=True)) == ["276288", "295000"]
    assert sound()
