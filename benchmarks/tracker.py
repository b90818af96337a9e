"""A tracker with as many entries as a benchmark needs: whole lives in the log, then one rebuild."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connections, transaction

import edtf
from aichina.opening import read
from benchmarks.documents import AUTHOR, FOLDER, PUBLISHER, REVIEWER, contents, document_id
from editorial import commands as c
from editorial import events as e
from editorial import rebuild
from editorial.dispatch import dispatch, load
from editorial.models import document_model
from ledger.store import NewEvent, append

USING = "owner"
AT_ONCE = 100
Document = tuple[str, UUID, str, Mapping[str, Any]]  # type, id, slug, content


def documents(entries: int) -> Iterator[Document]:
    """The categories and actors of the opening content, and so many entries that name them and each other."""
    for item in read(FOLDER):
        if item.type in ("category", "actor"):
            yield item.type, item.id, item.key, {**document_model(item.type).blank(), **item.content}
    for number, content in enumerate(itertools.islice(contents(), entries)):
        title = f"{content['title'][:150]}, no. {number}"
        related = [str(document_id(number - 1))] if number else []
        yield (
            "entry", document_id(number), f"entry-{number}",
            {**content, "title": title, "related": related, "date": _day(content["date"], number)},
        )  # fmt: skip


def _day(text: str, number: int) -> str:
    """A day of the year in which it was: not all entries of a real tracker are of sixty days."""
    return date(edtf.parse(text).earliest.year, 1 + number % 12, 1 + number // 12 % 28).isoformat()


def fill(entries: int) -> None:
    """Into an empty database."""
    found = documents(entries)
    while batch := list(itertools.islice(found, AT_ONCE)):
        with transaction.atomic(using=USING):
            for type_name, document, slug, content in batch:
                _append(document, e.Drafted(type_name, slug, {**content}))
    rebuild.rebuild(USING)
    with connections[USING].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE timeline_entry, editorial_change")


def _append(document: UUID, drafted: e.Drafted) -> None:
    life: list[e.Event] = [
        drafted, e.Submitted(), e.Approved(1),
        e.Published(1, 1, "major", "First published.", "four_eyes", tuple(drafted.content), REVIEWER.id),
    ]  # fmt: skip
    new = [NewEvent(*e.encode(event), {"command": type(event).__name__}) for event in life]
    append(USING, stream=document, expected_version=0, actor=UUID(AUTHOR.id), events=new)


def publish(number: int, text: str) -> None:
    """The entry of this number gets another summary, through the commands of three people."""
    document, model = document_id(number), document_model("entry")

    def seen() -> int:
        return load(model, document).content_version

    for command, by in (
        (lambda: c.Revise({"summary": text}, seen()), AUTHOR),
        (c.Submit, AUTHOR),
        (lambda: c.Approve(seen()), REVIEWER),
        (lambda: c.Publish(seen(), "minor", "Another summary."), PUBLISHER),
    ):
        dispatch(command(), type="entry", document=document, by=by)


def write_for_peers(entries: int, path: Path) -> None:
    """The same content as JSON: {type: [rows]}."""
    found: dict[str, list[dict[str, Any]]] = {"category": [], "actor": [], "entry": []}
    for type_name, document, slug, content in documents(entries):
        row = {"id": str(document), "slug": slug, "title": content["title"]}
        found[type_name].append(row | _entry(content) if type_name == "entry" else row)
    path.write_text(json.dumps(found))


def _entry(content: Mapping[str, Any]) -> dict[str, Any]:
    names = (
        "kind",
        "summary",
        "body",
        "date",
        "date_kind",
        "basis",
        "sources",
        "categories",
        "actors",
        "related",
    )
    when = edtf.parse(content["date"])
    return {name: content[name] for name in names} | {
        "date_shown": when.shown,
        "earliest": when.earliest.isoformat(),
        "latest": when.latest.isoformat(),
        "note": "First published.",
        "significance": "major",
    }
