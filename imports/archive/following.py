"""Following what is cited: knowing each address, checking it again and again, and telling editors what became of it."""

from __future__ import annotations

import random
from collections.abc import Collection
from datetime import datetime
from urllib.parse import urlsplit

import structlog
from django.db import transaction
from django.db.models.functions import Now

from editorial.models import Change
from imports.archive import citations, keeping, leases, verdicts
from imports.archive.keeping import Taken
from imports.archive.leases import Lease
from imports.leases import Lost
from imports.models import Address, Finding, Snapshot, Standing, Trouble
from ledger import clock
from ledger.log import Recorded
from outbound import client
from outbound.addresses import Refused

AT_ONCE = 3
# Of an address, so many snapshots are looked through for the last of the page itself.
LOOKED_THROUGH = 10
# The door refuses these, or they are too much to keep: nothing is wrong with them.
UNFETCHED = ("refused", "too_large")

logger = structlog.get_logger(__name__)


def cite(event: Recorded) -> None:
    """Know the addresses of what an event made public."""
    for document in Change.objects.filter(position=event.position).values_list("document", flat=True):
        know(citations.by(document))


def cite_all() -> int:
    """Know every address that is cited, whatever was missed. Returns how many there are."""
    addresses = set(citations.everywhere())
    know(addresses)
    return len(addresses)


def know(addresses: Collection[str]) -> None:
    """Those that are new, and those that nothing cited any more, are due at once."""
    rows = [
        Address(key=Address.key_of(text), address=text, host=(urlsplit(text).hostname or "")[:260])
        for text in sorted(addresses)
    ]
    Address.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1_000)
    keys = [row.key for row in rows]
    Address.objects.filter(key__in=keys, due_at=None).update(due_at=Now())


def follow(most: int = AT_ONCE) -> int:
    """Check what is due, a few addresses one after the other. Returns how many."""
    done = 0
    while done < most and (lease := leases.take()):
        check(lease)
        done += 1
    return done


def check(lease: Lease) -> None:
    """Look at an address, and record what is found: all at once, or, if another took over, not at all."""
    row, now = lease.address, clock.now()
    try:
        try:
            _look(lease, now)
        except (OSError, Refused) as error:
            logger.warning("not_kept", address=row.address, error=str(error))
            _unkept(lease, f"It answers, and could not be kept ({type(error).__name__}).", now)
    except Lost:
        logger.warning("lease_lost", address=row.address)


def _look(lease: Lease, now: datetime) -> None:
    try:
        taken = keeping.look(lease.address.address, now)
    except client.Failed as failed:
        if failed.kind in UNFETCHED:
            _refused(lease, failed.sentence, now)
        else:
            _failed(lease, failed.sentence, now)
        return
    if taken.found:
        _found(lease, taken)
    else:
        _failed(lease, _status(taken), now, gone=taken.answer.status == 410)


def _status(taken: Taken) -> str:
    answer = taken.answer
    if answer.status == 410:
        return "The server says that this is gone for good (410)."
    return f"The server answered {answer.status} {answer.reason}".strip() + "."


def _unkept(lease: Lease, sentence: str, now: datetime) -> None:
    """The fault is ours: nothing is said of the address, and it is tried again in a day."""
    with transaction.atomic():
        row = lease.hold()
        _turn(row, Standing.FAILING, sentence, now)
        _release(row, now)


def _refused(lease: Lease, sentence: str, now: datetime) -> None:
    with transaction.atomic():
        row = lease.hold()
        _turn(row, Standing.REFUSED, sentence, now)
        _release(row, now)


def _failed(lease: Lease, sentence: str, now: datetime, *, gone: bool = False) -> None:
    with transaction.atomic():
        row = lease.hold()
        row.failures += 1
        if row.state != Standing.DEAD:
            _turn(row, Standing.FAILING, sentence, now)
        if row.failures > 1 and not gone:
            sentence += f" The last {row.failures} checks failed."
        if verdicts.is_dead(row, gone=gone, now=now):
            if row.state != Standing.DEAD:
                _open(row, Trouble.DEAD, sentence, now, _last(row), None)
            _turn(row, Standing.DEAD, sentence, now)
        row.why = sentence
        _release(row, now)


def _found(lease: Lease, taken: Taken) -> None:
    row = lease.address
    target, to_front = verdicts.leads_to(row.address, taken)
    before = _last(row, or_front=to_front)
    moved = verdicts.moved_sentence(target, to_front) if target else ""
    kind, sentence = None, ""
    if target and target != row.moved_to:
        kind, sentence = Trouble.MOVED, moved
    elif before is not None and not to_front and (sentence := verdicts.difference(before, taken)):
        kind = Trouble.CHANGED
    # The file first: a row never names one that is not there.
    says_more = before is None or (kind and verdicts.difference(before, taken))
    fresh = keeping.snapshot(row, taken) if says_more else None
    with transaction.atomic():
        row = lease.hold()
        if fresh is not None:
            fresh.save()
        _settle(row, taken.at, moved=bool(target))
        if kind:
            _open(row, kind, sentence, taken.at, before, fresh or before)
        row.checks, row.failures, row.digest, row.moved_to = row.checks + 1, 0, taken.digest, target
        changed = row.findings.filter(kind=Trouble.CHANGED, resolved_at=None).first()
        state = Standing.CHANGED if changed else Standing.MOVED if target else Standing.KEPT
        _turn(row, state, changed.sentence if changed else moved, taken.at)
        _release(row, taken.at)


def resolve(finding: Finding, by: object, note: str) -> bool:
    """Close the finding, for the person of the id ``by``; False where it is closed already."""
    with transaction.atomic():
        row = Address.objects.select_for_update().get(pk=finding.address_id)
        standing = Finding.objects.filter(pk=finding.pk, resolved_at=None)
        if not standing.update(resolved_at=Now(), resolved_by=by, note=note):
            return False
        # What died or moved is so still; what says something else was looked at.
        if row.state == Standing.CHANGED and finding.kind == Trouble.CHANGED:
            Address.objects.filter(pk=row.pk).update(state=Standing.KEPT, since=Now(), why="")
    return True


def _last(row: Address, *, or_front: bool = True) -> Snapshot | None:
    """The last that was kept of the page itself; where there is none, of the front page to which it led, if wanted."""
    kept = list(row.snapshots.order_by("-pk")[:LOOKED_THROUGH])
    itself = (one for one in kept if not verdicts.is_front(row.address, one.final_address))
    return next(itself, kept[0] if kept and or_front else None)


def _turn(row: Address, state: Standing, why: str, now: datetime) -> None:
    if row.state != state:
        row.state, row.since = state, now
    row.why = why


def _open(
    row: Address, kind: Trouble, sentence: str, now: datetime, before: Snapshot | None, after: Snapshot | None
) -> None:
    """A task for editors; one that is open already says what is the case now."""
    standing = row.findings.filter(kind=kind, resolved_at=None)
    if not standing.update(sentence=sentence, after=after):
        Finding.objects.create(
            address=row, kind=kind, found_at=now, sentence=sentence, before=before, after=after
        )


def _settle(row: Address, now: datetime, *, moved: bool) -> None:
    """Close what is no longer so."""
    over = {Trouble.DEAD: "It answered again."}
    if not moved:
        over[Trouble.MOVED] = "It stopped leading to another address."
    for kind, note in over.items():
        row.findings.filter(kind=kind, resolved_at=None).update(resolved_at=now, note=note)


def _release(row: Address, now: datetime) -> None:
    jitter = random.random()  # noqa: S311 - so that addresses spread, no secret
    row.due_at, row.checked_at = now + verdicts.wait(row.state, row.checks, jitter), now
    row.lease = row.leased_until = None
    row.save()
