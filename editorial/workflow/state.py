"""What a document is after its events: State, and how each event moves it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from enum import StrEnum
from functools import singledispatch
from typing import Any

from editorial import events as e


class Stage(StrEnum):
    """Where the working copy stands. SETTLED: nothing is open, the last edition stands."""

    ABSENT = "absent"
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    SETTLED = "settled"
    DISCARDED = "discarded"


class Standing(StrEnum):
    """What readers see of the document. MERGED: another one stands for it."""

    UNPUBLISHED = "unpublished"
    LIVE = "live"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Approval:
    by: str
    content_version: int


@dataclass(frozen=True, slots=True)
class Slot:
    """A scheduled publication: ``at`` is RFC 3339."""

    by: str
    content_version: int
    at: str
    change: str
    note: str


@dataclass(frozen=True, slots=True)
class Flag:
    """An emergency edition that nobody else has reviewed yet."""

    edition: int
    by: str
    writers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Last:
    """The last edition: what readers are told of it. ``moment`` is RFC 3339."""

    significance: str
    note: str
    policy: str
    changed: tuple[str, ...]
    moment: str


@dataclass(frozen=True, slots=True)
class CommentState:
    id: int
    by: str
    resolved: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """``writers`` wrote since the last edition, in drafts since discarded too; ``draft_writers`` in the open draft.

    ``merged_into``: the id of the document that stands for this one, empty where none does.
    """

    type: str = ""
    version: int = 0
    content_version: int = 0
    slug: str = ""
    content: Mapping[str, Any] = field(default_factory=dict)
    stage: Stage = Stage.ABSENT
    standing: Standing = Standing.UNPUBLISHED
    editions: int = 0
    edition: Last | None = None
    published: Mapping[str, Any] | None = None
    first_published_at: str = ""
    updated_at: str = ""
    drafted_by: str = ""
    writers: tuple[str, ...] = ()
    draft_writers: tuple[str, ...] = ()
    machine: bool = False
    approval: Approval | None = None
    slot: Slot | None = None
    flags: tuple[Flag, ...] = ()
    comments: tuple[CommentState, ...] = ()
    assignee: str | None = None
    notice: str = ""
    withdrawn_at: str = ""
    merged_into: str = ""
    former_slugs: tuple[str, ...] = ()
    erased: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Happened:
    """An event with the header that the workflow reads: ``version`` in the stream, ``position`` in the log."""

    event: e.Event
    position: int
    version: int
    actor: str
    at: datetime


def replay(history: Iterable[Happened], state: State | None = None) -> State:
    """The state after these events."""
    state = state or State()
    for happened in history:
        state = evolve(state, happened)
    return state


def evolve(state: State, happened: Happened) -> State:
    """The state after one more event."""
    changes = _changes(happened.event, state, happened)
    if happened.event.CONTENT:
        changes |= _written(state, happened)
    return replace(state, version=happened.version, **changes)


def _written(state: State, happened: Happened) -> dict[str, Any]:
    """What any content event does: the draft is open again, and whoever wrote is remembered."""
    content: Mapping[str, Any] = getattr(happened.event, "content", {})
    # What a machine writes into a text under review, nobody has submitted.
    in_review = state.stage is Stage.IN_REVIEW and not getattr(happened.event, "machine", False)
    return {
        "content_version": happened.version,
        "content": {**state.content, **content},
        "stage": Stage.IN_REVIEW if in_review else Stage.DRAFT,
        "writers": _with(state.writers, happened.actor),
        "draft_writers": _with(state.draft_writers, happened.actor),
        "approval": None,
        # What is written anew is no longer erased, from the next edition on.
        "erased": tuple(name for name in state.erased if not content.get(name)),
    }


def _with(people: tuple[str, ...], person: str) -> tuple[str, ...]:
    return people if person in people else (*people, person)


@singledispatch
def _changes(event: e.Event, state: State, happened: Happened) -> dict[str, Any]:
    raise TypeError(f"No rule for {type(event).__name__}.")


@_changes.register
def _(event: e.Drafted, state: State, happened: Happened) -> dict[str, Any]:
    return {"type": event.type, "slug": event.slug, "drafted_by": happened.actor, "machine": event.machine}


@_changes.register
def _(event: e.Revised, state: State, happened: Happened) -> dict[str, Any]:
    return {"machine": event.machine, "slug": event.slug or state.slug}


@_changes.register
def _(event: e.Restored, state: State, happened: Happened) -> dict[str, Any]:
    return {"machine": event.machine}


@_changes.register
def _(event: e.Submitted, state: State, happened: Happened) -> dict[str, Any]:
    if not state.machine:
        return {"stage": Stage.IN_REVIEW}
    # Who takes a machine's draft on as their own counts as its writer.
    return {
        "stage": Stage.IN_REVIEW,
        "machine": False,
        "writers": _with(state.writers, happened.actor),
        "draft_writers": _with(state.draft_writers, happened.actor),
    }


@_changes.register(e.TakenBack)
@_changes.register(e.ChangesRequested)
def _(event: e.Event, state: State, happened: Happened) -> dict[str, Any]:
    return {"stage": Stage.DRAFT, "approval": None}


@_changes.register
def _(event: e.Approved, state: State, happened: Happened) -> dict[str, Any]:
    return {"stage": Stage.APPROVED, "approval": Approval(happened.actor, event.content_version)}


@_changes.register
def _(event: e.Scheduled, state: State, happened: Happened) -> dict[str, Any]:
    slot = Slot(happened.actor, event.content_version, event.at, event.change, event.note)
    return {"stage": Stage.SCHEDULED, "slot": slot}


@_changes.register
def _(event: e.Unscheduled, state: State, happened: Happened) -> dict[str, Any]:
    return {"stage": Stage.APPROVED, "slot": None}


@_changes.register
def _(event: e.Published, state: State, happened: Happened) -> dict[str, Any]:
    moment = happened.at.isoformat()
    flags = state.flags
    if event.policy == "emergency":
        flags = (*flags, Flag(event.edition, happened.actor, state.writers))
    return {
        "stage": Stage.SETTLED,
        "standing": Standing.LIVE,
        "editions": event.edition,
        "edition": Last(event.change, event.note, event.policy, event.fields, moment),
        "published": state.content,
        "first_published_at": state.first_published_at or moment,
        # A minor change does not move the date that readers are told.
        "updated_at": state.updated_at if event.change == "minor" else moment,
        "writers": (),
        "draft_writers": (),
        "machine": False,
        "approval": None,
        "slot": None,
        "flags": flags,
        "notice": "",
        "withdrawn_at": "",
    }


@_changes.register
def _(event: e.ReviewedAfterwards, state: State, happened: Happened) -> dict[str, Any]:
    return {"flags": tuple(flag for flag in state.flags if flag.edition != event.edition)}


@_changes.register
def _(event: e.Withdrawn, state: State, happened: Happened) -> dict[str, Any]:
    return {
        "standing": Standing.WITHDRAWN,
        "notice": event.notice,
        "withdrawn_at": happened.at.isoformat(),
    }


@_changes.register
def _(event: e.Reinstated, state: State, happened: Happened) -> dict[str, Any]:
    return {
        "standing": Standing.LIVE,
        "editions": event.edition,
        "edition": Last("reinstated", event.note, event.policy, (), happened.at.isoformat()),
        "notice": "",
        "withdrawn_at": "",
        "updated_at": happened.at.isoformat(),
    }


@_changes.register
def _(event: e.Renamed, state: State, happened: Happened) -> dict[str, Any]:
    if not state.editions:
        return {"slug": event.slug}
    return {"slug": event.slug, "former_slugs": _with(state.former_slugs, event.former)}


@_changes.register
def _(event: e.Merged, state: State, happened: Happened) -> dict[str, Any]:
    return {"standing": Standing.MERGED, "merged_into": event.into}


@_changes.register
def _(event: e.Unmerged, state: State, happened: Happened) -> dict[str, Any]:
    return {"standing": Standing.LIVE, "merged_into": ""}


@_changes.register
def _(event: e.Discarded, state: State, happened: Happened) -> dict[str, Any]:
    """The open draft goes; who wrote in it still counts as a writer, as it may be restored."""
    closed: dict[str, Any] = {"approval": None, "draft_writers": (), "machine": False}
    if state.published is None:
        return closed | {"stage": Stage.DISCARDED}
    return closed | {
        "stage": Stage.SETTLED,
        "content": state.published,
        "content_version": happened.version,
    }


@_changes.register
def _(event: e.Commented, state: State, happened: Happened) -> dict[str, Any]:
    return {"comments": (*state.comments, CommentState(happened.version, happened.actor))}


@_changes.register
def _(event: e.CommentResolved, state: State, happened: Happened) -> dict[str, Any]:
    return {
        "comments": tuple(
            replace(comment, resolved=True) if comment.id == event.comment else comment
            for comment in state.comments
        )
    }


@_changes.register
def _(event: e.Assigned, state: State, happened: Happened) -> dict[str, Any]:
    return {"assignee": event.person}


@_changes.register
def _(event: e.Erased, state: State, happened: Happened) -> dict[str, Any]:
    """The text is another one now: what was approved or opened before is not what stands."""
    gone = {*state.erased, *event.fields, *(("notes",) if event.notes else ())}
    changes: dict[str, Any] = {"erased": tuple(sorted(gone))}
    if not event.fields:
        return changes
    closed = state.stage in (Stage.APPROVED, Stage.SCHEDULED)
    return changes | {
        "content_version": happened.version,
        "stage": Stage.DRAFT if closed else state.stage,
        "approval": None,
        "slot": None,
    }


_NESTED: dict[str, Any] = {"approval": Approval, "slot": Slot}
_LISTS: dict[str, Any] = {"comments": CommentState}


def to_data(state: State) -> dict[str, Any]:
    """The state as JSON values; ``from_data`` is its inverse. Content is shared with the state, not copied."""
    return {f.name: _plain(getattr(state, f.name)) for f in fields(State)}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_plain(item) for item in value)
    return asdict(value) if isinstance(value, Approval | Slot | Flag | CommentState | Last) else value


def from_data(data: Mapping[str, Any]) -> State:
    """The state of stored JSON values."""
    values = {f.name: data[f.name] for f in fields(State)}
    values |= {key: tuple(v) for key, v in values.items() if isinstance(v, list)}
    values |= {key: kind(**values[key]) for key, kind in _NESTED.items() if values[key]}
    values |= {key: tuple(kind(**item) for item in values[key]) for key, kind in _LISTS.items()}
    if values["edition"]:
        values["edition"] = Last(**{**values["edition"], "changed": tuple(values["edition"]["changed"])})
    values["flags"] = tuple(Flag(f["edition"], f["by"], tuple(f["writers"])) for f in values["flags"])
    values["stage"], values["standing"] = Stage(values["stage"]), Standing(values["standing"])
    return State(**values)
