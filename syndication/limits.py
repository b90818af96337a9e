"""How often somebody may ask: counted in Redis in one step, so that it is exact however many ask at once."""

from __future__ import annotations

import ipaddress
import threading
import time
from dataclasses import dataclass
from functools import cache

import redis
import structlog
from django.conf import settings
from django.http import HttpRequest
from redis.backoff import NoBackoff
from redis.retry import Retry

PATIENCE = 0.02  # seconds that a request waits for Redis, to connect or to be answered
UNSEEN = "limits:unseen"
SAY_AGAIN = 60.0  # seconds between two lines in the log
# A window begins with the first request, and all processes see the same; what was not counted while Redis was away is
# told along with the next that is. A counter without an end would shut somebody out for ever.
_COUNT = """
if tonumber(ARGV[3]) < 0 and redis.call('EXISTS', KEYS[1]) == 0 then return {0, 1000} end
local count = redis.call('INCRBY', KEYS[1], ARGV[3])
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
if tonumber(ARGV[2]) > 0 then redis.call('INCRBY', KEYS[2], ARGV[2]) end
return {count, redis.call('PTTL', KEYS[1])}
"""

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Policy:
    """``most`` requests within ``window`` seconds; ``name`` tells clients which limit it is."""

    name: str
    most: int
    window: int = 60


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a policy, and in how many seconds it begins anew."""

    policy: Policy
    count: int
    seconds: int

    @property
    def exhausted(self) -> bool:
        return self.count > self.policy.most

    def headers(self) -> dict[str, str]:
        """As the IETF's draft on rate limits has them."""
        left = max(0, self.policy.most - self.count)
        return {
            "RateLimit-Policy": f'"{self.policy.name}";q={self.policy.most};w={self.policy.window}',
            "RateLimit": f'"{self.policy.name}";r={left};t={self.seconds}',
        }


class _Unseen:
    """How many requests passed in this process without being counted, since that was last told."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._number = 0
        self._said = float("-inf")

    def take(self) -> int:
        with self._lock:
            number, self._number = self._number, 0
            return number

    def add(self, number: int) -> None:
        with self._lock:
            self._number += number

    def note(self, error: Exception) -> None:
        """One more."""
        self.add(1)
        if time.monotonic() - self._said > SAY_AGAIN:
            self._said = time.monotonic()
            logger.warning("limit_not_counted", error=type(error).__name__)

    @property
    def number(self) -> int:
        return self._number


unseen = _Unseen()


@cache
def _redis(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0),
        protocol=2, driver_info=None, health_check_interval=0,
    )  # fmt: skip


def spend(policy: Policy, who: str, *, number: int = 1) -> Allowance | None:
    """Count a request of ``who``; a negative ``number`` gives it back. None where Redis did not answer in time."""
    told = unseen.take()
    connection = _redis(settings.CACHE_URL)
    try:
        keys = [f"limits:{policy.name}:{who}", UNSEEN]
        count, left = connection.register_script(_COUNT)(keys, [policy.window * 1000, told, number])
    except (redis.RedisError, OSError) as error:
        unseen.add(told)
        unseen.note(error)
        return None
    return Allowance(policy, int(count), max(1, -(-int(left) // 1000)))


def passed_unseen() -> int | None:
    """How many requests were let pass without being counted; None where nobody can tell just now."""
    try:
        told = _redis(settings.CACHE_URL).get(UNSEEN)
    except (redis.RedisError, OSError):
        return None
    return int(told or 0) + unseen.number


def address_of(request: HttpRequest) -> str:
    """Whose request it is: who connected, or whom the last of our own TRUSTED_PROXIES saw.

    Each proxy appends to X-Forwarded-For whom it saw, so that only as many entries from the right as there are proxies
    are true; all others are the client's own words. Of an IPv6 address the network counts, which is one customer's.
    """
    seen = str(request.META.get("REMOTE_ADDR", ""))
    if settings.TRUSTED_PROXIES:
        told = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(told) >= settings.TRUSTED_PROXIES:
            seen = _known(told[-settings.TRUSTED_PROXIES]) or seen
    return _known(seen) or "unknown"


def _known(text: str) -> str:
    """The address as it is counted, or nothing where it is none."""
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address), 64), strict=False))
    return str(address)
