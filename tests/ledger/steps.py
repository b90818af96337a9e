"""Events without content, for tests of the log alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from ledger.log import Recorded
from ledger.store import NewEvent, append

ACTOR = UUID("aaaaaaaa-0000-4000-8000-00000000000a")


def note(text: str = "hello", **data: Any) -> NewEvent:
    return NewEvent("noted", {"text": text, **data}, {"command": "Note"})


def write(
    stream: UUID | None = None, expected: int = 0, count: int = 1, using: str = "default"
) -> list[Recorded]:
    """Append ``count`` events in a transaction of their own."""
    with transaction.atomic(using=using):
        events = [note(f"event {n}") for n in range(count)]
        return append(using, stream=stream or uuid4(), expected_version=expected, actor=ACTOR, events=events)
