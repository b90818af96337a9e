"""Servers on loopback that say whatever bytes a test gives them, and names that lead where a test says."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest

Reply = bytes | Callable[[socket.socket], None]
Serve = Callable[..., "Server"]
Names = Callable[..., list[str]]


def read_request(connection: socket.socket) -> bytes:
    request = b""
    while piece := connection.recv(65_536):
        request += piece
        head, end, body = request.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        if end and len(body) >= int(length[1] if length else 0):
            break
    return request


class Server:
    """Answers its connections with these replies, one after the other, and the rest with the last.

    One that is ``deaf`` does not read the request first.
    """

    def __init__(
        self, *replies: Reply, allowed: list[str], host: str = "127.0.0.1", deaf: bool = False
    ) -> None:
        self._listener = socket.create_server((host, 0))
        self._replies, self._deaf = replies, deaf
        self.host, self.port = host, self._listener.getsockname()[1]
        self.requests: list[bytes] = []
        self.ended = threading.Event()
        allowed.append(f"{host}:{self.port}")
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def url(self, path: str = "/", host: str = "") -> str:
        return f"http://{host or self.host}:{self.port}{path}"

    def close(self) -> None:
        self.ended.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)

    def _run(self) -> None:
        while not self.ended.is_set():
            with suppress(OSError):
                connection, _ = self._listener.accept()
                with connection:
                    self._speak(connection)

    def _speak(self, connection: socket.socket) -> None:
        request = b"" if self._deaf else read_request(connection)
        reply = self._replies[min(len(self.requests), len(self._replies) - 1)]
        self.requests.append(request)
        if callable(reply):
            reply(connection)
        else:
            connection.sendall(reply)


@pytest.fixture
def serve(settings: Any) -> Iterator[Serve]:
    """Start a server whose address may be fetched from."""
    settings.OUTBOUND_ALLOWED = []
    with ExitStack() as stack:

        def start(*replies: Reply, **options: Any) -> Server:
            server = Server(*replies, allowed=settings.OUTBOUND_ALLOWED, **options)
            stack.callback(server.close)
            return server

        yield start


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """Say where names lead, one list of addresses for each time that one is asked; returns what was asked for."""

    def lead(**answers: list[list[str]]) -> list[str]:
        asked: list[str] = []

        def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
            asked.append(host)
            turns = answers.get(host.replace(".", "_"))
            if not turns:
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            ips = turns.pop(0)
            return [
                (socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port))
                for ip in ips
            ]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        return asked

    return lead


@pytest.fixture
def untouched(settings: Any) -> Iterator[socket.socket]:
    """A port on loopback that must see no connection; nothing allows it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()
