"""The one door through which content changes: load, decide, append, project, in one transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import IntegrityError, OperationalError, connections, transaction
from psycopg import errors

from editorial import commands as c
from editorial import events as e
from editorial.models import Document, document_model
from editorial.models.projected import projecting
from editorial.permissions import RULES
from editorial.projection import Delete, Insert, Step, Write, project
from editorial.workflow import (
    Context,
    Happened,
    Person,
    Refusal,
    Refused,
    State,
    decide,
    evolve,
    from_data,
    replay,
)
from editorial.workflow.slugs import slugify
from ledger import log
from ledger.canonical import NotStorable
from ledger.store import NewEvent, VersionConflict, append, lock

ATTEMPTS = 3
LOCK_TIMEOUT = "5s"
BUSY = Refusal("The tracker is busy saving other changes. Nothing of yours is lost; try again in a moment.")

SENT_BEFORE = Refusal(
    "This form was sent before, with another text, and that was saved. Look at what stands now.",
    kind="conflict",
)

logger = structlog.get_logger(__name__)


class SlugTaken(Refused):
    """The address belongs to another document of the type."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did: its events, as they happened, and the document's state after them."""

    document: UUID
    events: tuple[Happened, ...]
    state: State


def dispatch(
    command: c.Command,
    *,
    type: str,
    document: UUID,
    by: Person,
    metadata: Mapping[str, Any] | None = None,
    using: str = "default",
) -> Outcome:
    """Carry out a command on a document, alone in its transaction.

    ``metadata`` is kept with the events (reason, cause, origin, trace id); a ``command_id`` in it that the document's
    stream holds already makes this a repetition, of which nothing comes, or a conflict where the command is another.
    Raises Refused with every reason; a document that others changed meanwhile is decided anew, up to ATTEMPTS times.
    """
    model = document_model(type)
    kept = {"command": c_name(command), **(metadata or {})}
    if "command_id" in kept:
        kept["command_digest"] = _digest(command)
    try:
        return _until_settled(command, model, document, by, kept, using)
    except Refused as refused:
        logger.info(
            "command_refused",
            command=c_name(command),
            document=str(document),
            by=by.id,
            reasons=[refusal.text for refusal in refused.refusals],
        )
        raise


def _until_settled(
    command: c.Command, model: type[Any], document: UUID, by: Person, metadata: dict[str, Any], using: str
) -> Outcome:
    for attempt in range(ATTEMPTS):
        try:
            with _database_refusals(model), transaction.atomic(using=using, durable=True):
                if attempt == ATTEMPTS - 1 or isinstance(command, c.Merge):
                    # Whoever loses every race would never be done: the last attempt waits for its turn first. So does
                    # a merge, which looks at two documents: else each of two could be merged into the other.
                    _bound_waits(using)
                    lock(using)
                return _carry_out(command, model, document, by, metadata, using)
        except VersionConflict:
            continue
        except SlugTaken:
            if not isinstance(command, c.Draft) or command.slug:
                raise
            # Nobody chose the address that is taken: it was made from the title.
            words = slugify(str(command.content.get("title", ""))) or model.TYPE
            command = replace(command, slug=f"{words[:90].strip('-')}-{document.hex[:8]}")
    raise Refused((BUSY,))


def _carry_out(
    command: c.Command, model: type[Any], document: UUID, by: Person, metadata: dict[str, Any], using: str
) -> Outcome:
    now, before = _begin(model, document, using)
    if _repeated(document, metadata, using):
        return Outcome(document, (), before)
    command, invalid = _cleaned(command, model)
    context = replace(
        context_for(type(command), model, document, before, by, now),
        invalid=invalid,
        earlier=_earlier(command, document, using),
        winner=_winner(command, model, using),
    )
    events = decide(before, command, context)
    happened = _append(events, before, document, by, metadata, using)
    return Outcome(document, happened, _project(model, document, before, happened, using))


def context_for(
    command: type[c.Command], model: type[Any], document: UUID, state: State, by: Person, now: datetime
) -> Context:
    """What decide and barred need to judge such a command: dispatch's, and that of forms before the click."""
    return Context(
        by=by,
        rule=RULES[command],
        now=now,
        four_eyes=settings.EDITORIAL_FOUR_EYES,
        document=str(document),
        type=model.TYPE,
        noun=model.NOUN,
        problems=tuple(model.problems(state.content)),
        refinement=model.refines(state.content, state.published or {}),
    )


def _repeated(document: UUID, metadata: Mapping[str, Any], using: str) -> bool:
    """Whether the stream holds this ``command_id``: a double click, or a request that was sent again.

    Exact, although nothing is locked: what is appended after this look makes our own append a VersionConflict. Raises
    Refused where it came with another text: the answer to the first was lost, and the form was edited and sent again.
    """
    if "command_id" not in metadata:
        return False
    for recorded in log.stream(document, using=using):
        if recorded.metadata.get("command_id") == metadata["command_id"]:
            if recorded.metadata.get("command_digest") in (metadata["command_digest"], None):
                return True
            raise Refused((SENT_BEFORE,))
    return False


def _digest(command: c.Command) -> str:
    """Tells a form that was sent twice from one that was edited in between. Goes with the text when that is erased."""
    return hashlib.sha256(repr(command).encode("utf-8", "surrogatepass")).hexdigest()


def c_name(command: c.Command) -> str:
    """A command's name in metadata and logs."""
    return type(command).__name__


def _bound_waits(using: str) -> None:
    """Bound the wait for the append lock."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])


def _begin(model: type[Any], document: UUID, using: str) -> tuple[datetime, State]:
    """In one round trip: bound the wait for the append lock, read the database's clock, and load the state."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT set_config('lock_timeout', %s, true), clock_timestamp(), "
            f"(SELECT state FROM {model._meta.db_table} WHERE id = %s)",
            [LOCK_TIMEOUT, document],
        )
        _, moment, stored = cursor.fetchone()
    return moment, _state(stored)


def load(model: type[Any], document: UUID, using: str = "default") -> State:
    """The document's state as it is stored; that of no document if there is none."""
    with connections[using].cursor() as cursor:
        cursor.execute(f"SELECT state FROM {model._meta.db_table} WHERE id = %s", [document])
        row = cursor.fetchone()
    return _state(row and row[0])


def _state(stored: str | None) -> State:
    return from_data(json.loads(stored)) if stored else State()


def _cleaned(command: c.Command, model: type[Any]) -> tuple[c.Command, tuple[Refusal, ...]]:
    if not isinstance(command, c.Draft | c.Revise):
        return command, ()
    content, refusals = model.clean_content(command.content)
    if isinstance(command, c.Draft):
        content = {**model.blank(), **content}
    return replace(command, content=content), refusals


def _earlier(command: c.Command, document: UUID, using: str) -> Mapping[str, Any] | None:
    if not isinstance(command, c.Restore):
        return None
    return content_at(document, command.version, using)


def _winner(command: c.Command, model: type[Any], using: str) -> State | None:
    """The document that a Merge names, of the same type; None where no id is named."""
    if not isinstance(command, c.Merge):
        return None
    try:
        return load(model, UUID(command.into), using)
    except ValueError:
        return None


def history(document: UUID, using: str = "default") -> list[Happened]:
    """All events of a document, oldest first."""
    return [happened(recorded) for recorded in log.stream(document, using=using)]


def content_at(document: UUID, version: int, using: str = "default") -> Mapping[str, Any] | None:
    """The working copy's content after this version of the stream; None if there is no such version."""
    state = state_at(history(document, using), version)
    return state.content if state else None


def state_at(events: list[Happened], version: int) -> State | None:
    """The state after this version of the stream; None if there is no such version."""
    upto = [item for item in events if item.version <= version]
    return replay(upto) if upto and upto[-1].version == version else None


def happened(recorded: Any) -> Happened:
    """The ledger's record as the workflow reads it. Raises UnknownEvent."""
    event = e.decode(recorded.type, recorded.data)
    return Happened(event, recorded.position, recorded.version, str(recorded.actor), recorded.recorded_at)


def _append(
    events: tuple[e.Event, ...],
    before: State,
    document: UUID,
    by: Person,
    metadata: Mapping[str, Any],
    using: str,
) -> tuple[Happened, ...]:
    if not events:
        return ()
    try:
        recorded = append(
            using,
            stream=document,
            expected_version=before.version,
            actor=UUID(by.id),
            events=[NewEvent(*e.encode(event), metadata) for event in events],
        )
    except NotStorable as error:
        raise Refused((Refusal(error.reason, error.path.removeprefix("content."), "input"),)) from error
    return tuple(
        Happened(event, r.position, r.version, by.id, r.recorded_at)
        for event, r in zip(events, recorded, strict=True)
    )


def _project(
    model: type[Document], document: UUID, before: State, events: tuple[Happened, ...], using: str
) -> State:
    if not events:
        return before
    with projecting(using):
        for item in events:
            after = evolve(before, item)
            for write in project(Step(document, model, before, after, item)):
                _write(write, using)
            before = after
    return before


def _write(write: Write, using: str) -> None:
    rows = write.model._base_manager.using(using)
    if isinstance(write, Insert):
        rows.bulk_create([write.model(**values) for values in write.rows])
    elif isinstance(write, Delete):
        rows.filter(**write.match).delete()
    elif callable(write.values):
        for row in rows.filter(**write.match).values():
            rows.filter(pk=row[write.model._meta.pk.attname]).update(**write.values(row))
    else:
        rows.filter(**write.match).update(**write.values)


@contextmanager
def _database_refusals(model: type[Any]) -> Any:
    """Turn what only the database knows into words: a slug that is taken, a lock that others hold."""
    try:
        yield
    except IntegrityError as error:
        if getattr(error.__cause__, "diag", None) and "slug_unique" in str(error.__cause__):
            text = f"This address belongs to another {model.NOUN}; write another."
            raise SlugTaken((Refusal(text, "slug", "input"),)) from error
        raise
    except OperationalError as error:
        if isinstance(error.__cause__, errors.LockNotAvailable):
            raise Refused((BUSY,)) from error
        raise
