"""Every command that changes a document: frozen dataclasses, nothing else. Who may issue which: permissions.py.

``content_version`` always names the version of the content that the person had before their eyes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Command:
    pass


@dataclass(frozen=True, slots=True)
class Draft(Command):
    """Start a document. An empty ``slug`` is made from the title."""

    content: Mapping[str, Any]
    slug: str = ""


@dataclass(frozen=True, slots=True)
class Revise(Command):
    """``content`` may name some of the fields; the others stay."""

    content: Mapping[str, Any]
    content_version: int
    slug: str | None = None


@dataclass(frozen=True, slots=True)
class Restore(Command):
    """Take the content of the stream's earlier ``version`` as the new draft."""

    version: int
    content_version: int


@dataclass(frozen=True, slots=True)
class Submit(Command):
    pass


@dataclass(frozen=True, slots=True)
class TakeBack(Command):
    pass


@dataclass(frozen=True, slots=True)
class RequestChanges(Command):
    note: str


@dataclass(frozen=True, slots=True)
class Approve(Command):
    content_version: int


@dataclass(frozen=True, slots=True)
class Schedule(Command):
    """``at`` is aware of its zone. ``change`` is major, minor or correction."""

    content_version: int
    at: datetime
    change: str = "major"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Unschedule(Command):
    pass


@dataclass(frozen=True, slots=True)
class Publish(Command):
    """``change`` is major, minor or correction."""

    content_version: int
    change: str = "major"
    note: str = ""


@dataclass(frozen=True, slots=True)
class PublishDue(Command):
    """What was scheduled, at its time: the scheduler's own command."""


@dataclass(frozen=True, slots=True)
class PublishInEmergency(Command):
    content_version: int
    reason: str
    change: str = "major"
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReviewAfterwards(Command):
    note: str


@dataclass(frozen=True, slots=True)
class Withdraw(Command):
    notice: str
    hide_past: bool = True


@dataclass(frozen=True, slots=True)
class Reinstate(Command):
    note: str


@dataclass(frozen=True, slots=True)
class Rename(Command):
    slug: str


@dataclass(frozen=True, slots=True)
class Merge(Command):
    """The document is the same as another one of its type: from now on the one with the id ``into`` stands for both."""

    into: str
    note: str


@dataclass(frozen=True, slots=True)
class Unmerge(Command):
    """It was another one after all, and stands for itself again."""

    note: str


@dataclass(frozen=True, slots=True)
class Discard(Command):
    pass


@dataclass(frozen=True, slots=True)
class Comment(Command):
    text: str
    reply_to: int | None = None


@dataclass(frozen=True, slots=True)
class Resolve(Command):
    comment: int


@dataclass(frozen=True, slots=True)
class Assign(Command):
    """To a person's id, or to nobody."""

    person: str | None
