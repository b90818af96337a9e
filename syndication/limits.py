"""How often somebody may ask: counted in Redis in one step, so that it is exact however many ask at once."""

from __future__ import annotations

import hashlib
import ipaddress
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any
from uuid import uuid4

import redis
import structlog
from django.conf import settings
from django.http import HttpRequest
from redis.backoff import NoBackoff
from redis.retry import Retry

PATIENCE = 0.02  # seconds that a request waits for Redis, to connect or to be answered
LATE = 1_000  # milliseconds after which Redis no longer counts what it was sent
UNSEEN = "limits:unseen"
SAY_AGAIN = 60.0  # seconds between two lines in the log
# A window begins with the first request, and all processes see the same. A counter without an end would shut somebody
# out for ever. Redis does what it was sent while it hung once it is back: nobody waits any longer, so it must not
# count that against those whom it let pass, and each process tells the sum of its own, which can be told twice.
_COUNT = """
local second, micro = unpack(redis.call('TIME'))
local now = second * 1000 + math.floor(micro / 1000)
local known = tonumber(redis.call('HGET', KEYS[2], ARGV[2]) or 0)
if tonumber(ARGV[3]) > known then redis.call('HSET', KEYS[2], ARGV[2], ARGV[3]) end
if tonumber(ARGV[4]) > 0 and now > tonumber(ARGV[4]) then return {-1, 0, now} end
local count = redis.call('INCR', KEYS[1])
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {count, redis.call('PTTL', KEYS[1]), now}
"""
_COUNT_NAME = hashlib.sha1(_COUNT.encode(), usedforsecurity=False).hexdigest()
# Only to the window that it was taken from, which no other ends near to.
_GIVE_BACK = """
local second, left = redis.call('TIME')[1], redis.call('PTTL', KEYS[1])
if left > 0 and second * 1000 + left < ARGV[1] + 1000 then redis.call('DECR', KEYS[1]) end
"""

Meanwhile = Callable[[], object] | None

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Policy:
    """``most`` requests within ``window`` seconds; ``name`` tells clients which limit it is."""

    name: str
    most: int
    window: int = 60


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a policy for ``who``, and when it begins anew: in ``seconds``, or by Redis's clock in ms."""

    policy: Policy
    who: str
    count: int
    seconds: int
    ends: int

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


class _Process:
    """What this process knows: how many of its requests passed without being counted, and what Redis's clock says."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Each process counts for itself, also one that was forked."""
        self.name, self.unseen = uuid4().hex, 0
        self._lock, self._said = threading.Lock(), float("-inf")
        self._ahead: float | None = None

    def note(self, error: str) -> None:
        """One more was not counted."""
        with self._lock:
            self.unseen += 1
            again = time.monotonic() - self._said > SAY_AGAIN
            if again:
                self._said = time.monotonic()
        if again:
            logger.warning("limit_not_counted", error=error)

    def learn(self, now: int) -> None:
        """Redis's clock, in ms: it may be another machine's."""
        self._ahead = now - time.monotonic() * 1000

    def latest(self) -> int:
        """When Redis is to count no longer what it is sent now; 0 while its clock is not known."""
        return 0 if self._ahead is None else int(time.monotonic() * 1000 + self._ahead) + LATE


class _Thread(threading.local):
    """Its own connection: to take one from a pool and to put it back takes as long as the answer."""

    url = ""
    connection: Any = None

    def ask(self, url: str, *command: str | int, meanwhile: Meanwhile = None) -> Any:
        """Raises redis.RedisError or OSError. ``meanwhile``: what is done while Redis is at it."""
        connection, self.connection = self._open(url), None
        connection.send_command(*command)
        if meanwhile:
            meanwhile()
        answer = connection.read_response()
        # Who was not answered well is not asked again: what it says next may be an answer to this.
        self.url, self.connection = url, connection
        return answer

    def _open(self, url: str) -> Any:
        if self.connection is not None and self.url == url:
            with suppress(redis.RedisError):  # it was closed from over there
                if not self.connection.can_read():
                    return self.connection
        pool = _redis(url).connection_pool
        return pool.connection_class(**pool.connection_kwargs)


process = _Process()
thread = _Thread()


def _begin() -> None:
    global thread
    thread = _Thread()
    process.begin()


os.register_at_fork(after_in_child=_begin)


@cache
def _redis(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0),
        protocol=2, driver_info=None, health_check_interval=0,
    )  # fmt: skip


def spend(policy: Policy, who: str, meanwhile: Meanwhile = None) -> Allowance | None:
    """Count a request of ``who``. None where Redis did not answer in time: it passes, and that is counted instead.

    ``meanwhile``: what else is to be asked, and need not wait until Redis has counted.
    """
    try:
        number, left, now = _counted(policy, who, meanwhile)
    except (redis.RedisError, OSError) as error:
        process.note(type(error).__name__)
        return None
    process.learn(now)
    if number < 0:
        process.note("late")
        return None
    return Allowance(policy, who, number, max(1, -(-left // 1000)), now + left)


def _counted(policy: Policy, who: str, meanwhile: Meanwhile) -> list[int]:
    told = (
        2,
        _counter(policy, who),
        UNSEEN,
        policy.window * 1000,
        process.name,
        process.unseen,
        process.latest(),
    )
    try:
        found: list[int] = thread.ask(settings.CACHE_URL, "EVALSHA", _COUNT_NAME, *told, meanwhile=meanwhile)
    except redis.exceptions.NoScriptError:
        found = thread.ask(settings.CACHE_URL, "EVAL", _COUNT, *told)
    return found


def give_back(allowance: Allowance) -> None:
    """As if it had not been asked for."""
    counter = _counter(allowance.policy, allowance.who)
    with suppress(redis.RedisError, OSError):
        thread.ask(settings.CACHE_URL, "EVAL", _GIVE_BACK, 1, counter, allowance.ends)


def _counter(policy: Policy, who: str) -> str:
    return f"limits:{policy.name}:{who}"


def passed_unseen() -> int | None:
    """How many requests were let pass without being counted; None where nobody can tell just now."""
    try:
        told = _redis(settings.CACHE_URL).hgetall(UNSEEN)
    except (redis.RedisError, OSError):
        return None
    return sum(map(int, {**told, process.name.encode(): process.unseen}.values()))


def address_of(request: HttpRequest) -> str:
    """Whose request it is: who connected, or whom the last of our own TRUSTED_PROXIES saw.

    Each proxy appends to X-Forwarded-For whom it saw, so that only as many entries from the right as there are proxies
    are true; all others are the client's own words. Of an IPv6 address the network counts, which is one customer's.
    """
    seen = _known(str(request.META.get("REMOTE_ADDR", "")))
    if settings.TRUSTED_PROXIES:
        told = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(told) >= settings.TRUSTED_PROXIES:
            seen = _known(told[-settings.TRUSTED_PROXIES]) or seen
    return seen or "unknown"


@lru_cache(maxsize=10_000)
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
