"""The rebuild: every projected table written anew from a log of real documents."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connections, transaction
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresProcessRecorder
from psycopg.rows import dict_row

from benchmarks import library
from benchmarks.documents import AUTHOR, PUBLISHER, REVIEWER, contents, document_id
from benchmarks.log import notifications
from benchmarks.report import Finding, Section, duration
from benchmarks.rounds import Contender, Sample, interleave, median_time
from benchmarks.servers import fresh
from editorial import events as e
from editorial import rebuild
from editorial.dispatch import _write, happened
from editorial.models import document_model
from editorial.models.projected import projecting
from editorial.projection import Step, project, projected_models
from editorial.rebuild import Fold
from editorial.workflow import Person, State, evolve
from ledger import log
from ledger.log import Recorded
from ledger.store import NewEvent, append

USING = "owner"
ROWS_AT_ONCE = 1_000
EVENTS_OF_A_DOCUMENT = 9
DOCUMENTS_AT_ONCE = 50

Written = tuple[e.Event, Person]


def rebuilding(rounds: int, documents: int, tracked: int) -> Section:
    """``documents`` are in the log; the first ``tracked`` of them are projected event by event as well."""
    events, few = documents * EVENTS_OF_A_DOCUMENT, tracked * EVENTS_OF_A_DOCUMENT
    with fresh(), library.recorder() as recorder:
        _fill_log(documents)
        _copy_log(recorder)
        peers = Peers(recorder)
        contenders = [
            Contender("", _rebuild, events, _empty),
            Contender(f"{library.NAME}, same fold, bulk_create", peers.at_once, events, _empty),
            Contender(f"{library.NAME}, event by event", lambda: peers.tracked(few), few, _empty),
        ]
        ours, bulk, tracking = interleave(contenders, rounds)
        _rebuild_is_whole()
        folding = median_time(lambda: rebuild._fold(USING, Fold()), 3) / events
    return Section(
        f"rebuild from a log of {events:,} events, {documents:,} documents, into empty tables (time of an event)",
        [Finding("one event", ours, bulk, 2.0), Finding("one event", ours, tracking, 2.0)],
        [_bound(ours, bulk, folding)],
    )


def _bound(ours: Sample, bulk: Sample, folding: float) -> str:
    return (
        f"reading and folding in Python takes {duration(folding)} of each event on both sides; writing the rows, "
        f"comparisons included, takes ours {duration(ours.median - folding)} and bulk_create "
        f"{duration(bulk.median - folding)}. Event by event is one transaction each, with its tracking record."
    )


@dataclass(slots=True)
class Peers:
    """Two ways to build the same rows from the library's recorder."""

    recorder: PostgresProcessRecorder
    runs: int = 0

    def at_once(self) -> None:
        """All notifications folded by our own Fold, the rows written by the ORM in one transaction."""
        fold = Fold()
        for recorded in _recorded(self.recorder):
            fold.take(recorded)
        with transaction.atomic(using=USING), projecting(USING):
            for model in projected_models():
                rows = [model(**row) for row in fold.of(model)]
                model._base_manager.using(USING).bulk_create(rows, batch_size=ROWS_AT_ONCE)
            self._track(fold.position)

    def tracked(self, count: int) -> None:
        """As the library's projections work: a transaction for each event's rows and its tracking record."""
        states: dict[UUID, State] = {}
        model = document_model("entry")
        self.runs += 1
        for recorded in itertools.islice(_recorded(self.recorder), count):
            item = happened(recorded)
            before = states.get(recorded.stream, State())
            after = states[recorded.stream] = evolve(before, item)
            with transaction.atomic(using=USING), projecting(USING):
                for write in project(Step(recorded.stream, model, before, after, item)):
                    _write(write, USING)
                self._track(recorded.position)

    def _track(self, position: int) -> None:
        """By the library's own statement, on the connection that writes the rows."""
        with connections[USING].connection.cursor(row_factory=dict_row) as cursor:
            self.recorder._insert_tracking(cursor, Tracking(f"{id(self)}-{self.runs}", position))


def _rebuild() -> None:
    rebuild.rebuild(USING)


def _rebuild_is_whole() -> None:
    """What was timed is what was promised: nothing is left to mend."""
    _empty()
    _rebuild()
    left = [found for found in rebuild.check(USING) if found.missing or found.extra]
    if left:
        raise RuntimeError(f"the rebuild left differences: {left}")


def _empty() -> None:
    tables = ", ".join(model._meta.db_table for model in projected_models())
    with transaction.atomic(using=USING), projecting(USING), connections[USING].cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables}, notification_tracking")


def _fill_log(documents: int) -> None:
    """Whole lives of documents, past the workflow, which would commit each event."""
    numbered = enumerate(itertools.islice(contents(), documents))
    while batch := list(itertools.islice(numbered, DOCUMENTS_AT_ONCE)):
        with transaction.atomic(using=USING):
            for number, content in batch:
                _append_life(document_id(number), _life(number, content))


def _append_life(document: UUID, life: Sequence[Written]) -> None:
    for version, (event, person) in enumerate(life):
        new = NewEvent(*e.encode(event), {"command": type(event).__name__})
        append(USING, stream=document, expected_version=version, actor=UUID(person.id), events=[new])


def _life(number: int, content: Mapping[str, Any]) -> list[Written]:
    """Drafted, published, revised and corrected by three people: EVENTS_OF_A_DOCUMENT events."""
    title = {"title": f"{content['title'][:150]}, no. {number}"}
    summary = {"summary": f"{content['summary']} It was corrected."}
    return [
        (e.Drafted("entry", f"entry-{number}", {**content}), AUTHOR),
        (e.Revised(title), AUTHOR),
        (e.Submitted(), AUTHOR),
        (e.Approved(2), REVIEWER),
        (e.Published(1, 2, "major", "", "four_eyes", tuple(content), REVIEWER.id), PUBLISHER),
        (e.Revised(summary), AUTHOR),
        (e.Submitted(), AUTHOR),
        (e.Approved(6), REVIEWER),
        (e.Published(2, 6, "correction", "A figure.", "four_eyes", ("summary",), REVIEWER.id), PUBLISHER),
    ]


def _copy_log(recorder: PostgresProcessRecorder) -> None:
    """The same events in the library's table: our header's moment and actor stand in its state, beside the data."""
    for stream, events in itertools.groupby(log.read(), key=lambda recorded: recorded.stream):
        found = list(events)
        states = [_state(recorded) for recorded in found]
        library.insert(recorder, stream, found[0].version, states, "entry")


def _state(recorded: Recorded) -> bytes:
    parts = {
        "type": recorded.type,
        "at": recorded.recorded_at.isoformat(),
        "actor": str(recorded.actor),
        "data": recorded.data,
        "metadata": recorded.metadata,
    }
    return json.dumps(parts).encode()


def _recorded(recorder: PostgresProcessRecorder) -> Iterator[Recorded]:
    """The library's notifications as the fold takes them."""
    for found in notifications(recorder):
        parts = json.loads(found.state)
        yield Recorded(
            found.id,
            found.originator_id,
            found.originator_version,
            parts["type"],
            datetime.fromisoformat(parts["at"]),
            UUID(parts["actor"]),
            parts["data"],
            parts["metadata"],
        )
