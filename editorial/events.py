"""Every event type of a document's life: a frozen dataclass each, whose fields are the payload's shape.

What stands in the log is never migrated. When a shape has to change, the new shape takes a new name and
the old name goes into ``UPCASTERS``, with a function that turns the old payload into the new one when it is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from typing import Any, ClassVar

Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events. ``CONTENT`` tells whether the event writes the document's content."""

    CONTENT: ClassVar[bool] = False
    # Payload fields that people typed freely: `erase --notes` blanks them.
    NOTES: ClassVar[tuple[str, ...]] = ()


@dataclass(frozen=True, slots=True)
class Drafted(Event):
    CONTENT: ClassVar[bool] = True
    type: str
    slug: str
    content: Content
    machine: bool = False


@dataclass(frozen=True, slots=True)
class Revised(Event):
    """``content`` holds the fields that changed, ``slug`` the new address where it did."""

    CONTENT: ClassVar[bool] = True
    content: Content
    slug: str | None = None
    machine: bool = False


@dataclass(frozen=True, slots=True)
class Restored(Event):
    """The content of an earlier ``version`` of the stream; ``content`` holds the fields that it changes."""

    CONTENT: ClassVar[bool] = True
    version: int
    content: Content
    machine: bool = False


@dataclass(frozen=True, slots=True)
class Submitted(Event):
    pass


@dataclass(frozen=True, slots=True)
class TakenBack(Event):
    pass


@dataclass(frozen=True, slots=True)
class ChangesRequested(Event):
    NOTES: ClassVar[tuple[str, ...]] = ("note",)
    note: str


@dataclass(frozen=True, slots=True)
class Approved(Event):
    content_version: int


@dataclass(frozen=True, slots=True)
class Scheduled(Event):
    """``at`` is RFC 3339 in UTC."""

    NOTES: ClassVar[tuple[str, ...]] = ("note",)
    content_version: int
    at: str
    change: str
    note: str


@dataclass(frozen=True, slots=True)
class Unscheduled(Event):
    pass


@dataclass(frozen=True, slots=True)
class Published(Event):
    """A new edition. ``fields`` names what differs from the edition before; ``policy`` the rule it came under."""

    NOTES: ClassVar[tuple[str, ...]] = ("note", "reason")
    edition: int
    content_version: int
    change: str
    note: str
    policy: str
    fields: tuple[str, ...] = ()
    approved_by: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ReviewedAfterwards(Event):
    NOTES: ClassVar[tuple[str, ...]] = ("note",)
    edition: int
    note: str


@dataclass(frozen=True, slots=True)
class Withdrawn(Event):
    NOTES: ClassVar[tuple[str, ...]] = ("notice",)
    notice: str
    hide_past: bool


@dataclass(frozen=True, slots=True)
class Reinstated(Event):
    """The last edition's content, public again as edition number ``edition``."""

    NOTES: ClassVar[tuple[str, ...]] = ("note",)
    edition: int
    note: str
    policy: str


@dataclass(frozen=True, slots=True)
class Renamed(Event):
    slug: str
    former: str


@dataclass(frozen=True, slots=True)
class Merged(Event):
    """``into``: the id of the document that stands for this one too, until it is unmerged."""

    NOTES: ClassVar[tuple[str, ...]] = ("note",)
    into: str
    note: str


@dataclass(frozen=True, slots=True)
class Unmerged(Event):
    """The last edition is public again under its own address; no edition is made by it."""

    NOTES: ClassVar[tuple[str, ...]] = ("note",)
    note: str


@dataclass(frozen=True, slots=True)
class Discarded(Event):
    pass


@dataclass(frozen=True, slots=True)
class Commented(Event):
    """A comment's id is the version of its event in the stream; ``reply_to`` is such an id."""

    NOTES: ClassVar[tuple[str, ...]] = ("text",)
    text: str
    reply_to: int | None = None


@dataclass(frozen=True, slots=True)
class CommentResolved(Event):
    comment: int


@dataclass(frozen=True, slots=True)
class Assigned(Event):
    person: str | None


@dataclass(frozen=True, slots=True)
class Erased(Event):
    """Texts of earlier events were replaced: ``redacted`` names each position and its new commitment.

    The ledger reads ``redacted`` to check the chain; ``fields`` are the content's fields that are gone, and
    ``notes`` says whether notes and comments are.
    """

    ground: str
    fields: tuple[str, ...]
    notes: bool
    redacted: tuple[Mapping[str, Any], ...] = ()


EVENTS: tuple[type[Event], ...] = (
    Drafted, Revised, Restored, Submitted, TakenBack, ChangesRequested, Approved, Scheduled, Unscheduled,
    Published, ReviewedAfterwards, Withdrawn, Reinstated, Renamed, Merged, Unmerged, Discarded, Commented,
    CommentResolved, Assigned, Erased,
)  # fmt: skip


def name(event_type: type[Event]) -> str:
    """The type's name in the log: ``ChangesRequested`` is ``changes_requested``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", event_type.__name__).lower()


BY_NAME: dict[str, type[Event]] = {name(event_type): event_type for event_type in EVENTS}
UPCASTERS: dict[str, Callable[[dict[str, Any]], tuple[str, dict[str, Any]]]] = {}


class UnknownEvent(ValueError):
    """The log holds an event that this version of the program cannot read."""


def encode(event: Event) -> tuple[str, dict[str, Any]]:
    """The event's name and payload, as they are stored."""
    return name(type(event)), asdict(event)


def decode(type_name: str, payload: Mapping[str, Any]) -> Event:
    """The event of a stored payload, upcast where its name is retired. Raises UnknownEvent."""
    data = dict(payload)
    while type_name in UPCASTERS:
        type_name, data = UPCASTERS[type_name](data)
    if type_name not in BY_NAME:
        raise UnknownEvent(f"There is no event type “{type_name}”.")
    event_type = BY_NAME[type_name]
    _check_shape(event_type, data)
    return event_type(**{key: tuple(v) if isinstance(v, list) else v for key, v in data.items()})


def _check_shape(event_type: type[Event], data: Mapping[str, Any]) -> None:
    known = {field.name for field in fields(event_type)}
    needed = {field.name for field in fields(event_type) if field.default is MISSING}
    if unknown := set(data) - known:
        raise UnknownEvent(f"“{name(event_type)}” has no field {', '.join(sorted(unknown))}.")
    if missing := needed - set(data):
        raise UnknownEvent(f"“{name(event_type)}” lacks {', '.join(sorted(missing))}.")


def redacted(type_name: str, payload: Mapping[str, Any], blank: Content, *, notes: bool) -> dict[str, Any]:
    """The payload without these content fields (``blank`` holds their empty values) and, if asked, without notes."""
    event_type = BY_NAME[type_name]
    data = dict(payload)
    if event_type.CONTENT:
        data["content"] = {key: blank.get(key, value) for key, value in data["content"].items()}
    if notes:
        data |= {name: "" for name in event_type.NOTES if name in data}
    return data
