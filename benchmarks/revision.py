"""A revision: one edited entry saved together with its history."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any

import reversion
from django.db import connection, transaction

from benchmarks.documents import AUTHOR, contents, document_id
from benchmarks.peers.models import Article, RevertedArticle, SimpleArticle
from benchmarks.report import Finding, Section, duration
from benchmarks.rounds import Contender, interleave, median_time
from benchmarks.servers import fresh
from editorial import commands as c
from editorial.dispatch import dispatch
from editorial.models import document_model

SIMPLE = f"simple-history {version('django-simple-history')}"
REVERSION = f"reversion {version('django-reversion')}"


def revising(rounds: int, each: int) -> Section:
    """``each``: how many revisions a contender saves each round."""
    with fresh():
        content = next(contents())
        editor, simple, reverted = (
            OurEntry(content),
            PeerEntry(SimpleArticle, content),
            PeerEntry(RevertedArticle, content),
        )
        contenders = {
            "": editor.revise,
            f"{SIMPLE}: get, clean, save": simple.edit,
            f"{SIMPLE}: save alone": simple.save,
            f"{REVERSION}: get, clean, save": reverted.edit_with_reversion,
        }
        ours, edit, save, other = interleave(
            [Contender(name, _times(do, each), each) for name, do in contenders.items()], rounds
        )
        bound = _bound(editor.revise, simple.edit)
    return Section(
        "a revision: a document read, checked, changed and saved with its history (time of a revision)",
        [
            Finding("one revision", ours, edit, 0.9),
            Finding("one revision", ours, save, None),
            Finding("one revision", ours, other, 0.9),
        ],
        [bound],
    )


class OurEntry:
    """An entry of ours, revised by commands that carry all fields, as the form does."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.id, self.content, self.numbers = document_id(0), dict(content), itertools.count(1)
        outcome = dispatch(c.Draft(content, "entry"), type="entry", document=self.id, by=AUTHOR)
        self.seen = outcome.state.content_version

    def revise(self) -> None:
        command = c.Revise(changed(self.content, next(self.numbers)), self.seen)
        outcome = dispatch(command, type="entry", document=self.id, by=AUTHOR)
        self.seen = outcome.state.content_version


class PeerEntry:
    """The same entry in a table of its own, of which a library keeps the history."""

    def __init__(self, model: type[Article], content: Mapping[str, Any]) -> None:
        self.model, self.numbers, self.content = model, itertools.count(1), dict(content)
        values = document_model("entry").columns(content)
        self.row = model(slug="entry", **values)
        self.row.save()

    def edit(self) -> None:
        """What a form does: read the row, take all fields, check them, save; in one transaction."""
        with transaction.atomic():
            self._edit()

    def edit_with_reversion(self) -> None:
        with reversion.create_revision():
            self._edit()

    def _edit(self) -> None:
        row = self.model.objects.get(pk=self.row.pk)
        for name, value in changed(self.content, next(self.numbers)).items():
            setattr(row, name, value)
        row.full_clean()
        row.save()

    def save(self) -> None:
        """A row that is at hand, changed in one field and not checked."""
        self.row.summary = changed(self.content, next(self.numbers))["summary"]
        with transaction.atomic():
            self.row.save()


def changed(content: Mapping[str, Any], number: int) -> dict[str, Any]:
    """All fields, of which the summary is new."""
    return {**content, "summary": f"{content['summary']} Revision {number}."}


def _times(do: Callable[[], None], count: int) -> Callable[[], None]:
    def run() -> None:
        for _ in range(count):
            do()

    return run


def _bound(ours: Callable[[], None], peer: Callable[[], None]) -> str:
    counts, unflushed = [], []
    for do in (ours, peer):
        counts.append(statements(do))
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off")
        unflushed.append(median_time(do, 30))
        with connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit")
    return (
        f"round trips and the ORM: ours makes {counts[0]} statements, simple-history {counts[1]}, each with BEGIN and "
        f"COMMIT besides; without the flush to disk {duration(unflushed[0])} and {duration(unflushed[1])}."
    )


def statements(do: Callable[[], None]) -> int:
    """How many statements go through Django's cursors; the append, which has its own, counts as one more."""
    count = 0

    def counting(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal count
        count += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(counting):
        do()
    return count
