"""Real documents: the opening content, as often as a benchmark needs it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from aichina.opening import read
from editorial.workflow import Person, Role

FOLDER = Path(__file__).resolve().parent.parent / "content"
NAMESPACE = UUID("bbbbbbbb-0000-4000-8000-000000000000")
AUTHOR, REVIEWER, PUBLISHER = (
    Person(f"bbbbbbbb-0000-4000-8000-00000000000{number}", role)
    for number, role in enumerate((Role.AUTHOR, Role.REVIEWER, Role.PUBLISHER), start=1)
)


@cache
def _entries() -> list[Mapping[str, Any]]:
    from editorial.models import document_model

    blank = document_model("entry").blank()
    return [{**blank, **item.content} for item in read(FOLDER) if item.type == "entry"]


def contents() -> Iterator[Mapping[str, Any]]:
    """Contents of entries without end: all fields, as the event keeps them."""
    return itertools.cycle(_entries())


def document_id(number: int) -> UUID:
    return uuid5(NAMESPACE, str(number))
