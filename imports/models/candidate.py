"""Candidates: what stands in the inbox, whichever sources told it; and what was decided about each, by whom and why."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now


class State(models.TextChoices):
    """Where a candidate stands. The first two are open: somebody has to decide."""

    NEW = "new", "New"
    SNOOZED = "snoozed", "Snoozed"
    ACCEPTED = "accepted", "Accepted"
    ATTACHED = "attached", "Attached"
    MERGED = "merged", "Merged"
    DISMISSED = "dismissed", "Dismissed"
    BLOCKED = "blocked", "Blocked by a rule"


OPEN = (State.NEW, State.SNOOZED)


class What(models.TextChoices):
    """What happened to a candidate."""

    PROPOSED = "proposed", "came in"
    TOLD = "told", "was told by another source"
    CHANGED = "changed", "changed at its source"
    RETURNED = "returned", "came back, since its text changed"
    ACCEPTED = "accepted", "accepted"
    ATTACHED = "attached", "attached to an entry"
    MERGED = "merged", "merged into another"
    DISMISSED = "dismissed", "dismissed"
    SNOOZED = "snoozed", "snoozed"
    WOKEN = "woken", "came back after its rest"
    ASSIGNED = "assigned", "assigned"
    BLOCKED = "blocked", "blocked by a rule"
    REOPENED = "reopened", "taken back into the inbox"


class Candidate(models.Model):
    """An item that may become an entry, with what is proposed for it.

    ``key`` is what the id of its draft is derived from. ``version`` counts changes of any kind; who decides names the
    one they saw. ``claimed_until``: somebody's decision is being carried out. ``document`` is the entry or series that
    it became, or was attached to. ``observations``: of a table, what it says of the series ``document``. ``published``
    is a moment, a local time or a day, as precisely as its source has it. ``edits``: [{"at", "field", "before",
    "after"}], newest last. ``remark`` says why it is here again.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(max_length=500, blank=True, default="")
    summary = models.TextField(blank=True, default="")
    address = models.CharField(max_length=2_000, blank=True, default="")
    author = models.CharField(max_length=300, blank=True, default="")
    publisher = models.CharField(max_length=200, blank=True, default="")
    language = models.CharField(max_length=35, blank=True, default="")
    published = models.CharField(max_length=30, blank=True, default="")
    categories = ArrayField(models.UUIDField(), default=list, blank=True)
    actors = ArrayField(models.UUIDField(), default=list, blank=True)
    terms = ArrayField(models.TextField(), default=list, blank=True)
    score = models.IntegerField(default=0)
    reasons = models.JSONField(default=list)
    observations = models.JSONField(null=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.NEW)
    state_since = models.DateTimeField(db_default=Now())
    state_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField(blank=True, default="")
    remark = models.TextField(blank=True, default="")
    snoozed_until = models.DateTimeField(null=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    document = models.UUIDField(null=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    source = models.ForeignKey("imports.Source", on_delete=models.PROTECT, related_name="candidates")
    version = models.PositiveIntegerField(default=1)
    claimed_until = models.DateTimeField(null=True)
    edits = models.JSONField(default=list)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "inbox"
        indexes = [
            models.Index(fields=["state", "-id"], name="candidate_state"),
            models.Index(fields=["source", "state"], name="candidate_source"),
            GinIndex(fields=["terms"], name="candidate_terms"),
        ]

    def __str__(self) -> str:
        return self.title or self.summary[:80] or self.address or "Untitled"


class Decision(models.Model):
    """A line of a candidate's story; ``by`` is nobody where a machine did it. ``facts``: what differed, or where to."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="decisions")
    source = models.ForeignKey("imports.Source", null=True, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=9, choices=What.choices)
    why = models.TextField(blank=True, default="")
    facts = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["source", "what", "at"], name="decision_source")]

    def __str__(self) -> str:
        return f"{self.candidate_id} {self.what}"


class Keyword(models.Model):
    """A word that makes an item relevant: ``points`` for it in a text, twice as many in a title."""

    word = models.CharField(max_length=100, unique=True)
    points = models.PositiveSmallIntegerField(default=1)
    category = models.UUIDField(null=True, blank=True, help_text="Proposed for what names the word.")

    class Meta:
        ordering = ["word"]

    def __str__(self) -> str:
        return self.word
