"""Nobody gets into the log but through the append function."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, connections, transaction

from ledger import log
from ledger.store import append
from tests.ledger.steps import ACTOR, note, write


def test_append_outside_of_a_transaction_is_refused(committed_db: str) -> None:
    with pytest.raises(RuntimeError, match="inside a transaction"):
        append("default", stream=uuid4(), expected_version=0, actor=ACTOR, events=[note()])


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_other_isolation_levels_are_refused(committed_db: str, level: str) -> None:
    with pytest.raises(DatabaseError, match="READ COMMITTED"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET TRANSACTION ISOLATION LEVEL {level}")
        append("default", stream=uuid4(), expected_version=0, actor=ACTOR, events=[note()])


@pytest.mark.parametrize("table", ["ledger_event", "ledger_event_data"])
@pytest.mark.parametrize(
    "sql",
    ["INSERT INTO {0} SELECT * FROM {0}", "UPDATE {0} SET position = 7", "DELETE FROM {0}", "TRUNCATE {0}"],
)
@pytest.mark.parametrize("alias", ["default", "owner"])
def test_nobody_writes_the_tables_by_hand(committed_db: str, table: str, sql: str, alias: str) -> None:
    write()
    refusal = "permission denied" if alias == "default" else "append-only"
    with pytest.raises(DatabaseError, match=refusal), connections[alias].cursor() as cursor:
        cursor.execute(sql.format(table))
    assert len(list(log.read())) == 1


def test_the_application_cannot_call_itself_the_append_function(committed_db: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('ledger.appending', 'on', false)")
        cursor.execute("INSERT INTO ledger_event_data VALUES (1, '{}', '\\x00')")


def test_the_guards_fire_always(committed_db: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger "
            "WHERE tgname IN ('append_only', 'erasure', 'projected')"
        )
        triggers = cursor.fetchall()
    assert len(triggers) >= 9
    assert {enabled for _, _, enabled in triggers} == {"A"}
