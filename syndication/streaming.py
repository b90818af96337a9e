"""Changes as server-sent events: each its own event, its cursor the event's id, so that a client resumes by itself."""

from __future__ import annotations

import json
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass

from django.db import Error, connection
from django.http import HttpRequest

from editorial.api.cursor import position_at
from editorial.reading import last_public
from syndication.changes import Wanted, page
from syndication.waiting import gone, room

HEARTBEAT = 15.0  # seconds after which whoever is between us and the client is told that we are there
LONGEST = 300.0  # seconds; whoever listened so long comes again, and loses nothing
AGAIN = 2_000  # milliseconds until then
AT_ONCE = 100


@dataclass
class Walk:
    """Through the changes that a client wants. ``after``: the position up to which it has been told."""

    request: HttpRequest
    after: int
    wanted: Wanted

    def told(self) -> Iterator[str]:
        """All that there is behind the position, as events."""
        upto = last_public().position
        while self.after < upto:
            found = page(self.request, self.after, upto, self.wanted, AT_ONCE)
            connection.close()  # a client that reads slowly holds none
            for change in found["results"]:
                yield event("change", change["cursor"], json.dumps(change, ensure_ascii=False))
            self.after = position_at(found["cursor"])
            if not found["results"] or found["results"][-1]["cursor"] != found["cursor"]:
                # What others changed need not be looked at again by who comes back.
                yield event("cursor", found["cursor"], found["cursor"])


def event(name: str, identity: str, text: str) -> str:
    """An event; its text is of one line."""
    return f"id: {identity}\nevent: {name}\ndata: {text}\n\n"


class Stream:
    """The events for as long as somebody listens.

    It takes a place in the waiting room, and gives it back when it is closed. Raises Full.
    """

    def __init__(self, walk: Walk) -> None:
        room.enter()
        self._walk = walk
        self._events = self._all()
        self._left = False

    def __iter__(self) -> Iterator[str]:
        return self._events

    def close(self) -> None:
        """Called when the client is gone, or all was sent."""
        self._events.close()
        if not self._left:
            self._left = True
            room.leave()

    def _all(self) -> Generator[str, None, None]:
        until = time.monotonic() + LONGEST
        yield f"retry: {AGAIN}\n\n"
        moved = True
        while time.monotonic() < until and not room.closing():
            if moved:
                try:
                    yield from self._walk.told()
                except Error:
                    return  # the database has just gone; the client comes again with its cursor
            moved = room.wait(self._walk.request, self._walk.after, HEARTBEAT)
            if gone(self._walk.request):
                return
            if not moved:
                yield ": nothing new\n\n"
