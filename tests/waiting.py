"""Waiting with an end."""

from __future__ import annotations

import time
from collections.abc import Callable


def wait(ready: Callable[[], object], what: str, seconds: float = 30) -> float:
    """Poll until it is so. How long it took."""
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        if ready():
            return time.monotonic() - started
        time.sleep(0.03)
    raise AssertionError(f"{what}: not within {seconds} seconds")
