"""What stands in the log is read for ever: old shapes by upcasters, and no unknown one by guessing."""

from __future__ import annotations

from typing import Any

import pytest

from editorial import events as e
from editorial import rebuild
from editorial.dispatch import history
from tests.editorial_steps import draft_entry


@pytest.mark.parametrize("event_type", e.EVENTS)
def test_no_event_has_a_field_or_lacks_one_unnoticed(event_type: type[e.Event]) -> None:
    name = e.name(event_type)
    with pytest.raises(e.UnknownEvent, match="has no field surprise"):
        e.decode(name, {"surprise": 1})
    if name not in ("submitted", "taken_back", "unscheduled", "discarded"):
        with pytest.raises(e.UnknownEvent, match="lacks"):
            e.decode(name, {})


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(e.UnknownEvent, match="no event type “published_v0”"):
        e.decode("published_v0", {})


def test_a_retired_shape_is_upcast_when_it_is_read_and_the_log_stays(
    committed_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if requests for changes had once been called by their note alone, and their note had been a list."""
    doc = draft_entry()
    store_retired(doc.id, "remarked", '{"data":{"notes":["Shorter.","Newer."]},"metadata":{}}')
    with pytest.raises(e.UnknownEvent):
        history(doc.id)
    monkeypatch.setitem(
        e.UPCASTERS, "remarked", lambda data: ("noted_down", {"note": " ".join(data["notes"])})
    )
    monkeypatch.setitem(e.UPCASTERS, "noted_down", lambda data: ("changes_requested", data))
    assert history(doc.id)[-1].event == e.ChangesRequested("Shorter. Newer.")
    rebuild.rebuild()
    assert doc.state.version == 2
    assert all((d.missing, d.extra) == (0, 0) for d in rebuild.check())


def store_retired(stream: Any, name: str, text: str) -> None:
    """As an earlier program wrote it: past the one that runs now, by the server's function."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT ledger_append(%s, 1, %s, ARRAY[%s], ARRAY[%s], ARRAY[sha256('salt')])",
            [stream, stream, name, text],
        )
