"""A child's whole life: it gives up all but its connection, reads one document, answers, and ends."""

from __future__ import annotations

import json
import os
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from outbound.sandbox import kernel, reading
from outbound.sandbox.limits import CPU_SECONDS, FILES, MAX_RESULT, MEMORY, Unreadable

Read = Callable[..., Any]
# How a child can end by itself; its exit status is the place in here.
OUTCOMES = ("value", "unreadable", "memory", "output", "crash")
_MAX_SENTENCE = 4_000
_DENIED = kernel.denying()


def live(read: Read, connection: int, line: int) -> NoReturn:
    """``connection``: request in, text out. ``line``: held open while the child lives. Both are file descriptors."""
    outcome = "crash"
    try:
        _close_all_but(connection, line)
        _bound()
        outcome, text = _outcome(read, connection)
        with os.fdopen(connection, "wb") as stream:
            stream.write(text)
    finally:
        # Nothing of the parent's may be run at the end: no handlers, no buffers.
        os._exit(OUTCOMES.index(outcome))


def _close_all_but(connection: int, line: int) -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nothing, standard)
    first, second = sorted((connection, line))
    os.closerange(3, first)
    os.closerange(first + 1, second)
    os.closerange(second + 1, os.sysconf("SC_OPEN_MAX"))


def _bound() -> None:
    """From here on the kernel ends this process where it wants too much, and refuses what a reader does not need."""
    # The address space is what bounds all kinds of memory; libraries that are loaded take a good part of it.
    loaded = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    # The second bound is for one who ignores the signal that comes with the first.
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    for limit, most in (
        (resource.RLIMIT_AS, loaded + MEMORY),
        (resource.RLIMIT_NOFILE, FILES),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    kernel.give_up()
    reading.bound()
    kernel.deny(_DENIED)


def _outcome(read: Read, connection: int) -> tuple[str, bytes]:
    try:
        with os.fdopen(connection, "rb", closefd=False) as stream:
            arguments = json.loads(stream.read(int.from_bytes(stream.read(8))))
            content = stream.read()
        text = json.dumps(read(content, **arguments), allow_nan=False).encode()
    except Unreadable as error:
        return "unreadable", str(error)[:_MAX_SENTENCE].encode(errors="replace")
    except MemoryError:
        return "memory", b""
    except BaseException as error:  # noqa: BLE001 - parsers raise whatever hostile bytes bring about
        return "crash", type(error).__name__.encode()
    return ("value", text) if len(text) <= MAX_RESULT else ("output", b"")
