"""When a delivery that failed is tried again, and when that ends: pure. Times are seconds."""

from __future__ import annotations

from datetime import datetime, timedelta

MINUTE, HOUR = 60, 3_600
# After the first failure, the second, and so on; after all others as after the last.
WAITS = (5, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR)
JITTER = 0.2
# What a subscriber may ask for; one that asks for less or more is tried again then all the same.
SHORTEST_ASKED, LONGEST_ASKED = 5, 12 * HOUR
PARKED_AFTER = timedelta(days=3)


def wait_after(failures: int, *, asked: float, jitter: float) -> timedelta:
    """After so many failures in a row. ``asked``: what the subscriber wants, or 0; ``jitter``: from 0 to 1.

    Who says when knows better, sooner or later: a limit of requests is over in seconds, however often it was met.
    """
    if asked:
        return timedelta(seconds=min(max(asked, SHORTEST_ASKED), LONGEST_ASKED))
    return timedelta(seconds=WAITS[min(failures, len(WAITS)) - 1] * (1 + JITTER * jitter))


def given_up(failing_since: datetime, now: datetime) -> bool:
    """Whether it has failed for too long."""
    return now - failing_since >= PARKED_AFTER
