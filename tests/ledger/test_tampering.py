"""A superuser who switches the triggers off and changes anything is found, at the position of the change."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from django.test import Client

from aichina.tasks import audit
from ledger import log, subscriptions, verify
from ledger.models import ParkedEvent, Subscription
from ledger.store import append
from tests.editorial_steps import publish_entry
from tests.ledger.steps import ACTOR, note, write

EVENTS = 300
HEADER = {
    "stream": "gen_random_uuid()",
    "version": "version + 700",
    "type": "'renamed'",
    "recorded_at": "recorded_at + interval '1 microsecond'",
    "actor": "gen_random_uuid()",
    "commitment": "sha256(commitment)",
    "leaf": "sha256(leaf)",
    "digest": "sha256(digest)",
}
DATA = {"text": "replace(text, 'event', 'Event')", "salt": "sha256(salt)"}
PLACES = (1, 2, 150, EVENTS - 1, EVENTS)


def execute(sql: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "ALTER TABLE ledger_event DISABLE TRIGGER ALL; ALTER TABLE ledger_event_data DISABLE TRIGGER ALL"
        )
        cursor.execute(sql)


@pytest.fixture
def long_log(committed_db: str) -> None:
    streams = [uuid4() for _ in range(10)]
    for n in range(EVENTS):
        write(streams[n % 10], n // 10)
    assert verify.verify() == []


def places(sql: str) -> list[int]:
    """The positions at which the change is found; the change is undone."""
    with transaction.atomic(using="owner"):
        execute(sql)
        faults = verify.verify(using="owner")
        transaction.set_rollback(True, using="owner")
    assert faults, f"not found: {sql}"
    return [fault.position for fault in faults]


def found_at(sql: str) -> int:
    """The first of them."""
    return places(sql)[0]


def test_a_changed_column_is_found_at_its_position(long_log: None) -> None:
    for position in PLACES:
        for column, value in HEADER.items():
            sql = f"UPDATE ledger_event SET {column} = {value} WHERE position = {position}"
            assert found_at(sql) == position, column
        for column, value in DATA.items():
            sql = f"UPDATE ledger_event_data SET {column} = {value} WHERE position = {position}"
            assert found_at(sql) == position, column


@pytest.mark.torture
def test_a_changed_column_is_found_at_every_position(long_log: None) -> None:
    for position in range(1, EVENTS + 1):
        for table, columns in (("ledger_event", HEADER), ("ledger_event_data", DATA)):
            for column, value in columns.items():
                sql = f"UPDATE {table} SET {column} = {value} WHERE position = {position}"
                assert found_at(sql) == position, (column, position)


def test_a_deleted_event_is_found(long_log: None) -> None:
    for position in PLACES[:-1]:
        for tables in (("ledger_event", "ledger_event_data"), ("ledger_event",), ("ledger_event_data",)):
            sql = "; ".join(f"DELETE FROM {table} WHERE position = {position}" for table in tables)
            assert found_at(sql) == position, tables


def test_a_deleted_tail_is_found_against_an_outside_copy(long_log: None) -> None:
    head = log.head()
    assert head is not None
    execute(
        "DELETE FROM ledger_event WHERE position > 298; DELETE FROM ledger_event_data WHERE position > 298"
    )
    assert verify.verify() == []
    assert [fault.position for fault in verify.verify(expect=(head.position, head.digest))] == [299]


def test_an_inserted_event_is_found(long_log: None) -> None:
    sql = (
        "INSERT INTO ledger_event SELECT 301, stream, version + 1, type, recorded_at, actor, commitment, leaf, digest "
        "FROM ledger_event WHERE position = 300; "
        "INSERT INTO ledger_event_data SELECT 301, text, salt FROM ledger_event_data WHERE position = 300"
    )
    assert found_at(sql) == 301
    assert (
        found_at("INSERT INTO ledger_event_data SELECT 301, text, salt FROM ledger_event_data LIMIT 1") == 301
    )


def test_swapped_events_are_found(long_log: None) -> None:
    for first in (1, 150, EVENTS - 1):
        swap = " ".join(
            f"UPDATE {table} SET position = CASE position WHEN {first} THEN -{first + 1} ELSE -{first} END "
            f"WHERE position IN ({first}, {first + 1}); UPDATE {table} SET position = -position WHERE position < 0;"
            for table in ("ledger_event", "ledger_event_data")
        )
        assert found_at(swap) == first
        texts = swap[swap.index("UPDATE ledger_event_data") :]
        assert found_at(texts) == first


def test_a_text_that_is_not_canonical_is_found(long_log: None) -> None:
    assert found_at("UPDATE ledger_event_data SET text = text || ' ' WHERE position = 17") == 17


def test_what_no_program_of_ours_writes_is_found_too(long_log: None) -> None:
    """Moments, types and shapes that Python cannot read, or that nobody expects."""
    for column, value in {
        "recorded_at": ("'infinity'", "'-infinity'", "'4713-01-01 BC'", "'20000-01-01'"),
        "position": ("position + 5000", "0", "-7"),
        "version": ("0", "-1", "2147483647"),
        "commitment": ("''", "'\\x00'"),
    }.items():
        for changed in value:
            assert 17 in places(f"UPDATE ledger_event SET {column} = {changed} WHERE position = 17"), changed
    for text in (
        "",
        "{}",
        "[]",
        "null",
        '{"data":[],"metadata":{}}',
        '{"data":NaN,"metadata":{}}',
        "[" * 5000,
    ):
        assert 17 in places(f"UPDATE ledger_event_data SET text = '{text}' WHERE position = 17"), text
    for data in ("[]", "{}", '{"redacted":1}', '{"redacted":[1]}', '{"redacted":[{"position":"1"}]}'):
        text = f'{{"data":{data},"metadata":{{}}}}'
        sql = (
            f"UPDATE ledger_event_data SET text = '{text}' WHERE position = 17; "
            "UPDATE ledger_event SET type = 'erased' WHERE position = 17"
        )
        assert 17 in places(sql), data


def test_what_is_put_before_the_first_event_is_found(long_log: None) -> None:
    for position in (0, -1, -(2**63) + 1):
        for table, columns in (
            ("ledger_event", "stream, version + 900, type, recorded_at, actor, commitment, leaf, digest"),
            ("ledger_event_data", "text, salt"),
        ):
            sql = f"INSERT INTO {table} SELECT {position}, {columns} FROM {table} WHERE position = 1"
            assert found_at(sql) == position, table


def test_the_command_fails_and_names_the_position(
    committed_db: str, capsys: pytest.CaptureFixture[str]
) -> None:
    publish_entry()
    call_command("verify")
    head = capsys.readouterr().out.rsplit(" ", 1)[1].strip()
    call_command("verify", expect=head)
    execute("UPDATE ledger_event_data SET text = replace(text, 'China', 'Chile') WHERE position = 1")
    with pytest.raises(CommandError):
        call_command("verify")
    assert "Position 1:" in capsys.readouterr().err


def test_a_cut_tail_is_found_against_what_was_built_from_it(
    committed_db: str, capsys: pytest.CaptureFixture[str]
) -> None:
    publish_entry()
    execute("DELETE FROM ledger_event WHERE position = 4; DELETE FROM ledger_event_data WHERE position = 4")
    with pytest.raises(CommandError):
        call_command("verify")
    assert "its tail is missing" in capsys.readouterr().err


def test_a_head_that_is_not_the_expected_one_is_found(committed_db: str) -> None:
    with transaction.atomic():
        append("default", stream=uuid4(), expected_version=0, actor=ACTOR, events=[note()])
    assert [fault.position for fault in verify.verify(expect=(1, bytes(32)))] == [1]
    with pytest.raises(CommandError, match="Write --expect"):
        call_command("verify", expect="1:zz")


def audited(sql: str, near: int | None = None) -> list[int]:
    """Where the audit, which takes one event after the other, finds the change; the change is undone.

    ``near``: it is looked for around this position alone.
    """
    with transaction.atomic(using="owner"):
        execute(sql)
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                "SELECT position FROM ledger_event JOIN ledger_event_data USING (position)"
                " WHERE %(near)s::int IS NULL OR abs(position - %(near)s) < 3 ORDER BY 1",
                {"near": near},
            )
            positions = [row[0] for row in cursor.fetchall()]
        faults = [fault for position in positions for fault in verify.verify_at(position, using="owner")]
        transaction.set_rollback(True, using="owner")
    return [fault.position for fault in faults]


def test_the_audit_finds_what_the_whole_verification_finds(long_log: None) -> None:
    assert audited("SELECT 1") == []
    for position in (1, 2, 150, EVENTS - 1):
        for tables in (("ledger_event", "ledger_event_data"), ("ledger_event",), ("ledger_event_data",)):
            sql = "; ".join(f"DELETE FROM {table} WHERE position = {position}" for table in tables)
            assert position in audited(sql, near=position), (position, tables)
        for column, value in {**HEADER, "recorded_at": "recorded_at - interval '1 day'"}.items():
            sql = f"UPDATE ledger_event SET {column} = {value} WHERE position = {position}"
            assert {position, position + 1} & set(audited(sql, near=position)), column
        for column, value in DATA.items():
            sql = f"UPDATE ledger_event_data SET {column} = {value} WHERE position = {position}"
            assert position in audited(sql, near=position), column


def test_the_audit_takes_an_erasure_for_what_it_is(committed_db: str) -> None:
    doc = publish_entry(body="Gone.")
    call_command("erase", "entry", str(doc.id), "--field", "body", "--ground", "x")
    assert audited("SELECT 1") == []
    assert 1 in audited("UPDATE ledger_event_data SET text = 'no json' WHERE position = 5")


def test_the_audit_itself_parks_what_it_cannot_read_and_readiness_tells(committed_db: str) -> None:
    publish_entry()
    execute("UPDATE ledger_event_data SET text = 'no json' WHERE position = 2")
    for _ in range(subscriptions.ATTEMPTS):
        Subscription.objects.update(retry_at=None)
        audit()
    assert ParkedEvent.objects.get().position == 2
    assert Client().get("/readyz").json()["checks"]["subscriptions"]["ok"] is False
