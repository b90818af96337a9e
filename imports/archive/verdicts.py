"""What a check says of an address: whether it moved, changed in substance, or is dead, and when to come again. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from imports.addresses import beyond_host, normalised
from imports.archive.keeping import Taken, is_page
from imports.models import Address, Snapshot, Standing
from imports.wording import reworded

DEAD_AFTER, DEAD_BEFORE_NOT = 3, timedelta(days=2)
DAY = timedelta(days=1)
SOON, OFTEN, LATER = DAY, 7 * DAY, 30 * DAY
JITTER = 0.1


def leads_to(address: str, taken: Taken) -> tuple[str, bool]:
    """Where an address leads for good, and whether that is only the site's front page; empty where it stays."""
    final, moved = taken.answer.address, taken.answer.moved
    if is_front(address, final):
        return final, True
    return (moved, False) if moved and normalised(moved) != normalised(address) else ("", False)


def is_front(address: str, final: str) -> bool:
    """Whether what was cited leads to no more than the front page of a site."""
    return beyond_host(normalised(address)) != "" and not beyond_host(normalised(final))


def moved_sentence(target: str, to_front: bool) -> str:
    if to_front:
        return f"It leads to the front page of a site ({target}): what was cited is probably gone."
    return f"It leads to another address for good: {target}"


def difference(before: Snapshot, taken: Taken) -> str:
    """What is another in substance than it was, in a sentence; empty where nothing is."""
    then = f"{before.taken_at:%-d %B %Y}"
    if before.digest == taken.digest:
        return ""
    if before.text and taken.text:
        return f"It says something else than on {then}." if reworded("", before.text, "", taken.text) else ""
    if before.text:
        return f"Its text can no longer be read; on {then} it had one."
    if taken.text:
        return f"It has a text now; on {then} none could be read."
    both = (before.content_type, taken.answer.headers.get("content-type", ""))
    # Of a page without a text nobody can say what is new: such pages differ at every look.
    return "" if all(map(is_page, both)) else f"It is another file than on {then}."


def is_dead(row: Address, *, gone: bool, now: datetime) -> bool:
    """Whether an address that fails, counted in ``failures`` and ``since``, is taken for dead."""
    long = row.failures >= DEAD_AFTER and now - row.since >= DEAD_BEFORE_NOT
    return gone or row.state == Standing.DEAD or long


def wait(state: str, checks: int, jitter: float) -> timedelta:
    """Until the next check. ``jitter`` is from 0 to 1, so that what is cited together is not checked together."""
    if state == Standing.FAILING:
        usual = DAY
    elif state in (Standing.DEAD, Standing.REFUSED):
        usual = LATER
    else:
        usual = {1: SOON, 2: OFTEN}.get(checks, LATER)
    return usual * (1 + JITTER * jitter)
