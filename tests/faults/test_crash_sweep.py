"""A command killed at each of its messages to the database leaves all of its events and rows, or none."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.db import connection

from editorial import rebuild
from ledger import log, verify
from tests.editorial_steps import Doc, draft_entry
from tests.faults.victims import Victims

CODE = """
from editorial import commands as c
from tests.editorial_steps import AUTHOR, PUBLISHER, Doc
def publish(document, seen):
    Doc(id=UUID(document)).do(c.Publish(seen), PUBLISHER)
def revise(document, seen):
    Doc(id=UUID(document)).do(c.Revise({"summary": "New."}, seen), AUTHOR)
"""


@pytest.fixture
def victims(committed_db: str) -> Iterator[Victims]:
    made = Victims(committed_db, CODE)
    try:
        yield made
    finally:
        made.close()


@pytest.mark.parametrize(
    "after", [pytest.param(False, id="before"), pytest.param(True, id="after", marks=pytest.mark.torture)]
)
@pytest.mark.parametrize("name", ["publish", "revise"])
def test_a_command_killed_at_any_message_is_whole_or_absent(victims: Victims, name: str, after: bool) -> None:
    outcomes = []
    for message in range(1, 60):
        doc = draft_entry(f"doc-{uuid4().hex[:8]}")
        if name == "publish":
            doc.approve()
        before = doc.state.version
        lived = victims.lives(message, after, name, str(doc.id), doc.seen)
        outcomes.append(check(doc, before, lived))
        if lived:
            break
    assert outcomes[-1], "the sweep never reached the end of the command"
    assert outcomes[0] is False
    assert len(outcomes) > 5
    assert verify.verify() == []
    assert all((d.missing, d.extra) == (0, 0) for d in rebuild.check())


def check(doc: Doc, before: int, lived: bool) -> bool:
    """Log and tables agree; what was acknowledged is there. Returns whether the command took place."""
    connection.close()
    events = log.stream(doc.id)
    took_place = len(events) > before
    assert len(events) in (before, before + 1)
    assert doc.state.version == len(events)
    assert took_place or not lived
    return took_place
