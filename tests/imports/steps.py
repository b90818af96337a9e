"""Steps that tests of imports take."""

from __future__ import annotations

from typing import Any

from django.db.models.functions import Now

from imports import fetching
from imports.models import Candidate, Fetch, Source, State


def source(address: str, **more: Any) -> Source:
    """A source that is switched on and due."""
    given = {"name": "A paper", "publisher": "A paper", "language": "en", "health": "active", **more}
    return Source.objects.create(address=address, **given)


def fetch(found: Source, **more: Any) -> Fetch:
    """As a worker does when the source is due."""
    Source.objects.filter(pk=found.pk).update(due_at=Now())
    done = fetching.fetch(found.pk, **more)
    assert done is not None
    found.refresh_from_db()
    return done


def inbox() -> list[str]:
    """The titles of what is open, newest first."""
    return list(Candidate.objects.filter(state=State.NEW).order_by("-pk").values_list("title", flat=True))
