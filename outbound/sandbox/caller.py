"""The caller's side: one parent for each process, started when it is first needed and anew when it is gone."""

from __future__ import annotations

import atexit
import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from outbound.sandbox.limits import MAX_RESULT, SECONDS, Ended, Unreadable

_PROGRAM = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from outbound.sandbox.parent import main; main()"
# Of silence, until a parent is given up: it has to load modules, and a child has its own time.
_PATIENCE = 3 * SECONDS


def run(function: str, content: bytes, **arguments: Any) -> Any:
    """Call ``module:function`` as function(content, **arguments) in a child of its own.

    The module is one of ours. Arguments and result are JSON values. Raises Unreadable if the function does, else Ended.
    Threads of one process take turns.
    """
    told = json.dumps(arguments).encode()
    outcome, text = _parent.ask(function, len(told).to_bytes(8) + told + content)
    if outcome == "unreadable":
        raise Unreadable(text.decode(errors="replace"))
    if outcome != "value":
        raise Ended(outcome, text.decode(errors="replace")[:100])
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Ended("crash", "no result") from error


class _Lost(Exception):
    """The parent is gone, or does not answer."""


class _Parent:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None

    def ask(self, function: str, request: bytes) -> tuple[str, bytes]:
        """How a child ended that was given the request, and what it said. Begins anew once where a parent is lost."""
        with self._lock:
            for _ in range(2):
                try:
                    return self._ask(self._line or self._start(), function, request)
                except _Lost:
                    self.stop()
        return "crash", b""

    def _start(self) -> socket.socket:
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._line.settimeout(_PATIENCE)
        paths = json.dumps([str(Path(path).absolute()) for path in sys.path])
        with theirs:
            # Nothing of our environment goes along: it holds secrets.
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-c", _PROGRAM, paths],
                stdin=theirs.fileno(), stdout=subprocess.DEVNULL, env={}, cwd="/", start_new_session=True,
            )  # fmt: skip
        return self._line

    def _ask(self, line: socket.socket, function: str, request: bytes) -> tuple[str, bytes]:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.settimeout(_PATIENCE)
            try:
                socket.send_fds(line, [function.encode()], [theirs.fileno()])
                theirs.close()
                text = _converse(ours, request)
                ours.close()
                outcome = line.recv(100).decode()
            except OSError as error:
                raise _Lost from error
        if not outcome:
            raise _Lost
        return ("output", b"") if len(text) > MAX_RESULT else (outcome, text)

    def stop(self) -> None:
        """End the parent, and with it a child that it has at this moment."""
        if self._line is not None:
            self._line.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._line = self._process = None

    def forget(self) -> None:
        """In a process that was just forked: the parent is its caller's, who may be asking it at this moment."""
        if self._line is not None:
            self._line.close()
        if self._process is not None:
            self._process.returncode = 0  # it is none of ours to wait for
        self._line = self._process = None
        self._lock = threading.Lock()


def _converse(connection: socket.socket, request: bytes) -> bytes:
    """What a child says on the request. It may end at any time, and what it says is not believed to be short."""
    text = bytearray()
    with suppress(ConnectionError):
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
    with suppress(ConnectionError):
        while len(text) <= MAX_RESULT and (part := connection.recv(1 << 16)):
            text += part
    return bytes(text)


_parent = _Parent()
os.register_at_fork(after_in_child=_parent.forget)
atexit.register(_parent.stop)
