"""From an event and the states around it to rows: pure. Dispatch writes them by ORM, rebuild by COPY.

Every key comes from the log, and every time from the event, so that a rebuild can be exact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import singledispatch
from typing import Any
from uuid import UUID

from django.db import models

from editorial import events as e
from editorial.models import Change, Document, Redirect, Slug, document_models
from editorial.models.change import Kind
from editorial.models.content import json_value
from editorial.search import normalise
from editorial.workflow import Happened, Last, Standing, State, to_data

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Insert:
    model: type[models.Model]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Update:
    """``values``: constants, or a function of each row that matches."""

    model: type[models.Model]
    match: Row
    values: Row | Callable[[Row], Row]


@dataclass(frozen=True, slots=True)
class Delete:
    model: type[models.Model]
    match: Row


Write = Insert | Update | Delete


@dataclass(frozen=True, slots=True)
class Step:
    """One event of one document, with the states around it; ``model`` is the type's Document."""

    document: UUID
    model: type[Any]
    before: State
    after: State
    happened: Happened


def projected_models() -> tuple[type[models.Model], ...]:
    """Every projected table."""
    documents = document_models().values()
    editions = tuple(document.EDITION for document in documents)
    parts = tuple(edition.PART for edition in editions if edition.PART)
    return (*documents, *editions, *parts, Change, Slug, Redirect)


def project(step: Step) -> list[Write]:
    """What this event writes."""
    if step.happened.version > 1:
        document: Write = Update(step.model, {"id": step.document}, _document(step))
    else:
        document = Insert(step.model, (document_row(step, step.happened),))
    return [document, *project_public(step)]


def project_public(step: Step) -> list[Write]:
    """What this event writes besides the document's own row."""
    return _public(step.happened.event, step)


def document_row(step: Step, drafted: Happened) -> Row:
    """The document's own row after its last step; ``drafted`` is its first event."""
    first = {"id": step.document, "drafted_by": UUID(drafted.actor), "drafted_at": drafted.at}
    return first | _document(step)


def _document(step: Step) -> Row:
    state, happened = step.after, step.happened
    return {
        "version": state.version,
        "position": happened.position,
        "content_version": state.content_version,
        "slug": state.slug,
        "stage": str(state.stage),
        "standing": str(state.standing),
        "scheduled_at": datetime.fromisoformat(state.slot.at) if state.slot else None,
        "changed_at": happened.at,
        "assignee": UUID(state.assignee) if state.assignee else None,
        "unreviewed_emergency": bool(state.flags),
        "open_comments": sum(not comment.resolved for comment in state.comments),
        "search_text": normalise(f"{step.model.searched_text(state.content)} {state.slug}"),
        "state": to_data(state),
        **step.model.columns(state.content),
    }


@singledispatch
def _public(event: e.Event, step: Step) -> list[Write]:
    return []


@_public.register
def _(event: e.Drafted, step: Step) -> list[Write]:
    return [_slug(step)]


@_public.register
def _(event: e.Revised, step: Step) -> list[Write]:
    return [_no_slug(step), _slug(step)] if event.slug else []


@_public.register
def _(event: e.Discarded, step: Step) -> list[Write]:
    return [] if step.after.editions else [_no_slug(step)]


@_public.register
def _(event: e.Published, step: Step) -> list[Write]:
    return [
        Update(Slug, {"document": step.document, "current": True}, {"public": True}),
        _close(step),
        *_edition(step),
        _change(step, _kind(event, step), event.note, event.fields, minor=event.change == "minor"),
    ]


@_public.register
def _(event: e.Reinstated, step: Step) -> list[Write]:
    return [
        _close(step),
        *_edition(step),
        _change(step, Kind.REINSTATED, event.note),
    ]


@_public.register
def _(event: e.Withdrawn, step: Step) -> list[Write]:
    hide: list[Write] = []
    if event.hide_past:
        # Change notes say what the text said, so they go with it.
        hide = [
            Update(step.model.EDITION, {"document": step.document, "withdrawn": False}, _hiding(step)),
            *_without_parts(step),
            Update(Change, {"document": step.document}, _without_note),
        ]
    return [
        _close(step),
        *hide,
        *_edition(step),
        _change(step, Kind.WITHDRAWN, event.notice),
    ]


@_public.register
def _(event: e.Renamed, step: Step) -> list[Write]:
    if not step.before.editions:
        return [_no_slug(step), _slug(step)]
    return [
        Update(Slug, {"document": step.document}, {"current": False}),
        _regained_slug(step) if event.slug in step.before.former_slugs else _slug(step),
        _close(step),
        *_edition(step, begins=False),
        _change(step, Kind.RENAMED),
    ]


@_public.register
def _(event: e.Merged, step: Step) -> list[Write]:
    """The edition ends here, and its names are found by that: Redirects.lost."""
    position = step.happened.position
    redirect = {
        "position": position,
        "type": step.after.type,
        "document": step.document,
        "target": UUID(event.into),
        "valid_from": position,
        "valid_to": None,
    }
    return [_close(step), Insert(Redirect, (redirect,)), _change(step, Kind.MERGED, event.note)]


@_public.register
def _(event: e.Unmerged, step: Step) -> list[Write]:
    match = {"document": step.document, "valid_to": None}
    return [
        Update(Redirect, match, {"valid_to": step.happened.position}),
        *_edition(step, begins=False),
        _change(step, Kind.UNMERGED, event.note),
    ]


@_public.register
def _(event: e.Erased, step: Step) -> list[Write]:
    if not step.after.editions:
        return []
    return [
        Update(step.model.EDITION, {"document": step.document}, _erasing(event)),
        _change(step, Kind.ERASED, event.ground, event.fields),
    ]


def _erasing(event: e.Erased) -> Callable[[Row], Row]:
    gone = {*event.fields, *(("notes",) if event.notes else ())}
    return lambda row: {"erased": sorted(gone.union(row["erased"]))}


def _slug(step: Step) -> Write:
    public = step.before.editions > 0
    row = {"position": step.happened.position, "type": step.after.type, "slug": step.after.slug}
    return Insert(Slug, (row | {"document": step.document, "public": public, "current": True},))


def _regained_slug(step: Step) -> Write:
    return Update(Slug, {"document": step.document, "slug": step.after.slug}, {"current": True})


def _no_slug(step: Step) -> Write:
    return Delete(Slug, {"document": step.document})


def _close(step: Step) -> Write:
    match = {"document": step.document, "valid_to": None}
    return Update(step.model.EDITION, match, {"valid_to": step.happened.position})


def _without_parts(step: Step) -> list[Write]:
    """Parts are text throughout: nothing of them is kept."""
    part = step.model.EDITION.PART
    return [Delete(part, {"document": step.document})] if part else []


def _edition(step: Step, *, begins: bool = True) -> list[Write]:
    state, happened = step.after, step.happened
    withdrawn = state.standing is Standing.WITHDRAWN
    last = Last("withdrawn", "", "", (), state.withdrawn_at) if withdrawn else state.edition
    assert last is not None
    content = _kept(step.model, state.published or {}) if withdrawn else (state.published or {})
    row = {
        "position": happened.position,
        "document": step.document,
        "number": state.editions,
        "slug": state.slug,
        "begins": begins,
        "significance": last.significance,
        "note": last.note,
        "policy": last.policy,
        "changed": list(last.changed),
        "moment": datetime.fromisoformat(last.moment),
        "first_published_at": datetime.fromisoformat(state.first_published_at),
        "updated_at": datetime.fromisoformat(state.updated_at),
        "valid_from": happened.position,
        "valid_to": None,
        "withdrawn": withdrawn,
        "withdrawn_at": datetime.fromisoformat(state.withdrawn_at) if withdrawn else None,
        "notice": state.notice,
        "hidden": withdrawn,
        "erased": list(state.erased),
        "search_text": normalise(step.model.searched_text(content)),
        **step.model.EDITION.columns(content),
    }
    return [Insert(step.model.EDITION, (row,)), *_parts(step, content)]


def _parts(step: Step, content: Mapping[str, Any]) -> list[Write]:
    """The rows of its own that an edition has; none is a write as well, so that a rebuild knows the table."""
    edition = step.model.EDITION
    if edition.PART is None:
        return []
    key = {"position": step.happened.position, "document": step.document}
    return [Insert(edition.PART, tuple({**key, **row} for row in edition.parts(content)))]


def _kept(model: type[Document], content: Mapping[str, Any]) -> Row:
    """The content that stays visible when its text is hidden."""
    return {name: json_value(content[name]) for name in model.KEPT if name in content}  # type: ignore[attr-defined]


def _hiding(step: Step) -> Callable[[Row], Row]:
    def hide(row: Row) -> Row:
        content = _kept(step.model, row)
        return {
            "hidden": True,
            "note": "",
            "notice": step.after.notice,
            "withdrawn_at": datetime.fromisoformat(step.after.withdrawn_at),
            "search_text": normalise(step.model.searched_text(content)),
            **step.model.EDITION.columns(content),
        }

    return hide


def _without_note(change: Row) -> Row:
    """What is said of an edition goes with its text; what is said of its absence stays."""
    return {} if change["kind"] in (Kind.WITHDRAWN, Kind.ERASED) else {"note": ""}


def _kind(event: e.Published, step: Step) -> Kind:
    if step.before.standing is Standing.WITHDRAWN:
        return Kind.REINSTATED
    if event.edition == 1:
        return Kind.PUBLISHED
    return Kind.CORRECTED if event.change == "correction" else Kind.REVISED


def _change(
    step: Step, kind: Kind, note: str = "", fields: tuple[str, ...] = (), *, minor: bool = False
) -> Write:
    row = {
        "position": step.happened.position,
        "moment": step.happened.at,
        "type": step.after.type,
        "document": step.document,
        "kind": str(kind),
        "edition": step.after.editions,
        "minor": minor,
        "note": note,
        "fields": list(fields),
    }
    return Insert(Change, (row,))
