"""A counting proxy before a server: it ends a client process at its n-th message, before or after passing it on."""

from __future__ import annotations

import os
import signal
import socket
import threading
from contextlib import suppress


class CountingProxy:
    """Listens on ``port``; forwards to ``target``; see ``arm``."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.ends: list[socket.socket] = []
        self.arm(None, None)
        threading.Thread(target=self._accept, daemon=True).start()

    def arm(self, victim: int | None, kill_at: int | None, *, after: bool = False) -> None:
        """Count anew; the victim dies at message ``kill_at``, from 1; ``after``: the message still gets through."""
        self.victim, self.kill_at, self.after, self.count = victim, kill_at, after, 0

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                server = socket.create_connection(self.target)
                self.ends += [client, server]
                threading.Thread(target=self._forward, args=(client, server, True), daemon=True).start()
                threading.Thread(target=self._forward, args=(server, client, False), daemon=True).start()

    def _forward(self, source: socket.socket, sink: socket.socket, counted: bool) -> None:
        with suppress(OSError):
            while message := source.recv(65536):
                if counted and self._fatal() and not self.after:
                    break
                sink.sendall(message)
        # A close alone would not wake the other direction, and the server would wait for ever.
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _fatal(self) -> bool:
        self.count += 1
        if self.victim is None or self.count != self.kill_at:
            return False
        # What is passed on after this reaches the server from a client that is already dead.
        os.kill(self.victim, signal.SIGKILL)
        return True

    def close(self) -> None:
        for end in (self.listener, *self.ends):
            end.close()
