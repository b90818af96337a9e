"""decide(state, command, context): the events of a command, or every reason why it is refused.

Each command has a decider below: a generator that yields refusals, and then the events that would follow.
Who may issue a command, and from which state, is a ``Rule`` of permissions.py, handed in by the context.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from functools import singledispatch
from typing import Any, Literal
from uuid import UUID

from editorial import commands as c
from editorial import events as e
from editorial.workflow.slugs import slug_problem, slugify
from editorial.workflow.state import Stage, Standing, State

CHANGES = ("major", "minor", "correction")
FIRST_NOTE = "First published."
MAX_NOTE = 10_000
LAST_YEAR = 9_000


class Role(IntEnum):
    """Each role has what the one before it has."""

    NOBODY = 0
    AUTHOR = 1
    REVIEWER = 2
    PUBLISHER = 3
    CHIEF_EDITOR = 4


@dataclass(frozen=True, slots=True)
class Person:
    """Who issues a command. A machine cannot sign in."""

    id: str
    role: Role
    machine: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table command × role × states → events. ``role`` None: the scheduler alone.

    ``verb`` has a place for the document: “comment on {}”. ``own`` names a further condition, of those in ``_OWN``.
    """

    command: type[c.Command]
    role: Role | None
    stages: frozenset[Stage]
    standings: frozenset[Standing]
    events: tuple[type[e.Event], ...]
    verb: str
    own: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason, in words for an editor. A conflict: the content is not what the person saw."""

    text: str
    field: str = ""
    kind: Literal["rule", "input", "conflict"] = "rule"


class Refused(Exception):
    """A command was refused, for all of ``refusals``."""

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        super().__init__(" ".join(refusal.text for refusal in refusals))
        self.refusals = refusals

    @property
    def conflict(self) -> bool:
        return any(refusal.kind == "conflict" for refusal in self.refusals)


@dataclass(frozen=True, slots=True)
class Context:
    """What decide needs beside state and command, all as values.

    ``problems``: what keeps the content from being published. ``refinement``: the content only says more precisely
    what is public. ``invalid``: what is wrong with the command's own content, already cleaned. ``earlier``: the
    content at the version that a Restore names, None if there is none. ``winner``: the document that a Merge names,
    likewise.
    """

    by: Person
    rule: Rule
    now: datetime
    four_eyes: bool
    document: str
    type: str = ""
    noun: str = "document"
    problems: tuple[Refusal, ...] = ()
    refinement: bool = False
    invalid: tuple[Refusal, ...] = ()
    earlier: Mapping[str, Any] | None = field(default=None)
    winner: State | None = None


Decision = Iterator[e.Event | Refusal]

_STAGES = {
    Stage.DRAFT: "a draft",
    Stage.IN_REVIEW: "in review",
    Stage.APPROVED: "approved",
    Stage.SCHEDULED: "scheduled, and closed to changes until it is unscheduled",
    Stage.SETTLED: "without an open draft",
    Stage.DISCARDED: "discarded",
}
_STANDINGS = {
    Standing.UNPUBLISHED: "has never been published",
    Standing.LIVE: "is public",
    Standing.WITHDRAWN: "is withdrawn",
    Standing.MERGED: "is merged into another",
}


def decide(state: State, command: c.Command, context: Context) -> tuple[e.Event, ...]:
    """The command's events. Raises Refused with every reason."""
    if state.stage is Stage.ABSENT and not isinstance(command, c.Draft):
        raise Refused((Refusal(f"There is no such {context.noun}."),))
    outcome = [*barred(state, context), *_decide(command, state, context)]
    refusals = tuple(dict.fromkeys(item for item in outcome if isinstance(item, Refusal)))
    if refusals:
        raise Refused(refusals)
    return tuple(item for item in outcome if isinstance(item, e.Event))


def barred(state: State, context: Context) -> tuple[Refusal, ...]:
    """Why this person cannot issue the command now, whatever it says: role, stage, standing, own work."""
    rule = context.rule
    return tuple(
        Refusal(text)
        for text in (_role(rule, context), _stage(state, rule, context), _standing(state, rule, context))
        if text
    ) + tuple(_OWN[rule.own](state, context) if rule.own else ())


def _doing(rule: Rule, context: Context) -> str:
    return rule.verb.format(f"this {context.noun}")


def _role(rule: Rule, context: Context) -> str | None:
    if rule.role is None:
        return None if context.by.machine else f"Only the scheduler can {_doing(rule, context)}."
    if context.by.role < rule.role:
        return f"To {_doing(rule, context)} takes the role “{rule.role.name.replace('_', ' ').lower()}”."
    return None


def _stage(state: State, rule: Rule, context: Context) -> str | None:
    if state.stage in rule.stages:
        return None
    if state.stage is Stage.ABSENT:
        return f"There is no such {context.noun}."
    if rule.stages == {Stage.ABSENT}:
        return f"This {context.noun} exists already."
    return f"You cannot {_doing(rule, context)} now: it is {_STAGES[state.stage]}."


def _standing(state: State, rule: Rule, context: Context) -> str | None:
    if state.standing in rule.standings:
        return None
    return f"You cannot {_doing(rule, context)}: it {_STANDINGS[state.standing]}."


def _not_a_writer(state: State, context: Context) -> Iterator[Refusal]:
    if context.four_eyes and context.by.id in state.writers:
        yield Refusal("You wrote in this edition, so somebody else has to approve it.")


def _own_draft(state: State, context: Context) -> Iterator[Refusal]:
    if context.by.role < Role.CHIEF_EDITOR and set(state.draft_writers) - {context.by.id}:
        yield Refusal("Somebody else wrote in this draft; a chief editor can discard it.")


def _not_own_emergency(state: State, context: Context) -> Iterator[Refusal]:
    if not state.flags:
        yield Refusal("No emergency edition waits for a review.")
    elif not _reviewable(state, context):
        yield Refusal("You wrote or published this emergency edition, so somebody else has to review it.")


def _complete(state: State, context: Context) -> Iterator[Refusal]:
    yield from context.problems
    if state.standing is Standing.LIVE and not _differing(state):
        yield Refusal("Nothing differs from the live edition.")


def _approved(state: State, context: Context) -> Iterator[Refusal]:
    yield from _complete(state, context)
    if state.approval is None or state.approval.content_version != state.content_version:
        yield Refusal(f"This version of the {context.noun} is not approved.")
    elif context.four_eyes and state.approval.by in state.writers:
        yield Refusal("It was approved by somebody who wrote in it; somebody else has to approve it.")


def _differing(state: State) -> tuple[str, ...]:
    before = state.published or {}
    return tuple(sorted(k for k, v in state.content.items() if before.get(k) != v))


_OWN: dict[str, Callable[[State, Context], Iterator[Refusal]]] = {
    "complete": _complete,
    "approved": _approved,
    "not a writer": _not_a_writer,
    "own draft": _own_draft,
    "not own emergency": _not_own_emergency,
}


def _reviewable(state: State, context: Context) -> list[int]:
    return [
        flag.edition
        for flag in state.flags
        if not context.four_eyes or context.by.id not in {flag.by, *flag.writers}
    ]


def _seen(state: State, content_version: int) -> Iterator[Refusal]:
    if content_version != state.content_version:
        yield Refusal("The text was changed after you opened it. Look at it again.", kind="conflict")


def _text(value: str, field_name: str, what: str) -> Iterator[Refusal]:
    if not value.strip():
        yield Refusal(f"Write {what}.", field_name, "input")
    if len(value) > MAX_NOTE:
        text = f"Write at most {MAX_NOTE:,} characters for {what}; these are {len(value):,}."
        yield Refusal(text, field_name, "input")


def _slug(slug: str) -> Iterator[Refusal]:
    if problem := slug_problem(slug):
        yield Refusal(problem, "slug", "input")


@singledispatch
def _decide(command: c.Command, state: State, context: Context) -> Decision:
    raise TypeError(f"No decider for {type(command).__name__}.")


@_decide.register
def _(command: c.Draft, state: State, context: Context) -> Decision:
    slug = command.slug or slugify(str(command.content.get("title", "")))
    if not command.slug and slug_problem(slug):
        slug = f"{context.type}-{context.document[:8]}"
    yield from context.invalid
    yield from _slug(slug)
    yield e.Drafted(context.type, slug, command.content, context.by.machine)


@_decide.register
def _(command: c.Revise, state: State, context: Context) -> Decision:
    yield from _seen(state, command.content_version)
    yield from context.invalid
    slug = command.slug if command.slug not in (None, "", state.slug) else None
    if slug is not None:
        yield from _slug(slug)
        if state.editions:
            yield Refusal("This address is public; a publisher can rename it.", "slug", "input")
    changed = {k: v for k, v in command.content.items() if state.content.get(k) != v}
    if changed or slug:
        yield e.Revised(changed, slug, context.by.machine)


@_decide.register
def _(command: c.Restore, state: State, context: Context) -> Decision:
    yield from _seen(state, command.content_version)
    if context.earlier is None:
        yield Refusal(f"There is no version {command.version}.", "version", "input")
        return
    changed = {k: v for k, v in context.earlier.items() if state.content.get(k) != v}
    if not changed:
        yield Refusal(f"Version {command.version} has the text that stands here already.", "version", "input")
    yield e.Restored(command.version, changed, context.by.machine)


@_decide.register
def _(command: c.Submit, state: State, context: Context) -> Decision:
    yield e.Submitted()


@_decide.register
def _(command: c.TakeBack, state: State, context: Context) -> Decision:
    yield e.TakenBack()


@_decide.register
def _(command: c.RequestChanges, state: State, context: Context) -> Decision:
    yield from _text(command.note, "note", "what should change")
    yield e.ChangesRequested(command.note)


@_decide.register
def _(command: c.Approve, state: State, context: Context) -> Decision:
    yield from _seen(state, command.content_version)
    yield e.Approved(command.content_version)


def _publishable(
    state: State, context: Context, content_version: int, change: str, note: str
) -> Iterator[Refusal]:
    yield from _seen(state, content_version)
    if change not in CHANGES:
        yield Refusal("A change is major, minor or a correction.", "change", "input")
    if not state.editions and change != "major":
        yield Refusal("A first edition is neither a minor change nor a correction.", "change", "input")
    if change == "correction" and context.refinement:
        yield Refusal("A date made more precise corrects nothing: it is a minor change.", "change", "input")
    if state.editions:
        what = "what was wrong" if change == "correction" else "a change note for readers"
        yield from _text(note, "note", what)
    elif note:
        yield from _text(note, "note", "a change note")


def _published(state: State, context: Context, change: str, note: str, reason: str = "") -> e.Published:
    return e.Published(
        edition=state.editions + 1,
        content_version=state.content_version,
        change=change,
        note=note.strip() or FIRST_NOTE,
        policy="emergency" if reason else _policy(context),
        fields=_differing(state),
        approved_by=state.approval.by if state.approval else None,
        reason=reason,
    )


def _policy(context: Context) -> str:
    return "four_eyes" if context.four_eyes else "off"


@_decide.register
def _(command: c.Schedule, state: State, context: Context) -> Decision:
    yield from _publishable(state, context, command.content_version, command.change, command.note)
    if command.at.tzinfo is None:
        yield Refusal("Say in which time zone.", "at", "input")
    elif command.at.year > LAST_YEAR:
        yield Refusal("Choose a moment that somebody will live to see.", "at", "input")
    elif command.at <= context.now:
        yield Refusal("This moment has passed; choose one to come, or publish now.", "at", "input")
    else:
        at = command.at.astimezone(UTC).isoformat()
        yield e.Scheduled(command.content_version, at, command.change, command.note)


@_decide.register
def _(command: c.Unschedule, state: State, context: Context) -> Decision:
    yield e.Unscheduled()


@_decide.register
def _(command: c.Publish, state: State, context: Context) -> Decision:
    yield from _publishable(state, context, command.content_version, command.change, command.note)
    yield _published(state, context, command.change, command.note)


@_decide.register
def _(command: c.PublishDue, state: State, context: Context) -> Decision:
    slot = state.slot
    if slot is None:
        yield Refusal("Nothing is scheduled.")
        return
    if datetime.fromisoformat(slot.at) > context.now:
        yield Refusal(f"It is scheduled for {slot.at}.")
    yield from _publishable(state, context, slot.content_version, slot.change, slot.note)
    yield _published(state, context, slot.change, slot.note)


@_decide.register
def _(command: c.PublishInEmergency, state: State, context: Context) -> Decision:
    yield from _publishable(state, context, command.content_version, command.change, command.note)
    yield from _text(command.reason, "reason", "why it cannot wait for a review")
    yield _published(state, context, command.change, command.note, command.reason)


@_decide.register
def _(command: c.ReviewAfterwards, state: State, context: Context) -> Decision:
    if len(command.note) > MAX_NOTE:
        yield from _text(command.note, "note", "a note")
    for edition in _reviewable(state, context):
        yield e.ReviewedAfterwards(edition, command.note)


@_decide.register
def _(command: c.Withdraw, state: State, context: Context) -> Decision:
    yield from _text(command.notice, "notice", "a notice that tells readers why")
    yield e.Withdrawn(command.notice, command.hide_past)


@_decide.register
def _(command: c.Reinstate, state: State, context: Context) -> Decision:
    yield from _text(command.note, "note", "a note that tells readers why it is back")
    # The same text is back, so it says under which policy it once came.
    policy = state.edition.policy if state.edition else _policy(context)
    yield e.Reinstated(state.editions + 1, command.note, policy)


@_decide.register
def _(command: c.Rename, state: State, context: Context) -> Decision:
    yield from _slug(command.slug)
    if command.slug == state.slug:
        yield Refusal("That is its address already.", "slug", "input")
    yield e.Renamed(command.slug, state.slug)


def _winner(command: c.Merge, context: Context) -> Iterator[Refusal]:
    """Why this one cannot stand for another: only what is public and not merged itself can, so no circle closes."""
    noun, winner = context.noun, context.winner
    if not command.into:
        yield Refusal(f"Choose the {noun} that it is merged into.", "into", "input")
    elif command.into == context.document:
        yield Refusal(f"A {noun} cannot be merged into itself.", "into", "input")
    elif winner is None or winner.stage is Stage.ABSENT or not _is_id(command.into):
        yield Refusal(f"There is no such {noun} to merge into.", "into", "input")
    elif winner.standing is not Standing.LIVE:
        yield Refusal(f"The {noun} to merge into {_STANDINGS[winner.standing]}.", "into", "input")


@_decide.register
def _(command: c.Merge, state: State, context: Context) -> Decision:
    yield from _winner(command, context)
    yield from _text(command.note, "note", "a note that tells readers why they are one")
    yield e.Merged(command.into, command.note)


@_decide.register
def _(command: c.Unmerge, state: State, context: Context) -> Decision:
    yield from _text(command.note, "note", "a note that tells readers why they are two")
    yield e.Unmerged(command.note)


@_decide.register
def _(command: c.Discard, state: State, context: Context) -> Decision:
    yield e.Discarded()


@_decide.register
def _(command: c.Comment, state: State, context: Context) -> Decision:
    yield from _text(command.text, "text", "the comment")
    if command.reply_to is not None and command.reply_to not in {comment.id for comment in state.comments}:
        yield Refusal("There is no comment to answer.", "reply_to", "input")
    yield e.Commented(command.text, command.reply_to)


@_decide.register
def _(command: c.Resolve, state: State, context: Context) -> Decision:
    found = [comment for comment in state.comments if comment.id == command.comment]
    if not found:
        yield Refusal("There is no such comment.", "comment", "input")
        return
    if found[0].resolved:
        yield Refusal("This comment is resolved already.")
    if context.by.id not in {found[0].by, state.drafted_by, *state.writers}:
        yield Refusal("Resolve your own comments, or those on a document of your own.")
    yield e.CommentResolved(command.comment)


@_decide.register
def _(command: c.Assign, state: State, context: Context) -> Decision:
    if command.person is not None and not _is_id(command.person):
        yield Refusal("There is no such person.", "person", "input")
    if command.person == state.assignee:
        yield Refusal("It is assigned so already.", "person", "input")
    yield e.Assigned(command.person)


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
