"""What the invented publications have out at a moment: their items, and the rows of their table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
# Out before anybody looks, some hours apart, so that the inbox has a past.
AT_ONCE, APART = 25, timedelta(hours=7)
# And then one after the other.
EVERY = timedelta(minutes=1)
ROWS_AT_ONCE, ROWS_EVERY = 18, timedelta(minutes=10)


@dataclass(frozen=True)
class Item:
    """An item as it reads at a moment."""

    key: str
    source: str
    title: str
    text: str
    published: datetime
    changed: datetime


@dataclass(frozen=True)
class Publication:
    """One of sources.yaml."""

    key: str
    name: str
    language: str
    path: str


@cache
def publications() -> dict[str, Publication]:
    """All of sources.yaml, by key."""
    return {
        row["key"]: Publication(row["key"], row["name"], row["language"], row["path"])
        for row in _read("sources.yaml")
    }


def items(started: datetime, now: datetime) -> list[Item]:
    """The items that are out, the latest first."""
    found = [_item(number, row, started, now) for number, row in enumerate(_read("items.yaml"))]
    return sorted((item for item in found if item.published <= now), key=_age, reverse=True)


def table(started: datetime, now: datetime) -> tuple[list[dict[str, str]], datetime]:
    """The rows of the table that are out, and since when they stand so."""
    rows = _read("figures.yaml")
    later = min((now - started) // ROWS_EVERY, len(rows) - ROWS_AT_ONCE)
    return rows[: ROWS_AT_ONCE + later], started + later * ROWS_EVERY


def _item(number: int, row: dict[str, Any], started: datetime, now: datetime) -> Item:
    published = _published(number, started)
    title, changed = row["title"], published
    if retitled := row.get("retitled"):
        edited = started + timedelta(minutes=retitled["after_minutes"])
        if edited <= now:
            title, changed = retitled["title"], edited
    text = "".join(row["text"].splitlines())
    return Item(row["key"], row["source"], title, text, published, changed)


def _published(number: int, started: datetime) -> datetime:
    if number < AT_ONCE:
        return started - (AT_ONCE - number) * APART
    return started + (number - AT_ONCE + 1) * EVERY


def _age(item: Item) -> datetime:
    return item.published


@cache
def _read(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
    return rows
