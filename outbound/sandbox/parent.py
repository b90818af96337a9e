"""A program of its own that has readers loaded and forks a child for each document.

It reads nothing foreign itself, has one thread, and ends when its caller does. On its standard input is a socket: a
request is the name of a function with the child's connection; the answer is how the child ended.
"""

from __future__ import annotations

import gc
import importlib
import os
import resource
import select
import signal
import socket
import sys
import time
from contextlib import suppress

from outbound.sandbox import kernel
from outbound.sandbox.child import OUTCOMES, Read, live
from outbound.sandbox.limits import CPU_SECONDS, SECONDS

# Looks at a child that let go of the line, and seconds between them; together they are a second or more.
_LOOKS, _MOMENT = 5_000, 0.0002


def main() -> None:
    """Serve until the caller is gone."""
    kernel.leave_network()
    with socket.socket(fileno=0) as caller, suppress(ConnectionError):
        while True:
            name, connections, _, _ = socket.recv_fds(caller, 1_000, 1)
            if not name:
                return
            caller.send(_read(caller, _function(name.decode()), connections[0]).encode())


def _function(name: str) -> Read:
    """What ``module:function`` names. Its module is ours, and is loaded once for all children."""
    module, _, function = name.partition(":")
    if module not in sys.modules:
        importlib.import_module(module)
        # Children share what is loaded as long as no collector writes to it.
        gc.collect()
        gc.freeze()
    found: Read = getattr(sys.modules[module], function)
    return found


def _read(caller: socket.socket, function: Read, connection: int) -> str:
    """Let a child read what comes by the connection, and see it dead. Returns how it ended."""
    watched, line = os.pipe()
    child = os.fork()
    if not child:
        live(function, connection, line)
    os.close(line)
    os.close(connection)
    # Neither sends anything: what is told is that the line was let go, or that the caller is gone.
    poller = select.poll()
    poller.register(watched, 0)
    poller.register(caller, 0)
    told = [place for place, _ in poller.poll(SECONDS * 1_000)]
    by_itself = watched in told and _ends(child)
    # A child that has ended by itself keeps its status.
    os.kill(child, signal.SIGKILL)
    _, status, usage = os.wait4(child, 0)
    os.close(watched)
    return _ended(status, usage, in_time=bool(told), by_itself=by_itself)


def _ends(child: int) -> bool:
    """Whether a child that let go of the line has ended, or is about to; it may have closed it, and live on."""
    for _ in range(_LOOKS):
        if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return True
        time.sleep(_MOMENT)
    return False


def _ended(status: int, usage: resource.struct_rusage, *, in_time: bool, by_itself: bool) -> str:
    if os.WIFEXITED(status):
        return dict(enumerate(OUTCOMES)).get(os.WEXITSTATUS(status), "crash")
    ended_by = os.WTERMSIG(status)
    if ended_by == signal.SIGXCPU or usage.ru_utime + usage.ru_stime >= CPU_SECONDS:
        return "cpu"
    if not in_time:
        return "time"
    # Killed by none of us: the machine itself has no memory left.
    return "memory" if ended_by == signal.SIGKILL and by_itself else "crash"
