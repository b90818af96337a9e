"""One fetch of a source: ask politely, read in a child, take in what is new, and plan the next one."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import connection, transaction

from editorial.models import User
from editorial.sources import MAX_ADDRESS
from imports import intake, leases, robot, schedule, tables
from imports.leases import Lease, Lost
from imports.models import Fetch, Form, Health, Item, Outcome, Source, Trust
from imports.models.source import READ_BY
from imports.reading import read
from ledger import clock
from outbound import client
from outbound.retrying import retry_after
from outbound.sandbox import Ended, Unreadable

ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
# Of old fetches, each source keeps so many.
KEPT_FETCHES = 300
NEWS_LOOKED_AT = 30
MAX_REFUSALS = 50

logger = structlog.get_logger(__name__)

Tell = Callable[[str], None]


@dataclass
class Report:
    """What a fetch comes to, filled in as it goes. ``wanted``: seconds for which the server wants to be left alone."""

    tell: Tell
    outcome: Outcome = Outcome.RUNNING
    sentence: str = ""
    steps: list[dict[str, Any]] = field(default_factory=list)
    wanted: float = 0.0
    remembered: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)

    def step(self, text: str, seconds: float) -> None:
        self.steps.append({"text": text, "ms": round(seconds * 1000)})
        self.tell(text)

    def failed(self, sentence: str) -> None:
        self.outcome, self.sentence = Outcome.FAILED, sentence


def fetch(
    source: UUID, *, by: User | None = None, at_any_time: bool = False, tell: Tell = lambda _: None
) -> Fetch | None:
    """Fetch a source that is due, or ``at_any_time``. None where that is not possible now, or another took it over."""
    lease = leases.take(source, by=by, at_any_time=at_any_time)
    if lease is None:
        return None
    # Who asked for it wants to see what is there, not what was remembered.
    fresh = at_any_time or lease.source.fetch_wanted is not None
    report = Report(tell)
    try:
        _try(lease, report, fresh=fresh)
        return _finish(lease, report)
    except Lost:
        logger.warning("lease_lost", source=str(source))
        return None


def _try(lease: Lease, report: Report, *, fresh: bool) -> None:
    try:
        _work(lease, report, fresh=fresh)
    except Lost:
        raise
    except Exception as error:
        # Else the source would say nothing of it, and be tried again as soon as its lease is over, for ever.
        logger.exception("fetch_failed", source=str(lease.source.pk))
        report.failed(f"The tracker itself failed on this ({type(error).__name__}); its log says more.")


def _work(lease: Lease, report: Report, *, fresh: bool) -> None:
    answer = _ask(lease, report, fresh=fresh)
    if answer is None:
        return
    digest = hashlib.sha256(answer.content).hexdigest()
    report.remembered |= {
        "etag": answer.headers.get("etag", "")[:1_000],
        "last_modified": answer.headers.get("last-modified", "")[:200],
        "digest": digest,
    }
    if digest == lease.source.digest and not fresh:
        report.outcome, report.sentence = Outcome.UNCHANGED, "The same as last time."
        return
    lease.renew()
    found = _read(lease, report, answer)
    if found is not None:
        _take_in(lease, report, found)


def _ask(lease: Lease, report: Report, *, fresh: bool) -> client.Answer | None:
    """The answer, if it has a body that is worth reading."""
    source, began = lease.source, time.monotonic()
    known = {} if fresh else {"If-None-Match": source.etag, "If-Modified-Since": source.last_modified}
    headers = {"Accept": ACCEPT, **{name: value for name, value in known.items() if value}}
    try:
        answer = client.fetch(source.address, headers=headers)
    except client.Failed as failed:
        _note_steps(report, failed.steps, began)
        report.failed(failed.sentence)
        return None
    _note_steps(report, answer.steps, began)
    report.values |= {"status": answer.status, "received": answer.received}
    report.wanted = retry_after(answer.headers, clock.now())
    if answer.status < 400:
        report.wanted = max(report.wanted, min(schedule.max_age(answer.headers), source.longest))
    if 0 < len(answer.moved) <= MAX_ADDRESS:
        report.remembered["moved_to"] = answer.moved
    if answer.status == 304:
        report.outcome, report.sentence = Outcome.UNCHANGED, "Not modified since the last time."
    elif answer.status == 410:
        report.outcome = Outcome.GONE
        report.sentence = "The server says that this is gone for good (410)."
    elif not 200 <= answer.status < 300:
        report.failed(f"The server answered {answer.status} {answer.reason}".strip() + ".")
    return answer if 200 <= answer.status < 300 else None


def _note_steps(report: Report, steps: tuple[client.Step, ...], began: float) -> None:
    for step in steps:
        report.step(step.sentence, step.took)
    report.values["network"] = round((time.monotonic() - began) * 1000)


def _read(lease: Lease, report: Report, answer: client.Answer) -> dict[str, Any] | None:
    began = time.monotonic()
    try:
        found = read(
            lease.source,
            answer.content,
            address=answer.address,
            content_type=answer.headers.get("content-type", ""),
            between=lease.renew,
        )
    except (Unreadable, Ended) as error:
        report.failed(str(error))
        return None
    finally:
        took = time.monotonic() - began
        report.values["parsing"] = round(took * 1000)
    for note in found.get("notes", []):
        report.step(note, 0)
    refused = found.get("refused", [])
    report.values["refusals"] = [f"{item['number']}. {item['why']}" for item in refused[:MAX_REFUSALS]]
    report.values["refused"] = len(refused)
    report.step(f"Read {_many(len(found.get('items', found.get('rows', []))), 'item')}", took)
    return found


def _take_in(lease: Lease, report: Report, found: dict[str, Any]) -> None:
    began = time.monotonic()
    try:
        counts = (tables if lease.source.form == Form.TABLE else intake).take_in(lease, found)
    except Unreadable as error:
        report.failed(str(error))
        return
    report.values |= {
        "found": counts.found, "new": counts.new, "changed": counts.changed, "done": counts.found,
        "storing": round((time.monotonic() - began) * 1000),
    }  # fmt: skip
    report.values["refused"] += len(counts.refusals)
    report.values["refusals"] = [*report.values["refusals"], *counts.refusals][:MAX_REFUSALS]
    news = counts.new or counts.changed
    report.outcome = Outcome.NEW if news else Outcome.NOTHING
    report.sentence = f"{_many(counts.found, 'item')}: {counts.new} new, {counts.changed} changed."
    report.step(report.sentence, time.monotonic() - began)
    if lease.source.trust == Trust.DRAFT:
        lease.renew()
        report.step(f"Made {_many(robot.draft(lease), 'draft')} by itself", 0)


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")


def _finish(lease: Lease, report: Report) -> Fetch:
    """Say what came of it and when to come again, and let go of the source, all at once."""
    with transaction.atomic():
        source, now = lease.hold(), clock.now()
        _plan(source, report, now)
        if any(getattr(source, name) != getattr(lease.source, name) for name in READ_BY):
            # Somebody changed meanwhile what is fetched, or how it is read: nothing is known of that yet.
            source.due_at = now
        else:
            _remember(source, report)
        if source.fetch_wanted == lease.source.fetch_wanted:
            source.fetch_wanted = source.wanted_by = None
        source.lease = source.leased_until = None
        source.fetched_at = now
        source.save()
        done = lease.fetch
        for name, value in report.values.items():
            setattr(done, name, value)
        done.outcome, done.sentence, done.steps, done.ended_at = (
            report.outcome, report.sentence, report.steps, now,
        )  # fmt: skip
        done.save()
    return done


def _remember(source: Source, report: Report) -> None:
    if report.outcome in (Outcome.NEW, Outcome.NOTHING):
        for name in ("etag", "last_modified", "digest"):
            setattr(source, name, report.remembered[name])
    source.moved_to = report.remembered.get("moved_to", "")


def _plan(source: Source, report: Report, now: datetime) -> None:
    jitter = random.uniform(-1, 1)  # noqa: S311 - so that sources spread, no secret
    if report.outcome in (Outcome.FAILED, Outcome.GONE):
        source.failures += 1
        pace = schedule.after_failure(
            source.interval,
            failures=source.failures,
            shortest=source.shortest,
            wanted=report.wanted,
            jitter=jitter,
        )
    else:
        source.failures = 0
        pace = schedule.after_success(
            source.interval, shortest=source.shortest, longest=source.longest,
            something_new=report.outcome == Outcome.NEW, wanted=report.wanted, jitter=jitter,
        )  # fmt: skip
    if report.outcome == Outcome.NEW:
        source.new_at = now
    source.interval, source.due_at = pace.interval, now + timedelta(seconds=pace.wait)
    health, why = _health(source, report, now)
    if health != source.health:
        source.health, source.health_since = health, now
    source.health_why = why


def _health(source: Source, report: Report, now: datetime) -> tuple[str, str]:
    if source.health in leases.UNWATCHED:
        return source.health, source.health_why
    if report.outcome == Outcome.GONE:
        return Health.PAUSED, f"{report.sentence} It is not fetched until somebody switches it on again."
    if report.outcome == Outcome.FAILED:
        failing = source.failures >= schedule.FAILING_AFTER or source.health == Health.FAILING
        return (Health.FAILING if failing else source.health), _why(source, report)
    quiet = "" if report.outcome == Outcome.NEW else schedule.gone_quiet(_news(source, now), now)
    return (Health.QUIET, quiet) if quiet else (Health.ACTIVE, "")


def _why(source: Source, report: Report) -> str:
    times = "once" if source.failures == 1 else f"{source.failures} times in a row"
    return f"{report.sentence} (failed {times})"


def _news(source: Source, now: datetime) -> list[datetime]:
    """When the source told its last news, newest first: as it dates them, or else when we saw them; and its beginning.

    What it dates in the future says nothing of that.
    """
    items = Item.objects.filter(source=source)
    dated = items.filter(told__published__gt="", told__published__lte=now.isoformat()).order_by(
        "-told__published"
    )
    undated = items.exclude(told__published__gt="").order_by("-first_told_at")
    moments = [
        intake.moment(told) for told in dated.values_list("told__published", flat=True)[:NEWS_LOOKED_AT]
    ]
    moments += undated.values_list("first_told_at", flat=True)[:NEWS_LOOKED_AT]
    return sorted({moment for moment in moments if moment}, reverse=True) or [source.created_at]


def want(source: UUID, by: User | None) -> bool:
    """Have a source fetched as soon as a worker is free; False where there is none of that id."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE imports_source SET fetch_wanted = clock_timestamp(), wanted_by_id = %s WHERE id = %s",
            [by.pk if by else None, source],
        )
        return cursor.rowcount == 1


def forget_old_fetches() -> int:
    """Of each source, keep the last KEPT_FETCHES. Returns how many are gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM imports_fetch USING (SELECT id, row_number() OVER (PARTITION BY source_id ORDER BY id DESC) "
            "AS place FROM imports_fetch) AS placed WHERE imports_fetch.id = placed.id AND place > %s",
            [KEPT_FETCHES],
        )
        return int(cursor.rowcount)
