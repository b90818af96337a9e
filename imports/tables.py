"""A table of a series becomes one candidate: what it says that the series does not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

import edtf
from editorial.dispatch import load
from editorial.models import document_model
from editorial.sources import MalformedItem
from editorial.workflow import Stage
from imports.intake import Counts, begin
from imports.leases import Lease
from imports.models import Candidate, Decision, Item, State, What
from imports.models.candidate import OPEN
from metrics.observations import MOST, Observation
from outbound.sandbox import Unreadable

MAX_SHOWN = 20
# A table is asked for by somebody who keeps the series: it stands above what merely names a few actors.
SCORE = 10


def take_in(lease: Lease, found: Mapping[str, Any]) -> Counts:
    """Hold the rows against the series as editors have it.

    Raises Lost, and Unreadable where there is no such series, or more rows than one has.
    """
    source = lease.source
    state = load(document_model("series"), source.series) if source.series else None
    if state is None or state.stage is Stage.ABSENT:
        raise Unreadable("The source names no series of the tracker; choose one.")
    rows, refused = _rows(found["rows"])
    if len(rows) > MOST:
        raise Unreadable(f"The table has {len(rows):,} periods; a series has {MOST:,} at most.")
    news = _news(rows, state.content.get("observations") or [])
    digest = hashlib.sha256(json.dumps(news, sort_keys=True).encode()).hexdigest()[:32]
    with transaction.atomic():
        begin(lease)
        changed = _propose(lease, state.content, news, digest)
    return Counts(found=len(rows), new=changed, refusals=refused)


def _rows(told: Sequence[Mapping[str, str]]) -> tuple[list[dict[str, str]], list[str]]:
    """Rows as observations have them, each period once; and why others are none."""
    rows: dict[tuple[date, date], dict[str, str]] = {}
    refused = []
    for number, row in enumerate(told, start=1):
        try:
            item = Observation.from_data({name: row.get(name, "") for name in ("period", "value", "note")})
        except MalformedItem as error:
            refused.append(f"{number}. {error}")
            continue
        if (span := _span(item.period)) in rows:
            refused.append(f"{number}. {item.period} stands twice in the table; the first is taken.")
            continue
        rows[span] = {"period": item.period, **item.data()}
    return list(rows.values()), refused


def _span(period: str) -> tuple[date, date]:
    when = edtf.parse(period)
    return when.earliest, when.latest


def _news(rows: Sequence[dict[str, str]], stands: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Rows of which the series has no observation, or another value; with its own way to write the period."""
    known = {_span(item["period"]): item for item in stands}
    news = []
    for row in rows:
        there = known.get(_span(row["period"]), {})
        if row.get("value") and there.get("value") != row["value"]:
            news.append({**row, "period": there.get("period", row["period"])})
    return news


def _propose(lease: Lease, series: Mapping[str, Any], news: list[dict[str, str]], digest: str) -> int:
    """One open candidate a source: what the table says now replaces what it said before, unless that was decided.

    Returns how many are proposed, or changed.
    """
    source = lease.source
    open_one = Candidate.objects.select_for_update().filter(source=source, state__in=OPEN).first()
    last = Item.objects.filter(source=source).order_by("-pk").values_list("content", flat=True).first()
    if last == digest or not (news or open_one):
        return 0
    title = f"{series.get('title', 'A series')}: {len(news)} new or other figures"
    candidate = open_one or Candidate(
        source=source, publisher=source.publisher or source.name, address=source.address, language=source.language,
        score=SCORE, reasons=["figures for a series of the tracker"],
    )  # fmt: skip
    if news:
        candidate.title, candidate.observations, candidate.document = title[:500], news, source.series
        candidate.summary = "\n".join(f"{row['period']}: {row['value']}" for row in news[:MAX_SHOWN])
        what, why = (What.CHANGED if open_one else What.PROPOSED), ""
    else:
        what, why = What.DISMISSED, "The table says again what the series says."
        candidate.state, candidate.state_since, candidate.reason = State.DISMISSED, Now(), why
    candidate.version += 1
    candidate.save()
    Item.objects.create(
        source=source, candidate=candidate, content=digest, told={"title": title, "rows": news}
    )
    Decision.objects.create(candidate=candidate, source=source, what=what, why=why)
    return 1 if news else 0
