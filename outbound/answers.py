"""What one fetch may use up, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["refused", "unresolved", "unreachable", "tls", "timeout", "too_large", "redirects", "broken"]
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Limits:
    """Bounds of one fetch: a number of redirects, seconds, and bytes.

    ``read`` is between bytes; ``whole`` holds for all together, names and redirects included; ``received`` counts what
    comes over the wire, with heads and redirects; ``unfolded`` the body after decompression. ``enough``: the beginning
    of a body that is asked for, as it came; what follows is left unread.
    """

    redirects: int = 5
    connect: float = 5.0
    read: float = 10.0
    whole: float = 30.0
    received: int = 10_000_000
    unfolded: int = 20_000_000
    enough: int | None = None


@dataclass(frozen=True)
class Step:
    """One thing that happened, as a sentence, and the seconds it took."""

    sentence: str
    took: float


@dataclass(frozen=True)
class Answer:
    """What a server answered, whichever status it has.

    ``address``: the last one, after redirects; ``moved``: the one that leading permanent redirects lead to, or empty.
    ``headers`` by lower-case names; ``content`` unpacked, while ``received`` is its length as it came.
    ``request_headers`` and ``raw_headers`` are those of the last exchange, as they went over the wire.
    """

    address: str
    status: int
    reason: str
    http_version: str
    headers: Mapping[str, str]
    raw_headers: Headers
    request_headers: Headers
    content: bytes
    received: int
    ip: str
    moved: str
    steps: tuple[Step, ...]


class Failed(Exception):
    """No answer: of which kind the fault is, a sentence for people, and the steps before it."""

    def __init__(self, kind: Kind, sentence: str, steps: tuple[Step, ...]) -> None:
        super().__init__(kind, sentence, steps)
        self.kind, self.sentence, self.steps = kind, sentence, steps

    def __str__(self) -> str:
        return self.sentence
