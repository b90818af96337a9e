"""One thing that a source brings, in the one shape that all readers give: plain texts, cleaned and bounded."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypedDict
from urllib.parse import quote, urljoin, urlsplit

from imports.parsing.dates import when
from imports.parsing.language import tag

MAX_ADDRESS = MAX_GUID = 2_000
MAX_TITLE = 500
MAX_TEXT = 100_000
MAX_AUTHOR = 300
MAX_CATEGORIES, MAX_CATEGORY = 50, 100
MAX_ENCLOSURES = 20

# Controls, halves of characters, what is none, and what turns the direction of the text around it.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff\ud800-\udfff\u202a-\u202e\u2066-\u2069]"
)
_PARAGRAPH = re.compile(r"\n\s*\n")
_MEDIA_TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,60}", re.ASCII)
_NOT_IN_ADDRESS = re.compile(r"[\s<>\"\\^`{|}]")


class Enclosure(TypedDict):
    """A file that an item brings along; its type may be empty."""

    address: str
    type: str


class Item(TypedDict):
    """Texts that are empty where the source says nothing; dates as ``dates.when`` gives them.

    Paragraphs of the text are split by an empty line.
    """

    guid: str
    address: str
    title: str
    text: str
    author: str
    published: str
    updated: str
    language: str
    categories: list[str]
    enclosures: list[Enclosure]


def build(
    *,
    guid: str = "",
    address: str = "",
    base: str = "",
    title: str = "",
    text: str = "",
    author: str = "",
    published: str = "",
    updated: str = "",
    language: str = "",
    categories: Iterable[str] = (),
    enclosures: Iterable[tuple[str, str]] = (),
) -> Item:
    """The item of plain texts as they were found. ``base``: what relative addresses are relative to."""
    return Item(
        guid=line(guid, MAX_GUID),
        address=web_address(address, base),
        title=line(title, MAX_TITLE),
        text=paragraphs(text),
        author=line(author, MAX_AUTHOR),
        published=when(published),
        updated=when(updated),
        language=tag(language),
        categories=_categories(categories),
        enclosures=_enclosures(enclosures, base),
    )


def is_empty(item: Item) -> bool:
    """Whether there is nothing to show of it, nor to know it by."""
    return not (item["guid"] or item["address"] or item["title"] or item["text"])


def clean(text: str) -> str:
    """The text without what no text needs: controls, halves of characters, and what turns the direction around it."""
    return _UNWANTED.sub("", text)


def line(text: str, most: int) -> str:
    """The text on one line, cut where it is longer."""
    return _cut(" ".join(clean(text).split()), most)


def paragraphs(text: str) -> str:
    """The text with its paragraphs and lines, and no other blanks than single ones."""
    text = _UNWANTED.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    found = ("\n".join(filter(None, map(_single, block.split("\n")))) for block in _PARAGRAPH.split(text))
    return _cut("\n\n".join(filter(None, found)), MAX_TEXT)


def _single(text: str) -> str:
    return " ".join(text.split())


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def web_address(text: str, base: str = "") -> str:
    """The absolute address over http or https, or nothing."""
    text = re.sub(r"[\t\r\n]", "", _UNWANTED.sub("", text)).strip()
    if not text:
        return ""
    try:
        found = urljoin(base, text) if base else text
        parts = urlsplit(found)
        sound = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return ""
    found = _NOT_IN_ADDRESS.sub(lambda match: quote(match[0]), found)
    return found if sound and len(found) <= MAX_ADDRESS else ""


def _categories(texts: Iterable[str]) -> list[str]:
    found = dict.fromkeys(line(text, MAX_CATEGORY) for text in texts)
    return [text for text in found if text][:MAX_CATEGORIES]


def _enclosures(pairs: Iterable[tuple[str, str]], base: str) -> list[Enclosure]:
    found = (
        Enclosure(address=web_address(address, base), type=kind if _MEDIA_TYPE.fullmatch(kind) else "")
        for address, kind in pairs
    )
    return [enclosure for enclosure in found if enclosure["address"]][:MAX_ENCLOSURES]
