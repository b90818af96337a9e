"""Compression: what a client is ready to take, and a validator of its own for each form of the same state."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from functools import lru_cache

import brotli
from django.http import HttpRequest

ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: bytes(brotli.compress(body, quality=4)),
    # Without the time: one state is the same bytes, whenever they are made.
    "gzip": lambda body: gzip.compress(body, compresslevel=6, mtime=0),
}
UNCHANGED = "identity"
_LONGEST = 200
_SUFFIX = re.compile(rf'-(?:{"|".join(ENCODINGS)})"$')


def wanted(request: HttpRequest) -> str:
    """The encoding that this client gets, where the body is worth it: br, gzip, or empty for the body as it is."""
    return _chosen(request.headers.get("Accept-Encoding", "")[:_LONGEST].lower())


def tagged(validator: str, encoding: str) -> str:
    """The validator of a state in this encoding: "abc" → "abc-br"."""
    return f'{bare(validator)[:-1]}-{encoding}"' if encoding else validator


def bare(validator: str) -> str:
    """The validator of the state alone, in whichever encoding it came, and weakened on the way or not."""
    return _SUFFIX.sub('"', validator.removeprefix("W/"))


@lru_cache(maxsize=256)
def _chosen(accepted: str) -> str:
    """The one that is liked best; of those that are liked alike, the one that is shorter."""
    given = likings(accepted)
    known = {name: given.get(name, given.get("*", 0.0)) for name in ENCODINGS}
    best = max(known, key=lambda name: known[name])
    return best if known[best] > 0 and known[best] >= given.get(UNCHANGED, 0.0) else ""


def likings(accepted: str) -> dict[str, float]:
    """How much each of those that such a header names is liked, from 0 to 1, in the order in which they stand there."""
    found: dict[str, float] = {}
    for part in accepted.split(","):
        name, _, parameter = part.partition(";")
        label, _, value = parameter.partition("=")
        found[name.strip()] = _weight(value) if label.strip() == "q" else 1.0
    return found


def _weight(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return value if 0 <= value <= 1 else 0.0
