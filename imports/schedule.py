"""When a source is fetched next, and how it does: pure. Times are seconds, moments are aware."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from outbound.retrying import is_number

FASTER, SLOWER = 0.6, 1.3
JITTER = 0.1
# Failures double the wait, up to this; a source is never given up.
LONGEST_BACK_OFF = 86_400
# What a server may ask for; one that asks for more is asked again all the same.
LONGEST_ASKED = 7 * 86_400
FAILING_AFTER = 3
# A source is quiet when it says nothing for this many of its usual gaps, and for this long at least.
QUIET_GAPS, QUIET_AT_LEAST = 5, timedelta(days=7)
# And for this long where nobody knows what is usual.
QUIET_UNKNOWN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Pace:
    """``interval`` is the usual time between two fetches, ``wait`` the time until the next."""

    interval: int
    wait: float


def after_success(
    interval: int, *, shortest: int, longest: int, something_new: bool, wanted: float, jitter: float
) -> Pace:
    """Sooner after something new, later after nothing. ``wanted``: how long the server wants to be left alone.

    ``jitter`` is from -1 to 1, so that what was fetched together is not fetched together for ever.
    """
    usual = int(interval * (FASTER if something_new else SLOWER))
    usual = min(max(usual, shortest), max(shortest, longest))
    wait = max(usual * (1 + JITTER * jitter), shortest)
    return Pace(usual, max(wait, min(wanted, LONGEST_ASKED)))


def after_failure(interval: int, *, failures: int, shortest: int, wanted: float, jitter: float) -> Pace:
    """The wait doubles with each failure in a row, and is never longer than a day unless the server asks for more."""
    wait = min(shortest * 2 ** min(failures - 1, 20), max(LONGEST_BACK_OFF, shortest))
    return Pace(interval, max(wait * (1 + JITTER * abs(jitter)), min(wanted, LONGEST_ASKED)))


def max_age(headers: Mapping[str, str]) -> float:
    """For how many seconds an answer stays fresh; 0 where it does not say (RFC 9111, 5.2.2.1)."""
    for directive in headers.get("cache-control", "").lower().split(","):
        name, _, value = directive.strip().partition("=")
        if name == "max-age" and is_number(value.strip('"')):
            return float(value.strip('"'))
    return 0.0


def gone_quiet(news: Sequence[datetime], now: datetime) -> str:
    """Why a source that told its last news at these moments, newest first, has gone quiet; empty where it has not."""
    silent = now - news[0]
    gaps = [later - earlier for later, earlier in pairwise(news)]
    if not gaps:
        return f"Nothing new for {_days(silent)}." if silent >= QUIET_UNKNOWN else ""
    usual = timedelta(seconds=median(gap.total_seconds() for gap in gaps))
    if silent < max(usual * QUIET_GAPS, QUIET_AT_LEAST):
        return ""
    return f"Nothing new for {_days(silent)}; it used to bring something every {_days(usual)}."


def _days(span: timedelta) -> str:
    days, hours = span.days, round(span.total_seconds() / 3600)
    if days >= 2:
        return f"{days} days"
    return f"{hours} hours" if hours != 1 else "hour"
