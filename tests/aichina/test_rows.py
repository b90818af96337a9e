"""What every request asks of the database is asked in the shortest way, and fails as anything else does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, nullcontext

import pytest
from django.db import DataError, OperationalError, connection, transaction

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


def test_an_error_of_the_server_s_is_django_s() -> None:
    with pytest.raises(DataError):
        connection.rows("SELECT (1 / (SELECT count(*) FROM editorial_change))::text")
    assert connection.rows(QUESTION) == [("0", None, "ü")]


def test_a_connection_that_ended_is_told_and_the_next_request_has_another() -> None:
    connection.rows(QUESTION)
    ended, another = connection.connection.info.backend_pid, connection.copy()
    with closing(another), another.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [ended])
    with pytest.raises(OperationalError):
        connection.rows(QUESTION)
    connection.close_if_unusable_or_obsolete()
    assert connection.rows(QUESTION) == [("0", None, "ü")]
