"""What the append function promises, and whom it refuses."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from ledger import log
from ledger.store import VersionConflict, append
from tests.ledger.steps import ACTOR, note, write

pytestmark = pytest.mark.django_db


def test_positions_have_no_gap_and_versions_count_in_the_stream() -> None:
    first, second = uuid4(), uuid4()
    a, b, c = write(first, 0, 2), write(second, 0, 1), write(first, 2, 1)
    start = a[0].position
    assert [r.position for r in (*a, *b, *c)] == [start, start + 1, start + 2, start + 3]
    assert [r.version for r in log.stream(first)] == [1, 2, 3]


def test_events_of_one_append_share_a_moment_and_later_ones_are_later() -> None:
    a, b = write(count=3), write()
    assert len({r.recorded_at for r in a}) == 1
    assert b[0].recorded_at > a[0].recorded_at


def test_what_is_written_is_what_is_read() -> None:
    written = write(count=2)
    assert log.stream(written[0].stream) == written


def test_a_stream_that_moved_is_a_conflict_that_names_its_version() -> None:
    stream = uuid4()
    write(stream, 0, 3)
    with pytest.raises(VersionConflict) as conflict:
        write(stream, 1)
    assert (conflict.value.expected, conflict.value.actual) == (1, 3)


def test_a_new_stream_cannot_be_expected_further_on() -> None:
    with pytest.raises(VersionConflict):
        write(uuid4(), 4)


def test_a_type_that_is_no_name_is_refused() -> None:
    bad = note()
    object.__setattr__(bad, "type", 'x","y')
    with pytest.raises(DatabaseError, match="ledger_event_type"), transaction.atomic():
        append("default", stream=uuid4(), expected_version=0, actor=ACTOR, events=[bad])
