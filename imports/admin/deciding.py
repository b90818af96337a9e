"""What an editor's form asks for, as a call of triage; each returns what is said when it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.urls import reverse
from django.utils.html import format_html

from editorial.dispatch import load
from editorial.models import User
from imports import triage
from imports.drafting import BEIJING
from imports.models import Candidate, What
from ledger import clock
from metrics.models import SeriesDocument
from timeline.models import EntryDocument

REASONS = (
    "It is not about AI in China.",
    "It is opinion or advertising, not news.",
    "The tracker has it already.",
    "It is too small to be recorded.",
    "It cannot be verified.",
)
# Eight o'clock in Beijing, before anybody begins in Berlin.
MORNING = time(0, tzinfo=UTC)


class Unclear(Exception):
    """The form does not say what is wanted; the sentence says what is missing."""


@dataclass(frozen=True, slots=True)
class Asked:
    """``version``: of the candidate as the editor saw it. ``content``: of the draft, where it is accepted."""

    candidate: Candidate
    version: int
    by: User
    posted: Mapping[str, str]
    content: Mapping[str, Any] | None = None

    @property
    def seen(self) -> dict[str, Any]:
        return {"version": self.version, "by": self.by}


def _accept(asked: Asked) -> str:
    if asked.content is None:
        series = triage.revise_series(asked.candidate, **asked.seen)
        return said("Taken over into", SeriesDocument, series)
    return said("Drafted:", EntryDocument, triage.accept(asked.candidate, asked.content, **asked.seen))


def _attach(asked: Asked) -> str:
    entry = UUID(_posted(asked, "entry", UUID))
    triage.attach(asked.candidate, entry, **asked.seen)
    return said("Attached to", EntryDocument, entry)


def _merge(asked: Asked) -> str:
    winner = triage.merge(asked.candidate, int(_posted(asked, "candidate", _number)), **asked.seen)
    address = f"{reverse('admin:imports_candidate_changelist')}?at={winner.pk}"
    return format_html("Merged into <a href='{}'>{}</a>.", address, winner)


def _dismiss(asked: Asked) -> str:
    if not 0 < len(_reason(asked)) <= triage.MAX_REASON:
        raise Unclear(f"Say why it is dismissed, in {triage.MAX_REASON:,} characters at most.")
    triage.dismiss(asked.candidate, _reason(asked), **asked.seen)
    return format_html("Dismissed: {}", asked.candidate)


def _reason(asked: Asked) -> str:
    texts = [triage.worded(asked.posted.get(name, "")) for name in ("reason", "why")]
    return triage.worded(" ".join(filter(None, texts)))


def _snooze(asked: Asked) -> str:
    until = _until(asked)
    triage.snooze(asked.candidate, until, **asked.seen)
    return format_html("Snoozed until {}: {}", f"{until:%-d %B}", asked.candidate)


def _until(asked: Asked) -> datetime:
    """The moment when it comes back. Raises Unclear."""
    days = {"tomorrow": 1, "week": 7}
    if (word := asked.posted.get("until", "")) in days:
        return datetime.combine(clock.now().astimezone(BEIJING).date() + timedelta(days=days[word]), MORNING)
    try:
        return datetime.combine(date.fromisoformat(asked.posted.get("day", "")), MORNING)
    except ValueError:
        raise Unclear("Say until when it is snoozed: write a date as in 2027-03-31.") from None


def _assign(asked: Asked) -> str:
    to = _assignee(asked)
    triage.assign(asked.candidate, to, **asked.seen)
    return format_html("Assigned to {}: {}", (to.get_full_name() or to) if to else "nobody", asked.candidate)


def _assignee(asked: Asked) -> User | None:
    """Raises Unclear for who does not work here."""
    word = asked.posted.get("to")
    if word in ("me", "nobody"):
        return asked.by if word == "me" else None
    key = _posted(asked, "person", UUID)
    found = User.objects.filter(pk=key, is_active=True, is_staff=True).first()
    if found is None:
        raise Unclear("That person does not work here any more; choose another.")
    return found


def _reopen(asked: Asked) -> str:
    triage.reopen(asked.candidate, **asked.seen)
    return format_html("Back in the inbox: {}", asked.candidate)


VERBS: dict[str, tuple[What, Callable[[Asked], str]]] = {
    "accept": (What.ACCEPTED, _accept),
    "attach": (What.ATTACHED, _attach),
    "merge": (What.MERGED, _merge),
    "dismiss": (What.DISMISSED, _dismiss),
    "snooze": (What.SNOOZED, _snooze),
    "assign": (What.ASSIGNED, _assign),
    "reopen": (What.REOPENED, _reopen),
}


# Whether what stands is what the form asks for: who edits a form and sends it again has to be told that it is too late.
_SAME: dict[str, Callable[[Asked, Candidate], bool]] = {
    "accept": lambda asked, now: asked.content is None or _drafted(asked.content, now.document),
    "attach": lambda asked, now: str(now.document) == asked.posted.get("entry"),
    "merge": lambda asked, now: str(now.merged_into_id) == asked.posted.get("candidate"),
    "dismiss": lambda asked, now: now.reason == _reason(asked),
    "snooze": lambda asked, now: now.snoozed_until == _until(asked),
    "assign": lambda asked, now: now.assignee == _assignee(asked),
    "reopen": lambda asked, now: True,
}


def sent_twice(name: str, asked: Asked) -> bool:
    """Whether this very decision is what became of it: a double click, or an answer that was lost."""
    now = Candidate.objects.get(pk=asked.candidate.pk)
    last = now.decisions.last()
    mine = last is not None and (last.what, last.by_id) == (VERBS[name][0], asked.by.pk)
    return mine and now.version == asked.version + 1 and _SAME[name](asked, now)


def _drafted(content: Mapping[str, Any], draft: UUID | None) -> bool:
    cleaned, _ = EntryDocument.clean_content(content)
    return draft is not None and load(EntryDocument, draft).content == {**EntryDocument.blank(), **cleaned}


def said(words: str, model: type[Any], key: UUID) -> str:
    """The words, and a link to the document."""
    title = load(model, key).content.get("title") or "Untitled"
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[key])
    return format_html("{} <a href='{}'>{}</a>", words, address, title)


def number(text: str | None) -> int:
    """A number that a form names; 0, which none of ours is, for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _number(text: str) -> int:
    if not number(text):
        raise ValueError(text)
    return number(text)


def _posted(asked: Asked, name: str, shape: Callable[[str], Any]) -> str:
    """An id that our own forms send unseen. Raises BadRequest."""
    text = asked.posted.get(name, "")
    try:
        shape(text)
    except ValueError as error:
        raise BadRequest(f"The form names no {name}.") from error
    return text
