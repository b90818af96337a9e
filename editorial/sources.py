"""Items of content's lists, each a frozen dataclass that checks itself; the source is the one that every type has.

A draft may hold an incomplete item, never a malformed one: ``faults`` says what is malformed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit
from uuid import UUID

import edtf

MAX_TEXT = 500
MAX_ADDRESS = 2000
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f\ud800-\udfff]")

Fault = tuple[str, str]


class MalformedItem(ValueError):
    """``faults``: (field, sentence) pairs."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(" ".join(text for _, text in faults))
        self.faults = faults


def language_tag(text: str) -> str:
    """A language tag as BCP 47 writes it: zh, zh-Hant, zh-CN."""
    language, *parts = text.split("-")
    cases: dict[int, Callable[[str], str]] = {2: str.upper, 4: str.title}
    return "-".join([language.lower(), *(cases.get(len(part), str.lower)(part) for part in parts)])


@dataclass(frozen=True, slots=True)
class Item:
    """Base of all items. Fields are texts; ``NORMALISED`` gives those of several spellings their one."""

    NORMALISED: ClassVar[Mapping[str, Callable[[str], str]]] = {}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """The item of JSON values, absent ones empty. Raises MalformedItem."""
        if not isinstance(data, Mapping):
            raise MalformedItem([("", f"{cls.__name__}: an object is expected.")])
        known = {known.name for known in fields(cls)}
        faults = [(key, f"There is no field “{key}”.") for key in data if key not in known]
        faults += [(k, "A text is expected.") for k, v in data.items() if not isinstance(v, str)]
        if faults:
            raise MalformedItem(faults)
        # A browser ends lines as it likes.
        values = {key: value.strip().replace("\r\n", "\n") for key, value in data.items()}
        for name, normalised in cls.NORMALISED.items():
            if name in values:
                values[name] = normalised(values[name])
        item = cls(**values)
        if faults := list(item.faults()):
            raise MalformedItem(faults)
        return item

    def data(self) -> dict[str, str]:
        """JSON values; empty fields are left out."""
        values = ((known.name, getattr(self, known.name)) for known in fields(self))
        return {name: value for name, value in values if value}

    def faults(self) -> Iterator[Fault]:
        """What is malformed."""
        yield from ()


@dataclass(frozen=True, slots=True)
class Source(Item):
    """``language`` is a BCP 47 tag, ``date`` EDTF, ``url`` and ``archived`` addresses on the web."""

    NORMALISED: ClassVar[Mapping[str, Callable[[str], str]]] = {"language": language_tag}

    publisher: str = ""
    title: str = ""
    language: str = field(default="", metadata={"help": "en, zh, zh-Hant"})
    date: str = field(default="", metadata={"help": "2024, 2024-03, 2024-03-10"})
    url: str = field(default="", metadata={"help": "https://…"})
    archived: str = field(default="", metadata={"help": "https://…"})

    def faults(self) -> Iterator[Fault]:
        for name in ("publisher", "title"):
            if len(getattr(self, name)) > MAX_TEXT:
                yield name, f"At most {MAX_TEXT} characters."
        if self.language and not (len(self.language) <= 35 and _LANGUAGE.fullmatch(self.language)):
            yield "language", f"“{self.language[:40]}” is no language tag; write “en”, “zh” or “zh-Hant”."
        yield from date_faults("date", self.date)
        yield from address_faults("url", self.url)
        yield from address_faults("archived", self.archived)


def date_faults(name: str, text: str) -> Iterator[Fault]:
    """Why this is no date; nothing for an empty one."""
    try:
        if text:
            edtf.parse(text)
    except edtf.InvalidDate as error:
        yield name, str(error)


def reference_faults(name: str, text: str, sentence: str) -> Iterator[Fault]:
    """The sentence, where this is no id of a document in its one spelling."""
    try:
        known = str(UUID(text)) == text
    except ValueError:
        known = False
    if not known:
        yield name, sentence


def address_faults(name: str, address: str) -> Iterator[Fault]:
    """Why this is no address on the web; nothing for an empty one."""
    if address and not _is_address(address):
        yield name, "Write a whole address that begins with https:// or http://."


def _is_address(address: str) -> bool:
    if len(address) > MAX_ADDRESS or _CONTROL.search(address):
        return False
    try:
        parts = urlsplit(address)
        # Reading the port is what makes the parser check it.
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
