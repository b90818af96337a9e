"""Somebody who asks, waits and listens, over a real connection."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

STREAM = {"Accept": "text/event-stream"}


@contextmanager
def asked(address: str, **headers: str) -> Iterator[Any]:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=30) as answer:
            yield answer
    except urllib.error.HTTPError as refusal:
        with refusal:
            yield refusal


def read(address: str) -> Any:
    with asked(address) as answer:
        assert answer.status == 200
        return json.load(answer)


def events(answer: Any) -> Iterator[dict[str, str]]:
    """Each event by its fields; comments are left out. Not for ever: two without an event between them are a fault."""
    found: dict[str, str] = {}
    comments = 0
    for line in answer:
        text = line.decode().rstrip("\n")
        if text.startswith(":"):
            comments += 1
            assert comments < 2, "nothing is told"
        elif text:
            name, _, value = text.partition(": ")
            found[name] = value
            comments = 0
        elif found:
            yield found
            found = {}
