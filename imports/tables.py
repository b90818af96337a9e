"""A table of a series becomes one candidate: what it says that the series does not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

import edtf
from editorial.dispatch import load
from editorial.models import document_model
from editorial.workflow import Stage
from imports.intake import Counts
from imports.leases import Lease
from imports.models import Candidate, Decision, Item, What
from imports.models.candidate import OPEN
from metrics.observations import plain_number, plain_period
from outbound.sandbox import Unreadable

MAX_SHOWN = 20


def take_in(lease: Lease, found: Mapping[str, Any]) -> Counts:
    """Hold the rows against the series as editors have it. Raises Lost, and Unreadable where there is none."""
    source = lease.source
    state = load(document_model("series"), source.series) if source.series else None
    if state is None or state.stage is Stage.ABSENT:
        raise Unreadable("The source names no series of the tracker; choose one.")
    rows = [row for row in map(_plain, found["rows"]) if row]
    news = _news(rows, state.content.get("observations") or [])
    digest = hashlib.sha256(json.dumps(news, sort_keys=True).encode()).hexdigest()[:32]
    with transaction.atomic():
        lease.hold()
        told_before = Item.objects.filter(source=source, content=digest).exists()
        changed = 0 if told_before or not news else _propose(lease, state.content, news, digest)
    return Counts(found=len(rows), new=changed)


def _plain(row: Mapping[str, str]) -> dict[str, str]:
    """The row as an observation has it; nothing where it has no period."""
    try:
        period = str(edtf.parse(plain_period(row.get("period", "").strip())))
    except edtf.InvalidDate:
        return {}
    value, note = plain_number(row.get("value", "").strip()), row.get("note", "").strip()
    return {name: text for name, text in (("period", period), ("value", value), ("note", note)) if text}


def _news(rows: Sequence[dict[str, str]], stands: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Rows of which the series has no observation, or another value."""
    known = {item.get("period"): item for item in stands}
    return [
        row for row in rows
        if row.get("value") and known.get(row["period"], {}).get("value") != row["value"]
    ]  # fmt: skip


def _propose(lease: Lease, series: Mapping[str, Any], news: list[dict[str, str]], digest: str) -> int:
    """One candidate a source at a time: what the table says now replaces what it said before."""
    source = lease.source
    title = f"{series.get('title', 'A series')}: {len(news)} new or other figures"
    lines = [f"{row['period']}: {row['value']}" for row in news[:MAX_SHOWN]]
    said = {
        "title": title[:500],
        "summary": "\n".join(lines),
        "observations": news,
        "document": source.series,
    }
    open_one = Candidate.objects.select_for_update().filter(source=source, state__in=OPEN).first()
    candidate = open_one or Candidate(
        source=source,
        publisher=source.publisher or source.name,
        address=source.address,
        language=source.language,
    )
    for name, value in said.items():
        setattr(candidate, name, value)
    candidate.version += 1
    candidate.save()
    Item.objects.create(
        source=source, candidate=candidate, content=digest, told={"title": title, "rows": news}
    )
    Decision.objects.create(
        candidate=candidate, source=source, what=What.CHANGED if open_one else What.PROPOSED
    )
    return 1
