"""What every request asks of the database is asked in the shortest way, and fails as anything else does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, nullcontext

import pytest
from django.db import DataError, OperationalError, connection, transaction

from tests.aichina.test_connections import end, request_begins

QUESTION = "SELECT count(*)::text, NULL::text, 'ü' FROM editorial_change"


@pytest.fixture(autouse=True)
def outside_of_transactions(committed_db: str) -> Iterator[None]:
    yield
    connection.close()


def test_a_row_is_the_same_in_and_outside_of_a_transaction() -> None:
    assert connection.rows(QUESTION) == [("0", None, "ü")]
    with transaction.atomic():
        assert connection.rows(QUESTION) == [("0", None, "ü")]
    assert connection.rows("SELECT 1 WHERE false") == []


@pytest.mark.parametrize("inside", [False, True])
def test_values_are_given_apart_from_the_question(inside: bool) -> None:
    question = "SELECT $1::bigint + 1, $2 || '!' FROM generate_series(1, $3)"
    with transaction.atomic() if inside else nullcontext():
        assert (
            connection.rows(question, 2**40, "'; DROP TABLE x; -- %s", 2)
            == [(str(2**40 + 1), "'; DROP TABLE x; -- %s!")] * 2
        )


def test_what_a_transaction_wrote_is_seen_in_it_and_nothing_is_asked_in_a_broken_one() -> None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE held ON COMMIT DROP AS SELECT 7 AS n")
        assert connection.rows("SELECT n FROM held WHERE n > $1", 6) == [("7",)]
        transaction.set_rollback(True)
        with pytest.raises(transaction.TransactionManagementError):
            connection.rows(QUESTION)


def test_whoever_forgot_what_was_prepared_is_told_again() -> None:
    connection.rows(QUESTION)
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    assert connection.rows(QUESTION) == [("0", None, "ü")]


def test_a_pooled_connection_on_which_others_prepared_theirs_gives_nobody_an_answer_of_theirs() -> None:
    """As one in transaction mode does: it has what another process prepared, and not what we did."""
    with closing(connection.copy()) as ours, closing(connection.copy()) as theirs:
        for number in range(3):
            theirs.rows(f"SELECT 'theirs', {number}")
            ours.rows(f"SELECT 'ours', {number}")
        ours.connection, theirs.connection = theirs.connection, ours.connection
        ours._prepared, theirs._prepared = (
            (wrapper.connection.pgconn, names)
            for wrapper, (_, names) in ((ours, ours._prepared), (theirs, theirs._prepared))
        )
        assert [ours.rows(f"SELECT 'ours', {number}") for number in (2, 2, 1)] == [
            [("ours", "2")], [("ours", "2")], [("ours", "1")]
        ]  # fmt: skip
        theirs._prepared = None, {}
        assert theirs.rows("SELECT 'ours', 0") == [("ours", "0")]


def test_a_question_about_a_table_that_a_migration_changed_is_answered() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE held AS SELECT 7 AS n")
        assert connection.rows("SELECT n FROM held") == [("7",)]
        cursor.execute("ALTER TABLE held ALTER n TYPE text")
    assert [connection.rows("SELECT n FROM held") for _ in range(2)] == [[("7",)]] * 2


def test_whoever_thinks_of_ever_other_questions_does_not_fill_the_server_s_memory() -> None:
    assert [connection.rows(f"SELECT {number}") for number in range(150)] == [[(f"{n}",)] for n in range(150)]
    assert connection.rows("SELECT count(*) FROM pg_prepared_statements") == [("100",)]


def test_an_error_of_the_server_s_is_django_s() -> None:
    with pytest.raises(DataError):
        connection.rows("SELECT (1 / (SELECT count(*) FROM editorial_change))::text")
    assert connection.rows(QUESTION) == [("0", None, "ü")]


def test_a_connection_that_ended_between_requests_is_met_by_nobody_and_one_in_their_midst_is_told() -> None:
    connection.rows(QUESTION)
    request_begins()
    end(connection.connection.info.backend_pid)
    assert connection.rows(QUESTION) == [("0", None, "ü")]
    end(connection.connection.info.backend_pid)
    with pytest.raises(OperationalError):
        connection.rows(QUESTION)
    request_begins()
    assert connection.rows(QUESTION) == [("0", None, "ü")]
