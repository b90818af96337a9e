"""Who may issue which command, from which state, with which events: one table.

Dispatch hands each row to decide; admin shows buttons by it; docs/editors.md is rendered from it
(`manage.py document_tables`), and a test holds the two against each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from editorial import commands as c
from editorial import events as e
from editorial.workflow import Person, Role, Rule, Stage, Standing

if TYPE_CHECKING:
    from editorial.models import User

_OPEN = frozenset({Stage.DRAFT, Stage.IN_REVIEW, Stage.APPROVED})
_EDITABLE = _OPEN | {Stage.SETTLED}
_EXISTING = _EDITABLE | {Stage.SCHEDULED}
_ANY = frozenset(Standing)
# What is merged into another rests until it is unmerged: it is talked about, and nothing else.
_APART = _ANY - {Standing.MERGED}


def _rule(
    command: type[c.Command],
    role: Role | None,
    stages: frozenset[Stage] | set[Stage],
    event: type[e.Event],
    verb: str,
    standings: frozenset[Standing] | set[Standing] = _ANY,
    own: str = "",
) -> Rule:
    return Rule(command, role, frozenset(stages), frozenset(standings), (event,), verb, own)


TABLE: tuple[Rule, ...] = (
    _rule(c.Draft, Role.AUTHOR, {Stage.ABSENT}, e.Drafted, "draft {}"),
    _rule(c.Revise, Role.AUTHOR, _EDITABLE, e.Revised, "revise {}", _APART),
    _rule(c.Submit, Role.AUTHOR, {Stage.DRAFT}, e.Submitted, "submit {}", _APART),
    _rule(c.TakeBack, Role.AUTHOR, {Stage.IN_REVIEW}, e.TakenBack, "take {} back", _APART),
    _rule(c.Comment, Role.AUTHOR, _EXISTING, e.Commented, "comment on {}"),
    _rule(c.Resolve, Role.AUTHOR, _EXISTING, e.CommentResolved, "resolve a comment on {}"),
    _rule(c.Discard, Role.AUTHOR, _OPEN, e.Discarded, "discard {}", _APART, own="own draft"),
    _rule(c.RequestChanges, Role.REVIEWER, {Stage.IN_REVIEW, Stage.APPROVED}, e.ChangesRequested,
          "request changes to {}", _APART),
    _rule(c.Approve, Role.REVIEWER, {Stage.IN_REVIEW}, e.Approved, "approve {}", _APART, own="not a writer"),
    _rule(c.Assign, Role.REVIEWER, _EXISTING, e.Assigned, "assign {}"),
    _rule(c.ReviewAfterwards, Role.REVIEWER, _EXISTING, e.ReviewedAfterwards,
          "review the emergency edition of {}", own="not own emergency"),
    _rule(c.Publish, Role.PUBLISHER, {Stage.APPROVED}, e.Published, "publish {}", _APART, own="approved"),
    _rule(c.Schedule, Role.PUBLISHER, {Stage.APPROVED}, e.Scheduled, "schedule {}", _APART, own="approved"),
    _rule(c.Unschedule, Role.PUBLISHER, {Stage.SCHEDULED}, e.Unscheduled, "unschedule {}", _APART),
    _rule(c.PublishDue, None, {Stage.SCHEDULED}, e.Published, "publish {} when it is due", _APART,
          own="approved"),
    # What is scheduled would bring a withdrawn document back by itself, so it is unscheduled first.
    _rule(c.Withdraw, Role.PUBLISHER, _EDITABLE, e.Withdrawn, "withdraw {}", {Standing.LIVE}),
    _rule(c.Reinstate, Role.PUBLISHER, _EDITABLE, e.Reinstated, "reinstate {}", {Standing.WITHDRAWN}),
    _rule(c.Rename, Role.PUBLISHER, _EDITABLE, e.Renamed, "rename {}", _APART),
    # What is scheduled would be published under an address that leads elsewhere.
    _rule(c.Merge, Role.PUBLISHER, _EDITABLE, e.Merged, "merge {}", {Standing.LIVE}),
    _rule(c.Unmerge, Role.PUBLISHER, _EDITABLE, e.Unmerged, "unmerge {}", {Standing.MERGED}),
    _rule(c.Restore, Role.PUBLISHER, _EDITABLE, e.Restored, "restore an earlier version of {}", _APART),
    _rule(c.PublishInEmergency, Role.CHIEF_EDITOR, _OPEN, e.Published, "publish {} in an emergency", _APART,
          own="complete"),
)  # fmt: skip

RULES: dict[type[c.Command], Rule] = {rule.command: rule for rule in TABLE}

GROUPS: dict[str, Role] = {
    "Author": Role.AUTHOR,
    "Reviewer": Role.REVIEWER,
    "Publisher": Role.PUBLISHER,
    "Chief editor": Role.CHIEF_EDITOR,
}

# Machines: their ids name no person, and they have no account. The scheduler publishes what is due; the operator
# stands for whoever works at the server's shell; the importer drafts what comes from sources that are trusted so far.
SCHEDULER = Person(id="5c0ed01e-0000-4000-8000-000000000001", role=Role.NOBODY, machine=True)
OPERATOR = Person(id="5c0ed01e-0000-4000-8000-000000000002", role=Role.NOBODY, machine=True)
IMPORTER = Person(id="5c0ed01e-0000-4000-8000-000000000003", role=Role.AUTHOR, machine=True)


def person(user: User) -> Person:
    """The user as the workflow sees one: the highest role of their groups; nobody if inactive."""
    if not user.is_active:
        return Person(str(user.pk), Role.NOBODY)
    roles = (GROUPS[name] for name in user.group_names & GROUPS.keys())
    return Person(str(user.pk), max(roles, default=Role.NOBODY))
