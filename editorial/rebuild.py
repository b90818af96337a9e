"""Every projected table computed anew from the log, compared with what stands there, and mended where they differ.

Rows are computed in memory, COPYed into temporary tables and compared both ways in the database. A mend happens under
the append lock, in one transaction, and writes the differences alone: readers notice nothing, editors wait a moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connections, models, transaction

from editorial.dispatch import happened
from editorial.events import Drafted
from editorial.models import document_model
from editorial.models.projected import projecting
from editorial.projection import (
    Delete,
    Insert,
    Row,
    Step,
    Update,
    Write,
    document_row,
    project_public,
    projected_models,
)
from editorial.workflow import Happened, State, evolve
from ledger import log
from ledger.store import lock


@dataclass(frozen=True, slots=True)
class Difference:
    """``missing``: rows that the log asks for and the table lacks; ``extra``: rows that the log knows nothing of."""

    table: str
    missing: int
    extra: int


@dataclass(slots=True)
class Fold:
    """What follows from the log so far, by document: its first event, its last step, its public rows by table and key.

    A document's own row follows from those two alone, and is made when it is asked for.
    """

    position: int = 0
    drafted: dict[UUID, Happened] = field(default_factory=dict)
    last: dict[UUID, Step] = field(default_factory=dict)
    rows: dict[UUID, dict[type[models.Model], dict[Any, Row]]] = field(default_factory=dict)

    def take(self, recorded: Any) -> None:
        """Add one event of the log."""
        item = happened(recorded)
        stream = recorded.stream
        if isinstance(item.event, Drafted):
            self.drafted[stream], model, before = item, document_model(item.event.type), State()
        else:
            model, before = self.last[stream].model, self.last[stream].after
        step = self.last[stream] = Step(stream, model, before, evolve(before, item), item)
        tables = self.rows.setdefault(stream, {})
        for write in project_public(step):
            _apply(write, tables)
        self.position = recorded.position

    def of(self, model: type[models.Model], documents: Iterable[UUID] | None = None) -> Iterator[Row]:
        """One table's rows, of these documents or of all."""
        for document in self.last if documents is None else documents:
            if model is self.last[document].model:
                yield document_row(self.last[document], self.drafted[document])
            else:
                yield from self.rows[document].get(model, {}).values()


def _apply(write: Write, tables: dict[type[models.Model], dict[Any, Row]]) -> None:
    rows = tables.setdefault(write.model, {})
    if isinstance(write, Insert):
        key = [column.attname for column in write.model._meta.pk_fields]
        rows.update({tuple(values[name] for name in key): dict(values) for values in write.rows})
        return
    matching = [k for k, row in rows.items() if all(row.get(name) == v for name, v in write.match.items())]
    for key in matching:
        if isinstance(write, Delete):
            del rows[key]
        elif isinstance(write, Update):
            row = rows[key]
            row.update(write.values(row) if callable(write.values) else write.values)


def check(using: str = "owner") -> list[Difference]:
    """What differs, in one snapshot, also while editors work. Changes nothing."""
    with transaction.atomic(using=using):
        _execute(using, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        fold = _fold(using, Fold())
        differences = []
        for model in projected_models():
            _copy(using, model, fold.of(model))
            differences.append(_compare(using, model))
            _execute(using, f"DROP TABLE {_temporary(model)}")
    return differences


def rebuild(using: str = "owner") -> list[Difference]:
    """Mend what differs. Returns what was mended."""
    fold = _fold(using, Fold())
    with transaction.atomic(using=using, durable=True):
        lock(using)
        _fold(using, fold)
        differences = []
        for model in projected_models():
            _copy(using, model, fold.of(model))
            differences.append(_compare(using, model))
            with projecting(using):
                _mend(using, model)
            _execute(using, f"DROP TABLE {_temporary(model)}")
    return differences


def reproject(document: UUID, using: str) -> None:
    """Write one document's rows anew from its stream, inside the caller's transaction."""
    fold = Fold()
    for recorded in log.stream(document, using=using):
        fold.take(recorded)
    with projecting(using):
        own = fold.last[document].model
        for model in (own, *fold.rows[document]):
            key = "id" if model is own else "document"
            model._base_manager.using(using).filter(**{key: document}).delete()
            rows = [model(**row) for row in fold.of(model, [document])]
            model._base_manager.using(using).bulk_create(rows)


def _fold(using: str, fold: Fold) -> Fold:
    for recorded in log.read(after=fold.position, using=using):
        fold.take(recorded)
    return fold


def _execute(using: str, sql: str) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute(sql)


def _temporary(model: type[models.Model]) -> str:
    return f"pg_temp.rebuilt_{model._meta.db_table}"


def _columns(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The columns that are written; generated ones follow from them."""
    return [column for column in model._meta.concrete_fields if not column.generated]


def _names(model: type[models.Model]) -> str:
    return ", ".join(f'"{column.column}"' for column in _columns(model))


def _copy(using: str, model: type[models.Model], rows: Iterable[Row]) -> None:
    """COPY the rows into a temporary table with the columns that are written."""
    connection = connections[using]
    columns = _columns(model)
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE {_temporary(model).removeprefix('pg_temp.')} AS "
            f"SELECT {_names(model)} FROM {model._meta.db_table} WITH NO DATA"
        )
        with cursor.copy(f"COPY {_temporary(model)} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(
                    [column.get_db_prep_save(row[column.attname], connection) for column in columns]
                )


def _compare(using: str, model: type[models.Model]) -> Difference:
    table, names, rebuilt = model._meta.db_table, _names(model), _temporary(model)
    counts = []
    with connections[using].cursor() as cursor:
        for first, second in ((rebuilt, table), (table, rebuilt)):
            cursor.execute(
                f"SELECT count(*) FROM (SELECT {names} FROM {first} EXCEPT ALL SELECT {names} FROM {second}) d"
            )
            counts.append(cursor.fetchone()[0])
    return Difference(table, *counts)


def _mend(using: str, model: type[models.Model]) -> None:
    table, names, rebuilt = model._meta.db_table, _names(model), _temporary(model)
    key = ", ".join(str(column.column) for column in model._meta.pk_fields)
    _execute(
        using,
        f"DELETE FROM {table} WHERE ({key}) IN "
        f"(SELECT {key} FROM (SELECT {names} FROM {table} EXCEPT SELECT {names} FROM {rebuilt}) d)",
    )
    _execute(
        using,
        f"INSERT INTO {table} ({names}) SELECT {names} FROM {rebuilt} "
        f"WHERE ({key}) NOT IN (SELECT {key} FROM {table})",
    )
