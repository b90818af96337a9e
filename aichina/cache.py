"""A cache that may fail: where Redis is slow or gone, everything is a miss, and nobody waits twice."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

PAUSE = 5.0


def _or_miss(name: str, miss: Callable[..., Any]) -> Callable[..., Any]:
    method = getattr(RedisCache, name)

    @wraps(method)
    def patient(self: PatientCache, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() < self.paused_until:
            return miss(*args, **kwargs)
        try:
            return method(self, *args, **kwargs)
        except (RedisError, OSError):
            self.paused_until = time.monotonic() + PAUSE
            return miss(*args, **kwargs)

    return patient


class PatientCache(RedisCache):
    """After a failure this process does not ask again for PAUSE seconds."""

    paused_until = 0.0

    get = _or_miss("get", lambda key, default=None, version=None: default)
    get_many = _or_miss("get_many", lambda *args, **kwargs: {})
    has_key = _or_miss("has_key", lambda *args, **kwargs: False)
    add = _or_miss("add", lambda *args, **kwargs: False)
    set = _or_miss("set", lambda *args, **kwargs: None)
    set_many = _or_miss("set_many", lambda data, *args, **kwargs: list(data))
    touch = _or_miss("touch", lambda *args, **kwargs: False)
    delete = _or_miss("delete", lambda *args, **kwargs: False)
    delete_many = _or_miss("delete_many", lambda *args, **kwargs: None)
