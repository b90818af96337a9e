"""Steps around a schedule: what is owed, what was published, and whether the log holds."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from django.db import connection

from editorial import commands as c
from editorial import rebuild
from editorial.dispatch import history
from editorial.events import Published
from editorial.workflow import Happened
from ledger import verify
from tests.editorial_steps import PUBLISHER, Doc, draft_entry

SOON = timedelta(seconds=2)


def clock() -> datetime:
    """The database's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment


def scheduled(after: timedelta = SOON, title: str = "As it was approved") -> tuple[Doc, datetime]:
    """An approved entry, and when it will be due."""
    doc = draft_entry(f"s-{uuid4().hex[:8]}", title=title).approve()
    at = clock() + after
    doc.do(c.Schedule(doc.seen, at), PUBLISHER)
    return doc, at


def published(doc: Doc) -> list[Happened]:
    return [item for item in history(doc.id) if isinstance(item.event, Published)]


def the_log_holds() -> None:
    assert verify.verify() == []
    assert all((d.missing, d.extra) == (0, 0) for d in rebuild.check())
