"""The waiting room: whoever waits for the next change waits here, on one look at the database for all of a process."""

from __future__ import annotations

import socket  # noqa: TID251 - of clients that are connected already, to see whether they still are
import threading
import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from editorial.reading import last_public

INTERVAL = 0.5  # seconds between two looks, while anybody waits

logger = structlog.get_logger(__name__)


class Full(Exception):
    """As many wait in this process as may; the others need its threads."""


class Room:
    """``places``: how many may wait at once. ``closing``: whether the process is about to end, and all leave."""

    def __init__(self, places: int) -> None:
        self._places = threading.BoundedSemaphore(places)
        self._moved = threading.Condition()
        self._position = 0
        self._waiting = 0
        self._watched = False
        self.closing: Callable[[], bool] = lambda: False

    def enter(self) -> None:
        """Take a place. Raises Full."""
        if not self._places.acquire(blocking=False):
            raise Full

    def leave(self) -> None:
        self._places.release()

    def wait(self, request: HttpRequest, position: int, seconds: float) -> bool:
        """Whether something became public behind the position, within so many seconds; at once, where nobody is there.

        The thread's own connection is closed before: who waits for minutes holds none.
        """

        def over() -> bool:
            return self._position > position or self.closing() or gone(request)

        connection.close()
        with self._moved:
            self._waiting += 1
            self._watch()
            try:
                self._moved.wait_for(over, seconds)
                return self._position > position and not self.closing()
            finally:
                self._waiting -= 1

    def _watch(self) -> None:
        """Have somebody look, if nobody does; the lock is held."""
        if not self._watched:
            threading.Thread(target=self._look, name="watch changes", daemon=True).start()
            self._watched = True

    def _look(self) -> None:
        """Look at the database while anybody waits. It may be away for a while."""
        while self._told(_last_position()):
            time.sleep(INTERVAL)
        connection.close()

    def _told(self, position: int | None) -> bool:
        """Have all see whether it moved, or whether they are to leave; whether anybody waits still.

        It may move backwards too: to where a backup was taken that is restored.
        """
        with self._moved:
            if position is not None:
                self._position = position
            self._moved.notify_all()
            self._watched = self._waiting > 0
            return self._watched


def gone(request: HttpRequest) -> bool:
    """Whether the client has closed the connection, as far as the server lets us look at it."""
    client = request.META.get("gunicorn.socket")
    if client is None:
        return False
    try:
        return not client.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except OSError:
        return True


def _last_position() -> int | None:
    """None where the database does not say."""
    try:
        return last_public().position
    except Exception as error:  # noqa: BLE001 - whatever it was: who waits depends on the next look
        logger.info("changes_not_seen", error=type(error).__name__)
        connection.close()
        return None


room = Room(settings.STREAMS_PER_PROCESS)
