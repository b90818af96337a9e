"""A source that is trusted so far makes drafts by itself. It is an author, and no more: people publish."""

from __future__ import annotations

from datetime import timedelta

from django.db.models.functions import Now

from imports import triage
from imports.leases import Lease
from imports.matching.duplicates import likely
from imports.models import Candidate, Decision, State, What

LOOKED_AT = 200


def draft(lease: Lease) -> int:
    """Drafts of what is relevant and was not told before, up to the day's cap. Returns how many.

    The source's lease is held, so that nobody else counts at the same time. What a person has looked at, or took back,
    is theirs.
    """
    source = lease.source
    since = Now() - timedelta(days=1)
    made = Decision.objects.filter(source=source, what=What.ACCEPTED, by=None, at__gt=since).count()
    waiting = Candidate.objects.filter(
        source=source, state=State.NEW, score__gt=0, remark="", assignee=None, observations__isnull=True
    ).exclude(decisions__what__in=(What.REOPENED, What.SNOOZED))
    drafted = 0
    for candidate in waiting.order_by("-pk")[:LOOKED_AT]:
        if made + drafted >= source.daily_cap:
            break
        lease.renew()
        if not _told_before(candidate):
            drafted += triage.accept_by_itself(candidate)
    return drafted


def _told_before(candidate: Candidate) -> bool:
    actors = list(map(str, candidate.actors))
    return bool(
        likely(
            candidate.title, candidate.summary, candidate.published, actors,
            exclude_candidate=candidate.pk, limit=1,
        )
    )  # fmt: skip
