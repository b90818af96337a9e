"""What workers do for packages: make what waits, and see to it that no file is there that should not be."""

from __future__ import annotations

import re
import shutil
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import structlog
from django.conf import settings

from editorial.reading import last_public
from ledger import clock
from syndication.models.package import Package, State
from syndication.packages import queue
from syndication.packages.making import UNFINISHED, make

# Whatever is called so in the folder is ours.
_OURS = re.compile(rf"aichina-[0-9]+-([0-9a-f]{{32}})\.zip({re.escape(UNFINISHED)})?", re.ASCII)

logger = structlog.get_logger(__name__)


def make_waiting() -> int:
    """Make what waits, one after the other. Returns how many were taken."""
    taken = 0
    while lease := queue.take():
        taken += 1
        with suppress(queue.Lost):
            _make(lease)
    return taken


def _make(lease: queue.Lease) -> None:
    """Raises Lost."""
    total = 0

    def progress(done: int, rows: int) -> None:
        nonlocal total
        total = rows
        lease.progress(done, rows)

    try:
        made = make(lease.as_of, lease.package.path, progress)
    except OSError as error:
        logger.error("package_failed", position=lease.package.position, error=str(error))
        lease.fail(
            f"The file could not be written: {error.strerror or error}. Make room for it, and ask again."
        )
        return
    lease.finish(made, total)


def sweep() -> bool:
    """Put back what is stale or lost, forget what is old, delete what nobody names, and ask for the nightly package.

    Whether something waits to be made.
    """
    _put_back()
    _forget()
    _delete()
    _ask_nightly()
    return queue.waits()


def _put_back() -> None:
    """Its file goes with the lease that named it."""
    lost = [package.pk for package in queue.ready() if not package.path.exists()]
    spoilt = [*lost, *queue.stale().values_list("pk", flat=True)]
    Package.objects.filter(pk__in=spoilt, state=State.READY).update(
        state=State.WAITING, lease=None, attempts=0
    )


def _forget() -> None:
    """Beyond so many of the nightly ones, and so many of those that were asked for: nobody asks others away."""
    over = Package.objects.filter(state__in=(State.READY, State.FAILED), pinned=False)
    for some in (
        over.filter(nightly_on=None).order_by("-asked_at", "-position"),
        over.exclude(nightly_on=None).order_by("-nightly_on", "-position"),
    ):
        keys = list(some.values_list("pk", flat=True)[settings.PACKAGES_KEPT :])
        Package.objects.filter(pk__in=keys, state__in=(State.READY, State.FAILED)).delete()


def _delete() -> None:
    """Files that no row names: of what was forgotten or put back, and of workers that died."""
    if not settings.PACKAGES_ROOT.is_dir():
        return
    # The folder first: what comes into it later has its row already.
    found = [path for path in settings.PACKAGES_ROOT.iterdir() if _OURS.fullmatch(path.name)]
    named = set(Package.objects.exclude(lease=None).values_list("lease", flat=True))
    for path in found:
        match = _OURS.fullmatch(path.name)
        if match and UUID(match[1]) not in named:
            _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _ask_nightly() -> None:
    now = clock.now()
    if now.hour < settings.PACKAGES_HOUR or Package.objects.filter(nightly_on=now.date()).exists():
        return
    present = last_public()
    if present.position:
        queue.ask(present, nightly_on=now.date())
