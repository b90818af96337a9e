"""Periodic work of syndication. What must happen is a row, which the next sweep finds."""

from __future__ import annotations

from celery import shared_task

from syndication.packages import work


@shared_task(name="syndication.sweep_packages")  # type: ignore[untyped-decorator]
def sweep_packages() -> bool:
    """See to the packages, and have those made that wait: whoever makes them takes minutes, and has a queue for it."""
    waits = work.sweep()
    if waits:
        make_packages.apply_async(expires=60)
    return waits


@shared_task(name="syndication.make_packages")  # type: ignore[untyped-decorator]
def make_packages() -> int:
    """Make the packages that wait."""
    return work.make_waiting()
