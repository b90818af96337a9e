"""The library `eventsourcing`, set up as it documents: a recorder from its factory, with its pool of connections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

from eventsourcing.persistence import InfrastructureFactory, StoredEvent
from eventsourcing.postgres import PostgresProcessRecorder
from eventsourcing.utils import Environment

from benchmarks.servers import parameters

NAME = f"eventsourcing {version('eventsourcing')}"


def create_tables() -> None:
    """Its tables, made by the owner."""
    with _recorder("owner", create=True):
        pass


@contextmanager
def recorder() -> Iterator[PostgresProcessRecorder]:
    """Its recorder, working as the application's role. It is its application recorder with tracking added."""
    with _recorder("default", create=False) as found:
        yield found


@contextmanager
def _recorder(alias: str, *, create: bool) -> Iterator[Any]:
    given = {f"POSTGRES_{name.upper()}": str(value) for name, value in parameters(alias).items()}
    settings = {"PERSISTENCE_MODULE": "eventsourcing.postgres", "CREATE_TABLE": "yes" if create else "no"}
    with InfrastructureFactory.construct(Environment("", settings | given)) as factory:
        yield factory.process_recorder()


def insert(
    target: PostgresProcessRecorder, stream: Any, first_version: int, states: Sequence[bytes], topic: str
) -> None:
    """Store these states as one stream's next events, in one transaction."""
    events = [StoredEvent(stream, first_version + n, topic, state) for n, state in enumerate(states)]
    target.insert_events(events)
