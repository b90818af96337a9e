"""A document's history as editors read it: who did what when, and what two versions differ in. Pure but for names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import singledispatch
from typing import Any

from editorial import events as e
from editorial.models import User
from editorial.permissions import IMPORTER, OPERATOR, SCHEDULER
from editorial.workflow import Happened

MACHINES = {SCHEDULER.id: "The scheduler", OPERATOR.id: "The server’s operator", IMPORTER.id: "The importer"}
FORMER = "A former colleague"
POLICIES = {"emergency": ", in an emergency, without a review", "off": ", while four eyes were off"}


@dataclass(frozen=True, slots=True)
class Line:
    """One event. ``writes``: it changed the content, so that its version can be restored and compared."""

    version: int
    who: str
    what: str
    at: datetime
    notes: tuple[str, ...]
    changed: tuple[str, ...]
    writes: bool


@dataclass(frozen=True, slots=True)
class Difference:
    field: str
    before: str
    after: str


def people() -> dict[str, str]:
    """Names of all people by id."""
    named = {str(user.pk): user.get_full_name() or user.username for user in User.objects.all()}
    return {**named, **MACHINES}


def line(happened: Happened, names: Mapping[str, str]) -> Line:
    """An event as a line of the story. ``names``: of people, and of what it was merged into, by id."""
    event = happened.event
    notes = tuple(text for name in event.NOTES if (text := getattr(event, name)))
    changed = tuple(sorted(getattr(event, "content", {}))) if happened.version > 1 else ()
    who = names.get(happened.actor, FORMER)
    return Line(happened.version, who, _what(event, names), happened.at, notes, changed, event.CONTENT)


def differences(
    fields: tuple[str, ...], before: Mapping[str, Any], after: Mapping[str, Any], titles: Mapping[str, str]
) -> Iterator[Difference]:
    """Field by field what two contents differ in; documents that they refer to by their titles."""
    for name in fields:
        if before.get(name) != after.get(name):
            texts = (_words(content.get(name), titles) for content in (before, after))
            yield Difference(name.replace("_", " "), *texts)


def _words(value: Any, titles: Mapping[str, str]) -> str:
    if isinstance(value, list):
        return "\n".join(_words(item, titles) for item in value)
    if isinstance(value, Mapping):
        return ", ".join(_words(part, titles) for part in value.values())
    return "" if value is None else titles.get(str(value), str(value))


@singledispatch
def _what(event: e.Event, names: Mapping[str, str]) -> str:
    """The event as a predicate; by default the words of its name."""
    return "".join(
        f" {letter.lower()}" if letter.isupper() else letter for letter in type(event).__name__
    ).strip()


@_what.register
def _(event: e.Drafted, names: Mapping[str, str]) -> str:
    return "drafted it by machine" if event.machine else "drafted it"


@_what.register
def _(event: e.Revised, names: Mapping[str, str]) -> str:
    by_machine = " by machine" if event.machine else ""
    return f"revised it{by_machine}" + (f", and moved it to the address {event.slug}" if event.slug else "")


@_what.register
def _(event: e.Restored, names: Mapping[str, str]) -> str:
    return f"restored version {event.version}"


@_what.register
def _(event: e.Submitted, names: Mapping[str, str]) -> str:
    return "submitted it for review"


@_what.register
def _(event: e.TakenBack, names: Mapping[str, str]) -> str:
    return "took it back from review"


@_what.register
def _(event: e.ChangesRequested, names: Mapping[str, str]) -> str:
    return "asked for changes"


@_what.register
def _(event: e.Approved, names: Mapping[str, str]) -> str:
    return f"approved version {event.content_version}"


@_what.register
def _(event: e.Scheduled, names: Mapping[str, str]) -> str:
    return f"scheduled version {event.content_version} for {event.at} ({event.change})"


@_what.register
def _(event: e.Published, names: Mapping[str, str]) -> str:
    return f"published edition {event.edition} ({event.change}){POLICIES.get(event.policy, '')}"


@_what.register
def _(event: e.ReviewedAfterwards, names: Mapping[str, str]) -> str:
    return f"reviewed the emergency edition {event.edition} afterwards"


@_what.register
def _(event: e.Withdrawn, names: Mapping[str, str]) -> str:
    return "withdrew it" + (", and hid its text in the past too" if event.hide_past else "")


@_what.register
def _(event: e.Reinstated, names: Mapping[str, str]) -> str:
    return f"reinstated it as edition {event.edition}{POLICIES.get(event.policy, '')}"


@_what.register
def _(event: e.Renamed, names: Mapping[str, str]) -> str:
    return f"renamed its address from {event.former} to {event.slug}"


@_what.register
def _(event: e.Merged, names: Mapping[str, str]) -> str:
    return f"merged it into {names.get(event.into, event.into)}"


@_what.register
def _(event: e.Unmerged, names: Mapping[str, str]) -> str:
    return "unmerged it, so that it stands for itself again"


@_what.register
def _(event: e.CommentResolved, names: Mapping[str, str]) -> str:
    return f"resolved the comment of version {event.comment}"


@_what.register
def _(event: e.Assigned, names: Mapping[str, str]) -> str:
    return f"assigned it to {names.get(event.person, FORMER)}" if event.person else "assigned it to nobody"


@_what.register
def _(event: e.Erased, names: Mapping[str, str]) -> str:
    gone = [*event.fields, *(["notes"] if event.notes else [])]
    return f"erased {', '.join(gone)} for ever"
