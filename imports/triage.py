"""What editors do with a candidate: accept, attach, merge, dismiss, snooze, assign. Each happens once.

A decision that goes into the log is made in two steps that a crash can part: the command, which carries the candidate's
key as its origin, and the candidate's row. ``settle`` makes the second step good from the log.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from editorial import commands as c
from editorial.dispatch import Outcome, dispatch, load
from editorial.models import User, document_model
from editorial.permissions import IMPORTER, person
from editorial.workflow import Person, Refusal, Refused
from imports import drafting
from imports.intake import MAX_SUMMARY, take_turns
from imports.models import Candidate, Decision, Item, State, What
from imports.models.candidate import OPEN
from imports.parsing.item import clean
from ledger import clock, log, subscriptions
from ledger.log import Recorded

# So long is a decision being carried out, at most; afterwards the candidate is free again.
CLAIM = timedelta(seconds=30)
INBOX = "inbox"
# What the log knows of: nothing is decided of these again.
DONE = (State.ACCEPTED, State.ATTACHED)
MAX_REASON = 1_000
LONGEST_REST = timedelta(days=731)
# Before a decision: what a crash left is found first. More than this, and the worker is late for other reasons.
SETTLED_FIRST = 200
FIGURES = "Figures of a series are taken over, or dismissed; they go with nothing else."

logger = structlog.get_logger(__name__)


class Conflict(Exception):
    """Somebody else decided meanwhile; the sentence says who and what."""


def draft_id(candidate: Candidate) -> UUID:
    """The id of the draft that the candidate becomes: the same for whoever accepts it."""
    return uuid5(NAMESPACE_URL, f"aichina:candidate/{candidate.key}")


def origin(candidate: Candidate) -> dict[str, Any]:
    """What an event that comes of a candidate says of it."""
    return {"origin": {"candidate": str(candidate.key), "source": str(candidate.source_id)}}


def accept(candidate: Candidate, content: Mapping[str, Any], *, version: int, by: User) -> UUID:
    """Make a draft of it. Returns the draft's id. Raises Conflict, and Refused for what is wrong with the content."""
    with _claimed(candidate, version):
        outcome = accept_as(candidate, content, person(by))
        _conclude(candidate, State.ACCEPTED, What.ACCEPTED, by, outcome.document)
    return outcome.document


def accept_by_itself(candidate: Candidate) -> bool:
    """A machine accepts it as it is proposed. False where somebody was quicker, or an editor has to look first."""
    try:
        with _claimed(candidate, candidate.version):
            outcome = accept_as(candidate, drafting.content(candidate), IMPORTER)
            _conclude(candidate, State.ACCEPTED, What.ACCEPTED, None, outcome.document)
    except (Conflict, Refused) as error:
        logger.info("not_drafted", candidate=candidate.pk, why=str(error))
        return False
    return True


def accept_as(candidate: Candidate, content: Mapping[str, Any], by: Person) -> Outcome:
    """The command alone. Raises Conflict where the draft exists, whoever made it."""
    key = draft_id(candidate)
    try:
        return dispatch(c.Draft(content), type="entry", document=key, by=by, metadata=origin(candidate))
    except Refused:
        if not document_model("entry")._base_manager.filter(pk=key).exists():
            raise
        settle(log.stream(key)[0])
        candidate.refresh_from_db()
        raise Conflict(_sentence(candidate)) from None


def attach(candidate: Candidate, document: UUID, *, version: int, by: User) -> None:
    """Add it to an entry as a further source. Raises Conflict, and Refused."""
    if candidate.observations is not None:
        raise Conflict(FIGURES)
    with _claimed(candidate, version):
        if not _attached(candidate, document):
            state = load(document_model("entry"), document)
            stands = state.content.get("sources", [])
            cited = {source.get("url") for source in stands if source.get("url")}
            further = [source for source in drafting.citations(candidate) if source.get("url") not in cited]
            # What it has already is told once more: the log has to know what became of the candidate.
            sources = [*stands, *(further or [drafting.citation(candidate)])]
            command = c.Revise({"sources": sources}, state.content_version)
            dispatch(command, type="entry", document=document, by=person(by), metadata=origin(candidate))
        _conclude(candidate, State.ATTACHED, What.ATTACHED, by, document)


def _attached(candidate: Candidate, document: UUID) -> bool:
    """Whether the log has it already: the worker or the web died before it could say so here."""
    return any(_origin(event) == str(candidate.key) for event in log.stream(document))


def revise_series(candidate: Candidate, *, version: int, by: User) -> UUID:
    """Take over what a table says of its series. Returns the series’ id. Raises Conflict, and Refused."""
    document = candidate.document
    if document is None or candidate.observations is None:
        raise Conflict("It brings no figures of a series.")
    with _claimed(candidate, version):
        if not _attached(candidate, document):
            state = load(document_model("series"), document)
            content = drafting.observations(state.content, candidate)
            command = c.Revise(content, state.content_version)
            dispatch(command, type="series", document=document, by=person(by), metadata=origin(candidate))
        _conclude(candidate, State.ACCEPTED, What.ACCEPTED, by, document)
    return document


def merge(candidate: Candidate, into: int, *, version: int, by: User) -> Candidate:
    """It is the same as another candidate, which takes its sources over. Returns that one. Raises Conflict."""
    with transaction.atomic():
        take_turns()  # what is told at this moment goes to the winner, too
        # In the order of their numbers, so that two merges of the same two do not wait for each other.
        both = {
            row.pk: row
            for row in Candidate.objects.select_for_update()
            .filter(pk__in=(candidate.pk, into))
            .order_by("pk")
        }
        winner, loser = both.get(into), both[candidate.pk]
        _check(loser, version)
        if winner and (winner.observations is not None or loser.observations is not None):
            raise Conflict(FIGURES)
        if winner and _is_claimed(winner):
            raise Conflict("Somebody is deciding on the other one just now.")
        if winner is None or winner.pk == loser.pk or winner.state not in OPEN:
            raise Conflict(
                "The other one is no longer in the inbox; choose another, or attach this one to an entry."
            )
        Item.objects.filter(candidate=loser).update(candidate=winner)
        Candidate.objects.filter(merged_into=loser).update(merged_into=winner)
        Candidate.objects.filter(pk=winner.pk).update(version=F("version") + 1)
        _decide(loser, State.MERGED, What.MERGED, by, merged_into=winner)
    return winner


def worded(reason: str) -> str:
    """The reason as it is kept: without what no text needs, and bounded."""
    return clean(reason).strip()[:MAX_REASON]


def dismiss(candidate: Candidate, reason: str, *, version: int, by: User) -> None:
    """It does not belong here. Raises Conflict."""
    facts = {"title": candidate.title, "text": candidate.summary[:MAX_SUMMARY]}
    with _decided(candidate, version):
        _decide(candidate, State.DISMISSED, What.DISMISSED, by, reason=worded(reason), facts=facts)


def snooze(candidate: Candidate, until: datetime, *, version: int, by: User) -> None:
    """It comes back at that moment, within two years. Raises Conflict, and Refused."""
    now = clock.now()
    if not now < until < now + LONGEST_REST:
        raise Refused((Refusal("It can be snoozed until tomorrow, or for two years at most.", kind="input"),))
    with _decided(candidate, version):
        why = f"Until {until:%-d %B %Y, %H:%M} UTC."
        _decide(candidate, State.SNOOZED, What.SNOOZED, by, reason=why, snoozed_until=until)


def assign(candidate: Candidate, to: User | None, *, version: int, by: User) -> None:
    """To a person, or to nobody. Raises Conflict."""
    with _decided(candidate, version):
        Candidate.objects.filter(pk=candidate.pk).update(assignee=to, version=F("version") + 1)
        why = f"To {to.get_username()}." if to else "To nobody."
        Decision.objects.create(candidate=candidate, what=What.ASSIGNED, by=by, why=why)


def reopen(candidate: Candidate, *, version: int, by: User) -> None:
    """What was dismissed or blocked is new again. Raises Conflict."""
    with transaction.atomic():
        row = Candidate.objects.select_for_update().get(pk=candidate.pk)
        if row.version != version or row.state not in (State.DISMISSED, State.BLOCKED):
            raise Conflict(_sentence(row))
        _decide(candidate, State.NEW, What.REOPENED, by)


@contextmanager
def _decided(candidate: Candidate, version: int) -> Iterator[None]:
    """One transaction in which the row is locked, open and as it was seen. Raises Conflict."""
    settle_all(SETTLED_FIRST)
    with transaction.atomic():
        _check(Candidate.objects.select_for_update().get(pk=candidate.pk), version)
        yield


def _is_claimed(row: Candidate) -> bool:
    return Candidate.objects.filter(pk=row.pk, claimed_until__gt=Now()).exists()


def _check(row: Candidate, version: int) -> None:
    claimed = _is_claimed(row)
    if claimed or row.state not in OPEN or row.version != version:
        raise Conflict("Somebody is deciding on this one just now." if claimed else _sentence(row))


@contextmanager
def _claimed(candidate: Candidate, version: int) -> Iterator[None]:
    """Nobody else decides while a command is carried out, which has a transaction of its own. Raises Conflict."""
    settle_all(SETTLED_FIRST)
    free = Q(claimed_until=None) | Q(claimed_until__lt=Now())
    mine = Candidate.objects.filter(free, pk=candidate.pk, version=version, state__in=OPEN)
    if not mine.update(claimed_until=Now() + CLAIM):
        _check(Candidate.objects.get(pk=candidate.pk), version)
        raise Conflict("Somebody is deciding on this one just now.")
    claim = Candidate.objects.values_list("claimed_until", flat=True).get(pk=candidate.pk)
    try:
        yield
    finally:
        # Of whoever took so long that another one holds it by now, nothing is left to let go.
        Candidate.objects.filter(pk=candidate.pk, claimed_until=claim).update(claimed_until=None)


def _conclude(candidate: Candidate, state: State, what: What, by: User | None, document: UUID) -> None:
    """Write down what a command did, unless it is written down: others follow the log, and may be quicker."""
    with transaction.atomic():
        row = Candidate.objects.select_for_update().get(pk=candidate.pk)
        if row.state not in DONE:
            _decide(row, state, what, by, document=document)


def _decide(
    candidate: Candidate, state: State, what: What, by: User | None, *, facts: Mapping[str, Any] | None = None,
    reason: str = "", **values: Any,
) -> None:  # fmt: skip
    """Write a decision down, with the candidate's new state."""
    with transaction.atomic():
        changed = {
            "state": state,
            "state_since": Now(),
            "state_by": by,
            "reason": reason,
            "remark": "",
            **values,
        }
        Candidate.objects.filter(pk=candidate.pk).update(version=F("version") + 1, **changed)
        document = values.get("document")
        told = {**(facts or {}), **({"document": str(document)} if document else {})}
        Decision.objects.create(
            candidate=candidate, source_id=candidate.source_id, what=what, by=by, why=reason, facts=told
        )


def _sentence(row: Candidate) -> str:
    """What became of it meanwhile."""
    who = row.state_by.get_username() if row.state_by else "the tracker"
    if row.state in OPEN:
        return "It changed after you opened it; look at what it says now."
    return f"It was {row.get_state_display().lower()} by {who} on {row.state_since:%-d %B %Y, %H:%M} UTC."


def settle_all(most: int = 5_000) -> int:
    """Follow the log, and write down here what it says of candidates."""
    return subscriptions.advance(INBOX, settle, batch=most)


def settle(event: Recorded) -> None:
    """If the event came of a candidate that does not say so, it does now, also where it was dismissed since."""
    key = _origin(event)
    found = Candidate.objects.filter(key=key).first() if key else None
    if found is None:
        return
    by = User.objects.filter(pk=event.actor).first()
    drafted = event.type == "drafted"
    state, what = (
        (State.ACCEPTED, What.ACCEPTED)
        if drafted or found.observations is not None
        else (State.ATTACHED, What.ATTACHED)
    )
    _conclude(found, state, what, by, event.stream)


def _origin(event: Recorded) -> str:
    found = event.metadata.get("origin")
    return str(found.get("candidate", "")) if isinstance(found, Mapping) else ""


def wake() -> int:
    """What was snoozed until now is new again. Returns how many are."""
    with transaction.atomic():
        rested = Candidate.objects.select_for_update(skip_locked=True).filter(
            state=State.SNOOZED, snoozed_until__lte=Now()
        )
        found = list(rested)
        for candidate in found:
            _decide(candidate, State.NEW, What.WOKEN, None, snoozed_until=None)
    return len(found)
